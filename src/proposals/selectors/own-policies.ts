/**
 * Routers of which only the manual is known: policies with priorities, walked by the responder, and a word on lifetimes.
 *
 * Rule 1: the own policies lead, the highest priority first; a match has the same encryption, hash, authentication method and group.
 * Rule 2: what no manual says is done as RFC 2408 and RFC 2409 want it: the transform goes back as it came, a refusal is told, and an
 *         SA payload that cannot be read is malformed.
 * Rule 3: phase 2 is not claimed: in which order its transform sets are walked stands nowhere.
 *
 * @module
 */
import { policyToOffer } from '../policy.ts';
import type { Reason } from '../verdict.ts';
import { choice, judgement, notify, readSa, refusal } from './answers.ts';
import {
  allCandidates,
  type Candidate,
  echo,
  firstWanted,
  type Judge,
  judgeAll,
  secondsOf,
  selectionOf,
  suiteMismatches,
  traceOf,
  withAuth,
} from './ikev1-suites.ts';
import { defineProfile, type Profile, type Request, type Response, type Setup, type Situation } from './profile.ts';

/** How the peer's lifetime may differ from the policy's: not be longer, not be shorter, or as it likes; the shorter is used. */
export type LifetimeRule = 'le' | 'ge' | 'any';

/** What one manual says. */
export interface OwnPolicies {
  readonly name: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly lifetimeRule: LifetimeRule;
  /** Seconds, of a policy that names none; nothing when the manual does not say. */
  readonly lifetime?: number;
  /** The policy that is there when none is configured. */
  readonly defaults?: Setup;
}

const RULES: readonly LifetimeRule[] = ['le', 'ge', 'any'];

/** The profile of a manual. */
export function ownPoliciesProfile(manual: OwnPolicies): Profile {
  const { name, title, sources, lifetimeRule, defaults } = manual;
  const values = [lifetimeRule, ...RULES.filter((rule) => rule !== lifetimeRule)];
  const meaning = "how the peer's lifetime may compare with the policy's: le (not longer), ge (not shorter), any; the shorter is used";
  return defineProfile({
    name,
    title,
    basis: 'documents',
    sources,
    releases: [''],
    negotiations: ['ikev1-phase1'],
    settings: { lifetime_rule: { values, meaning } },
    ...(defaults && { defaults: () => defaults }),
    respond: (request, here) => respond(manual, request, here),
    offer: (_, negotiation, { setup }) => {
      const seconds = setup.lifetime ?? manual.lifetime;
      return policyToOffer(withAuth(setup.policy, setup.auth), negotiation, seconds === undefined ? {} : { lifetime: { seconds } });
    },
  });
}

function respond(manual: OwnPolicies, { sa, negotiation }: Request, { setup, setting }: Situation): Response {
  const { value, faults } = readSa(sa, negotiation);
  const [fault] = faults;
  if (value === undefined || fault !== undefined) {
    const detail = fault ? `${fault.code} ${fault.field}` : 'empty';
    return refusal(notify(PAYLOAD_MALFORMED, { protocol: ISAKMP }), [judgement([], [{ code: 'structure', detail, path: [] }])]);
  }
  const own = setup.lifetime ?? manual.lifetime;
  const judge: Judge = (candidate, want) => [
    ...suiteMismatches(candidate, want, negotiation),
    ...againstLifetime(candidate, setting('lifetime_rule') as LifetimeRule, own),
  ];
  const judged = judgeAll(allCandidates(value.offer), withAuth(setup.policy, setup.auth).flat(), judge);
  const chosen = firstWanted(judged);
  if (chosen === undefined) return refusal(notify(NO_PROPOSAL_CHOSEN, { protocol: ISAKMP }), traceOf(judged));
  const answered = echo(negotiation, [chosen.candidate], () => new Uint8Array());
  return choice(selectionOf([chosen.candidate]), { kind: 'answer', sa: answered }, traceOf(judged));
}

function againstLifetime(candidate: Candidate, rule: LifetimeRule, own: number | undefined): readonly Reason[] {
  const offered = secondsOf(candidate);
  if (offered === undefined || own === undefined || rule === 'any') return [];
  const { path } = candidate;
  if (rule === 'le') return offered <= own ? [] : [{ code: 'lifetime-too-long', seconds: offered, limit: own, path }];
  return offered >= own ? [] : [{ code: 'policy-requires', what: `lifetime ${own} or longer`, path }];
}

const ISAKMP = 1;
const NO_PROPOSAL_CHOSEN = 14;
const PAYLOAD_MALFORMED = 16;
