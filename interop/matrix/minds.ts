/** A connection of a party → its profile, set up as the daemon would be. */
import {
  type Algorithm,
  ConfigError,
  type Configured,
  type Negotiation,
  NotationError,
  parsePolicy,
  selectorFor,
  type Setup,
  type Want,
} from '../../src/proposals/index.ts';
import type { Connection, Proof } from '../daemons/connection.ts';
import { negotiationOf } from '../daemons/policies.ts';
import { IKEV1_LIFETIME } from '../own/orders.ts';
import type { Party } from './party.ts';

/**
 * The mind for the IKE SA or the child of a connection; `groups` take the place of those that are configured, where there are any.
 * @throws ConfigError, NotationError for what it would not load
 */
export function mindFor(party: Party, connection: Connection, part: 'ike' | 'child', groups?: readonly Algorithm[]): Configured {
  const negotiation = negotiationOf(connection.speaks, part);
  const selector = selectorFor(party.profile);
  const text = connection[part];
  const installed = text === undefined ? selector.configured(negotiation).setup : undefined;
  const written = installed?.policy ?? parsePolicy(text ?? '', negotiation);
  const policy = groups === undefined ? written : written.map((bundle) => bundle.map((want) => withGroups(want, groups)));
  const settings = { ...installed?.settings, ...settingsOf(party, connection) };
  const setup: Setup = {
    ...installed,
    policy,
    ...(part === 'ike' && negotiation === 'ikev1-phase1' && { auth: methodsOf(connection.local.proof) }),
    ...(negotiation === 'ikev1-phase2' && { mode: connection.mode === 'transport' ? 2 : 1 }),
    ...lifetimeOf(party, connection, part),
    settings,
  };
  return selector.configured(negotiation, setup);
}

/** Why a side could not be configured so, in its profile's words; nothing when it can. */
export function unconfigurable(party: Party, connection: Connection, part: 'ike' | 'child'): string | undefined {
  try {
    mindFor(party, connection, part);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ rule }) => rule).join('; ');
    if (error instanceof NotationError) return error.message;
    throw error;
  }
}

function withGroups(want: Want, groups: readonly Algorithm[]): Want {
  return want.slots.has('group') ? { ...want, slots: new Map([...want.slots, ['group', groups]]) } : want;
}

/** The groups of a suite of an IKE SA. */
export function groupsOf(suite: string): readonly Algorithm[] {
  return parsePolicy(suite, 'ikev2-ike')[0]?.[0]?.slots.get('group') ?? [];
}

/** Our own machines always say one in IKEv1, and a profile in their place has what its daemon has. */
function lifetimeOf({ profile }: Party, { lifetimes, speaks }: Connection, part: 'ike' | 'child'): Pick<Setup, 'lifetime'> {
  const seconds = lifetimes?.[part] ?? (profile === 'rfc' && speaks !== 'ikev2' ? IKEV1_LIFETIME : undefined);
  return seconds === undefined ? {} : { lifetime: seconds };
}

/** As the lab sets each of them. */
function settingsOf({ family }: Party, { speaks, remote }: Connection): Readonly<Record<string, string>> {
  if (family === 'strongswan' && speaks === 'ikev1-aggressive') return { aggressive_mode_psk: 'yes' };
  if (family === 'libreswan') return remote.address === 'any' ? {} : { peer: 'known' };
  return {};
}

/** Oakley numbers of the method that a proof is. @see RFC 2409 Appendix A, RFC 4754 */
function methodsOf(proof: Proof): readonly number[] {
  if (proof.kind === 'psk') return [1];
  return [METHODS[proof.key] ?? 3];
}

const METHODS: Readonly<Partial<Record<string, number>>> = { ecdsa256: 9, ecdsa384: 10, ecdsa521: 11 };

/** Which negotiation each part of a connection is. */
export const negotiationsOf = ({ speaks }: Connection): { readonly ike: Negotiation; readonly child: Negotiation } => ({
  ike: negotiationOf(speaks, 'ike'),
  child: negotiationOf(speaks, 'child'),
});
