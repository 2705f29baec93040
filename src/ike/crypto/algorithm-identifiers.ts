/**
 * AlgorithmIdentifiers of signatures: as they stand in certificates and before the signature of an AUTH payload.
 *
 * @see RFC 7427 Appendix A, RFC 8420 §2, RFC 4055 §3.1
 * @module
 */
import { HASH_BYTES, type HashName, type SignatureScheme } from './provider.ts';
import { HASH_OIDS } from './signatures.ts';
import { type Der, oidOf, readDer, smallOf, TAG, writeDer, writeOid } from './x509/der.ts';

const RSA: Readonly<Record<HashName, string>> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const ECDSA: Readonly<Partial<Record<HashName, string>>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const EDWARDS = { ed25519: '1.3.101.112', ed448: '1.3.101.113' } as const;

const hashWith = (oids: Readonly<Partial<Record<HashName, string>>>, oid: string): HashName | undefined =>
  (Object.keys(oids) as HashName[]).find((name) => oids[name] === oid);

/** The scheme of an AlgorithmIdentifier, its parameters absent or NULL; nothing when it is no scheme of ours. */
export function schemeOf(identifier: Uint8Array | Der): SignatureScheme | undefined {
  const value = identifier instanceof Uint8Array ? readDer(identifier) : identifier;
  if (value?.tag !== TAG.sequence || value.children.length > 2) return undefined;
  const [first, parameters] = value.children;
  const oid = oidOf(first);
  if (oid === undefined) return undefined;
  if (oid === PSS) return pssOf(parameters);
  if (parameters !== undefined && !(parameters.tag === TAG.null && parameters.content.length === 0)) return undefined;
  const rsa = hashWith(RSA, oid);
  if (rsa !== undefined) return { kind: 'rsa-pkcs1', hash: rsa };
  const ecdsa = hashWith(ECDSA, oid);
  if (ecdsa !== undefined) return { kind: 'ecdsa', hash: ecdsa, form: 'der' };
  return oid === EDWARDS.ed25519 ? { kind: 'ed25519' } : oid === EDWARDS.ed448 ? { kind: 'ed448' } : undefined;
}

/** RSASSA-PSS-params: SHA-1, MGF1 of SHA-1 and 20 octets of salt where nothing is said. The mask's hash must be the message's. */
function pssOf(parameters: Der | undefined): SignatureScheme | undefined {
  if (parameters !== undefined && parameters.tag !== TAG.sequence) return undefined;
  const at = (number: number): Der | undefined => parameters?.children.find(({ tag }) => tag === 0xa0 + number)?.children[0];
  const [hash, mask, salt, trailer] = [at(0), at(1), at(2), at(3)];
  const name = hash === undefined ? 'sha1' : hashWith(HASH_OIDS, oidOf(hash.children[0]) ?? '');
  const maskHash = mask === undefined ? 'sha1' : maskOf(mask);
  const saltBytes = salt === undefined ? 20 : smallOf(salt);
  if (name === undefined || name !== maskHash || saltBytes === undefined) return undefined;
  return trailer === undefined || smallOf(trailer) === 1 ? { kind: 'rsa-pss', hash: name, saltBytes } : undefined;
}

function maskOf(mask: Der): HashName | undefined {
  const [oid, hash] = mask.children;
  return oidOf(oid) === MGF1 ? hashWith(HASH_OIDS, oidOf(hash?.children[0]) ?? '') : undefined;
}

/** The AlgorithmIdentifier of a scheme in DER; nothing for schemes without a name of their own (raw ones, ECDSA as a pair). */
export function identifierOf(scheme: SignatureScheme): Uint8Array | undefined {
  switch (scheme.kind) {
    case 'rsa-pkcs1':
      return scheme.hash === 'raw' ? undefined : writeDer(TAG.sequence, writeOid(RSA[scheme.hash]), writeDer(TAG.null));
    case 'ecdsa': {
      const oid = scheme.hash === 'raw' || scheme.form === 'pair' ? undefined : ECDSA[scheme.hash];
      return oid === undefined ? undefined : writeDer(TAG.sequence, writeOid(oid));
    }
    case 'rsa-pss':
      return pssIdentifier(scheme.hash, scheme.saltBytes);
    default:
      return writeDer(TAG.sequence, writeOid(EDWARDS[scheme.kind]));
  }
}

function pssIdentifier(hash: HashName, saltBytes: number): Uint8Array | undefined {
  if (saltBytes > 127) return undefined;
  const algorithm = writeDer(TAG.sequence, writeOid(HASH_OIDS[hash]), writeDer(TAG.null));
  const fields = [
    ...(hash === 'sha1' ? [] : [writeDer(0xa0, algorithm), writeDer(0xa1, writeDer(TAG.sequence, writeOid(MGF1), algorithm))]),
    ...(saltBytes === HASH_BYTES.sha1 ? [] : [writeDer(0xa2, writeDer(TAG.integer, Uint8Array.of(saltBytes)))]),
  ];
  return writeDer(TAG.sequence, writeOid(PSS), writeDer(TAG.sequence, ...fields));
}
