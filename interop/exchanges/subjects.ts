/** Whom our exchanges are tried with, and what of children each of them can really have here. */
import type { Proof, Role, Speaks } from '../daemons/connection.ts';
import type { PeerKind, PeerSpec } from '../daemons/peer.ts';

/** The releases of the table. */
export const SUBJECTS: readonly PeerSpec[] = [
  'strongswan@5.9.8',
  'strongswan@6.1.0',
  'libreswan@4.10',
  'libreswan@5.2',
  'openiked@7.2',
  'openiked@7.4',
];

export const MODES: readonly Speaks[] = ['ikev2', 'ikev1-main', 'ikev1-aggressive'];

/** Children, taken in turn. iked has no combined ciphers in ESP on Linux, and no SHA2-256 that this kernel would take. */
const CHILDREN: { readonly [K in PeerKind]: { readonly v2: readonly string[]; readonly v1: readonly string[] } } = {
  strongswan: {
    v2: [
      'aes256-sha256-noesn',
      'aes128gcm16-esn',
      'chacha20poly1305-noesn',
      'aes256ccm16-noesn',
      'camellia256-sha512-noesn',
      '3des-sha1-noesn',
      'ah:sha384-noesn',
      'aes192ctr-aesxcbc-noesn',
      'null-sha256-noesn',
    ],
    v1: ['aes256-sha256', 'aes128gcm16', '3des-md5', 'ah:sha1', 'aes128-sha1-modp2048', 'camellia128-sha256', 'aes256ccm12'],
  },
  libreswan: {
    v2: [
      'aes256-sha256-noesn',
      'aes128gcm16-esn',
      'chacha20poly1305-noesn',
      'aes256ccm16-noesn',
      'camellia256-sha512-noesn',
      '3des-sha1-noesn',
      'ah:sha384-noesn',
      'aes192ctr-aesxcbc-noesn',
    ],
    v1: ['aes256-sha256', 'aes128gcm16', '3des-md5', 'ah:sha1', 'aes128-sha1-modp2048', 'camellia128-sha256'],
  },
  openiked: { v2: ['aes256-sha1-noesn', 'aes128-sha512-noesn', '3des-sha1-noesn', 'aes192-sha384-noesn'], v1: [] },
};

/**
 * Asked, a daemon has all of them in one connection: none has AH and ESP in one, and pluto either PFS in all of IKEv1's proposals or in
 * none. So these are for daemons that begin.
 */
export function childFor(kind: PeerKind, speaks: Speaks, role: Role, turn: number): string {
  const alone = /^ah:|-modp/;
  const all = CHILDREN[kind][speaks === 'ikev2' ? 'v2' : 'v1'].filter((child) => role === 'responder' || !alone.test(child));
  return all[turn % all.length] ?? 'aes256-sha1';
}

/** A way to prove oneself, with its name in the table. */
export interface Proving {
  readonly name: string;
  readonly proof: Proof;
}

export const SHARED_KEY: Proving = { name: 'PSK', proof: { kind: 'psk', secret: 'a secret of the lab that is long enough for FIPS' } };

const certificate = (name: string, more: Omit<Extract<Proof, { kind: 'certificate' }>, 'kind'>): Proving => ({
  name,
  proof: { kind: 'certificate', ...more },
});

/** Certificates; how RSA signs can only be chosen in IKEv2. */
export function certificatesFor(speaks: Speaks): readonly Proving[] {
  return [
    certificate('RSA', { key: 'rsa2048' }),
    ...(speaks === 'ikev2'
      ? [
          certificate('RSA, RFC 7296', { key: 'rsa2048', rsa: 'classic' }),
          certificate('RSA, PKCS #1 with SHA2', { key: 'rsa2048', rsa: 'pkcs1' }),
          certificate('RSA-PSS', { key: 'rsa2048', rsa: 'pss' }),
        ]
      : []),
    certificate('RSA-4096, chain of three', { key: 'rsa4096', issuer: 'intermediate' }),
    certificate('ECDSA P-256', { key: 'ecdsa256' }),
    certificate('ECDSA P-384', { key: 'ecdsa384' }),
    certificate('ECDSA P-521', { key: 'ecdsa521' }),
    certificate('Ed25519', { key: 'ed25519' }),
  ];
}
