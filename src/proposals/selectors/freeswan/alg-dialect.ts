/**
 * FreeS/WAN 1.97 with the patches that were in common use: algorithms from a list, NAT traversal, notifications, X.509.
 *
 * Rule 1: the list of `ike=` and `esp=` says what is offered; only a strict list says what is taken, and only of ciphers.
 * Rule 2: DES and 3DES of phase 1 do not come from the list, so that a strict list does not keep them out.
 *
 * @see uClinux `freeswan/pluto/spdb.c`, `ike_alg.c`, `kernel_alg.c`, `constants.c` (FreeS/WAN 1.97)
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type Algorithm, type Choice, OAKLEY, type Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { judgeAh, judgeIpcomp, notConfigured } from './acceptable.ts';
import { type Bench, ipsecName, oakleyName } from './bench.ts';
import type { Cipher, Dialect, Phase1Dialect, Vocabulary } from './dialect.ts';
import { type AlgorithmList, ciphersOf, listed } from './family.ts';
import type { Fault } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import { FREESWAN_NAMES, ipsecLayout, oakleyLayout, secretMissing, transformLayouts } from './own-dialect.ts';
import { shownAttribute } from './phase1-transform.ts';
import { IPSEC, type IpsecTransform } from './phase2-transform.ts';

const [DES, TRIPLE_DES, AES] = [1, 5, 7];
const [PSK, RSA_SIG] = [1, 3];

/** Built in, and AES from its module. */
const IKE_CIPHERS: readonly Cipher[] = [
  { id: DES, least: 64, usual: 64, most: 64 },
  { id: TRIPLE_DES, least: 192, usual: 192, most: 192 },
  { id: AES, least: 128, usual: 128, most: 256 },
];
/** What a kernel of that time has: 3DES, and AES from its module. */
const ESP_CIPHERS: readonly Cipher[] = [
  { id: 3, least: 168, usual: 168, most: 168 },
  { id: 12, least: 128, usual: 256, most: 256 },
];
const HMACS: readonly Algorithm[] = [{ id: 1 }, { id: 2 }];
const GROUPS: readonly Algorithm[] = [1, 2, 5, 14, 15, 16].map((id) => ({ id }));

const GROUP_NAMES = names.joined(
  names.prefixed('OAKLEY_GROUP_', names.from(1, 'MODP768 MODP1024 GP155 GP185')),
  new Map([5, 14, 15, 16].map((id, i) => [id, `OAKLEY_GROUP_MODP${[1536, 2048, 3072, 4096][i]} (extension)`])),
);
/** The modes of NAT traversal, RFC and drafts. */
export const MODE_NAMES = names.prefixed(
  'ENCAPSULATION_MODE_',
  names.joined(names.from(1, 'TUNNEL TRANSPORT UDP_TUNNEL UDP_TRANSPORT'), names.from(61_443, 'UDP_TUNNEL UDP_TRANSPORT')),
);

const NAMES: Vocabulary = {
  ...FREESWAN_NAMES,
  oakleyValue: names.withValues(
    names.OAKLEY_VALUE,
    [
      OAKLEY.encryption,
      names.joined(
        names.OAKLEY_VALUE.get(OAKLEY.encryption) ?? new Map<number, string>(),
        names.prefixed('OAKLEY_', names.from(65_001, 'MARS_CBC RC6_CBC ID_65003 SERPENT_CBC TWOFISH_CBC')),
        new Map([[65_289, 'OAKLEY_SSH_PRIVATE_65289']]),
      ),
    ],
    [OAKLEY.group, GROUP_NAMES],
  ),
  ipsecValue: names.withValues(
    names.IPSEC_VALUE,
    [IPSEC.group, GROUP_NAMES],
    [IPSEC.encapsulation, MODE_NAMES],
    [
      IPSEC.auth,
      names.prefixed(
        'AUTH_ALGORITHM_',
        names.from(
          1,
          'HMAC_MD5 HMAC_SHA1 DES_MAC KPDK HMAC_SHA2_256 HMAC_SHA2_384 HMAC_SHA2_512 HMAC_RIPEMD ID9 ID10 ID11 ID12 ID13 ID14 ID15',
        ),
      ),
    ],
  ),
  espTransform: names.joined(
    names.ESP_TRANSFORM,
    names.prefixed('ESP_', names.from(248, 'ID248 MARS RC6 ID251 SERPENT TWOFISH CAMELLIA ID255')),
  ),
};

/** The dialect with the lists of a connection. */
export function algDialect(ike: AlgorithmList, esp: AlgorithmList): Dialect {
  return {
    by: 'FreeS/WAN',
    names: NAMES,
    groups: GROUPS,
    namedGroups: [{ id: 1 }, { id: 2 }, { id: 5 }],
    phase1: phase1Of(ike),
    phase2: {
      attributes: ipsecLayout(NAMES),
      layouts: transformLayouts(NAMES),
      wellKnownCpis: [2, 3],
      withoutTransforms: 'noTransforms',
      pfsComplaint: 'onlyPfsGroups',
      natTraversal: true,
      refusesLifeType0: false,
      keyRounds: true,
      remarksCompression: true,
      judgeAh,
      judgeEsp: (transform, path, besideAh, bench) => judgeEsp(transform, path, besideAh, esp, bench),
      judgeIpcomp,
    },
  };
}

function phase1Of(ike: AlgorithmList): Phase1Dialect {
  return {
    attributes: oakleyLayout(NAMES),
    prescan: false,
    ciphers: IKE_CIPHERS,
    cipherComplaint: 'notSupported',
    judgeCipher: (offered, seen, bench) => judgeCipher(offered, shownAttribute(seen, bench), ike, bench),
    keyLength: 'keyLengthInvalid',
    keyLengthRemark: (cipher, keyBits) => cipherRemark(cipher, keyBits, ike),
    hashes: HMACS,
    groupComplaint: 'onlyGroups',
    longLife: 'refused',
    missingShifted: true,
    judgeAuth: (offered, seen, bench) => {
      // The policy is not asked: the check is switched off.
      if (offered.id === PSK) return secretMissing(offered, seen, bench);
      if (offered.id === RSA_SIG) return undefined;
      const shown = { method: oakleyName(bench, OAKLEY.auth, offered.id), attribute: shownAttribute(seen, bench) };
      const reason: Reason = { code: 'algorithm-not-configured', offered, allowed: [{ id: PSK }, { id: RSA_SIG }] };
      return { reason, line: PLUTO.write('authUnknown', shown) };
    },
  };
}

/** A strict list keeps AES out; that is said in two lines. */
function judgeCipher(offered: Choice, attribute: string, ike: AlgorithmList, bench: Bench): Fault | undefined {
  const cipher = IKE_CIPHERS.find(({ id }) => id === offered.id);
  const before = cipher && cipherRemark(cipher, 0, ike);
  if (!cipher || cipher.id !== AES || !before) return undefined;
  const line = PLUTO.write('notSupported', { value: oakleyName(bench, OAKLEY.encryption, offered.id), attribute });
  return { reason: { code: 'algorithm-not-configured', offered, allowed: ciphersOf(ike.suites) }, line, before };
}

/** What it says of a cipher and key length that are out of range, or not in a strict list. */
function cipherRemark({ id, least, most }: Cipher, keyBits: number, ike: AlgorithmList): readonly LogLine[] | undefined {
  const shown = { function: 'ike_alg_enc_ok', id, keyBits, least, most };
  if (keyBits !== 0 && (keyBits < least || keyBits > most)) return [PLUTO.write('oakleyKeyRange', shown)];
  if (ike.strict && !listed(ike.suites, id, keyBits)) return [PLUTO.write('notInTransformString', shown)];
  return undefined;
}

function judgeEsp(transform: IpsecTransform, path: Path, besideAh: boolean, esp: AlgorithmList, bench: Bench): readonly Fault[] {
  const { id, auth, keyBits } = transform;
  const { peer } = bench.connection;
  const faults: Fault[] = [];
  const remark = espRemark(id, keyBits, esp);
  if (remark) {
    const shown = names.show(bench.dialect.names.espTransform, id);
    const offered: Choice = { slot: 'encryption', id, ...(keyBits > 0 && { keyBits }), path };
    const allowed = esp.strict ? ciphersOf(esp.suites) : ESP_CIPHERS.map((cipher) => ({ id: cipher.id }));
    const reason: Reason = { code: 'algorithm-not-configured', offered, allowed };
    faults.push({ reason, line: PLUTO.write('espUnsupported', { transform: shown, peer }), before: remark });
  }
  const known = HMACS.some((hmac) => hmac.id === auth) && (!esp.strict || esp.suites.some(({ integrity }) => integrity?.id === auth));
  if (auth === 0 && !besideAh) {
    const reason: Reason = { code: 'slot-missing', slot: 'integrity', allowed: HMACS };
    faults.push({ reason, line: PLUTO.write('espWithoutAuth', { peer }) });
  } else if (auth !== 0 && !known) {
    const line = PLUTO.write('espAuthUnsupported', { auth: ipsecName(bench, IPSEC.auth, auth), peer });
    faults.push({ reason: notConfigured('integrity', auth, HMACS, path), line });
  }
  return faults;
}

/** Lines in front of a refusal, none when the cipher is simply unknown; nothing at all when it will do. */
function espRemark(id: number, keyBits: number, esp: AlgorithmList): readonly LogLine[] | undefined {
  const cipher = ESP_CIPHERS.find((each) => each.id === id);
  if (!cipher) return [];
  const shown = { function: 'kernel_alg_esp_enc_ok', id, keyBits, least: cipher.least, most: cipher.most };
  if (keyBits !== 0 && (keyBits < cipher.least || keyBits > cipher.most)) return [PLUTO.write('keyRange', shown)];
  return esp.strict && !listed(esp.suites, id, keyBits) ? [PLUTO.write('notInAlgInfo', shown)] : undefined;
}
