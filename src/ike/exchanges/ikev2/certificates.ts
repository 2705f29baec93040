/**
 * Certificates as an authenticator: we sign with a key, the peer shows a chain up to an authority that we trust.
 *
 * @see RFC 7296 §2.15, §3.6, §3.7, RFC 7427
 * @module
 */
import { authenticate, type AuthFault, type Credential, verifyAuth } from '../../crypto/authentication.ts';
import { concat, type CryptoProvider } from '../../crypto/provider.ts';
import { certifies, keyHash, readCertificate, type X509Certificate } from '../../crypto/x509/certificate.ts';
import { checkChain } from '../../crypto/x509/chain.ts';
import type { Authenticator, CertificateData, ProofFault } from './authenticator.ts';

/** Our key, and whom we trust. */
export interface CertificateSetup {
  readonly provider: CryptoProvider;
  readonly credential: Credential;
  readonly roots: readonly X509Certificate[];
  /** Milliseconds since 1970, for the times in certificates. */
  readonly now: number;
  /** The padding of RSA signatures of RFC 7427. */
  readonly rsa?: 'pkcs1' | 'pss';
}

/** "X.509 Certificate - Signature". @see RFC 7296 §3.6 */
const X509_SIGNATURE = 4;

/** Signs by certificate and expects certificates. A side of a shared key can be put beside: `{ ...certificates(…), verify: sharedKey(…).verify }`. */
export function certificates({ provider, credential, roots, now, rsa }: CertificateSetup): Authenticator {
  const chain = credential.chain.map((data): CertificateData => ({ encoding: X509_SIGNATURE, data }));
  return {
    sign: (octets, { hashes }) => {
      const signed = authenticate(credential.signer, octets, { ...(hashes.length > 0 && { peerHashes: hashes }), ...(rsa && { rsa }) });
      return signed.ok ? { ...signed.auth, certificates: chain } : undefined;
    },
    verify: (octets, { method, data, certificates: shown }, { identity }) => {
      if (method === SHARED_KEY || method === NULL_METHOD) return 'method';
      const theirs = certificatesIn(shown);
      const [own] = theirs;
      if (!own) return 'untrusted';
      const verdict = verifyAuth(provider, own.spki, { method, data }, octets);
      if (!verdict.ok) return FAULTS[verdict.fault];
      const { trusted, findings } = checkChain(provider, theirs, roots, now);
      if (findings.some(({ code }) => code === 'expired' || code === 'not-yet-valid')) return 'expired';
      if (!trusted) return 'untrusted';
      return certifies(own, identity) ? undefined : 'identity';
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

/** Those that can be read, in their order; the first is the peer's own. */
function certificatesIn(shown: readonly CertificateData[]): readonly X509Certificate[] {
  return shown.slice(0, MOST_CERTIFICATES).flatMap(({ encoding, data }) => {
    const read = encoding === X509_SIGNATURE ? readCertificate(data) : undefined;
    return read?.ok ? [read.value] : [];
  });
}

const MOST_CERTIFICATES = 16;
