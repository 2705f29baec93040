/**
 * Signatures of the portable backend: ECDSA and EdDSA by noble, RSA verified with big integers.
 *
 * It does not sign with RSA: BigInt is not constant in time, and a certificate's key lives long.
 *
 * @see RFC 8017 §8, FIPS 186-5, RFC 8032
 * @module
 */
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { ed448 } from '@noble/curves/ed448.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { power, toNumber, toOctets } from './modp.ts';
import { concat, type CryptoProvider, HASH_BYTES, type HashName, sameOctets, type SignatureScheme, type Signer } from './provider.ts';
import { TAG, writeDer, writeOid } from './x509/der.ts';
import { privateKeyOf, type PublicKey, publicKeyOf, type SignatureCurve, spkiOf } from './x509/keys.ts';

const CURVES: Readonly<Record<SignatureCurve, ECDSA>> = { 'P-256': p256, 'P-384': p384, 'P-521': p521 };
const EDWARDS = { ed25519, ed448 };

type Hasher = Pick<CryptoProvider, 'hash'>;

/** As `CryptoProvider.verify`. */
export function verifyPortably(
  provider: Hasher,
  spki: Uint8Array,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean | undefined {
  const key = publicKeyOf(spki);
  if (key === undefined || !fits(key, scheme)) return undefined;
  switch (key.kind) {
    case 'rsa':
      return verifyRsa(provider, key, scheme, message, signature);
    case 'ec':
      return verifyEcdsa(provider, key, scheme, message, signature);
    case 'ed25519':
    case 'ed448':
      return guarded(() => EDWARDS[key.kind].verify(signature, message, key.point, { zip215: false }));
    case 'other':
      return undefined;
    default:
      return key satisfies never;
  }
}

/** Whether a scheme is for a key of that kind. */
export function fits(key: PublicKey, scheme: SignatureScheme): boolean {
  switch (scheme.kind) {
    case 'rsa-pkcs1':
      return key.kind === 'rsa' && !key.pssOnly;
    case 'rsa-pss':
      return key.kind === 'rsa';
    case 'ecdsa':
      return key.kind === 'ec';
    default:
      return key.kind === scheme.kind;
  }
}

/** As `CryptoProvider.signer`. */
export function signerPortably(provider: Hasher, pkcs8: Uint8Array): Signer | undefined {
  const key = privateKeyOf(pkcs8);
  if (key === undefined) return undefined;
  try {
    if (key.kind !== 'ec') {
      const method = EDWARDS[key.kind];
      const publicKey = spkiOf(key.kind, method.getPublicKey(key.seed));
      return { publicKey, sign: (scheme, message) => (scheme.kind === key.kind ? method.sign(message, key.seed) : undefined) };
    }
    const curve = CURVES[key.curve];
    const publicKey = spkiOf(key.curve, curve.getPublicKey(key.scalar, false));
    return {
      publicKey,
      sign: (scheme, message) =>
        scheme.kind === 'ecdsa' ? signEcdsa(curve, digested(provider, scheme, message), key.scalar, scheme.form) : undefined,
    };
  } catch {
    // A scalar out of range is no key; its value is nobody's business.
    return undefined;
  }
}

/** ECDSA over a digest; leading bits as many as the order has. */
export function signEcdsa(curve: ECDSA, digest: Uint8Array, scalar: Uint8Array, form: 'der' | 'pair'): Uint8Array {
  return curve.sign(digest, scalar, { prehash: false, lowS: false, format: form === 'der' ? 'der' : 'compact' });
}

function digested(provider: Hasher, { hash }: { readonly hash: HashName | 'raw' }, message: Uint8Array): Uint8Array {
  return hash === 'raw' ? message : provider.hash(hash, message);
}

function verifyEcdsa(
  provider: Hasher,
  { curve, point }: Extract<PublicKey, { kind: 'ec' }>,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean | undefined {
  if (scheme.kind !== 'ecdsa') return undefined;
  const digest = digested(provider, scheme, message);
  const format = scheme.form === 'der' ? 'der' : 'compact';
  return guarded(() => CURVES[curve].verify(signature, digest, point, { prehash: false, lowS: false, format }));
}

/** noble throws on points and signatures that are none. */
function guarded(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** Larger keys are not used, and a large exponent is a way to keep us busy. */
const MOST_RSA_BITS = 16_384;
const MOST_EXPONENT_OCTETS = 8;
const LEAST_RSA_BITS = 512;

function verifyRsa(
  provider: Hasher,
  { modulus, exponent, bits }: Extract<PublicKey, { kind: 'rsa' }>,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean | undefined {
  if (bits > MOST_RSA_BITS || bits < LEAST_RSA_BITS || exponent.length > MOST_EXPONENT_OCTETS) return undefined;
  const [n, s] = [toNumber(modulus), toNumber(signature)];
  if (signature.length !== modulus.length || s >= n) return false;
  const encoded = toOctets(power(s, toNumber(exponent), n), modulus.length);
  if (scheme.kind === 'rsa-pkcs1') {
    const expected = pkcs1(provider, scheme.hash, message, modulus.length);
    return expected !== undefined && sameOctets(encoded, expected);
  }
  if (scheme.kind === 'rsa-pss') return pss(provider, scheme, provider.hash(scheme.hash, message), encoded, bits - 1);
  return undefined;
}

/** 00 01 FF … FF 00 and the DigestInfo, or the message itself. @see RFC 8017 §9.2 */
function pkcs1(provider: Hasher, hash: HashName | 'raw', message: Uint8Array, length: number): Uint8Array | undefined {
  const body = hash === 'raw' ? message : digestInfo(hash, provider.hash(hash, message));
  if (body.length + 11 > length) return undefined;
  const encoded = new Uint8Array(length).fill(0xff);
  encoded.set([0, 1]);
  encoded[length - body.length - 1] = 0;
  encoded.set(body, length - body.length);
  return encoded;
}

/** Object identifiers of hashes. @see RFC 8017 Appendix B.1 */
export const HASH_OIDS: Readonly<Record<HashName, string>> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

function digestInfo(hash: HashName, digest: Uint8Array): Uint8Array {
  const algorithm = writeDer(TAG.sequence, writeOid(HASH_OIDS[hash]), writeDer(TAG.null));
  return writeDer(TAG.sequence, algorithm, writeDer(TAG.octetString, digest));
}

/** EMSA-PSS-VERIFY with MGF1 of the same hash. @see RFC 8017 §9.1.2 */
function pss(
  provider: Hasher,
  { hash, saltBytes }: { readonly hash: HashName; readonly saltBytes: number },
  digest: Uint8Array,
  block: Uint8Array,
  bits: number,
): boolean {
  const length = Math.ceil(bits / 8);
  const encoded = block.subarray(block.length - length);
  // With a modulus of 8n+1 bits the block has an octet more than what is encoded.
  if (block.length > length && block[0] !== 0) return false;
  const hashBytes = HASH_BYTES[hash];
  const maskedBytes = length - hashBytes - 1;
  if (maskedBytes < saltBytes + 1 || encoded[length - 1] !== 0xbc) return false;
  const h = encoded.subarray(maskedBytes, length - 1);
  const mask = mgf1(provider, hash, h, maskedBytes);
  const db = encoded.subarray(0, maskedBytes).map((octet, i) => octet ^ (mask[i] as number));
  const unused = 8 * length - bits;
  if (((encoded[0] as number) & ~(0xff >> unused) & 0xff) !== 0) return false;
  db[0] = (db[0] as number) & (0xff >> unused);
  const zeros = maskedBytes - saltBytes - 1;
  if (db.subarray(0, zeros).some((octet) => octet !== 0) || db[zeros] !== 1) return false;
  return sameOctets(h, provider.hash(hash, new Uint8Array(8), digest, db.subarray(zeros + 1)));
}

function mgf1(provider: Hasher, hash: HashName, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let i = 0; i * HASH_BYTES[hash] < length; i++) blocks.push(provider.hash(hash, seed, Uint8Array.of(0, 0, i >> 8, i & 0xff)));
  return concat(...blocks).subarray(0, length);
}
