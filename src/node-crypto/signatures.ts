/**
 * Signatures of the fast backend: OpenSSL, and noble where OpenSSL signs no ready digest.
 *
 * @module
 */
import { constants, createPrivateKey, createPublicKey, type KeyObject, privateEncrypt, publicDecrypt, sign, verify } from 'node:crypto';
import { fits, signerPortably, verifyPortably } from '../ike/crypto/signatures.ts';
import { type CryptoProvider, sameOctets, type SignatureScheme, type Signer } from '../ike/crypto/provider.ts';
import { publicKeyOf } from '../ike/crypto/x509/keys.ts';

type Hasher = Pick<CryptoProvider, 'hash'>;

/** As `CryptoProvider.verify`. */
export function verifyByOpenssl(
  provider: Hasher,
  spki: Uint8Array,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean | undefined {
  const known = publicKeyOf(spki);
  if (known === undefined || !fits(known, scheme)) return undefined;
  // OpenSSL lets a leading zero octet be missing. RFC 8017 §8.1.2, §8.2.2, step 1.
  if (known.kind === 'rsa' && signature.length !== known.modulus.length) return false;
  // OpenSSL hashes whatever ECDSA is to sign.
  if (scheme.kind === 'ecdsa' && scheme.hash === 'raw') return verifyPortably(provider, spki, scheme, message, signature);
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // A point off its curve is a key that made no signature.
    return known.kind === 'ec' ? false : undefined;
  }
  try {
    if (scheme.kind === 'rsa-pkcs1' && scheme.hash === 'raw')
      return sameOctets(publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature), message);
    return verify(digestOf(scheme), message, { key, ...paddingOf(scheme) }, signature);
  } catch {
    return false;
  }
}

/** As `CryptoProvider.signer`. */
export function signerByOpenssl(provider: Hasher, pkcs8: Uint8Array): Signer | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
  return signerOf(provider, key);
}

function signerOf(provider: Hasher, key: KeyObject): Signer | undefined {
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }));
  const known = publicKeyOf(publicKey);
  if (known === undefined || known.kind === 'other') return undefined;
  return {
    publicKey,
    sign: (scheme, message) => {
      if (!fits(known, scheme)) return undefined;
      if (scheme.kind === 'ecdsa' && scheme.hash === 'raw')
        return signerPortably(provider, key.export({ format: 'der', type: 'pkcs8' }))?.sign(scheme, message);
      try {
        if (scheme.kind === 'rsa-pkcs1' && scheme.hash === 'raw')
          return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message));
        return new Uint8Array(sign(digestOf(scheme), message, { key, ...paddingOf(scheme) }));
      } catch {
        // The key is too short for the hash, or OpenSSL's policy forbids it.
        return undefined;
      }
    },
  };
}

function digestOf(scheme: SignatureScheme): string | null {
  return 'hash' in scheme ? scheme.hash : null;
}

function paddingOf(scheme: SignatureScheme): { padding?: number; saltLength?: number; dsaEncoding?: 'der' | 'ieee-p1363' } {
  switch (scheme.kind) {
    case 'rsa-pss':
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes };
    case 'rsa-pkcs1':
      return { padding: constants.RSA_PKCS1_PADDING };
    case 'ecdsa':
      return { dsaEncoding: scheme.form === 'der' ? 'der' : 'ieee-p1363' };
    default:
      return {};
  }
}
