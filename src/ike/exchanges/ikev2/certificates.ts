/**
 * Certificates as an authenticator: we sign with a key, the peer shows a chain up to an authority that we trust.
 *
 * @see RFC 7296 §2.15, §3.6, §3.7, RFC 7427
 * @module
 */
import { authenticate, type AuthFault, type Credential, verifyAuth } from '../../crypto/authentication.ts';
import { concat } from '../../crypto/provider.ts';
import { keyHash } from '../../crypto/x509/certificate.ts';
import { certificatesShown, chainFault, type Trust, X509_SIGNATURE } from '../peer-certificates.ts';
import type { Authenticator, CertificateData, ProofFault } from './authenticator.ts';

/** Our key, and whom we trust. */
export interface CertificateSetup extends Trust {
  readonly credential: Credential;
  /** The padding of RSA signatures of RFC 7427. */
  readonly rsa?: 'pkcs1' | 'pss';
}

/** Signs by certificate and expects certificates. A side of a shared key can be put beside: `{ ...certificates(…), verify: sharedKey(…).verify }`. */
export function certificates({ credential, rsa, ...trust }: CertificateSetup): Authenticator {
  const { provider, roots } = trust;
  const chain = credential.chain.map((data): CertificateData => ({ encoding: X509_SIGNATURE, data }));
  return {
    sign: (octets, { hashes }) => {
      const signed = authenticate(credential.signer, octets, { ...(hashes.length > 0 && { peerHashes: hashes }), ...(rsa && { rsa }) });
      return signed.ok ? { ...signed.auth, certificates: chain } : undefined;
    },
    verify: (octets, { method, data, certificates: shown }, { identity }) => {
      if (method === SHARED_KEY || method === NULL_METHOD) return 'method';
      const theirs = certificatesShown(shown);
      const [own] = theirs;
      if (!own) return 'untrusted';
      const verdict = verifyAuth(provider, own.spki, { method, data }, octets);
      return verdict.ok ? chainFault(trust, theirs, identity) : FAULTS[verdict.fault];
    },
    request: { encoding: X509_SIGNATURE, data: concat(...roots.map((root) => keyHash(provider, root))) },
  };
}

const SHARED_KEY = 2;
const NULL_METHOD = 13;

const FAULTS: Readonly<Record<AuthFault, ProofFault>> = {
  'method-unknown': 'method',
  malformed: 'method',
  'algorithm-unknown': 'method',
  'hash-not-announced': 'method',
  'key-not-for-method': 'method',
  unsupported: 'method',
  'signature-wrong': 'wrong',
};
