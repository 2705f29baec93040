/**
 * What IKE needs of cryptography, as one contract with two backends: `portable` (runs anywhere) and node:crypto (fast, complete).
 *
 * Rule 1: what a backend cannot do is `undefined`, never an exception and never something weaker.
 * Rule 2: a peer's octets are checked here: a public value of the wrong length, out of range or off the curve is a `KeyExchangeError`.
 * Rule 3: single DES is not offered by any backend.
 *
 * @module
 */
import type { Entropy } from '../entropy.ts';

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Octets of a digest. */
export const HASH_BYTES: Readonly<Record<HashName, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** Block ciphers by the length of their blocks and keys: the key's length chooses among the AES and the Camellia family. */
export type BlockCipher = 'aes' | 'camellia' | '3des';

/** A block cipher under one key in CBC mode, without padding: data is a multiple of the block, IVs are one block. */
export interface Cbc {
  readonly encrypt: (iv: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly decrypt: (iv: Uint8Array, data: Uint8Array) => Uint8Array;
}

export type AeadCipher = 'aes-gcm' | 'aes-ccm' | 'camellia-ccm' | 'chacha20-poly1305';

/** An AEAD under one key: the tag (ICV) follows the ciphertext. */
export interface Aead {
  seal(nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array;
  /** Nothing when the tag is wrong. */
  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** A key exchange under way. */
export interface KeyExchange {
  /** The body of our KE payload, in full length. */
  readonly publicValue: Uint8Array;
  /** The shared secret: g^xy in full length, x of the common point, or what was encapsulated. @throws KeyExchangeError */
  readonly finish: (peer: Uint8Array) => Uint8Array;
}

/** A group (or KEM) in both roles. */
export interface KeyExchangeMethod {
  initiate(random: Entropy): KeyExchange;
  /** The responder knows the peer's value before it makes its own. @throws KeyExchangeError */
  respond(random: Entropy, peer: Uint8Array): { readonly publicValue: Uint8Array; readonly secret: Uint8Array };
}

/** A peer's public value that must not be used. */
export class KeyExchangeError extends Error {
  override readonly name = 'KeyExchangeError';
  readonly code: KeyExchangeFault;

  constructor(code: KeyExchangeFault) {
    super(code);
    this.code = code;
  }
}

export type KeyExchangeFault = 'length' | 'range' | 'off-curve' | 'low-order';

/** The backends' contract. */
export interface CryptoProvider {
  readonly name: 'portable' | 'node';
  hash(name: HashName, ...parts: readonly Uint8Array[]): Uint8Array;
  hmac(name: HashName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** @throws RangeError for a key of the wrong length */
  cbc(cipher: BlockCipher, key: Uint8Array): Cbc | undefined;
  /** The key stream from a counter block (16 octets, big-endian counter in its last four) over the data. */
  ctr(cipher: 'aes' | 'camellia', key: Uint8Array): ((counter: Uint8Array, data: Uint8Array) => Uint8Array) | undefined;
  /** `tagBytes` 8, 12 or 16 (16 only for ChaCha20-Poly1305). */
  aead(cipher: AeadCipher, key: Uint8Array, tagBytes: number): Aead | undefined;
  /** By the number of IKE's group registry. */
  keyExchange(group: number): KeyExchangeMethod | undefined;
  /** Whether the key (SubjectPublicKeyInfo in DER) made the signature; undefined when this backend cannot tell for that key and scheme. */
  verify(spki: Uint8Array, scheme: SignatureScheme, message: Uint8Array, signature: Uint8Array): boolean | undefined;
  /** The private key (PKCS#8 in DER, not encrypted), kept inside; undefined when it is none or of a kind this backend has not. */
  signer(pkcs8: Uint8Array): Signer | undefined;
}

/**
 * How a signature is made. `raw` signs the message itself, as IKEv1 does with its HASH: PKCS#1 padding without DigestInfo, or ECDSA
 * over its octets as the digest. ECDSA's two numbers are a DER sequence, or follow each other in full length (RFC 4754).
 */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName | 'raw' }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltBytes: number }
  | { readonly kind: 'ecdsa'; readonly hash: HashName | 'raw'; readonly form: 'der' | 'pair' }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ed448' };

/** A private key that signs and is not seen. */
export interface Signer {
  /** The public half: SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** Nothing when the scheme is not for this key, or this backend has none. */
  readonly sign: (scheme: SignatureScheme, message: Uint8Array) => Uint8Array | undefined;
}

/** A responder does what an initiator does, one after the other. */
export function responding(initiate: (random: Entropy) => KeyExchange): KeyExchangeMethod {
  return {
    initiate,
    respond: (random, peer) => {
      const { publicValue, finish } = initiate(random);
      return { publicValue, secret: finish(peer) };
    },
  };
}

/** A random number of that many bits, big-endian, in whole octets. */
export function drawn(random: Entropy, bits: number): Uint8Array {
  const octets = random(Math.ceil(bits / 8));
  if (bits % 8 !== 0) octets[0] = (octets[0] as number) & ((1 << (bits % 8)) - 1);
  return octets;
}

/** All parts one after another. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two octet strings are equal, in time that depends on their lengths alone. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] ?? 0);
  return difference === 0;
}
