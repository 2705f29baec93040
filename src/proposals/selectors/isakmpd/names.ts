/**
 * The names of isakmpd's tables, as its configuration and its log spell them.
 *
 * @see isakmpd isakmp_num.cst, ipsec_num.cst
 * @module
 */

type Names = Readonly<Record<number, string>>;

/** Phase 1 attribute types that it knows to name. */
export const ATTRIBUTE: Names = {
  1: 'ENCRYPTION_ALGORITHM',
  2: 'HASH_ALGORITHM',
  3: 'AUTHENTICATION_METHOD',
  4: 'GROUP_DESCRIPTION',
  5: 'GROUP_TYPE',
  11: 'LIFE_TYPE',
  12: 'LIFE_DURATION',
  13: 'PRF',
  14: 'KEY_LENGTH',
};

const ENCRYPTION: Names = {
  1: 'DES_CBC',
  2: 'IDEA_CBC',
  3: 'BLOWFISH_CBC',
  4: 'RC5_R16_B64_CBC',
  5: '3DES_CBC',
  6: 'CAST_CBC',
  7: 'AES_CBC',
};
const HASH: Names = { 1: 'MD5', 2: 'SHA', 3: 'TIGER', 4: 'SHA2_256', 5: 'SHA2_384', 6: 'SHA2_512' };
const AUTH: Names = {
  1: 'PRE_SHARED',
  2: 'DSS',
  3: 'RSA_SIG',
  4: 'RSA_ENC',
  5: 'RSA_ENC_REV',
  6: 'EL_GAMAL_ENC',
  7: 'EL_GAMAL_ENC_REV',
  8: 'ECDSA_SIG',
};
const GROUP: Names = {
  1: 'MODP_768',
  2: 'MODP_1024',
  3: 'EC2N_155',
  4: 'EC2N_185',
  5: 'MODP_1536',
  6: 'EC2N_163sect',
  7: 'EC2N_163K',
  8: 'EC2N_283sect',
  9: 'EC2N_283K',
  10: 'EC2N_409sect',
  11: 'EC2N_409K',
  12: 'EC2N_571sect',
  13: 'EC2N_571K',
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
  27: 'BP_224',
  28: 'BP_256',
  29: 'BP_384',
  30: 'BP_512',
};
const VALUES: Readonly<Record<number, Names>> = { 1: ENCRYPTION, 2: HASH, 3: AUTH, 4: GROUP };
const NOTIFY: Names = {
  1: 'INVALID_PAYLOAD_TYPE',
  2: 'DOI_NOT_SUPPORTED',
  3: 'SITUATION_NOT_SUPPORTED',
  10: 'INVALID_PROTOCOL_ID',
  12: 'INVALID_TRANSFORM_ID',
  13: 'ATTRIBUTES_NOT_SUPPORTED',
  14: 'NO_PROPOSAL_CHOSEN',
  15: 'BAD_PROPOSAL_SYNTAX',
  16: 'PAYLOAD_MALFORMED',
  30: 'UNEQUAL_PAYLOAD_LENGTHS',
};
const PAYLOAD: Names = { 0: 'NONE', 1: 'SA', 2: 'PROPOSAL', 3: 'TRANSFORM', 4: 'KEY_EXCH', 5: 'ID', 6: 'CERT', 7: 'CERT_REQ' };

const named = (names: Names | undefined, number: number): string => names?.[number] ?? `<Unknown ${number}>`;

/** The value of an enumerated phase 1 attribute. */
export function valueName(attribute: number, value: number): string {
  return named(VALUES[attribute], value);
}

/** A notification type. */
export function notifyName(type: number): string {
  return named(NOTIFY, type);
}

/** A payload type. */
export function payloadName(type: number): string {
  return named(PAYLOAD, type);
}
