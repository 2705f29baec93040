/**
 * What is done with a lifetime that differs from the own one.
 *
 * @module
 */

/** The words of racoon's `proposal_check`, and of those who took them over. */
export const PROPOSAL_CHECKS = ['strict', 'claim', 'obey', 'exact'] as const;
export type ProposalCheck = (typeof PROPOSAL_CHECKS)[number];

/** Whether a lifetime is taken; then which one is used, in the unit of the question, and whether the peer is told of a shorter one. */
export type LifetimeRuling = { readonly taken: false } | { readonly taken: true; readonly used: number; readonly told: boolean };

/**
 * `obey` takes what is proposed; `strict` refuses what is longer than the own; `claim` uses the shorter of both, and says so to the peer
 * (RESPONDER-LIFETIME); `exact` wants both to be the same.
 *
 * @see racoon.conf(5), proposal_check; RFC 2407 §4.5.4
 */
export function checkLifetime(check: ProposalCheck, proposed: number, own: number): LifetimeRuling {
  switch (check) {
    case 'obey':
      return { taken: true, used: proposed, told: false };
    case 'strict':
      return proposed > own ? { taken: false } : { taken: true, used: proposed, told: false };
    case 'claim':
      return { taken: true, used: Math.min(proposed, own), told: proposed > own };
    case 'exact':
      return proposed === own ? { taken: true, used: own, told: false } : { taken: false };
    default:
      return check satisfies never;
  }
}
