/**
 * What an SA is judged with: the setup as pluto sees it, and the ledger.
 *
 * @module
 */
import type { Algorithm, Slot } from '../../model.ts';
import type { Policy, Want } from '../../policy.ts';
import type { Release, Situation } from '../profile.ts';
import { NONE } from './algorithms.ts';
import { Ledger } from './ledger.ts';

/** The knobs of a connection that decide about proposals. */
export const SETTINGS = {
  xauth: { values: ['no', 'server', 'client'], meaning: 'leftxauthserver=, leftxauthclient=: extended authentication in phase 1' },
  secret: { values: ['known', 'unknown'], meaning: 'whether a preshared key is found for the peer' },
  peer: {
    values: ['stranger', 'known'],
    meaning: 'up to 4.6 a peer whose address is known, from right= or from an earlier exchange, is not asked for its methods',
  },
  lists: {
    values: ['given', 'none'],
    meaning: 'whether ike= and esp= are set; up to 4.14 whatever it can do suits a responder to IKEv1 that has none',
  },
  compress: { values: ['no', 'yes'], meaning: 'compress=: IPCOMP in an IKEv1 phase 2' },
  esn: {
    values: ['default', 'no', 'yes', 'either'],
    meaning: 'esn= where the policy names no ESN; by default no up to 4.5, either later',
  },
} as const;

export type Settings = typeof SETTINGS;
/** The situation of a libreswan profile. */
export type Here = Situation<Settings>;

/** One judgement's surroundings. */
export interface Bench {
  readonly release: Release;
  readonly policy: Policy;
  /** As initiator, looking at an answer. */
  readonly check: boolean;
  readonly here: Here;
  readonly ledger: Ledger;
}

export function benchOf(here: Here, check: boolean): Bench {
  return { release: here.release, policy: here.setup.policy, check, here, ledger: new Ledger() };
}

/** Whether IKEv1 offers are not compared with a list at all. */
export function acceptsAnything({ here, release }: Pick<Bench, 'here' | 'release'>): boolean {
  return here.setting('lists') === 'none' && !release.since('4.15');
}

/** Every want of a policy: libreswan knows no bundles. */
export function wantsOf({ policy }: Pick<Bench, 'policy'>): readonly Want[] {
  return policy.flat();
}

/** The PFS group of phase 2: the first that the policy names, else that of the setup. */
export function pfsGroupOf({ setup }: Here): number | undefined {
  const named = wantsOf(setup).flatMap((want) => allowed(want, 'group'));
  return named.find(({ id }) => id !== NONE)?.id ?? setup.pfsGroup;
}

/** What a want allows in a slot. */
export function allowed(want: Want, slot: Slot): readonly Algorithm[] {
  return want.slots.get(slot) ?? [];
}
