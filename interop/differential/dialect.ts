/** A daemon's own words → what its profile is set up with. */
import {
  compareReleases,
  libreswanPolicy,
  type Negotiation,
  parseLibreswan,
  parseStrongswanProposals,
  type Policy,
  readOpeniked,
} from '../../src/proposals/index.ts';

/**
 * The policy of some proposals, each in the daemon's words. `spec` is a profile with its release: "strongswan@5.9.8".
 *
 * @throws DialectError, or RangeError for a daemon without a dialect
 */
export function readPolicy(spec: string, negotiation: Negotiation, texts: readonly string[]): Policy {
  const [name, release = ''] = spec.split('@');
  const list = texts.join(',');
  if (name === 'strongswan') {
    const since = (other: string): boolean => compareReleases(release, other) >= 0;
    return parseStrongswanProposals(list, negotiation, { release: { since } });
  }
  if (name === 'libreswan')
    return libreswanPolicy(parseLibreswan('ike', list, { ikev: negotiation === 'ikev2-ike' ? 2 : 1, release }), negotiation);
  if (name === 'openiked') return readOpeniked(texts.map((text) => `ikesa ${text}`).join('\n')).ike;
  throw new RangeError(`no dialect for ${spec}`);
}
