/**
 * What a daemon of Debian can be told to accept: its own words, and their numbers.
 *
 * Written down apart from the registry of the product, which is under test here. Only algorithms that the builds have (those that a release
 * lacks are named at the end).
 */
import type { PeerKind } from '../daemons/peer.ts';

/** One of a daemon's words. */
export interface Word {
  readonly word: string;
  readonly id: number;
  readonly keyBits?: number;
}

/** The words for one version of IKE. IKEv1 has hashes where IKEv2 has integrity and PRF. */
export interface Vocabulary {
  readonly ciphers: readonly Word[];
  readonly aead: readonly Word[];
  readonly integrity: readonly Word[];
  readonly prf: readonly Word[];
  readonly groups: readonly Word[];
  /** Additional key exchanges, of the first and of the second place (RFC 9370). */
  readonly additional?: readonly [readonly Word[], readonly Word[]];
}

/** The words of a daemon. */
export function vocabularyOf(kind: PeerKind, release: string, version: 1 | 2): Vocabulary {
  const { ciphers, aead, integrity, prf, groups } = WORDS[kind][version];
  const absent = new Set(ABSENT[`${kind}@${release}`] ?? []);
  const here = (all: readonly Word[]): Word[] => all.filter(({ word }) => !absent.has(word));
  const additional = kind === 'strongswan' && version === 2 && release.startsWith('6.') ? { additional: ADDITIONAL } : {};
  return { ...additional, ciphers: here(ciphers), aead: here(aead), integrity: here(integrity), prf: here(prf), groups: here(groups) };
}

/** "aes128:12:128 3des:3" */
function list(text: string): Word[] {
  return text.split(' ').flatMap((entry) => {
    const [word, id, keyBits] = entry.split(':');
    return word ? [{ word, id: Number(id), ...(keyBits !== undefined && { keyBits: Number(keyBits) }) }] : [];
  });
}

/** ML-KEM is in 6.1.0 only. */
const ADDITIONAL = [
  list('ke1_none:0 ke1_ecp256:19 ke1_curve25519:31 ke1_modp2048:14 ke1_mlkem512:35 ke1_mlkem768:36 ke1_mlkem1024:37'),
  list('ke2_none:0 ke2_ecp384:20 ke2_mlkem768:36'),
] as const;
const STRONGSWAN_GROUPS = list(
  'modp768:1 modp1024:2 modp1536:5 modp2048:14 modp3072:15 modp4096:16 ecp256:19 ecp384:20 ecp521:21 modp1024s160:22 modp2048s224:23 modp2048s256:24 ' +
    'ecp192:25 ecp224:26 ecp224bp:27 ecp256bp:28 ecp384bp:29 ecp512bp:30 curve25519:31 curve448:32',
);
const LIBRESWAN_GROUPS = 'modp1536:5 modp2048:14 modp3072:15 modp4096:16 dh19:19 dh20:20 dh21:21';

const WORDS: { readonly [K in PeerKind]: { readonly 1: Vocabulary; readonly 2: Vocabulary } } = {
  strongswan: {
    1: {
      ciphers: list(
        'aes128:7:128 aes192:7:192 aes256:7:256 3des:5 des:1 blowfish128:3:128 blowfish256:3:256 cast128:6:128 camellia128:8:128 camellia256:8:256',
      ),
      aead: [],
      integrity: list('md5:1 sha1:2 sha256:4 sha384:5 sha512:6'),
      prf: [],
      groups: STRONGSWAN_GROUPS,
    },
    2: {
      ciphers: list(
        'aes128:12:128 aes192:12:192 aes256:12:256 aes128ctr:13:128 aes256ctr:13:256 3des:3 des:2 blowfish128:7:128 blowfish256:7:256 cast128:6:128 ' +
          'camellia128:23:128 camellia256:23:256',
      ),
      aead: list(
        'aes128gcm8:18:128 aes128gcm12:19:128 aes128gcm16:20:128 aes256gcm16:20:256 aes128ccm8:14:128 aes256ccm16:16:256 chacha20poly1305:28',
      ),
      integrity: list('md5:1 sha1:2 aesxcbc:5 aescmac:8 sha256:12 sha384:13 sha512:14'),
      prf: list('prfmd5:1 prfsha1:2 prfaesxcbc:4 prfsha256:5 prfsha384:6 prfsha512:7 prfaescmac:8'),
      groups: STRONGSWAN_GROUPS,
    },
  },
  libreswan: {
    1: {
      ciphers: list('aes128:7:128 aes192:7:192 aes256:7:256 aes:7 3des:5'),
      aead: [],
      integrity: list('md5:1 sha1:2 sha2_256:4 sha2_384:5 sha2_512:6'),
      prf: [],
      groups: list(LIBRESWAN_GROUPS),
    },
    2: {
      ciphers: list(
        'aes128:12:128 aes192:12:192 aes256:12:256 aes:12 aes_ctr128:13:128 aes_ctr256:13:256 3des:3 camellia128:23:128 camellia256:23:256',
      ),
      aead: list(
        'aes_gcm128:20:128 aes_gcm:20 aes_gcm192:20:192 aes_gcm256:20:256 aes_gcm_12_128:19:128 aes_gcm_8_256:18:256 chacha20_poly1305:28',
      ),
      integrity: list('md5:1 sha1:2 sha2_256:12 sha2_384:13 sha2_512:14'),
      prf: list('md5:1 sha1:2 sha2_256:5 sha2_384:6 sha2_512:7'),
      groups: list(`${LIBRESWAN_GROUPS} dh31:31`),
    },
  },
  openiked: {
    1: { ciphers: [], aead: [], integrity: [], prf: [], groups: [] },
    2: {
      ciphers: list('3des:3 aes-128:12:128 aes-192:12:192 aes-256:12:256'),
      aead: list('aes-128-gcm:20:128 aes-256-gcm:20:256 aes-128-gcm-12:19:128 aes-256-gcm-12:19:256'),
      integrity: list('hmac-md5:1 hmac-sha1:2 hmac-sha2-256:12 hmac-sha2-384:13 hmac-sha2-512:14'),
      prf: list('hmac-md5:1 hmac-sha1:2 hmac-sha2-256:5 hmac-sha2-384:6 hmac-sha2-512:7'),
      groups: list(
        'modp768:1 modp1024:2 modp1536:5 modp2048:14 modp3072:15 modp4096:16 ecp256:19 ecp384:20 ecp521:21 brainpool256:28 brainpool384:29 curve25519:31',
      ),
    },
  },
};

/** What a release's build lacks. */
const ABSENT: Readonly<Record<string, readonly string[]>> = {};
