/**
 * Implementations whose algorithms are compiled in: nothing can be configured, so there is one policy only.
 *
 * @module
 */
import { oneByOne, type Policy } from '../policy.ts';
import type { ConfigFault } from './profile.ts';

/**
 * What to say of a policy that is not the one compiled in. `builtIn` has its slots in the order of the notation;
 * `by` is the implementation as its makers write it.
 */
export function builtInOnly(policy: Policy, builtIn: Policy, by: string): readonly ConfigFault[] {
  return spelt(policy) === spelt(builtIn) ? [] : [{ rule: `${by} has its algorithms built in: its policy cannot be set`, path: [] }];
}

/** The same text for the same policy, also where its suites are written one by one: bundles, wants and algorithms in their order. */
function spelt(policy: Policy): string {
  return JSON.stringify(oneByOne(policy).map((bundle) => bundle.map(({ protocol, slots }) => [protocol, [...slots]])));
}
