/**
 * The certificates that a peer shows, and whether they lead from who it says to be to an authority that we trust.
 *
 * @module
 */
import type { CryptoProvider } from '../crypto/provider.ts';
import { certifies, type Identity, readCertificate, type X509Certificate } from '../crypto/x509/certificate.ts';
import { checkChain } from '../crypto/x509/chain.ts';

/** Whom we trust, and when it is. */
export interface Trust {
  readonly provider: CryptoProvider;
  readonly roots: readonly X509Certificate[];
  /** Milliseconds since 1970, for the times in certificates. */
  readonly now: number;
}

/** The body of a CERT payload: "X.509 Certificate - Signature". @see RFC 7296 §3.6, RFC 2408 §3.9 */
export const X509_SIGNATURE = 4;

/** Those that can be read, in their order; the first is the peer's own. */
export function certificatesShown(shown: readonly { readonly encoding: number; readonly data: Uint8Array }[]): readonly X509Certificate[] {
  return shown.slice(0, MOST_CERTIFICATES).flatMap(({ encoding, data }) => {
    const read = encoding === X509_SIGNATURE ? readCertificate(data) : undefined;
    return read?.ok ? [read.value] : [];
  });
}

const MOST_CERTIFICATES = 16;

/** Why a chain, the peer's own certificate first, is not believed; nothing when all is well. */
export function chainFault(
  { provider, roots, now }: Trust,
  chain: readonly X509Certificate[],
  identity: Identity,
): 'untrusted' | 'expired' | 'identity' | undefined {
  const [own] = chain;
  const { trusted, findings } = checkChain(provider, chain, roots, now);
  if (findings.some(({ code }) => code === 'expired' || code === 'not-yet-valid')) return 'expired';
  if (!own || !trusted) return 'untrusted';
  return certifies(own, identity) ? undefined : 'identity';
}
