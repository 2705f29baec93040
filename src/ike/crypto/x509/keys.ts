/**
 * Public and private keys in their DER: SubjectPublicKeyInfo and PKCS#8.
 *
 * @see RFC 3279, RFC 4055, RFC 5480, RFC 8410, RFC 5958
 * @module
 */
import { bitsOf, type Der, oidOf, readDer, TAG, unsignedOf, writeDer, writeOid } from './der.ts';

/** Curves that IKE signs on. */
export type SignatureCurve = 'P-256' | 'P-384' | 'P-521';

/** What a SubjectPublicKeyInfo holds. Numbers are big-endian, without leading zeros. */
export type PublicKey =
  | { readonly kind: 'rsa'; readonly modulus: Uint8Array; readonly exponent: Uint8Array; readonly bits: number; readonly pssOnly: boolean }
  | { readonly kind: 'ec'; readonly curve: SignatureCurve; readonly point: Uint8Array }
  | { readonly kind: 'ed25519' | 'ed448'; readonly point: Uint8Array }
  | { readonly kind: 'other'; readonly oid: string };

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const EC = '1.2.840.10045.2.1';
const CURVES: ReadonlyMap<string, SignatureCurve> = new Map([
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
]);
const EDWARDS: ReadonlyMap<string, { readonly kind: 'ed25519' | 'ed448'; readonly bytes: number }> = new Map([
  ['1.3.101.112', { kind: 'ed25519', bytes: 32 }],
  ['1.3.101.113', { kind: 'ed448', bytes: 57 }],
]);

/** The key in a SubjectPublicKeyInfo; nothing when it is none. */
export function publicKeyOf(spki: Uint8Array | Der): PublicKey | undefined {
  const value = spki instanceof Uint8Array ? readDer(spki) : spki;
  const [algorithm, bits] = value?.children ?? [];
  const oid = oidOf(algorithm?.children[0]);
  const octets = bitsOf(bits);
  if (oid === undefined || octets === undefined) return undefined;
  if (oid === RSA || oid === RSA_PSS) return rsa(octets, oid === RSA_PSS);
  if (oid === EC) {
    const curve = CURVES.get(oidOf(algorithm?.children[1]) ?? '');
    return curve === undefined ? { kind: 'other', oid } : { kind: 'ec', curve, point: octets };
  }
  const edwards = EDWARDS.get(oid);
  if (edwards === undefined) return { kind: 'other', oid };
  return octets.length === edwards.bytes ? { kind: edwards.kind, point: octets } : undefined;
}

function rsa(octets: Uint8Array, pssOnly: boolean): PublicKey | undefined {
  const [n, e] = readDer(octets)?.children ?? [];
  const [modulus, exponent] = [unsignedOf(n), unsignedOf(e)];
  if (modulus === undefined || exponent === undefined) return undefined;
  const bits = modulus.length * 8 - Math.clz32(modulus[0] as number) + 24;
  return { kind: 'rsa', modulus, exponent, bits, pssOnly };
}

/** A private key that portable code can sign with. */
export type PrivateKey =
  | { readonly kind: 'ec'; readonly curve: SignatureCurve; readonly scalar: Uint8Array }
  | { readonly kind: 'ed25519' | 'ed448'; readonly seed: Uint8Array };

/** The elliptic key in a PKCS#8; nothing when it is none. */
export function privateKeyOf(pkcs8: Uint8Array): PrivateKey | undefined {
  const [, algorithm, key] = readDer(pkcs8)?.children ?? [];
  const oid = oidOf(algorithm?.children[0]);
  if (oid === undefined || key?.tag !== TAG.octetString) return undefined;
  const inner = readDer(key.content);
  if (oid === EC) {
    const curve = CURVES.get(oidOf(algorithm?.children[1]) ?? '');
    const scalar = inner?.children[1];
    return curve !== undefined && scalar?.tag === TAG.octetString ? { kind: 'ec', curve, scalar: scalar.content } : undefined;
  }
  const edwards = EDWARDS.get(oid);
  if (edwards === undefined || inner?.tag !== TAG.octetString || inner.content.length !== edwards.bytes) return undefined;
  return { kind: edwards.kind, seed: inner.content };
}

/** The SubjectPublicKeyInfo of an elliptic key. */
export function spkiOf(kind: SignatureCurve | 'ed25519' | 'ed448', point: Uint8Array): Uint8Array {
  const curve = [...CURVES].find(([, name]) => name === kind);
  const edwards = [...EDWARDS].find(([, row]) => row.kind === kind);
  const algorithm = curve === undefined ? writeOid((edwards as [string, unknown])[0]) : undefined;
  const identifier = algorithm
    ? writeDer(TAG.sequence, algorithm)
    : writeDer(TAG.sequence, writeOid(EC), writeOid((curve as [string, string])[0]));
  return writeDer(TAG.sequence, identifier, writeDer(TAG.bitString, Uint8Array.of(0), point));
}
