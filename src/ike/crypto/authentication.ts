/**
 * Authentication with certificates: the AUTH payload of IKEv2, and the signature of IKEv1's HASH.
 *
 * Rule 1: who signs says how, and who checks says how it was in fact signed: method, hash and padding come back as data.
 * Rule 2: a signature that is not right is a fault with its cause; nothing here throws on a peer's octets.
 *
 * @see RFC 7296 §2.15, RFC 7427, RFC 8420, RFC 4754, RFC 2409 §5.1
 * @module
 */
import { identifierOf, schemeOf } from './algorithm-identifiers.ts';
import { concat, type CryptoProvider, HASH_BYTES, type HashName, sameOctets, type SignatureScheme, type Signer } from './provider.ts';
import { fits } from './signatures.ts';
import { publicKeyOf, type PublicKey, type SignatureCurve } from './x509/keys.ts';

/** Methods of the AUTH payload that sign. @see RFC 7296 §3.8, RFC 4754, RFC 7427 */
export const AUTH_METHOD = { rsa: 1, ecdsa256: 9, ecdsa384: 10, ecdsa521: 11, digitalSignature: 14 } as const;

/** IKEv2's hash algorithms, for SIGNATURE_HASH_ALGORITHMS; `identity` is for EdDSA. @see RFC 7427 §7, RFC 8420 §2 */
export const SIGNATURE_HASH: Readonly<Record<Exclude<HashName, 'md5'> | 'identity', number>> = {
  sha1: 1,
  sha256: 2,
  sha384: 3,
  sha512: 4,
  identity: 5,
};

/** The hashes in the data of a SIGNATURE_HASH_ALGORITHMS notify; an odd octet at the end is left out. */
export function signatureHashes(data: Uint8Array): readonly number[] {
  return Array.from({ length: data.length >> 1 }, (_, i) => (data[2 * i] as number) * 256 + (data[2 * i + 1] as number));
}

/** The data of a SIGNATURE_HASH_ALGORITHMS notify. */
export function signatureHashesData(hashes: readonly number[]): Uint8Array {
  return Uint8Array.from(hashes.flatMap((hash) => [hash >> 8, hash & 0xff]));
}

/** What stands in an AUTH payload. */
export interface Auth {
  readonly method: number;
  readonly data: Uint8Array;
}

/** A certificate chain in DER (end certificate first) and the key of its first. */
export interface Credential {
  readonly chain: readonly Uint8Array[];
  readonly signer: Signer;
}

export interface SignOptions {
  /** What the peer announced in SIGNATURE_HASH_ALGORITHMS; without it the methods of RFC 7296 and RFC 4754 are used. */
  readonly peerHashes?: readonly number[];
  /** The padding of RSA with method 14; PKCS#1 v1.5 unless said otherwise, which every peer can check. */
  readonly rsa?: 'pkcs1' | 'pss';
}

/** Why there is no AUTH: no hash in common, a key of another kind, or a backend that cannot. */
export type SignFault = 'no-common-hash' | 'key-not-for-method' | 'unsupported';
export type Signed =
  | { readonly ok: true; readonly auth: Auth; readonly scheme: SignatureScheme }
  | { readonly ok: false; readonly fault: SignFault };

/** Signs one side's octets (`signedOctets`) for an AUTH payload. */
export function authenticate({ publicKey, sign }: Signer, octets: Uint8Array, options: SignOptions = {}): Signed {
  const key = publicKeyOf(publicKey);
  if (key === undefined || key.kind === 'other') return { ok: false, fault: 'key-not-for-method' };
  const { peerHashes } = options;
  const chosen = peerHashes === undefined ? classic(key) : modern(key, peerHashes, options.rsa ?? 'pkcs1');
  if (typeof chosen === 'string') return { ok: false, fault: chosen };
  const signature = sign(chosen.scheme, octets);
  if (signature === undefined) return { ok: false, fault: 'unsupported' };
  const data = chosen.method === AUTH_METHOD.digitalSignature ? labelled(chosen.scheme, signature) : signature;
  return { ok: true, auth: { method: chosen.method, data }, scheme: chosen.scheme };
}

interface Chosen {
  readonly method: number;
  readonly scheme: SignatureScheme;
}

const PAIRS: Readonly<Record<SignatureCurve, { readonly method: number; readonly hash: HashName }>> = {
  'P-256': { method: AUTH_METHOD.ecdsa256, hash: 'sha256' },
  'P-384': { method: AUTH_METHOD.ecdsa384, hash: 'sha384' },
  'P-521': { method: AUTH_METHOD.ecdsa521, hash: 'sha512' },
};

function classic(key: PublicKey): Chosen | SignFault {
  if (key.kind === 'rsa' && !key.pssOnly) return { method: AUTH_METHOD.rsa, scheme: { kind: 'rsa-pkcs1', hash: 'sha1' } };
  if (key.kind !== 'ec') return 'key-not-for-method';
  const { method, hash } = PAIRS[key.curve];
  return { method, scheme: { kind: 'ecdsa', hash, form: 'pair' } };
}

/** The strength that the key has, then what else the peer takes; SHA-1 last. */
function modern(key: PublicKey, peerHashes: readonly number[], rsa: 'pkcs1' | 'pss'): Chosen | SignFault {
  const method = AUTH_METHOD.digitalSignature;
  if (key.kind === 'ed25519' || key.kind === 'ed448')
    return peerHashes.includes(SIGNATURE_HASH.identity) ? { method, scheme: { kind: key.kind } } : 'no-common-hash';
  const first = key.kind === 'ec' ? PAIRS[key.curve].hash : 'sha256';
  const order = [first, 'sha256', 'sha384', 'sha512', 'sha1'] as const;
  const hash = order.find((name) => name !== 'md5' && peerHashes.includes(SIGNATURE_HASH[name]));
  if (hash === undefined) return 'no-common-hash';
  if (key.kind === 'ec') return { method, scheme: { kind: 'ecdsa', hash, form: 'der' } };
  const pss = rsa === 'pss' || (key.kind === 'rsa' && key.pssOnly);
  return { method, scheme: pss ? { kind: 'rsa-pss', hash, saltBytes: HASH_BYTES[hash] } : { kind: 'rsa-pkcs1', hash } };
}

/** Length of the AlgorithmIdentifier, AlgorithmIdentifier, signature. @see RFC 7427 §3 */
function labelled(scheme: SignatureScheme, signature: Uint8Array): Uint8Array {
  const identifier = identifierOf(scheme) as Uint8Array;
  return concat(Uint8Array.of(identifier.length), identifier, signature);
}

/** Why an AUTH is not taken. */
export type AuthFault =
  /** Not one of `AUTH_METHOD`. */
  | 'method-unknown'
  /** Method 14 without a whole AlgorithmIdentifier, or with one that is no signature of ours. */
  | 'malformed'
  | 'algorithm-unknown'
  /** A hash that was not announced. */
  | 'hash-not-announced'
  /** The certificate's key is of another kind than the method or algorithm says. */
  | 'key-not-for-method'
  | 'signature-wrong'
  /** This backend cannot check it. */
  | 'unsupported';

/** With the scheme that the signature was in fact made by, or seems to be. */
export type Verified =
  | { readonly ok: true; readonly scheme: SignatureScheme }
  | { readonly ok: false; readonly fault: AuthFault; readonly scheme?: SignatureScheme };

/** Checks a peer's AUTH over its octets with the key of its certificate; `announced` are our own SIGNATURE_HASH_ALGORITHMS. */
export function verifyAuth(
  provider: CryptoProvider,
  spki: Uint8Array,
  auth: Auth,
  octets: Uint8Array,
  announced: readonly number[] = Object.values(SIGNATURE_HASH),
): Verified {
  const key = publicKeyOf(spki);
  if (key === undefined) return { ok: false, fault: 'unsupported' };
  if (auth.method === AUTH_METHOD.digitalSignature) return verifyLabelled(provider, spki, auth.data, octets, announced);
  const schemes = classicSchemes(auth.method, key);
  if (typeof schemes === 'string') return { ok: false, fault: schemes };
  let verdict: boolean | undefined;
  for (const scheme of schemes) {
    verdict = provider.verify(spki, scheme, octets, auth.data);
    if (verdict === true) return { ok: true, scheme };
  }
  return { ok: false, fault: verdict === undefined ? 'unsupported' : 'signature-wrong' };
}

/** Method 1 does not say its hash: SHA-1 first, as it should be. @see RFC 7296 §3.8 */
function classicSchemes(method: number, key: PublicKey): readonly SignatureScheme[] | AuthFault {
  if (method === AUTH_METHOD.rsa) {
    if (key.kind !== 'rsa' || key.pssOnly) return 'key-not-for-method';
    return (['sha1', 'sha256', 'sha384', 'sha512'] as const).map((hash) => ({ kind: 'rsa-pkcs1', hash }));
  }
  const curve = curveOf(method);
  if (curve === undefined) return 'method-unknown';
  if (key.kind !== 'ec' || key.curve !== curve) return 'key-not-for-method';
  return [{ kind: 'ecdsa', hash: PAIRS[curve].hash, form: 'pair' }];
}

function curveOf(method: number): SignatureCurve | undefined {
  return (Object.keys(PAIRS) as SignatureCurve[]).find((curve) => PAIRS[curve].method === method);
}

function verifyLabelled(
  provider: CryptoProvider,
  spki: Uint8Array,
  data: Uint8Array,
  octets: Uint8Array,
  announced: readonly number[],
): Verified {
  const length = data[0] ?? 0;
  if (length === 0 || data.length <= 1 + length) return { ok: false, fault: 'malformed' };
  const scheme = schemeOf(data.subarray(1, 1 + length));
  if (scheme === undefined) return { ok: false, fault: 'algorithm-unknown' };
  const hash = hashNumber(scheme);
  if (hash === undefined || !announced.includes(hash)) return { ok: false, fault: 'hash-not-announced', scheme };
  const key = publicKeyOf(spki);
  if (key === undefined || !fits(key, scheme)) return { ok: false, fault: 'key-not-for-method', scheme };
  const verdict = provider.verify(spki, scheme, octets, data.subarray(1 + length));
  return verdict === true ? { ok: true, scheme } : { ok: false, fault: verdict === false ? 'signature-wrong' : 'unsupported', scheme };
}

function hashNumber(scheme: SignatureScheme): number | undefined {
  if (!('hash' in scheme)) return SIGNATURE_HASH.identity;
  return scheme.hash === 'raw' || scheme.hash === 'md5' ? undefined : SIGNATURE_HASH[scheme.hash];
}

/** IKEv1's methods of phase 1 that sign, by the kind of key: RSA 3, ECDSA 9 to 11. @see RFC 2409 Appendix A, RFC 4754 */
export function phase1Method(spki: Uint8Array): number | undefined {
  const key = publicKeyOf(spki);
  if (key?.kind === 'rsa') return key.pssOnly ? undefined : PHASE1_RSA;
  return key?.kind === 'ec' ? PAIRS[key.curve].method : undefined;
}

const PHASE1_RSA = 3;

/** How that method signs HASH_I or HASH_R: the octets themselves, without DigestInfo and without another hash. */
function phase1Scheme(method: number): SignatureScheme | undefined {
  if (method === PHASE1_RSA) return { kind: 'rsa-pkcs1', hash: 'raw' };
  return curveOf(method) === undefined ? undefined : { kind: 'ecdsa', hash: 'raw', form: 'pair' };
}

/** The body of our Signature payload. @see RFC 2409 §5.1 */
export function signPhase1({ publicKey, sign }: Signer, method: number, hash: Uint8Array): Uint8Array | undefined {
  const scheme = phase1Method(publicKey) === method ? phase1Scheme(method) : undefined;
  return scheme && sign(scheme, hash);
}

/** Checks the body of a peer's Signature payload against the HASH computed here. */
export function verifyPhase1(
  provider: CryptoProvider,
  spki: Uint8Array,
  method: number,
  hash: Uint8Array,
  signature: Uint8Array,
): Verified {
  const scheme = phase1Scheme(method);
  if (scheme === undefined) return { ok: false, fault: 'method-unknown' };
  if (phase1Method(spki) !== method) return { ok: false, fault: 'key-not-for-method', scheme };
  const verdict = provider.verify(spki, scheme, hash, signature);
  return verdict === true ? { ok: true, scheme } : { ok: false, fault: verdict === false ? 'signature-wrong' : 'unsupported', scheme };
}

/** The credential of a chain and the signer of its key; nothing when the key is not that of the first certificate. */
export function credentialOf(
  chain: readonly { readonly der: Uint8Array; readonly spki: Uint8Array }[],
  signer: Signer,
): Credential | undefined {
  const [first] = chain;
  return first !== undefined && sameOctets(first.spki, signer.publicKey) ? { chain: chain.map(({ der }) => der), signer } : undefined;
}
