/**
 * The keys of IKEv1: SKEYID and what follows from it, phase 1 hashes, IVs, quick mode.
 *
 * @see RFC 2409 §5, Appendix B
 * @module
 */
import { hmacPrf } from './prf.ts';
import { concat, type CryptoProvider, type HashName } from './provider.ts';

/** How SKEYID begins; it depends on the method of authentication. */
export type Method = { readonly kind: 'psk'; readonly psk: Uint8Array } | { readonly kind: 'signature' } | { readonly kind: 'encryption' };

/** What both sides know after the key exchange. `secret` is g^xy in full length. */
export interface Phase1Exchange {
  readonly hash: HashName;
  readonly initiatorCookie: Uint8Array;
  readonly responderCookie: Uint8Array;
  /** Bodies of the nonce payloads. */
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  readonly secret: Uint8Array;
}

export interface Phase1Keys {
  readonly hash: HashName;
  readonly skeyid: Uint8Array;
  readonly derivation: Uint8Array;
  readonly authentication: Uint8Array;
  readonly encryption: Uint8Array;
}

/** SKEYID, SKEYID_d, SKEYID_a, SKEYID_e. @see RFC 2409 §5 */
export function phase1Keys(provider: CryptoProvider, exchange: Phase1Exchange, method: Method): Phase1Keys {
  const { hash, initiatorCookie, responderCookie, initiatorNonce, responderNonce, secret } = exchange;
  const { compute } = hmacPrf(provider, hash);
  const cookies = concat(initiatorCookie, responderCookie);
  const nonces = concat(initiatorNonce, responderNonce);
  const skeyid =
    method.kind === 'psk'
      ? compute(method.psk, nonces)
      : method.kind === 'signature'
        ? compute(nonces, secret)
        : compute(provider.hash(hash, nonces), cookies);
  const derivation = compute(skeyid, secret, cookies, Uint8Array.of(0));
  const authentication = compute(skeyid, derivation, secret, cookies, Uint8Array.of(1));
  const encryption = compute(skeyid, authentication, secret, cookies, Uint8Array.of(2));
  return { hash, skeyid, derivation, authentication, encryption };
}

/** One side's view of what HASH_I and HASH_R cover: its own public value and cookie first. */
export interface Phase1Signed {
  readonly ownPublic: Uint8Array;
  readonly peerPublic: Uint8Array;
  readonly ownCookie: Uint8Array;
  readonly peerCookie: Uint8Array;
  /** The body of the initiator's SA payload, in both hashes. */
  readonly sa: Uint8Array;
  /** The body of the own ID payload: type, protocol, port, data. */
  readonly identity: Uint8Array;
}

/** HASH_I or HASH_R. @see RFC 2409 §5 */
export function phase1Hash(provider: CryptoProvider, { hash, skeyid }: Phase1Keys, signed: Phase1Signed): Uint8Array {
  const { ownPublic, peerPublic, ownCookie, peerCookie, sa, identity } = signed;
  return provider.hmac(hash, skeyid, ownPublic, peerPublic, ownCookie, peerCookie, sa, identity);
}

/** The cipher's key: the front of SKEYID_e, or of its expansion when that is too short. @see RFC 2409 Appendix B */
export function phase1CipherKey(provider: CryptoProvider, { hash, encryption }: Phase1Keys, keyBytes: number): Uint8Array {
  if (encryption.length >= keyBytes) return encryption.subarray(0, keyBytes);
  let block = provider.hmac(hash, encryption, Uint8Array.of(0));
  let key = block;
  while (key.length < keyBytes) key = concat(key, (block = provider.hmac(hash, encryption, block)));
  return key.subarray(0, keyBytes);
}

/** The IV of the first encrypted message of phase 1. @see RFC 2409 Appendix B */
export function phase1Iv(
  provider: CryptoProvider,
  hash: HashName,
  initiatorPublic: Uint8Array,
  responderPublic: Uint8Array,
  blockBytes: number,
): Uint8Array {
  return provider.hash(hash, initiatorPublic, responderPublic).subarray(0, blockBytes);
}

/** The first IV of an exchange after phase 1; `lastBlock` is the last ciphertext block of phase 1. */
export function phase2Iv(
  provider: CryptoProvider,
  hash: HashName,
  lastBlock: Uint8Array,
  messageId: number,
  blockBytes: number = lastBlock.length,
): Uint8Array {
  return provider.hash(hash, lastBlock, u32(messageId)).subarray(0, blockBytes);
}

/** The HASH of quick mode and of informational exchanges: over the message ID and what the exchange says. @see RFC 2409 §5.5, §5.7 */
export function exchangeHash(
  provider: CryptoProvider,
  { hash, authentication }: Phase1Keys,
  messageId: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return provider.hmac(hash, authentication, u32(messageId), ...parts);
}

/** HASH(3), which begins with a zero octet. */
export function finalQuickHash(
  provider: CryptoProvider,
  { hash, authentication }: Phase1Keys,
  messageId: number,
  initiatorNonce: Uint8Array,
  responderNonce: Uint8Array,
): Uint8Array {
  return provider.hmac(hash, authentication, Uint8Array.of(0), u32(messageId), initiatorNonce, responderNonce);
}

/** One direction of one phase 2 SA: the SPI is that chosen by the receiver. */
export interface Phase2Direction {
  readonly protocol: number;
  readonly spi: Uint8Array;
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  /** g(qm)^xy, with PFS only. */
  readonly secret?: Uint8Array;
}

/** KEYMAT of that length. @see RFC 2409 §5.5 */
export function phase2Keymat(
  provider: CryptoProvider,
  { hash, derivation }: Phase1Keys,
  direction: Phase2Direction,
  length: number,
): Uint8Array {
  const { protocol, spi, initiatorNonce, responderNonce, secret = new Uint8Array() } = direction;
  const seed = concat(secret, Uint8Array.of(protocol), spi, initiatorNonce, responderNonce);
  let block = provider.hmac(hash, derivation, seed);
  let keymat = block;
  while (keymat.length < length) keymat = concat(keymat, (block = provider.hmac(hash, derivation, block, seed)));
  return keymat.subarray(0, length);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}
