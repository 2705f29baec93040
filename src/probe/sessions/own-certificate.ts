/**
 * What may be wrong with our own certificate, seen from here: peers say one and the same word for all of it.
 *
 * @module
 */
import type { CryptoProvider } from '../../ike/crypto/provider.ts';
import { certifies, keyHash, keyHashes, type X509Certificate } from '../../ike/crypto/x509/certificate.ts';
import { checkChain } from '../../ike/crypto/x509/chain.ts';
import { decodeMessage } from '../../ike/message.ts';
import type { SessionCode } from '../result.ts';
import type { Identity } from './identity.ts';

/** What we show. */
export interface OwnCertificate {
  /** The end certificate first. */
  readonly chain: readonly X509Certificate[];
  /** Authorities that are known here. */
  readonly roots: readonly X509Certificate[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The authorities that a peer asks for certificates of: hashes of their keys (IKEv2), their names (IKEv1). */
export interface Requested {
  readonly keyHashes: readonly Uint8Array[];
  readonly names: readonly Uint8Array[];
}

/** X.509 certificate, signature. @see RFC 7296 §3.6, §3.7 */
const X509_SIGNATURE = 4;

/** What the CERTREQ payloads in the clear messages of a peer ask for. */
export function requestedBy(datagrams: readonly Uint8Array[]): Requested {
  const requests = datagrams.flatMap((datagram) => {
    const decoded = decodeMessage(datagram);
    if (!decoded.ok) return [];
    const version = decoded.value.header.version >> 4;
    return decoded.value.payloads.flatMap((each) =>
      each.kind === 'certreq' && each.encoding === X509_SIGNATURE && each.data.length > 0 ? [{ version, data: each.data }] : [],
    );
  });
  const of = (version: number): readonly Uint8Array[] => requests.flatMap((each) => (each.version === version ? [each.data] : []));
  return { keyHashes: of(2).flatMap(keyHashes), names: of(1) };
}

/** The likeliest reason for a refusal of our certificate; nothing when none is seen from here. */
export function ownCertificateFault(
  { chain, roots, now }: OwnCertificate,
  provider: CryptoProvider,
  identity: Identity,
  requested: Requested,
): SessionCode | undefined {
  const [own] = chain;
  if (!own) return undefined;
  if (chain.some(({ notBefore, notAfter }) => now < notBefore || now > notAfter)) return 'certificate-expired';
  if (!certifies(own, identity)) return 'certificate-identity';
  const known = [...roots, ...chain].filter((each, i, all) => all.findIndex((other) => same(other.spki, each.spki)) === i);
  const leadsTo = (authority: X509Certificate): boolean => checkChain(provider, chain, [authority], now).trusted;
  const asked = [
    ...requested.keyHashes.map((hash) => known.find((each) => same(keyHash(provider, each), hash))),
    ...requested.names.map((name) => known.find(({ subject }) => same(subject.der, name))),
  ];
  // An authority that is not known here may be the one that issued ours.
  const certain = asked.length > 0 && asked.every((each) => each !== undefined && !leadsTo(each));
  return certain ? 'certificate-untrusted' : undefined;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((octet, i) => octet === b[i]);
