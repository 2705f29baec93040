/**
 * How many datagrams may go, and when: a token bucket and a budget. Nothing is sent that this did not grant.
 *
 * @module
 */
import type { Clock, Millis } from './transport.ts';

/** What one peer is asked to bear. */
export interface PaceLimits {
  /** Datagrams per second in the long run. */
  readonly perSecond: number;
  /** Datagrams in all. */
  readonly budget: number;
  /** Datagrams that may go at once after a pause; 1 spaces them evenly. */
  readonly burst?: number;
}

/** How far the bucket is used up. Starts as `FRESH`. */
export interface PaceState {
  readonly granted: number;
  /** When the bucket is full again. */
  readonly fullAt: Millis;
}

export const FRESH: PaceState = { granted: 0, fullAt: -Infinity };

/** `spent`: the budget is used up, for good. Otherwise `at` is when the datagram may go, and `state` what is left after it. */
export type PaceDecision = { readonly kind: 'spent' } | { readonly kind: 'granted'; readonly at: Millis; readonly state: PaceState };

/** Reserves a place for one datagram. Pure. */
export function reserve(state: PaceState, limits: PaceLimits, now: Millis): PaceDecision {
  if (state.granted >= limits.budget) return { kind: 'spent' };
  const gap = 1000 / limits.perSecond;
  const at = Math.max(now, state.fullAt - ((limits.burst ?? 1) - 1) * gap);
  return { kind: 'granted', at, state: { granted: state.granted + 1, fullAt: Math.max(now, state.fullAt) + gap } };
}

/** Grants over time. Callers are served in the order in which they asked. */
export interface Pace {
  /** Resolves to true when one datagram may go now; to false, at once, when the budget is spent. */
  grant(): Promise<boolean>;
  readonly granted: number;
  readonly left: number;
}

/** A pace on the clock of a transport, or on virtual time. */
export function pace(options: PaceLimits & { readonly clock: Clock }): Pace {
  const { clock } = options;
  let state = FRESH;
  return {
    async grant() {
      const decision = reserve(state, options, clock.clock());
      if (decision.kind === 'spent') return false;
      state = decision.state;
      if (decision.at > clock.clock()) await clock.sleepUntil(decision.at);
      return true;
    },
    get granted() {
      return state.granted;
    },
    get left() {
      return options.budget - state.granted;
    },
  };
}
