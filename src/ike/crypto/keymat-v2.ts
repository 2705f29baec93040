/**
 * The keys of IKEv2: SKEYSEED, the seven keys of an IKE SA, rekeying, additional key exchanges, child SAs, PPK.
 *
 * @see RFC 7296 §2.13, §2.14, §2.17, §2.18, RFC 8784, RFC 9370 §2.2.2
 * @module
 */
import { type Prf, prfPlus } from './prf.ts';
import { concat } from './provider.ts';

/** Nonces (bodies) and SPIs (8 octets each) of the exchange that makes the keys. */
export interface IkeSeed {
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
}

/** Octets of the keys that the suite needs; `cipherBytes` includes the salt, `integrityBytes` is 0 with AEAD. */
export interface IkeKeyLengths {
  readonly cipherBytes: number;
  readonly integrityBytes: number;
}

/** SK_d, SK_ai, SK_ar, SK_ei, SK_er, SK_pi, SK_pr. */
export interface IkeKeys {
  readonly d: Uint8Array;
  readonly ai: Uint8Array;
  readonly ar: Uint8Array;
  readonly ei: Uint8Array;
  readonly er: Uint8Array;
  readonly pi: Uint8Array;
  readonly pr: Uint8Array;
}

/** SKEYSEED of a first exchange. PRFs with fixed keys take half of theirs from each nonce. @see RFC 7296 §2.14 */
export function skeyseed({ compute, nonceBytes }: Prf, { initiatorNonce, responderNonce }: IkeSeed, secret: Uint8Array): Uint8Array {
  const part = (nonce: Uint8Array): Uint8Array => (nonceBytes === undefined ? nonce : nonce.subarray(0, nonceBytes));
  return compute(concat(part(initiatorNonce), part(responderNonce)), secret);
}

/** SKEYSEED of a rekeyed IKE SA, with the PRF of the old one; `more` are the secrets of additional key exchanges. @see RFC 7296 §2.18, RFC 9370 §2.2.4 */
export function rekeySkeyseed(
  { compute }: Prf,
  oldDerivation: Uint8Array,
  { initiatorNonce, responderNonce }: IkeSeed,
  secret: Uint8Array,
  ...more: readonly Uint8Array[]
): Uint8Array {
  return compute(oldDerivation, secret, initiatorNonce, responderNonce, ...more);
}

/** SKEYSEED(n) after an additional key exchange in IKE_INTERMEDIATE. @see RFC 9370 §2.2.2 */
export function intermediateSkeyseed(
  { compute }: Prf,
  derivation: Uint8Array,
  { initiatorNonce, responderNonce }: IkeSeed,
  secret: Uint8Array,
): Uint8Array {
  return compute(derivation, secret, initiatorNonce, responderNonce);
}

/** The seven keys out of SKEYSEED. */
export function ikeKeys(prf: Prf, seed: IkeSeed, skeySeed: Uint8Array, { cipherBytes, integrityBytes }: IkeKeyLengths): IkeKeys {
  const { initiatorNonce, responderNonce, initiatorSpi, responderSpi } = seed;
  const lengths = [prf.keyBytes, integrityBytes, integrityBytes, cipherBytes, cipherBytes, prf.keyBytes, prf.keyBytes];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const stream = prfPlus(prf, skeySeed, concat(initiatorNonce, responderNonce, initiatorSpi, responderSpi), total);
  let at = 0;
  const [d, ai, ar, ei, er, pi, pr] = lengths.map((length) => stream.subarray(at, (at += length))) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return { d, ai, ar, ei, er, pi, pr };
}

/** The same keys with a post-quantum preshared key mixed into SK_d, SK_pi and SK_pr. @see RFC 8784 §3 */
export function mixPpk(prf: Prf, keys: IkeKeys, ppk: Uint8Array): IkeKeys {
  const mixed = (key: Uint8Array): Uint8Array => prfPlus(prf, ppk, key, key.length);
  return { ...keys, d: mixed(keys.d), pi: mixed(keys.pi), pr: mixed(keys.pr) };
}

/** KEYMAT of a child SA; `secrets` are those of its own key exchanges, none without PFS. @see RFC 7296 §2.17, RFC 9370 §2.2.4 */
export function childKeymat(
  prf: Prf,
  derivation: Uint8Array,
  { initiatorNonce, responderNonce }: Pick<IkeSeed, 'initiatorNonce' | 'responderNonce'>,
  length: number,
  ...secrets: readonly Uint8Array[]
): Uint8Array {
  const [first = new Uint8Array(), ...more] = secrets;
  return prfPlus(prf, derivation, concat(first, initiatorNonce, responderNonce, ...more), length);
}

/** The AUTH of a shared key over what one side signs. @see RFC 7296 §2.15 */
export function sharedKeyAuth({ compute }: Prf, key: Uint8Array, signed: Uint8Array): Uint8Array {
  return compute(compute(key, KEY_PAD), signed);
}

/** What a side signs: its first message, the other's nonce, its own identity under SK_p; IntAuth behind it. @see RFC 7296 §2.15, RFC 9242 §3.3.2 */
export function signedOctets(
  { compute }: Prf,
  own: {
    readonly message: Uint8Array;
    readonly peerNonce: Uint8Array;
    readonly identity: Uint8Array;
    readonly key: Uint8Array;
    readonly intAuth?: Uint8Array;
  },
): Uint8Array {
  return concat(own.message, own.peerNonce, compute(own.key, own.identity), own.intAuth ?? new Uint8Array());
}

/** "Key Pad for IKEv2" in ASCII. */
const KEY_PAD = Uint8Array.of(0x4b, 0x65, 0x79, 0x20, 0x50, 0x61, 0x64, 0x20, 0x66, 0x6f, 0x72, 0x20, 0x49, 0x4b, 0x45, 0x76, 0x32);
