/**
 * Openswan's dialects of IKEv1: what 2.6 and 3.0 do otherwise than FreeS/WAN.
 *
 * Rule 1: 2.6 asks its list only when it is strict, or the cipher weak; 3.0 asks it always, and of phase 1 in IKEv2's terms.
 * Rule 2: 3.0 does not do AH: the protocol is then as unexpected as any.
 *
 * @see Openswan 2.6.52.3 and 3.0.0 `spdb_v1_struct.c`, `ike_alg.c`, `plutoalg.c`, `kernel_alg.c`
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type Algorithm, type Choice, OAKLEY, type Path, type Suite } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { judgeAh, judgeIpcomp, notConfigured } from '../freeswan/acceptable.ts';
import type { Seen } from '../freeswan/attributes.ts';
import { type Bench, ipsecName, oakleyName } from '../freeswan/bench.ts';
import type { Cipher, Dialect, OakleySuite, Phase1Dialect, Phase2Dialect, Vocabulary } from '../freeswan/dialect.ts';
import { type AlgorithmList, ciphersOf, listed } from '../freeswan/family.ts';
import type { Fault } from '../freeswan/ledger.ts';
import { PLUTO } from '../freeswan/log.ts';
import { show } from '../freeswan/names.ts';
import { ipsecLayout, oakleyLayout, secretMissing, transformLayouts } from '../freeswan/own-dialect.ts';
import { shownAttribute } from '../freeswan/phase1-transform.ts';
import { AH, IPSEC, type IpsecTransform } from '../freeswan/phase2-transform.ts';
import { OPENSWAN } from './log.ts';
import { NAMES_26, NAMES_30 } from './names.ts';
import { matchParent } from './parent-match.ts';

const [PSK, RSA_SIG] = [1, 3];
/** XAUTH: the numbers of the initiator and the responder as the client. */
const XAUTH_PSK = [65_001, 65_002];
const XAUTH_RSA = [65_005, 65_006];

const IKE_CIPHERS: readonly Cipher[] = [
  { id: 5, least: 192, usual: 192, most: 192 },
  { id: 7, least: 128, usual: 128, most: 256 },
];
const ESP_CIPHERS: readonly Cipher[] = [
  { id: 3, least: 192, usual: 192, most: 192 },
  { id: 12, least: 128, usual: 128, most: 256 },
];
const ESP_AUTH: readonly Algorithm[] = [1, 2, 5, 7].map((id) => ({ id }));
const HASHES: readonly Algorithm[] = [1, 2, 4, 6].map((id) => ({ id }));
/** Groups that Openswan computes. */
export const GROUPS: readonly number[] = [2, 5, 14, 15, 16, 17, 18, 22, 23, 24];

/** Phase 1 numbers in those of IKEv2: ciphers, integrity, PRF. */
const CIPHER_V2: ReadonlyMap<number, number> = new Map([
  [1, 2],
  [5, 3],
  [7, 12],
]);
const INTEG_V2: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
  [4, 12],
  [5, 13],
  [6, 14],
]);
const PRF_V2: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
  [4, 5],
  [5, 6],
  [6, 7],
]);

/** Who is the XAUTH client: the initiator, the responder, nobody. */
export type Xauth = 'none' | 'initiator' | 'responder';

/** What a connection says. */
export interface Ikev1Setup {
  readonly ike: AlgorithmList;
  readonly esp: AlgorithmList;
  /** Whether phase 1 authenticates by preshared key, by RSA. */
  readonly auth: readonly number[];
  readonly xauth: Xauth;
  readonly since3: boolean;
  /** The built-in list of phase 1, in IKEv2's numbers, when none is configured. */
  readonly builtIn?: readonly Suite[];
}

/** The dialect of a release with a connection. */
export function openswanDialect(setup: Ikev1Setup): Dialect {
  const names = setup.since3 ? NAMES_30 : NAMES_26;
  return {
    by: 'Openswan',
    names,
    groups: GROUPS.map((id) => ({ id })),
    phase1: phase1Of(setup, names),
    phase2: phase2Of(setup, names),
  };
}

function phase1Of(setup: Ikev1Setup, vocabulary: Vocabulary): Phase1Dialect {
  const { since3 } = setup;
  return {
    attributes: oakleyLayout(vocabulary),
    prescan: false,
    ciphers: IKE_CIPHERS,
    cipherComplaint: since3 ? 'cipherNotFound' : 'notSupported',
    keyLength: 'keyLengthInvalid',
    keyLengthRemark: ({ id, least, most }, keyBits) => {
      if (keyBits === 0 || (keyBits >= least && keyBits <= most)) return undefined;
      // 3.0 thinks in IKEv2's numbers here.
      const shown = since3 ? (CIPHER_V2.get(id) ?? id) : id;
      return [PLUTO.write('oakleyKeyRange', { function: 'ike_alg_enc_ok', id: shown, keyBits, least, most })];
    },
    hashes: HASHES,
    groupComplaint: 'groupNotSupported',
    longLife: 'refused',
    missingShifted: !since3,
    judgeAuth: (offered, seen, bench) => judgeAuth(offered, seen, setup, bench),
    judgeSuite: (suite, number, path, bench) =>
      since3 ? judgeByList(suite, number, path, setup, bench) : judgeStrict(suite, path, setup, bench),
  };
}

function phase2Of(setup: Ikev1Setup, vocabulary: Vocabulary): Phase2Dialect {
  const { since3, esp } = setup;
  const { [AH]: ah, ...others } = transformLayouts(vocabulary);
  return {
    attributes: ipsecLayout(vocabulary),
    layouts: since3 || ah === undefined ? others : { ...others, [AH]: ah },
    wellKnownCpis: [2],
    withoutTransforms: 'transformsSkipped',
    pfsComplaint: 'pfsGroupNotSupported',
    natTraversal: true,
    refusesLifeType0: since3,
    keyRounds: !since3,
    remarksCompression: false,
    judgeAh,
    judgeEsp: (transform, path, besideAh, bench) =>
      since3 ? judgeEsp30(transform, path, bench) : judgeEsp26(transform, path, besideAh, esp, bench),
    judgeIpcomp,
    judgeGroup: (transform, group, _, bench) => judgeGroup(transform, group, setup, bench),
  };
}

/** XAUTH first, then as FreeS/WAN. */
function judgeAuth(offered: Choice, seen: Seen, { auth, xauth }: Ikev1Setup, bench: Bench): Fault | undefined {
  const attribute = shownAttribute(seen, bench);
  const role = bench.connection.initiatorCheck ? 'initiator' : 'responder';
  const { id } = offered;
  const psk = id === PSK || XAUTH_PSK.includes(id);
  const rsa = id === RSA_SIG || XAUTH_RSA.includes(id);
  const methods =
    xauth === 'none' ? auth : auth.map((method) => (method === PSK ? XAUTH_PSK : XAUTH_RSA)[xauth === 'initiator' ? 0 : 1] ?? 0);
  const reason: Reason = { code: 'algorithm-not-configured', offered, allowed: methods.map((method) => ({ id: method })) };
  const method = oakleyName(bench, OAKLEY.auth, id);
  if (!psk && !rsa) return { reason, line: PLUTO.write('authUnknown', { method, attribute }) };
  if (id === PSK || id === RSA_SIG) {
    if (xauth !== 'none')
      return { reason, line: PLUTO.write('xauthMandated', { method: psk ? 'PSK' : 'RSA', whose: xauth, role, attribute }) };
  } else {
    const whose = id === XAUTH_PSK[0] || id === XAUTH_RSA[0] ? 'initiator' : 'responder';
    if (xauth !== whose) return { reason, line: PLUTO.write('xauthNotAllowed', { with: psk ? '' : ' with RSA', whose, role, attribute }) };
  }
  const plain = psk ? PSK : RSA_SIG;
  if (!auth.includes(plain)) {
    return { reason, line: PLUTO.write('authNotAllowed', { method: oakleyName(bench, OAKLEY.auth, plain), attribute }) };
  }
  return psk ? secretMissing(offered, seen, bench) : undefined;
}

type Read = Partial<OakleySuite> & { readonly keyBits: number };

const WEAK = 128;

/** 2.6: a strict list, or a cipher with a short key, which must be listed. A cipher that is missing counts as one. */
function judgeStrict({ encryption, hash, group, keyBits }: Read, path: Path, { ike }: Ikev1Setup, bench: Bench): Fault | undefined {
  const weak = keyBits < WEAK;
  if (!weak && !ike.strict) return undefined;
  const inList = ike.suites.some(
    (suite) => listed([suite], encryption?.id ?? 0, keyBits) && suite.hash?.id === hash?.id && suite.group?.id === group?.id,
  );
  const named = (type: number, id: number | undefined): string => bench.dialect.names.oakleyValue.get(type)?.get(id ?? 0) ?? '(null)';
  const cipher = named(OAKLEY.encryption, encryption?.id);
  if (inList) {
    if (weak) bench.ledger.log(PLUTO.write('insecure', { cipher }));
    return undefined;
  }
  const why = weak ? 'insecure key_len and enc. alg. not listed in "ike" string' : 'strict flag';
  const shown = { cipher, keyBits, hash: named(OAKLEY.hash, hash?.id), group: named(OAKLEY.group, group?.id ?? NO_GROUP), why };
  const reason: Reason = encryption
    ? { code: 'algorithm-not-configured', offered: { ...encryption, keyBits }, allowed: ciphersOf(ike.suites) }
    : { code: 'attribute-missing', attributes: [OAKLEY.encryption], path };
  return { reason, line: PLUTO.write('transformRefused', shown) };
}

/** 3.0: every transform is held against the list, as if it were a proposal of IKEv2. */
function judgeByList(suite: Read, number: number, path: Path, setup: Ikev1Setup, bench: Bench): Fault | undefined {
  const { encryption, hash, group, auth, keyBits } = suite;
  if (!encryption || !hash || !group || !auth) return undefined;
  const list = setup.builtIn ?? setup.ike.suites.map(inIkev2);
  const combination = {
    encryption: CIPHER_V2.get(encryption.id) ?? 0,
    keyBits,
    integrity: INTEG_V2.get(hash.id) ?? 0,
    prf: PRF_V2.get(hash.id) ?? 0,
    group: group.id,
  };
  const { matched, logs } = matchParent(combination, list, number, true);
  for (const line of logs) bench.ledger.log(line);
  if (matched) return undefined;
  const own = setup.ike.suites.flatMap(({ encryption: cipher }) => (cipher ? [cipher] : []));
  const wrong = own.some(({ id }) => id === encryption.id) ? undefined : { ...encryption, keyBits };
  const reason: Reason =
    wrong && own.length > 0
      ? { code: 'algorithm-not-configured', offered: wrong, allowed: own }
      : { code: 'policy-requires', what: 'a listed combination', path };
  return { reason, line: PLUTO.write('unacceptable', { number }) };
}

/** A suite of phase 1 in IKEv2's numbers; the hash is both integrity and PRF. */
function inIkev2({ encryption, hash, group }: Suite): Suite {
  return {
    ...(encryption && { encryption: { ...encryption, id: CIPHER_V2.get(encryption.id) ?? 0 } }),
    ...(hash && { integrity: { id: INTEG_V2.get(hash.id) ?? 0 }, prf: { id: PRF_V2.get(hash.id) ?? 0 } }),
    ...(group && { group }),
  };
}

/** With a list any cipher of the kernel, without one AES and 3DES; a strict list is asked later. */
function judgeEsp26(transform: IpsecTransform, path: Path, besideAh: boolean, esp: AlgorithmList, bench: Bench): readonly Fault[] {
  const { id, auth, keyBits } = transform;
  const { peer } = bench.connection;
  const faults: Fault[] = [];
  const cipher = ESP_CIPHERS.find((each) => each.id === id);
  if (!cipher) {
    const offered: Choice = { slot: 'encryption', id, ...(keyBits > 0 && { keyBits }), path };
    const reason: Reason = { code: 'algorithm-not-configured', offered, allowed: ESP_CIPHERS.map((each) => ({ id: each.id })) };
    const unsupported = OPENSWAN.write('espUnsupported', { transform: show(bench.dialect.names.espTransform, id), peer });
    const why = esp.suites.length > 0 ? 'unknown' : 'no alg';
    faults.push(
      id === SINGLE_DES
        ? { reason: { code: 'algorithm-forbidden', offered, by: 'Openswan' }, line: OPENSWAN.write('singleDes') }
        : { reason, line: unsupported, before: [OPENSWAN.write('kernelDislikes', { why })] },
    );
  }
  if (auth === 0 && !besideAh) {
    const reason: Reason = { code: 'slot-missing', slot: 'integrity', allowed: ESP_AUTH };
    faults.push({ reason, line: PLUTO.write('espWithoutAuth', { peer }) });
  } else if (auth !== 0 && !ESP_AUTH.some((each) => each.id === auth)) {
    const line = OPENSWAN.write('espAuthUnsupported', { auth: ipsecName(bench, IPSEC.auth, auth), peer });
    faults.push({ reason: notConfigured('integrity', auth, ESP_AUTH, path), line });
  }
  return faults;
}

/** Only key lengths and unknown integrity are judged here; the list says the rest. */
function judgeEsp30({ id, auth, keyBits }: IpsecTransform, path: Path, bench: Bench): readonly Fault[] {
  const { peer } = bench.connection;
  const cipher = ESP_CIPHERS.find((each) => each.id === id);
  const faults: Fault[] = [];
  if (cipher && keyBits !== 0 && (keyBits < cipher.least || keyBits > cipher.most)) {
    const range = PLUTO.write('keyRange', { function: 'kernel_alg_db_add', id, keyBits, least: cipher.least, most: cipher.most });
    const offered: Choice = { slot: 'encryption', id, keyBits, path };
    const line = OPENSWAN.write('espUnsupported', { transform: show(bench.dialect.names.espTransform, id), peer });
    const before: readonly LogLine[] = [OPENSWAN.write('proposalRefused', { why: range.text })];
    faults.push({ reason: { code: 'key-length-mismatch', offered, allowed: [cipher.least, cipher.most] }, line, before });
  }
  if (auth === DES_MAC || auth === KPDK) {
    const line = OPENSWAN.write('espAuthUnsupported', { auth: auth === DES_MAC ? 'des_mac' : 'kpdk_md5', peer });
    faults.push({ reason: notConfigured('integrity', auth, ESP_AUTH, path), line });
  }
  return faults;
}

/** The ESP that was found, against the list; if it will not do, no other transform is tried, but the next group. */
function judgeGroup(transform: IpsecTransform | undefined, group: number, { esp, since3 }: Ikev1Setup, bench: Bench): Fault | undefined {
  if (!transform) return undefined;
  const { id, auth } = transform;
  const usual = ESP_CIPHERS.find((each) => each.id === id)?.usual ?? 0;
  const keyBits = transform.keyBits === 0 ? usual : transform.keyBits;
  const weak = keyBits < WEAK;
  if (!since3 && (esp.suites.length === 0 || (!weak && !esp.strict))) return undefined;
  const found = esp.suites.some(({ encryption, integrity }) => {
    if (encryption?.id !== id || (integrity?.id ?? 0) !== (KNOWN_AUTH.has(auth) ? auth : 0)) return false;
    return encryption.keyBits === undefined || encryption.keyBits === keyBits;
  });
  if (found) return undefined;
  const { names: known } = bench.dialect;
  const named = known.espTransform.get(id) ?? '(null)';
  const why = weak ? 'insecure key_len and enc. alg. not listed in "esp" string' : 'strict flag';
  const line = since3
    ? undefined
    : OPENSWAN.write('ipsecTransformRefused', { cipher: named, keyBits, auth: ipsecName(bench, IPSEC.auth, auth), why });
  const offered: Choice = { slot: 'encryption', id, ...(keyBits > 0 && { keyBits }), path: [group] };
  const reason: Reason = { code: 'algorithm-not-configured', offered, allowed: ciphersOf(esp.suites) };
  return { reason, ...(line && { line }) };
}

/** Integrity that has a number in IKEv2; any other counts as none. */
const KNOWN_AUTH: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7]);
const [DES_MAC, KPDK] = [3, 4];
const SINGLE_DES = 2;
const NO_GROUP = 65_535;
