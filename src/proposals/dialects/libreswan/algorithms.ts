/**
 * The algorithms that libreswan knows by name: names, numbers in each negotiation, key lengths, and which of them its IKE can use itself.
 *
 * Rule 1: a row is what the daemon's own descriptor says, not what IANA says: AES_CTR has a phase 1 number here that nobody assigned.
 * Rule 2: the order of the integrity rows matters: the first one made of a PRF is the one that the PRF stands for.
 *
 * @module
 */

/** What a transform can be; additional key exchanges are RFC 9370's. */
export type TransformType =
  | 'encrypt'
  | 'prf'
  | 'integ'
  | 'ke'
  | 'sn'
  | 'addke1'
  | 'addke2'
  | 'addke3'
  | 'addke4'
  | 'addke5'
  | 'addke6'
  | 'addke7';

/** In libreswan's own order, which is the order of printing. Source: libreswan 5.4 proposals.h. */
export const TRANSFORM_TYPES = [
  'encrypt',
  'prf',
  'integ',
  'ke',
  'sn',
  'addke1',
  'addke2',
  'addke3',
  'addke4',
  'addke5',
  'addke6',
  'addke7',
] as const satisfies readonly TransformType[];

/** A kind of algorithm; additional key exchanges use those of `ke`. */
export type AlgorithmFamily = 'encrypt' | 'prf' | 'integ' | 'ke' | 'sn';

/** Which column of numbers: AH has its own numbers for integrity in IKEv1, as a transform. */
export type LibreswanSpace = 'phase1' | 'phase2' | 'ah' | 'ikev2';

/** One algorithm as libreswan describes it. */
export interface LibreswanAlgorithm {
  readonly family: AlgorithmFamily;
  /** The full name, as it is printed. */
  readonly name: string;
  /** Every name that is read, in lower case. */
  readonly names: readonly string[];
  /** No number: not known to that protocol. */
  readonly numbers: Readonly<Partial<Record<LibreswanSpace, number>>>;
  /** Key lengths in bits, the longest first. */
  readonly keyBits?: readonly number[];
  /** A key length is neither read nor sent. */
  readonly fixedKey?: true;
  readonly aead?: true;
  /** The PRF that this integrity algorithm is made of. */
  readonly prf?: string;
  /** The daemon has it for the kernel only: not in `ike=`. */
  readonly kernelOnly?: true;
}

const AES_KEYS = [256, 192, 128];

type Numbers = LibreswanAlgorithm['numbers'];
type Rest = Omit<LibreswanAlgorithm, 'family' | 'name' | 'names' | 'numbers'>;

function row(family: AlgorithmFamily, name: string, names: string, numbers: Numbers, rest: Rest = {}): LibreswanAlgorithm {
  return { family, name, names: names.split(' '), numbers, ...rest };
}

function aes(name: string, names: string, id: number, rest: Rest): LibreswanAlgorithm {
  return row('encrypt', name, names, { phase2: id, ikev2: id }, { keyBits: AES_KEYS, ...rest });
}

/** One number in every protocol, or in IKEv2 only. */
function ke(name: string, names: string, id: number, spaces: 'all' | 'ikev2' = 'all'): LibreswanAlgorithm {
  return row('ke', name, names, spaces === 'all' ? { phase1: id, phase2: id, ah: id, ikev2: id } : { ikev2: id });
}

/** Source: libreswan 4.3, 4.10, 5.2 and 5.4, lib/libswan/ike_alg_*.c, ietf_constants.h. */
export const LIBRESWAN_ALGORITHMS: readonly LibreswanAlgorithm[] = [
  aes('AES_CCM_16', 'aes_ccm aes_ccm_16 aes_ccm_c', 16, { aead: true, kernelOnly: true }),
  aes('AES_CCM_12', 'aes_ccm_12 aes_ccm_b', 15, { aead: true, kernelOnly: true }),
  aes('AES_CCM_8', 'aes_ccm_8 aes_ccm_a', 14, { aead: true, kernelOnly: true }),
  row('encrypt', '3DES_CBC', '3des 3des_cbc', { phase1: 5, phase2: 3, ikev2: 3 }, { keyBits: [192], fixedKey: true }),
  row('encrypt', 'CAMELLIA_CTR', 'camellia_ctr', { phase2: 24, ikev2: 24 }, { keyBits: AES_KEYS, kernelOnly: true }),
  row('encrypt', 'CAMELLIA_CBC', 'camellia camellia_cbc', { phase1: 8, phase2: 22, ikev2: 23 }, { keyBits: AES_KEYS }),
  aes('AES_GCM_16', 'aes_gcm aes_gcm_16 aes_gcm_c', 20, { aead: true }),
  aes('AES_GCM_12', 'aes_gcm_12 aes_gcm_b', 19, { aead: true }),
  aes('AES_GCM_8', 'aes_gcm_8 aes_gcm_a', 18, { aead: true }),
  row('encrypt', 'AES_CTR', 'aesctr aes_ctr', { phase1: 13, phase2: 13, ikev2: 13 }, { keyBits: AES_KEYS }),
  row('encrypt', 'AES_CBC', 'aes aes_cbc', { phase1: 7, phase2: 12, ikev2: 12 }, { keyBits: AES_KEYS }),
  row(
    'encrypt',
    'NULL_AUTH_AES_GMAC',
    'null_auth_aes_gmac aes_gmac',
    { phase2: 23, ikev2: 21 },
    { keyBits: AES_KEYS, aead: true, kernelOnly: true },
  ),
  row('encrypt', 'NULL', 'null', { phase2: 11, ikev2: 11 }, { fixedKey: true, kernelOnly: true }),
  row('encrypt', 'CHACHA20_POLY1305', 'chacha20_poly1305 chacha20poly1305', { ikev2: 28 }, { keyBits: [256], fixedKey: true, aead: true }),

  row('prf', 'HMAC_MD5', 'md5 hmac_md5', { phase1: 1, ikev2: 1 }),
  row('prf', 'HMAC_SHA1', 'sha sha1 hmac_sha1', { phase1: 2, ikev2: 2 }),
  row('prf', 'HMAC_SHA2_256', 'sha2 sha256 sha2_256 hmac_sha2_256', { phase1: 4, ikev2: 5 }),
  row('prf', 'HMAC_SHA2_384', 'sha384 sha2_384 hmac_sha2_384', { phase1: 5, ikev2: 6 }),
  row('prf', 'HMAC_SHA2_512', 'sha512 sha2_512 hmac_sha2_512', { phase1: 6, ikev2: 7 }),
  row('prf', 'AES_XCBC', 'aes128_xcbc aes_xcbc', { ikev2: 4 }),

  row('integ', 'HMAC_MD5_96', 'md5 hmac_md5 hmac_md5_96', { phase1: 1, phase2: 1, ah: 2, ikev2: 1 }, { prf: 'HMAC_MD5' }),
  row('integ', 'HMAC_SHA1_96', 'sha sha1 sha1_96 hmac_sha1 hmac_sha1_96', { phase1: 2, phase2: 2, ah: 3, ikev2: 2 }, { prf: 'HMAC_SHA1' }),
  row(
    'integ',
    'HMAC_SHA2_512_256',
    'sha512 sha2_512 sha2_512_256 hmac_sha2_512 hmac_sha2_512_256',
    { phase1: 6, phase2: 7, ah: 7, ikev2: 14 },
    { prf: 'HMAC_SHA2_512' },
  ),
  row(
    'integ',
    'HMAC_SHA2_384_192',
    'sha384 sha2_384 sha2_384_192 hmac_sha2_384 hmac_sha2_384_192',
    { phase1: 5, phase2: 6, ah: 6, ikev2: 13 },
    { prf: 'HMAC_SHA2_384' },
  ),
  row(
    'integ',
    'HMAC_SHA2_256_128',
    'sha2 sha256 sha2_256 sha2_256_128 hmac_sha2_256 hmac_sha2_256_128',
    { phase1: 4, phase2: 5, ah: 5, ikev2: 12 },
    { prf: 'HMAC_SHA2_256' },
  ),
  row('integ', 'HMAC_SHA2_256_TRUNCBUG', 'hmac_sha2_256_truncbug', { phase2: 252, ah: 252 }, { kernelOnly: true }),
  row('integ', 'AES_XCBC_96', 'aes_xcbc aes128_xcbc aes_xcbc_96 aes128_xcbc_96', { phase2: 9, ah: 9, ikev2: 5 }, { prf: 'AES_XCBC' }),
  row('integ', 'AES_CMAC_96', 'aes_cmac aes_cmac_96', { phase2: 250, ah: 250, ikev2: 8 }, { kernelOnly: true }),
  row('integ', 'NONE', 'none null', { phase2: 0, ah: 0, ikev2: 0 }),

  row('ke', 'NONE', 'none null dh0', { ikev2: 0 }),
  ke('MODP1024', 'modp1024 dh2', 2),
  ke('MODP1536', 'modp1536 dh5', 5),
  ke('MODP2048', 'modp2048 dh14', 14),
  ke('MODP3072', 'modp3072 dh15', 15),
  ke('MODP4096', 'modp4096 dh16', 16),
  ke('MODP6144', 'modp6144 dh17', 17),
  ke('MODP8192', 'modp8192 dh18', 18),
  ke('DH19', 'dh19 ecp_256 ecp256', 19),
  ke('DH20', 'dh20 ecp_384 ecp384', 20),
  ke('DH21', 'dh21 ecp_521 ecp521', 21),
  ke('DH22', 'dh22', 22),
  ke('DH23', 'dh23', 23),
  ke('DH24', 'dh24', 24),
  ke('DH31', 'dh31 curve25519', 31),
  ke('ML_KEM_512', 'ml_kem_512 mlkem512', 35, 'ikev2'),
  ke('ML_KEM_768', 'ml_kem_768 mlkem768', 36, 'ikev2'),
  ke('ML_KEM_1024', 'ml_kem_1024 mlkem1024', 37, 'ikev2'),

  row('sn', '32_BIT_SEQUENTIAL', '32_bit_sequential no', { ikev2: 0 }),
  row('sn', 'PARTIAL_64_BIT_SEQUENTIAL', 'partial_64_bit_sequential yes', { ikev2: 1 }),
];

/** What the words of a transform type name. */
export function familyOfType(type: TransformType): AlgorithmFamily {
  return type.startsWith('addke') ? 'ke' : (type as AlgorithmFamily);
}

/** The integrity algorithm that a PRF stands for, if any. */
export function integrityOf(prf: LibreswanAlgorithm): LibreswanAlgorithm | undefined {
  return LIBRESWAN_ALGORITHMS.find((algorithm) => algorithm.family === 'integ' && algorithm.prf === prf.name);
}
