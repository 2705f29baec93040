/**
 * The suites of the table of complete exchanges: each cipher, PRF, integrity and group that we have, at least once.
 *
 * What of them a daemon has is found out by asking it.
 */
import type { Speaks } from '../daemons/connection.ts';

/** IKEv2, in the suite notation; a PRF that follows from the integrity is left out. */
const IKEV2: readonly string[] = [
  'aes256-sha256-modp2048',
  'aes128-sha1-modp1024',
  'aes192-sha384-modp1536',
  'aes256-sha512-modp3072',
  'aes128-md5-modp768',
  '3des-sha1-modp2048',
  '3des-md5-modp1024',
  '3des-sha1-modp1536',
  '3des-sha256-modp2048',
  'aes256-sha384-modp4096',
  'aes128-sha256-modp6144',
  'aes256-sha512-modp8192',
  'aes128-sha1-prfsha256-modp2048',
  'aes256-sha256-prfsha512-ecp384',
  'aes256-sha1-prfsha1-ecp256',
  'aes128-sha256-ecp256',
  'aes192-sha256-ecp384',
  'aes256-sha512-ecp521',
  'aes128-sha256-x25519',
  'aes256-sha384-x25519',
  'aes256-sha512-x448',
  'aes128-aesxcbc-prfaesxcbc-ecp256',
  'aes256-aesxcbc-prfsha256-modp2048',
  'aes128-sha256-prfaesxcbc-x25519',
  'aes128-aescmac-prfaescmac-ecp256',
  'aes256-aescmac-prfsha384-modp3072',
  'aes128-sha1-prfaescmac-modp2048',
  'aes256-md5-prfmd5-modp2048',
  'aes128ctr-sha256-ecp256',
  'aes192ctr-sha384-modp2048',
  'aes256ctr-sha512-ecp521',
  'aes128gcm16-prfsha256-ecp256',
  'aes192gcm16-prfsha384-modp3072',
  'aes256gcm16-prfsha384-ecp384',
  'aes256gcm16-prfsha512-x25519',
  'aes128gcm16-prfsha1-modp2048',
  'aes128gcm12-prfsha256-modp2048',
  'aes192gcm12-prfsha256-x25519',
  'aes256gcm12-prfsha384-ecp384',
  'aes128gcm8-prfsha256-ecp256',
  'aes192gcm8-prfsha512-modp4096',
  'aes256gcm8-prfsha512-x25519',
  'aes128ccm16-prfsha256-x25519',
  'aes192ccm16-prfsha256-ecp256',
  'aes256ccm16-prfsha512-modp2048',
  'aes128ccm12-prfsha1-modp2048',
  'aes192ccm12-prfsha256-x25519',
  'aes256ccm12-prfsha384-ecp384',
  'aes128ccm8-prfsha256-modp3072',
  'aes192ccm8-prfsha384-x448',
  'aes256ccm8-prfsha1-x448',
  'chacha20poly1305-prfsha256-x25519',
  'chacha20poly1305-prfsha512-ecp521',
  'camellia128-sha256-modp2048',
  'camellia192-sha384-modp3072',
  'camellia256-sha512-modp4096',
  'camellia128ctr-sha256-ecp256',
  'camellia256ctr-sha512-x25519',
  'aes256-sha256-modp1024s160',
  'aes256-sha256-modp2048s224',
  'aes256-sha256-modp2048s256',
  'aes128-sha256-ecp192',
  'aes128-sha256-ecp224',
  'aes256-sha256-ecp224bp',
  'aes256-sha256-ecp256bp',
  'aes256-sha384-ecp384bp',
  'aes256-sha512-ecp512bp',
];

/** With additional key exchanges through IKE_INTERMEDIATE. @see RFC 9370 */
const HYBRID: readonly string[] = [
  'aes256-sha256-x25519-ke1_mlkem768',
  'aes128gcm16-prfsha256-modp2048-ke1_mlkem512',
  'aes256gcm16-prfsha384-ecp384-ke1_mlkem1024',
  'aes256gcm16-prfsha512-ecp521-ke1_mlkem1024-ke2_mlkem512',
];

/** IKEv1, where a hash is integrity and PRF in one. */
const IKEV1: readonly string[] = [
  'aes256-sha256-modp2048',
  '3des-sha1-modp1024',
  '3des-md5-modp768',
  '3des-sha1-modp1536',
  'aes128-sha1-modp1536',
  'aes128-md5-modp2048',
  'aes192-sha384-modp3072',
  'aes256-sha512-modp4096',
  'aes128-sha256-modp6144',
  'aes256-sha1-modp8192',
  'aes128-sha256-ecp256',
  'aes256-sha384-ecp384',
  'aes256-sha512-ecp521',
  'aes256-sha256-modp1024s160',
  'aes128-sha256-modp2048s224',
  'aes256-sha256-modp2048s256',
  'aes128-sha1-ecp192',
  'aes128-sha256-ecp224',
  'aes256-sha256-ecp256bp',
  'aes256-sha384-ecp384bp',
  'aes256-sha512-ecp512bp',
  'aes256-sha256-x25519',
  'camellia128-sha256-modp2048',
  'camellia192-sha384-modp3072',
  'camellia256-sha1-modp2048',
];

/** Every suite of a version. */
export function suitesFor(speaks: Speaks): readonly string[] {
  return speaks === 'ikev2' ? [...IKEV2, ...HYBRID] : IKEV1;
}

/** Two that every daemon has, for what does not hang on the suite. */
export function plainSuites(speaks: Speaks): readonly string[] {
  return speaks === 'ikev2'
    ? ['aes256-sha256-modp2048', 'aes256gcm16-prfsha512-x25519']
    : ['aes256-sha256-modp2048', 'aes128-sha1-modp1536'];
}

/** A few of them: ciphers of each kind, one group of each kind. */
export function fewSuites(speaks: Speaks): readonly string[] {
  return speaks === 'ikev2'
    ? [
        'aes256-sha256-modp2048',
        '3des-sha1-modp2048',
        'aes128-sha256-ecp256',
        'aes256gcm16-prfsha512-x25519',
        'aes256ctr-sha512-ecp521',
        'camellia256-sha512-modp4096',
      ]
    : ['aes256-sha256-modp2048', '3des-sha1-modp1536', 'aes128-sha256-ecp256'];
}
