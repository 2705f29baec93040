/**
 * The algorithms that libreswan is built with, by the numbers that each negotiation has for them.
 *
 * Rule: an algorithm of no number in a column does not exist in that negotiation.
 *
 * @see libreswan lib/libswan/ike_alg_*.c, 4.3 to 5.4 (the same in all of them, with the switches of the Debian packages, but for key encapsulation)
 * @module
 */
import type { Negotiation } from '../../model.ts';
import type { Release } from '../profile.ts';

/** A cipher. */
export interface Cipher {
  /** As libreswan prints it. */
  readonly name: string;
  /** Of an IKEv1 phase 1, if it may stand there. */
  readonly oakley?: number;
  /** The ESP transform of an IKEv1 phase 2. */
  readonly esp?: number;
  readonly ikev2: number;
  /** Legal key lengths in bits, the longest first. */
  readonly keyBits: readonly number[];
  /** Assumed in phase 1 when there is no Key Length. */
  readonly defaultBits: number;
  /** It has one length only, which is never sent. */
  readonly fixed?: true;
  readonly aead?: true;
  /** For ESP only. */
  readonly kernelOnly?: true;
  /** It has a name, but nothing that could do it. */
  readonly nowhere?: true;
}

const AES_BITS = [256, 192, 128];
const aes = { keyBits: AES_BITS, defaultBits: 128 } as const;
const aead = { ...aes, aead: true } as const;
const kernelOnly = { kernelOnly: true } as const;

export const CIPHERS: readonly Cipher[] = [
  { name: '3DES_CBC', oakley: 5, esp: 3, ikev2: 3, keyBits: [192], defaultBits: 192, fixed: true },
  { name: 'AES_CBC', oakley: 7, esp: 12, ikev2: 12, ...aes },
  { name: 'AES_CTR', oakley: 13, esp: 13, ikev2: 13, ...aes },
  { name: 'CAMELLIA_CBC', oakley: 8, esp: 22, ikev2: 23, ...aes },
  { name: 'CAMELLIA_CTR', esp: 24, ikev2: 24, ...aes, ...kernelOnly, nowhere: true },
  { name: 'AES_GCM_8', esp: 18, ikev2: 18, ...aead },
  { name: 'AES_GCM_12', esp: 19, ikev2: 19, ...aead },
  { name: 'AES_GCM_16', esp: 20, ikev2: 20, ...aead },
  { name: 'AES_CCM_8', esp: 14, ikev2: 14, ...aead, ...kernelOnly },
  { name: 'AES_CCM_12', esp: 15, ikev2: 15, ...aead, ...kernelOnly },
  { name: 'AES_CCM_16', esp: 16, ikev2: 16, ...aead, ...kernelOnly },
  { name: 'NULL_AUTH_AES_GMAC', esp: 23, ikev2: 21, ...aead, ...kernelOnly },
  { name: 'CHACHA20_POLY1305', ikev2: 28, keyBits: [256], defaultBits: 256, fixed: true, aead: true },
  { name: 'NULL', esp: 11, ikev2: 11, keyBits: [0], defaultBits: 0, fixed: true, ...kernelOnly },
];

/** A hash of phase 1, a PRF of IKEv2. */
export interface Prf {
  readonly name: string;
  readonly oakley?: number;
  readonly ikev2: number;
}

export const PRFS: readonly Prf[] = [
  { name: 'HMAC_MD5', oakley: 1, ikev2: 1 },
  { name: 'HMAC_SHA1', oakley: 2, ikev2: 2 },
  { name: 'HMAC_SHA2_256', oakley: 4, ikev2: 5 },
  { name: 'HMAC_SHA2_384', oakley: 5, ikev2: 6 },
  { name: 'HMAC_SHA2_512', oakley: 6, ikev2: 7 },
  { name: 'AES_XCBC', ikev2: 4 },
];

/** An integrity algorithm of ESP, AH and IKEv2. */
export interface Integrity {
  readonly name: string;
  /** The Authentication Algorithm of an IKEv1 phase 2. */
  readonly auth?: number;
  /** The AH transform that goes with it. */
  readonly ah?: number;
  readonly ikev2?: number;
  /** For ESP and AH only. */
  readonly kernelOnly?: true;
}

export const INTEGRITIES: readonly Integrity[] = [
  { name: 'HMAC_MD5_96', auth: 1, ah: 2, ikev2: 1 },
  { name: 'HMAC_SHA1_96', auth: 2, ah: 3, ikev2: 2 },
  { name: 'HMAC_SHA2_512_256', auth: 7, ah: 7, ikev2: 14 },
  { name: 'HMAC_SHA2_384_192', auth: 6, ah: 6, ikev2: 13 },
  { name: 'HMAC_SHA2_256_128', auth: 5, ah: 5, ikev2: 12 },
  { name: 'HMAC_SHA2_256_TRUNCBUG', auth: 252, ah: 252, ...kernelOnly },
  { name: 'AES_XCBC_96', auth: 9, ah: 9, ikev2: 5 },
  { name: 'AES_CMAC_96', auth: 250, ah: 250, ikev2: 8, ...kernelOnly },
  { name: 'NONE', auth: 0, ikev2: 0 },
];

/** A Diffie-Hellman group; its number is the same everywhere. */
export interface Group {
  readonly name: string;
  readonly id: number;
  /** Of a public value; of a key encapsulation's initiator. */
  readonly octets: number;
}

export const GROUPS: readonly Group[] = [
  { name: 'MODP1536', id: 5, octets: 192 },
  { name: 'MODP2048', id: 14, octets: 256 },
  { name: 'MODP3072', id: 15, octets: 384 },
  { name: 'MODP4096', id: 16, octets: 512 },
  { name: 'MODP6144', id: 17, octets: 768 },
  { name: 'MODP8192', id: 18, octets: 1024 },
  { name: 'DH19', id: 19, octets: 64 },
  { name: 'DH20', id: 20, octets: 96 },
  { name: 'DH21', id: 21, octets: 132 },
  { name: 'DH31', id: 31, octets: 32 },
];

/** Key encapsulations stand where groups stand, in IKEv2 only, since 5.4 with an NSS that has them. ML-KEM-512 is never built. */
const ENCAPSULATIONS: readonly Group[] = [
  { name: 'ML_KEM_768', id: 36, octets: 1184 },
  { name: 'ML_KEM_1024', id: 37, octets: 1568 },
];

/** The groups of a negotiation. */
export function groupsOf(negotiation: Negotiation, release: Release): readonly Group[] {
  return negotiation.startsWith('ikev2') && release.since('5.4') ? [...GROUPS, ...ENCAPSULATIONS] : GROUPS;
}

/** No integrity, no group. */
export const NONE = 0;

/** Whether a key of that length exists. */
export function hasKeyBits(cipher: Cipher, bits: number): boolean {
  return cipher.keyBits.includes(bits);
}
