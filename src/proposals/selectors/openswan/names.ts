/**
 * What Openswan has names for.
 *
 * @see Openswan 3.0.0 and 2.6.52.3 `constants.c`
 * @module
 */
import { OAKLEY } from '../../model.ts';
import { MODE_NAMES } from '../freeswan/alg-dialect.ts';
import type { Vocabulary } from '../freeswan/dialect.ts';
import * as names from '../freeswan/names.ts';
import { FREESWAN_NAMES } from '../freeswan/own-dialect.ts';
import { IPSEC } from '../freeswan/phase2-transform.ts';

const HASH_NAMES = names.prefixed('OAKLEY_', names.from(1, 'MD5 SHA1 TIGER SHA2_256 SHA2_384 SHA2_512'));
const AUTH_NAMES = names.prefixed(
  'AUTH_ALGORITHM_',
  names.joined(
    names.from(0, 'NONE HMAC_MD5 HMAC_SHA1 DES_MAC KPDK HMAC_SHA2_256 HMAC_SHA2_384 HMAC_SHA2_512 HMAC_RIPEMD AES_CBC'),
    names.from(251, 'NULL_KAME'),
  ),
);
/** Diffie-Hellman groups. */
export const GROUP_NAMES = names.prefixed(
  'OAKLEY_GROUP_',
  names.joined(
    names.from(1, 'MODP768 MODP1024 GP155 GP185 MODP1536'),
    names.from(14, 'MODP2048 MODP3072 MODP4096 MODP6144 MODP8192 ECP256 ECP384 ECP512 DH22 DH23 DH24'),
    names.from(31, 'X25519 X448'),
  ),
);
const OLD_GROUP_NAMES = names.without(GROUP_NAMES, 19, 20, 21, 31, 32);
const COMMON_ESP = names.prefixed(
  'ESP_',
  names.joined(
    names.from(1, 'DES_IV64 DES 3DES RC5 IDEA CAST BLOWFISH 3IDEA DES_IV32 RC4 NULL AES AES_CTR'),
    names.from(17, 'UNASSIGNED_ID17'),
    names.from(21, 'SEED_CBC CAMELLIA NULL_AUTH_AES_GMAC'),
    names.from(249, 'MARS RC6 KAME_NULL SERPENT TWOFISH ID254 ID255'),
  ),
);
const AEAD_26 = names.prefixed('ESP_AES_', names.joined(names.from(14, 'CCM_A CCM_B CCM_C'), names.from(18, 'GCM_A GCM_B GCM_C')));
const AEAD_30 = names.prefixed('ESP_AES_', names.joined(names.from(14, 'CCM_8 CCM_12 CCM_16'), names.from(18, 'GCM_8 GCM_12 GCM_16')));

const AH_NAMES = names.prefixed(
  'AH_',
  names.from(2, 'MD5 SHA DES SHA2_256 SHA2_384 SHA2_512 RIPEMD AES_XCBC_MAC RSA AES_128_GMAC AES_192_GMAC AES_256_GMAC'),
);
const MODES = names.joined(
  MODE_NAMES,
  names.prefixed('ENCAPSULATION_MODE_', names.from(3, 'UDP_TUNNEL_RFC UDP_TRANSPORT_RFC')),
  names.prefixed('ENCAPSULATION_MODE_', names.from(61_443, 'UDP_TUNNEL_DRAFTS UDP_TRANSPORT_DRAFTS')),
);

/** Either form of an attribute has the same name. */
function anyForm(table: names.Names): names.Names {
  return names.joined(table, new Map([...table].map(([type, name]) => [type | names.TV, name])));
}

const ipsecValue = names.withValues(
  names.IPSEC_VALUE,
  [IPSEC.group, OLD_GROUP_NAMES],
  [IPSEC.encapsulation, MODES],
  [IPSEC.auth, AUTH_NAMES],
);

/** Of 2.6. */
export const NAMES_26: Vocabulary = {
  ...FREESWAN_NAMES,
  oakleyValue: names.withValues(
    names.OAKLEY_VALUE,
    [
      OAKLEY.encryption,
      names.joined(
        names.OAKLEY_VALUE.get(OAKLEY.encryption) ?? new Map<number, string>(),
        names.prefixed('OAKLEY_', names.from(65_001, 'MARS_CBC RC6_CBC ID_65003 SERPENT_CBC TWOFISH_CBC')),
        new Map([[65_289, 'OAKLEY_TWOFISH_CBC_SSH']]),
      ),
    ],
    [OAKLEY.hash, HASH_NAMES],
    [OAKLEY.group, OLD_GROUP_NAMES],
  ),
  ipsecValue,
  ahTransform: AH_NAMES,
  espTransform: names.joined(COMMON_ESP, AEAD_26),
};

/** Of 3.0: the form of an attribute no longer matters to its name. */
export const NAMES_30: Vocabulary = {
  ...NAMES_26,
  oakleyAttribute: anyForm(
    names.prefixed(
      'OAKLEY_',
      names.from(
        0,
        'TRANSFORM_ZERO ENCRYPTION_ALGORITHM HASH_ALGORITHM AUTHENTICATION_METHOD GROUP_DESCRIPTION GROUP_TYPE GROUP_PRIME ' +
          'GROUP_GENERATOR_ONE GROUP_GENERATOR_TWO GROUP_CURVE_A GROUP_CURVE_B LIFE_TYPE LIFE_DURATION PRF KEY_LENGTH FIELD_SIZE ' +
          'GROUP_ORDER BLOCK_SIZE',
      ),
    ),
  ),
  ipsecAttribute: anyForm(
    names.from(
      1,
      'SA_LIFE_TYPE SA_LIFE_DURATION GROUP_DESCRIPTION ENCAPSULATION_MODE AUTH_ALGORITHM KEY_LENGTH KEY_ROUNDS COMPRESS_DICT_SIZE ' +
        'COMPRESS_PRIVATE_ALG ECN_TUNNEL',
    ),
  ),
  oakleyValue: names.withValues(names.OAKLEY_VALUE, [OAKLEY.hash, HASH_NAMES], [OAKLEY.group, GROUP_NAMES]),
  ipsecValue: names.withValues(ipsecValue, [IPSEC.group, GROUP_NAMES]),
  espTransform: names.joined(COMMON_ESP, AEAD_30),
};

/** IKEv2 ciphers. */
export const ENCR_NAMES = names.from(
  1,
  'des_iv64 des 3des rc5 idea cast blowfish 3idea des_iv32 res10 null aes_cbc aes_ctr aes_ccm_8 aes_ccm_12 aes_ccm_16 unassigned_17 ' +
    'aes_gcm_8 aes_gcm_12 aes_gcm_16 null_aes_gmac p1619_xts_aes',
);
/** IKEv2 pseudo-random functions. */
export const PRF_NAMES = names.prefixed('prf-hmac-', names.from(1, 'md5 sha1 tiger aes128-xcbc sha2-256 sha2-384 sha2-512'));
const INTEG_30 = names.from(
  0,
  'none hmac_md5_96 hmac_sha1_96 des_mac kpdk_md5 aes_xcbc_96 hmac_md5_128 hmac_sha1_160 aes_cmac_96 aes_128_gmac aes_192_gmac ' +
    'aes_256_gmac hmac_sha2_256_128 hmac_sha2_384_192 hmac_sha2_512_256',
);
const INTEG_26 = names.joined(
  names.from(
    0,
    'auth-none auth-hmac-md5-96 auth-hmac-sha1-96 auth-des-mac auth-kpdk-md5 auth-aes-xcbc-96 AUTH_HMAC_MD5_128 AUTH_HMAC_SHA1_160 ' +
      'AUTH_AES_CMAC_96 AUTH_AES_128_GMAC AUTH_AES_192_GMAC AUTH_AES_256_GMAC AUTH_HMAC_SHA2_256_128 AUTH_HMAC_SHA2_384_192 ' +
      'AUTH_HMAC_SHA2_512_256',
  ),
);
/** IKEv2 integrity algorithms, which 3.0 gave new names. */
export function integrityNames(since3: boolean): names.Names {
  return since3 ? INTEG_30 : INTEG_26;
}
