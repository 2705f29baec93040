/**
 * From an end certificate to a root: what holds, and everything that does not, as data.
 *
 * Not checked, and said so when it matters: name constraints, policies, revocation.
 *
 * @see RFC 5280 §6
 * @module
 */
import { schemeOf } from '../algorithm-identifiers.ts';
import { type CryptoProvider, sameOctets } from '../provider.ts';
import type { X509Certificate } from './certificate.ts';

export type ChainCode =
  /** `now` is after notAfter, or before notBefore. */
  | 'expired'
  | 'not-yet-valid'
  /** No root and no certificate sent along has the name of the issuer. */
  | 'untrusted'
  /** Somebody has the issuer's name, and the signature is not by that key. */
  | 'signature-wrong'
  /** The backend cannot check such a signature. */
  | 'signature-unsupported'
  /** The issuer is not allowed to issue (basic constraints, key usage), or not so deep a chain. */
  | 'not-an-authority'
  | 'path-too-long'
  | 'unknown-critical-extension'
  | 'name-constraints-ignored';

/** One finding about the certificate at that place of `path`. */
export interface ChainFinding {
  readonly code: ChainCode;
  readonly at: number;
}

/** The way found, end certificate first; trusted when a root ends it and no finding but `name-constraints-ignored` was made. */
export interface ChainResult {
  readonly trusted: boolean;
  readonly path: readonly X509Certificate[];
  readonly findings: readonly ChainFinding[];
}

/** More are not followed, nor looked at. */
const LIMITS = { path: 8, sent: 16, candidates: 8 } as const;
const KEY_CERT_SIGN = 5;

/** Checks `chain` (end certificate first, others in any order) up to one of `roots`, at `now` (milliseconds since 1970). */
export function checkChain(
  provider: CryptoProvider,
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): ChainResult {
  const findings: ChainFinding[] = [];
  const path = chain.slice(0, 1);
  for (let at = 0; at < path.length; at++) {
    const certificate = path[at] as X509Certificate;
    const add = (code: ChainCode): number => findings.push({ code, at });
    for (const code of judged(certificate, at, now)) add(code);
    if (roots.some((root) => sameOctets(root.der, certificate.der))) return result(path, findings);
    if (at + 1 === LIMITS.path) add('path-too-long');
    const issuer = issuerOf(provider, certificate, [...roots, ...chain.slice(1, LIMITS.sent).filter((one) => !path.includes(one))]);
    if (typeof issuer === 'string') add(issuer);
    else if (at + 1 < LIMITS.path) path.push(issuer);
  }
  return { trusted: false, path, findings: path.length === 0 ? [{ code: 'untrusted', at: 0 }] : findings };
}

function result(path: readonly X509Certificate[], findings: readonly ChainFinding[]): ChainResult {
  return { trusted: findings.every(({ code }) => code === 'name-constraints-ignored'), path, findings };
}

/** What is wrong with a certificate at its place by itself; `at` is also how many certificates are below it. */
function judged(certificate: X509Certificate, at: number, now: number): readonly ChainCode[] {
  const { notBefore, notAfter, authority, keyUsage, unknownCritical, hasNameConstraints } = certificate;
  const issues = authority?.ca === true && (keyUsage === undefined || keyUsage.includes(KEY_CERT_SIGN));
  return [
    ...(now > notAfter ? ['expired' as const] : []),
    ...(now < notBefore ? ['not-yet-valid' as const] : []),
    ...(at > 0 && !issues ? ['not-an-authority' as const] : []),
    ...(at > 0 && authority?.pathLength !== undefined && at - 1 > authority.pathLength ? ['path-too-long' as const] : []),
    ...(unknownCritical.length > 0 ? ['unknown-critical-extension' as const] : []),
    ...(at > 0 && hasNameConstraints ? ['name-constraints-ignored' as const] : []),
  ];
}

/** The first with the issuer's name whose key made the signature; else why there is none. */
function issuerOf(provider: CryptoProvider, certificate: X509Certificate, all: readonly X509Certificate[]): X509Certificate | ChainCode {
  const candidates = all.filter(({ subject }) => sameOctets(subject.der, certificate.issuer.der)).slice(0, LIMITS.candidates);
  if (candidates.length === 0) return 'untrusted';
  const scheme = schemeOf(certificate.signatureAlgorithm);
  if (scheme === undefined) return 'signature-unsupported';
  const verdicts = candidates.map(({ spki }) => provider.verify(spki, scheme, certificate.signed, certificate.signature));
  return candidates[verdicts.indexOf(true)] ?? (verdicts.includes(false) ? 'signature-wrong' : 'signature-unsupported');
}
