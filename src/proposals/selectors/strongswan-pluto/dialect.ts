/**
 * The dialect of strongSwan's pluto: the methods of authentication are asked for first, algorithms are those of its plugins, lists
 * bind only when they are strict or a key is short.
 *
 * @see strongSwan 4.6 `pluto/spdb.c`, `pluto/ike_alg.c`, `pluto/kernel_alg.c`, `pluto/constants.c`
 * @module
 */
import { type Algorithm, type Choice, OAKLEY, type Path } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { judgeAh, judgeIpcomp, notConfigured } from '../freeswan/acceptable.ts';
import { MODE_NAMES } from '../freeswan/alg-dialect.ts';
import type { Seen } from '../freeswan/attributes.ts';
import { type Bench, ipsecName, oakleyName } from '../freeswan/bench.ts';
import type { Cipher, Dialect, OakleySuite, Vocabulary } from '../freeswan/dialect.ts';
import { type AlgorithmList, ciphersOf, listed } from '../freeswan/family.ts';
import type { Fault } from '../freeswan/ledger.ts';
import { PLUTO } from '../freeswan/log.ts';
import * as names from '../freeswan/names.ts';
import { FREESWAN_NAMES, ipsecLayout, oakleyLayout, secretMissing, transformLayouts } from '../freeswan/own-dialect.ts';
import { shownAttribute } from '../freeswan/phase1-transform.ts';
import { IPSEC, type IpsecTransform } from '../freeswan/phase2-transform.ts';
import { STRONGSWAN_PLUTO } from './log.ts';

/** What a connection says. `auth`: phase 1 numbers; XAUTH as 65001 (preshared key) and 65005 (RSA), whoever is the client. */
export interface StrongswanPlutoSetup {
  readonly ike: AlgorithmList;
  readonly esp: AlgorithmList;
  readonly auth: readonly number[];
  /** We ask for the name and password. */
  readonly xauthServer: boolean;
}

const WEAK = 128;
const PSK = 1;
/** RSA and ECDSA are one policy. */
const PUBLIC_KEY: ReadonlySet<number> = new Set([3, 9, 10, 11]);
const XAUTH_PSK: ReadonlySet<number> = new Set([65_001, 65_002]);
const XAUTH_RSA: ReadonlySet<number> = new Set([65_005, 65_006]);

const IKE_CIPHERS: readonly Cipher[] = [
  { id: 5, least: 192, usual: 192, most: 192 },
  { id: 7, least: 128, usual: 128, most: 256 },
];
const ESP_CIPHERS: readonly Cipher[] = [
  { id: 3, least: 192, usual: 192, most: 192 },
  { id: 12, least: 128, usual: 128, most: 256 },
];
const HASHES: readonly Algorithm[] = [1, 2, 4, 5, 6].map((id) => ({ id }));
const ESP_AUTH: readonly Algorithm[] = [1, 2, 5, 6, 7, 9].map((id) => ({ id }));
const GROUPS: readonly Algorithm[] = [1, 2, 5, 14, 15, 16, 17, 18, 22, 23, 24].map((id) => ({ id }));
const AES = 12;

const GROUP_NAMES = names.joined(
  names.from(1, 'MODP_768 MODP_1024 GP_155 GP_185 MODP_1536'),
  names.from(
    14,
    'MODP_2048 MODP_3072 MODP_4096 MODP_6144 MODP_8192 ECP_256 ECP_384 ECP_521 MODP_1024_160 MODP_2048_224 MODP_2048_256 ECP_192 ECP_224',
  ),
);

const METHOD_NAMES = names.joined(
  names.OAKLEY_VALUE.get(OAKLEY.auth) ?? new Map<number, string>(),
  new Map(
    [
      'pre-shared key',
      'DSS signature',
      'RSA signature',
      'RSA encryption',
      'RSA encryption revised',
      'ElGamal encryption',
      'ELGamal encryption revised',
      'ECDSA signature',
      'ECDSA-256 signature',
      'ECDSA-384 signature',
      'ECDSA-521-signature',
    ].map((name, i) => [i + 1, name]),
  ),
);

const NAMES: Vocabulary = {
  ...FREESWAN_NAMES,
  oakleyValue: names.withValues(
    names.OAKLEY_VALUE,
    [
      OAKLEY.encryption,
      names.joined(
        names.from(1, 'DES_CBC IDEA_CBC BLOWFISH_CBC RC5_R16_B64_CBC 3DES_CBC CAST_CBC AES_CBC CAMELLIA_CBC'),
        names.from(65_001, 'MARS_CBC RC6_CBC ID_65003 SERPENT_CBC TWOFISH_CBC'),
        names.from(65_289, 'TWOFISH_CBC_SSH'),
      ),
    ],
    [OAKLEY.hash, names.prefixed('HMAC_', names.from(1, 'MD5 SHA1 TIGER SHA2_256 SHA2_384 SHA2_512'))],
    [OAKLEY.auth, METHOD_NAMES],
    [OAKLEY.group, GROUP_NAMES],
  ),
  ipsecValue: names.withValues(
    names.IPSEC_VALUE,
    [IPSEC.group, GROUP_NAMES],
    [IPSEC.encapsulation, MODE_NAMES],
    [
      IPSEC.auth,
      names.joined(
        names.from(
          0,
          'AUTH_NONE HMAC_MD5 HMAC_SHA1 DES_MAC KPDK HMAC_SHA2_256 HMAC_SHA2_384 HMAC_SHA2_512 HMAC_RIPEMD AES_XCBC_96 SIG_RSA',
        ),
        names.from(251, 'NULL HMAC_SHA2_256_96'),
      ),
    ],
  ),
  ahTransform: names.from(
    2,
    'HMAC_MD5 HMAC_SHA1 DES_MAC HMAC_SHA2_256 HMAC_SHA2_384 HMAC_SHA2_512 HMAC_RIPEMD AES_XCBC_96 SIG_RSA AES_128_GMAC AES_192_GMAC AES_256_GMAC',
  ),
  espTransform: names.joined(
    names.from(
      1,
      'DES_IV64 DES_CBC 3DES_CBC RC5_CBC IDEA_CBC CAST_CBC BLOWFISH_CBC 3IDEA DES_IV32 RC4 NULL AES_CBC AES_CTR AES_CCM_8 AES_CCM_12 ' +
        'AES_CCM_16 UNASSIGNED_17 AES_GCM_8 AES_GCM_12 AES_GCM_16 SEED_CBC CAMELLIA_CBC AES_GMAC',
    ),
    names.from(252, 'SERPENT_CBC TWOFISH_CBC'),
  ),
  ipcompTransform: names.prefixed('IPCOMP_', names.from(1, 'OUI DEFLATE LZS LZJH')),
};

/** The dialect with a connection. */
export function strongswanPlutoDialect(setup: StrongswanPlutoSetup): Dialect {
  return {
    by: 'strongSwan',
    names: NAMES,
    groups: GROUPS,
    namedGroups: [{ id: 2 }, { id: 5 }],
    phase1: {
      attributes: oakleyLayout(NAMES),
      prescan: true,
      ciphers: IKE_CIPHERS,
      cipherComplaint: 'notSupported',
      keyLength: 'keyLengthNotValid',
      hashes: HASHES,
      groupComplaint: 'notSupported',
      longLife: 'refused',
      missingShifted: true,
      judgeAuth: (offered, seen, bench) => judgeAuth(offered, seen, setup, bench),
      judgeSuite: (suite, _, path, bench) => judgeSuite(suite, path, setup, bench),
    },
    phase2: {
      attributes: ipsecLayout(NAMES),
      layouts: transformLayouts(NAMES),
      wellKnownCpis: [2],
      withoutTransforms: 'noTransforms',
      pfsComplaint: 'onlyPfsGroups',
      natTraversal: true,
      refusesLifeType0: false,
      keyRounds: true,
      remarksCompression: false,
      judgeAh,
      judgeEsp: (transform, path, besideAh, bench) => judgeEsp(transform, path, besideAh, setup.esp, bench),
      judgeIpcomp,
    },
  };
}

/** The methods that a connection takes, in phase 1 numbers; public keys stand for each other. */
export function methodsOf({ auth, xauthServer }: StrongswanPlutoSetup, initiator: boolean): readonly number[] {
  const initiatorIsClient = initiator !== xauthServer;
  return auth.flatMap((method) => {
    if (PUBLIC_KEY.has(method)) return [...PUBLIC_KEY];
    if (XAUTH_PSK.has(method)) return [initiatorIsClient ? 65_001 : 65_002];
    if (XAUTH_RSA.has(method)) return [initiatorIsClient ? 65_005 : 65_006];
    return [method];
  });
}

/** The policy that a method asks for, as it is printed. */
export function policyName(method: number): string | undefined {
  if (method === PSK) return 'PSK';
  if (PUBLIC_KEY.has(method)) return 'PUBKEY';
  if (XAUTH_PSK.has(method)) return 'XAUTHPSK';
  return XAUTH_RSA.has(method) ? 'XAUTHRSASIG' : undefined;
}

function judgeAuth(offered: Choice, seen: Seen, setup: StrongswanPlutoSetup, bench: Bench): Fault | undefined {
  const { id } = offered;
  const allowed = methodsOf(setup, bench.connection.initiatorCheck);
  const attribute = shownAttribute(seen, bench);
  const method = oakleyName(bench, OAKLEY.auth, id);
  const reason: Reason = { code: 'algorithm-not-configured', offered, allowed: allowed.map((own) => ({ id: own })) };
  if (policyName(id) === undefined) return { reason, line: PLUTO.write('authUnknown', { method, attribute }) };
  if (!allowed.includes(id)) {
    const shown = id === PSK ? 'pre-shared key' : PUBLIC_KEY.has(id) ? 'public key' : method;
    return { reason, line: STRONGSWAN_PLUTO.write('methodNotAllowed', { method: shown, attribute }) };
  }
  return id === PSK || XAUTH_PSK.has(id) ? secretMissing(offered, seen, bench) : undefined;
}

type Read = Partial<OakleySuite> & { readonly keyBits: number };

/** A strict list, and short keys, which must be listed. What is missing is found later. */
function judgeSuite(suite: Read, path: Path, { ike }: StrongswanPlutoSetup, { ledger, dialect }: Bench): Fault | undefined {
  const { encryption, hash, group, keyBits } = suite;
  const weak = keyBits < WEAK;
  if (!encryption || !hash || !group || (!weak && !ike.strict)) return undefined;
  const named = (type: number, id: number): string => dialect.names.oakleyValue.get(type)?.get(id) ?? '(null)';
  const cipher = named(OAKLEY.encryption, encryption.id);
  const own = ike.suites.some((each) => listed([each], encryption.id, keyBits) && each.hash?.id === hash.id && each.group?.id === group.id);
  if (own) {
    if (weak) ledger.log(PLUTO.write('insecure', { cipher }));
    return undefined;
  }
  const why = weak ? 'insecure key_len and enc. alg. not listed in "ike" string' : 'strict flag';
  const shown = { cipher, keyBits, hash: named(OAKLEY.hash, hash.id), group: named(OAKLEY.group, group.id), why };
  return { reason: { code: 'policy-requires', what: 'a listed combination', path }, line: PLUTO.write('transformRefused', shown) };
}

function judgeEsp(transform: IpsecTransform, path: Path, besideAh: boolean, esp: AlgorithmList, bench: Bench): readonly Fault[] {
  const { id, auth } = transform;
  const { peer } = bench.connection;
  const keyBits = transform.keyBits === 0 && id === AES ? 128 : transform.keyBits;
  const cipher = ESP_CIPHERS.find((each) => each.id === id);
  const inRange = cipher !== undefined && (keyBits === 0 || (keyBits >= cipher.least && keyBits <= cipher.most));
  const offered: Choice = { slot: 'encryption', id, ...(keyBits > 0 && { keyBits }), path };
  const faults: Fault[] = [];
  const range = cipher && PLUTO.write('keyRange', { function: 'kernel_alg_db_add', id, keyBits, least: cipher.least, most: cipher.most });
  // 3DES is taken whatever its key length; that it is out of range is only remarked.
  if (!inRange && id === TRIPLE_DES && range) bench.ledger.log(range);
  if (!inRange && id !== TRIPLE_DES) {
    const line = PLUTO.write('espUnsupported', { transform: names.show(bench.dialect.names.espTransform, id), peer });
    const allowed = ESP_CIPHERS.map((each) => ({ id: each.id }));
    const reason: Reason = range
      ? { code: 'key-length-mismatch', offered, allowed: [cipher.least, cipher.most] }
      : { code: 'algorithm-not-configured', offered, allowed };
    faults.push({ reason, line, ...(range && { before: [range] }) });
  }
  if (auth === 0 && !besideAh) {
    const reason: Reason = { code: 'slot-missing', slot: 'integrity', allowed: ESP_AUTH };
    faults.push({ reason, line: PLUTO.write('espWithoutAuth', { peer }) });
  } else if (auth !== 0 && !ESP_AUTH.some((each) => each.id === auth)) {
    const line = PLUTO.write('espAuthUnsupported', { auth: ipsecName(bench, IPSEC.auth, auth), peer });
    faults.push({ reason: notConfigured('integrity', auth, ESP_AUTH, path), line });
  }
  const final = faults.length === 0 ? judgeFinally(offered, auth, cipher?.usual ?? 0, esp, bench) : undefined;
  return final ? [final] : faults;
}

/** A strict list, and short keys, which must be listed; then the next transform. */
function judgeFinally(offered: Choice, auth: number, usual: number, esp: AlgorithmList, bench: Bench): Fault | undefined {
  const { id } = offered;
  const keyBits = offered.keyBits ?? usual;
  const weak = keyBits < WEAK;
  if (!weak && !esp.strict) return undefined;
  const cipher = bench.dialect.names.espTransform.get(id) ?? '(null)';
  if (esp.suites.some((suite) => listed([suite], id, keyBits) && (suite.integrity?.id ?? 0) === auth)) {
    if (weak) bench.ledger.log(PLUTO.write('insecureEsp', { cipher, keyBits }));
    return undefined;
  }
  const why = weak ? 'insecure key_len and enc. alg. not listed in "esp" string' : 'strict flag';
  const line = PLUTO.write('ipsecTransformRefused', { cipher, keyBits, auth: ipsecName(bench, IPSEC.auth, auth), why });
  return { reason: { code: 'algorithm-not-configured', offered, allowed: ciphersOf(esp.suites) }, line };
}

const TRIPLE_DES = 3;
