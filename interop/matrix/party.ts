/** Who takes part in a matrix: a release of a daemon, our own machines, or a profile that answers in our machines' place. */
import { formatPolicy, type Negotiation, oneByOne, selectorFor } from '../../src/proposals/index.ts';
import { negotiationOf } from '../daemons/policies.ts';
import type { Connection } from '../daemons/connection.ts';

/** One side of a pair, as far as its behaviour hangs on it. */
export interface Party {
  /** `strongswan@5.9.8`, `ike-probe`, `model:racoon`. */
  readonly id: string;
  /** `strongswan`, …; of a model that of its profile. */
  readonly family: string;
  /** Empty for our own machines. */
  readonly release: string;
  /** The profile that judges as it does. */
  readonly profile: string;
  /** Whether our own machines carry it. */
  readonly ours: boolean;
}

/** What our own machines have when nothing is configured: they have no defaults, their profile has. */
export function completed(connection: Connection, { ours, profile }: Party): Connection {
  if (!ours) return connection;
  const { speaks } = connection;
  const [ike, child] = (['ike', 'child'] as const).map((part) => connection[part] ?? defaultPolicy(profile, negotiationOf(speaks, part)));
  return { ...connection, ...(ike !== undefined && { ike }), ...(child !== undefined && { child }) };
}

/** Nothing where the profile does not negotiate, or has no default. */
function defaultPolicy(profile: string, negotiation: Negotiation): string | undefined {
  const { profile: mind, release } = selectorFor(profile);
  if (!mind.negotiations.includes(negotiation)) return undefined;
  const since = (): boolean => true;
  const policy = mind.defaults?.(negotiation, { name: release, since })?.policy;
  if (policy === undefined || policy.length === 0) return undefined;
  return formatPolicy(negotiation.startsWith('ikev1') ? oneByOne(policy) : policy, negotiation);
}
