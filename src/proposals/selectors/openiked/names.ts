/**
 * The names by which iked prints numbers; what it has no name for is `<UNKNOWN:77>`.
 *
 * @see OpenIKED ikev2.h
 * @module
 */

/** Transform types. */
export const TYPE = { encryption: 1, prf: 2, integrity: 3, group: 4, esn: 5 } as const;
/** Protocols of proposals. */
export const PROTOCOL = { ike: 1, ah: 2, esp: 3 } as const;

/** A protocol's name. */
export function protocolName(protocol: number): string {
  return named(PROTOCOLS, protocol);
}

/** A transform type's name. */
export function typeName(type: number): string {
  return named(TYPES, type);
}

/** The name of a transform of a type; in angle brackets when the type is unknown. */
export function transformName(type: number, id: number): string {
  const names = TRANSFORMS[type];
  return names === undefined ? `<${id}>` : named(names, id);
}

/** An attribute type's name. */
export function attributeName(type: number): string {
  return type === 14 ? 'KEY_LENGTH' : unknown(type);
}

/** A group's name. */
export function groupName(group: number): string {
  return transformName(TYPE.group, group);
}

type Names = Readonly<Record<number, string>>;

const named = (names: Names, number: number): string => names[number] ?? unknown(number);
const unknown = (number: number): string => `<UNKNOWN:${number}>`;

const PROTOCOLS: Names = { 0: 'NONE', 1: 'IKE', 2: 'AH', 3: 'ESP', 4: 'FC_ESP_HEADER', 5: 'FC_CT_AUTH', 204: 'IPCOMP' };
const TYPES: Names = { 1: 'ENCR', 2: 'PRF', 3: 'INTEGR', 4: 'DH', 5: 'ESN' };
const ENCRYPTION: Names = {
  0: 'NONE',
  1: 'DES_IV64',
  2: 'DES',
  3: '3DES',
  4: 'RC5',
  5: 'IDEA',
  6: 'CAST',
  7: 'BLOWFISH',
  8: '3IDEA',
  9: 'DES_IV32',
  10: 'RC4',
  11: 'NULL',
  12: 'AES_CBC',
  13: 'AES_CTR',
  14: 'AES_CCM_8',
  15: 'AES_CCM_12',
  16: 'AES_CCM_16',
  18: 'AES_GCM_8',
  19: 'AES_GCM_12',
  20: 'AES_GCM_16',
  21: 'NULL_AES_GMAC',
  22: 'XTS_AES',
  23: 'CAMELLIA_CBC',
  24: 'CAMELLIA_CTR',
  25: 'CAMELLIA_CCM_8',
  26: 'CAMELLIA_CCM_12',
  27: 'CAMELLIA_CCM_16',
  28: 'CHACHA20_POLY1305',
};
const PRF: Names = {
  1: 'HMAC_MD5',
  2: 'HMAC_SHA1',
  3: 'HMAC_TIGER',
  4: 'AES128_XCBC',
  5: 'HMAC_SHA2_256',
  6: 'HMAC_SHA2_384',
  7: 'HMAC_SHA2_512',
  8: 'AES128_CMAC',
};
const INTEGRITY: Names = {
  0: 'NONE',
  1: 'HMAC_MD5_96',
  2: 'HMAC_SHA1_96',
  3: 'DES_MAC',
  4: 'KPDK_MD5',
  5: 'AES_XCBC_96',
  6: 'HMAC_MD5_128',
  7: 'HMAC_SHA1_160',
  8: 'AES_CMAC_96',
  9: 'AES_128_GMAC',
  10: 'AES_192_GMAC',
  11: 'AES_256_GMAC',
  12: 'HMAC_SHA2_256_128',
  13: 'HMAC_SHA2_384_192',
  14: 'HMAC_SHA2_512_256',
  2018: 'AES_GCM_8',
  2019: 'AES_GCM_12',
  2020: 'AES_GCM_16',
};
const GROUP: Names = {
  0: 'NONE',
  1: 'MODP_768',
  2: 'MODP_1024',
  5: 'MODP_1536',
  14: 'MODP_2048',
  15: 'MODP_3072',
  16: 'MODP_4096',
  17: 'MODP_6144',
  18: 'MODP_8192',
  19: 'ECP_256',
  20: 'ECP_384',
  21: 'ECP_521',
  25: 'ECP_192',
  26: 'ECP_224',
  27: 'BRAINPOOL_P224R1',
  28: 'BRAINPOOL_P256R1',
  29: 'BRAINPOOL_P384R1',
  30: 'BRAINPOOL_P512R1',
  31: 'CURVE25519',
  1035: 'X_SNTRUP761X25519',
};
const ESN: Names = { 0: 'NONE', 1: 'ESN' };
const TRANSFORMS: Readonly<Record<number, Names>> = { 1: ENCRYPTION, 2: PRF, 3: INTEGRITY, 4: GROUP, 5: ESN };
