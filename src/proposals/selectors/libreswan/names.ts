/**
 * The values that libreswan has names for, and the names. Where its decoder asks for a name, a value without one is a fault.
 *
 * @see libreswan lib/libswan/constants.c, 4.3 to 5.4
 * @module
 */
import type { Release } from '../profile.ts';

/** A name table. Names stand without the prefix that they have in common. */
export interface Names {
  readonly prefix: string;
  /** Since 5.1, where it is another one. */
  readonly newPrefix?: string;
  readonly names: ReadonlyMap<number, string>;
  /** Marked as unused up to 4.x. */
  readonly unused?: ReadonlySet<number>;
}

/** Whether a value has a name. */
export function known(table: Names, value: number): boolean {
  return table.names.has(value);
}

/** The whole name; a value without one is a number and, up to 4.x, question marks. */
export function longName(table: Names, value: number, release: Release): string {
  const name = table.names.get(value);
  return name === undefined ? unnamed(value, release) : prefixOf(table, release) + name + mark(table, value, release);
}

function prefixOf({ prefix, newPrefix }: Names, release: Release): string {
  return newPrefix !== undefined && release.since('5.1') ? newPrefix : prefix;
}

/** The name without its prefix. */
export function shortName(table: Names, value: number, release: Release): string {
  const name = table.names.get(value);
  if (name !== undefined) return name + mark(table, value, release);
  return `${table.prefix}${release.since('5.1') || table.prefix === '' ? '' : '_'}${unnamed(value, release)}`;
}

/** The set bits that have a name. */
export function bitNames(table: Names, value: number): string {
  const set: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if ((value >>> bit) % 2 === 0) continue;
    set.push(table.names.get(2 ** bit) ?? `0x${(2 ** bit).toString(16)}`);
  }
  return set.length > 0 ? set.join('+') : 'none';
}

function unnamed(value: number, release: Release): string {
  return release.since('5.1') ? String(value) : `${value}??`;
}

function mark(table: Names, value: number, release: Release): string {
  return table.unused?.has(value) === true && !release.since('5.1') ? '(UNUSED)' : '';
}

/** Numbered from `first`; an empty word leaves a number out, a star marks a name as unused. */
function list(prefix: string, first: number, words: string, more: readonly (readonly [number, string])[] = []): Names {
  const names = new Map<number, string>();
  const unused = new Set<number>();
  words.split(' ').forEach((word, i) => {
    if (word === '-') return;
    names.set(first + i, word.replace('*', ''));
    if (word.endsWith('*')) unused.add(first + i);
  });
  for (const [value, name] of more) names.set(value, name);
  return { prefix, names, unused };
}

/** The same without some values. */
export function without(table: Names, ...values: readonly number[]): Names {
  return { ...table, names: new Map([...table.names].filter(([value]) => !values.includes(value))) };
}

export const DOI = list('ISAKMP_DOI_', 0, 'ISAKMP IPSEC');
export const SITUATION: Names = {
  prefix: '',
  names: new Map([
    [1, 'SIT_IDENTITY_ONLY'],
    [2, 'SIT_SECRECY'],
    [4, 'SIT_INTEGRITY'],
  ]),
};
export const PROTOCOL = list('PROTO_', 0, 'RESERVED ISAKMP IPSEC_AH IPSEC_ESP IPCOMP');
export const PAYLOAD = list('ISAKMP_NEXT_', 0, 'NONE SA P T KE ID CERT CR HASH SIG NONCE N D VID');
export const ISAKMP_TRANSFORM = list('', 1, 'KEY_IKE');
const AH_NAMES = list('AH_', 2, 'MD5 SHA DES* SHA2_256 SHA2_384 SHA2_512 RIPEMD AES_XCBC_MAC RSA* AES_128_GMAC AES_192_GMAC AES_256_GMAC', [
  [250, 'AES_CMAC_96'],
  [251, 'NULL'],
  [252, 'SHA2_256_TRUNC'],
]);
export const AH_TRANSFORM: Names = { ...AH_NAMES, newPrefix: 'IKEv1_AH_' };
const ESP_NAMES = list(
  'ESP_',
  1,
  'DES_IV64* DES* 3DES RC5* IDEA* CAST BLOWFISH* 3IDEA* DES_IV32* RC4* NULL AES AES_CTR AES_CCM_A AES_CCM_B AES_CCM_C UNUSED_ID17 ' +
    'AES_GCM_A AES_GCM_B AES_GCM_C SEED_CBC CAMELLIA NULL_AUTH_AES_GMAC CAMELLIA_CTR CAMELLIA_CCM_A CAMELLIA_CCM_B CAMELLIA_CCM_C',
  [
    [249, 'MARS'],
    [250, 'RC6(UNUSED)'],
    [251, 'KAME_NULL'],
    [252, 'SERPENT'],
    [253, 'TWOFISH'],
    [254, 'ID254(UNUSED)'],
    [255, 'ID255(UNUSED)'],
  ],
);
export const ESP_TRANSFORM: Names = { ...ESP_NAMES, newPrefix: 'IKEv1_ESP_' };
export const IPCOMP_TRANSFORM = list('IPCOMP_', 0, 'NONE OUI DEFLATE LZS LZJH');

/** The bit of an attribute type that says that the value stands in the header. */
export const TV = 0x8000;
const OAKLEY_ATTRIBUTES =
  'ENCRYPTION_ALGORITHM HASH_ALGORITHM AUTHENTICATION_METHOD GROUP_DESCRIPTION GROUP_TYPE GROUP_PRIME GROUP_GENERATOR_ONE ' +
  'GROUP_GENERATOR_TWO GROUP_CURVE_A GROUP_CURVE_B LIFE_TYPE LIFE_DURATION PRF KEY_LENGTH FIELD_SIZE GROUP_ORDER';
/** Phase 1 attribute types, by the number with the bit for TV. */
export const OAKLEY_ATTRIBUTE = attributes('OAKLEY_', OAKLEY_ATTRIBUTES, [6, 7, 8, 9, 10, 12, 16]);
const IPSEC_ATTRIBUTES =
  'SA_LIFE_TYPE SA_LIFE_DURATION GROUP_DESCRIPTION ENCAPSULATION_MODE AUTH_ALGORITHM KEY_LENGTH KEY_ROUNDS COMPRESS_DICT_SIZE ' +
  'COMPRESS_PRIVATE_ALG ECN_TUNNEL ESN_64BIT_SEQNUM IKEv1_IPSEC_ATTR_UNSPEC_12 SIG_ENC_ALGO_VAL ADDRESS_PRESERVATION SA_DIRECTION';
/** Phase 2 attribute types, by the number with the bit for TV. */
export const IPSEC_ATTRIBUTE = attributes('', IPSEC_ATTRIBUTES, [2, 9, 10], [32001]);

/** Names for the TV forms, and for those that may be TLV. */
function attributes(prefix: string, words: string, long: readonly number[], more: readonly number[] = []): Names {
  const tv = list(prefix, TV + 1, words);
  const names = new Map(tv.names);
  for (const type of long) names.set(type, `${names.get(type + TV) ?? ''} (variable length)`);
  for (const type of more) for (const form of [0, TV]) names.set(type + form, 'SECCTX');
  return { prefix, names };
}

const ENC =
  'DES_CBC* IDEA_CBC* BLOWFISH_CBC* RC5_R16_B64_CBC* 3DES_CBC CAST_CBC AES_CBC CAMELLIA_CBC UNUSED_9 UNUSED_10 UNUSED_11 UNUSED_12 AES_CTR ' +
  'AES_CCM_A AES_CCM_B AES_CCM_16 UNUSED_17 AES_GCM_A AES_GCM_B AES_GCM_C UNUSED_21 UNUSED_22 UNUSED_23 CAMELLIA_CTR CAMELLIA_CCM_A ' +
  'CAMELLIA_CCM_B CAMELLIA_CCM_C';
export const OAKLEY_ENCRYPTION = list('OAKLEY_', 1, ENC, [
  [65001, 'MARS_CBC'],
  [65002, 'RC6_CBC'],
  [65003, 'ID_65003'],
  [65004, 'SERPENT_CBC'],
  [65005, 'TWOFISH_CBC'],
  [65289, 'TWOFISH_CBC_SSH'],
]);
export const OAKLEY_HASH = list('OAKLEY_', 1, 'MD5 SHA1 TIGER* SHA2_256 SHA2_384 SHA2_512');
const PRIVATE_METHODS =
  'XAUTHInitPreShared XAUTHRespPreShared XAUTHInitDSS XAUTHRespDSS XAUTHInitRSA XAUTHRespRSA XAUTHInitRSAEncryption ' +
  'XAUTHRespRSAEncryption XAUTHInitRSARevisedEncryption XAUTHRespRSARevisedEncryption';
/** Methods without a prefix of their own. */
export const OAKLEY_AUTH: Names = {
  prefix: '',
  names: new Map([
    ...[
      ...list(
        '',
        1,
        'PRESHARED_KEY DSS_SIG RSA_SIG RSA_ENC RSA_REVISED_MODE RESERVED_6 RESERVED_7 RESERVED_8 ECDSA_P256 ECDSA_P384 ECDSA_P521',
      ).names,
    ].map(([value, name]) => [value, `OAKLEY_${name}`] as const),
    ...list('', 64221, 'HybridInitRSA HybridRespRSA HybridInitDSS HybridRespDSS').names,
    ...list('', 65001, PRIVATE_METHODS).names,
  ]),
};
export const GROUP = list(
  'OAKLEY_GROUP_',
  0,
  'NONE MODP768 MODP1024 GP155* GP185* MODP1536 EC2N_2_1* EC2N_2_2* EC2N_2_3* EC2N_2_4* EC2N_2_5* EC2N_2_6* EC2N_2_7* EC2N_2_8* ' +
    'MODP2048 MODP3072 MODP4096 MODP6144 MODP8192 ECP_256 ECP_384 ECP_521 DH22 DH23 DH24 ECP_192 ECP_224 BRAINPOOL_P224R1 ' +
    'BRAINPOOL_P256R1 BRAINPOOL_P384R1 BRAINPOOL_P512R1 CURVE25519 CURVE448',
);
export const OAKLEY_LIFE = list('OAKLEY_LIFE_', 1, 'SECONDS KILOBYTES');
export const SA_LIFE = list('SA_LIFE_TYPE_', 1, 'SECONDS KBYTES');
export const ENCAPSULATION = list('ENCAPSULATION_MODE_', 1, 'TUNNEL TRANSPORT UDP_TUNNEL_RFC UDP_TRANSPORT_RFC', [
  [61443, 'UDP_TUNNEL_DRAFTS'],
  [61444, 'UDP_TRANSPORT_DRAFTS'],
]);
export const AUTH_ALGORITHM = list(
  'AUTH_ALGORITHM_',
  0,
  'NONE HMAC_MD5 HMAC_SHA1 DES_MAC* KPDK* HMAC_SHA2_256 HMAC_SHA2_384 HMAC_SHA2_512 HMAC_RIPEMD AES_XCBC SIG_RSA* AES_128_GMAC ' +
    'AES_192_GMAC AES_256_GMAC',
  [
    [250, 'AES_CMAC_96'],
    [251, 'NULL_KAME'],
    [252, 'HMAC_SHA2_256_TRUNCBUG'],
  ],
);

/** IKEv2 proposal protocols, as the log abbreviates them. */
export const IKEV2_PROTOCOL = list('IKEv2_SEC_PROTO_', 1, 'IKE AH ESP IKEv2_SEC_FC_ESP_HEADER IKEv2_SEC_FC_CT_AUTHENTICATION');
const ENCR =
  'DES_IV64* DES* 3DES RC5* IDEA* CAST BLOWFISH* 3IDEA* DES_IV32* RES10* NULL AES_CBC AES_CTR AES_CCM_A AES_CCM_B AES_CCM_C UNASSIGNED* ' +
  'AES_GCM_A AES_GCM_B AES_GCM_C NULL_AUTH_AES_GMAC RESERVED_FOR_IEEE_P1619_XTS_AES* CAMELLIA_CBC CAMELLIA_CTR CAMELLIA_CCM_A ' +
  'CAMELLIA_CCM_B CAMELLIA_CCM_C CHACHA20_POLY1305';
const PRIVATE_ENCR = [
  [65004, 'SERPENT_CBC'],
  [65005, 'TWOFISH_CBC'],
  [65289, 'TWOFISH_CBC_SSH'],
] as const;
/** What stands for groups in IKEv2 since 5.4. */
const KEY_EXCHANGES: Names = {
  prefix: 'IKEv2_KE_',
  names: new Map([...GROUP.names, ...list('', 33, 'GOST3410_2012_256 GOST3410_2012_512 ML_KEM_512 ML_KEM_768 ML_KEM_1024').names]),
};
/** The names of IKEv2 transforms by type, up to 4.x. */
const TRANSFORMS: readonly Names[] = [
  list('', 1, ENCR, PRIVATE_ENCR),
  list('PRF_', 1, 'HMAC_MD5 HMAC_SHA1 HMAC_TIGER AES128_XCBC HMAC_SHA2_256 HMAC_SHA2_384 HMAC_SHA2_512 AES128_CMAC'),
  list(
    'AUTH_',
    0,
    'NONE HMAC_MD5_96 HMAC_SHA1_96 DES_MAC* KPDK_MD5* AES_XCBC_96 HMAC_MD5_128 HMAC_SHA1_160 AES_CMAC_96 AES_128_GMAC AES_192_GMAC ' +
      'AES_256_GMAC HMAC_SHA2_256_128 HMAC_SHA2_384_192 HMAC_SHA2_512_256',
  ),
  GROUP,
  list('ESN_', 0, 'DISABLED ENABLED'),
];
const LENGTHS: readonly (readonly [RegExp, string])[] = [
  [/_A$/, '_8'],
  [/_B$/, '_12'],
  [/_C$/, '_16'],
];
/** Since 5.0: the length of the tag instead of a letter, nothing for numbers that are nobody's. */
const NEWER: readonly Names[] = TRANSFORMS.map((table, i) => {
  if (i === 0) return { prefix: 'IKEv2_ENCR_', names: new Map([...table.names].flatMap(newerCipher)) };
  if (i === 4) return list('IKEv2_ESN_', 0, 'NO YES');
  return { ...table, prefix: i === 1 ? 'IKEv2_PRF_' : i === 2 ? 'IKEv2_INTEG_' : table.prefix };
});

function newerCipher([value, name]: readonly [number, string]): [number, string][] {
  if (/^(RES|UNASSIGNED)/.test(name)) return [];
  return [[value, LENGTHS.reduce((shown, [letter, length]) => shown.replace(letter, length), name)]];
}

const SINCE_54: readonly Names[] = [
  {
    prefix: 'IKEv2_ENCR_',
    names: new Map([
      ...(NEWER[0]?.names ?? []),
      ...list('', 29, 'AES_CCM_8_IIV AES_GCM_16_IIV CHACHA20_POLY1305_IIV KUZNYECHIK_MGM_KTREE MAGMA_MGM_KTREE KUZNYECHIK_MGM_MAC_KTREE')
        .names,
      [35, 'MAGMA_MGM_MAC_KTREE'],
    ]),
  },
  { prefix: 'IKEv2_PRF_', names: new Map([...(NEWER[1]?.names ?? []), [9, 'HMAC_STREEBOG_512']]) },
  NEWER[2] ?? GROUP,
  KEY_EXCHANGES,
  list('IKEv2_SN_', 0, 'NO YES 32_BIT_UNSPECIFIED'),
  ...Array.from({ length: 7 }, () => KEY_EXCHANGES),
  list('IKEv2_KWA_', 1, 'KW_5649_128 KW_5649_192 KW_5649_256 KW_ARX'),
  list('IKEv2_GCAUTH_', 1, 'IMPLICIT DIGITAL_SIGNATURE'),
];

const TYPES = ['ENCR', 'PRF', 'INTEG', 'DH', 'ESN'] as const;
const TYPES_SINCE_54 = 'ENCR PRF INTEG KE SN ADDKE1 ADDKE2 ADDKE3 ADDKE4 ADDKE5 ADDKE6 ADDKE7 KWA GCAUTH'.split(' ');
const SN = 5;

/** The groups of a KE payload that have a name. */
export function ikev2Groups(release: Release): Names {
  return release.since('5.4') ? KEY_EXCHANGES : GROUP;
}

/** `ENCR`, `PRF`, … of an IKEv2 transform type. */
export function transformType(type: number, release: Release): string {
  return (release.since('5.4') ? TYPES_SINCE_54 : TYPES)[type - 1] ?? unnamed(type, release);
}

/** An IKEv2 transform as the log shows it: `AES_CBC_256`. */
export function transformName(type: number, id: number, keyBits: number, release: Release): string {
  const tables = release.since('5.4') ? SINCE_54 : release.since('5.1') ? NEWER : TRANSFORMS;
  const table = tables[type - 1];
  const name = table === undefined ? String(id) : shortName(table, id, release);
  return keyBits > 0 ? `${name}_${keyBits}` : name;
}

/** With its type: `ENCR=AES_CBC_256`. Since 5.4 the old values of sequence numbers keep the old name of the type. */
export function typedTransform(type: number, id: number, keyBits: number, release: Release): string {
  const named = isEsn(type, id) ? 'ESN' : transformType(type, release);
  return `${named}=${transformName(type, id, isEsn(type, id) && release.since('5.4') ? 0 : keyBits, release)}`;
}

/** In a chosen proposal, where since 5.0 sequence numbers say what they are. */
export function chosenTransform(type: number, id: number, keyBits: number, release: Release): string {
  return isEsn(type, id) && release.since('5.0') ? `ESN:${transformName(type, id, 0, release)}` : transformName(type, id, keyBits, release);
}

function isEsn(type: number, id: number): boolean {
  return type === SN && id <= 1;
}
