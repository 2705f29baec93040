/**
 * IKEv1 offers as candidates: each transform is a whole suite, judged by itself against what is wanted.
 *
 * Rule 1: a judge says what is against a candidate and a want; the choosers here only say in which order both are walked.
 * Rule 2: what is chosen goes back as it came. @see RFC 2409 §5: attributes are not to be modified
 *
 * @module
 */
import { type Clause, clauses } from '../clauses.ts';
import type { Algorithm, Choice, Negotiation, Offer, Path, Proposal, SuiteTransform } from '../model.ts';
import type { Policy, Want } from '../policy.ts';
import { mismatches } from '../rules.ts';
import type { Judgement, Reason, Selection } from '../verdict.ts';
import { judgement, writeSa } from './answers.ts';

/** One transform of an offer. */
export interface Candidate {
  readonly path: Path;
  /** Of the group that it stands in. */
  readonly number: number;
  readonly proposal: Proposal;
  readonly transform: SuiteTransform;
  readonly clause: Clause;
}

/** What is against a candidate for one want; nothing when it suits. */
export type Judge = (candidate: Candidate, want: Want) => readonly Reason[];

/** A candidate after all wants were asked. */
export interface Judged {
  readonly candidate: Candidate;
  /** The first want that it suits; -1 when none. */
  readonly suits: number;
  /** Against the want that is nearest. */
  readonly reasons: readonly Reason[];
}

/** Every transform of one proposal. */
function candidatesOf(negotiation: Negotiation, proposal: Proposal, number: number, at: Path): readonly Candidate[] {
  const found = clauses(negotiation, proposal, at);
  const suites = proposal.transforms.filter((transform) => transform.kind === 'suite');
  return suites.flatMap((transform, i) => {
    const clause = found[i];
    return clause ? [{ path: clause.path, number, proposal, transform, clause }] : [];
  });
}

/** Every transform of an offer, in wire order. */
export function allCandidates({ negotiation, groups }: Offer): readonly Candidate[] {
  return groups.flatMap(({ number, proposals }, g) =>
    proposals.flatMap((proposal, p) => candidatesOf(negotiation, proposal, number, [g, p])),
  );
}

/** Asks every want about every candidate. */
export function judgeAll(candidates: readonly Candidate[], wants: readonly Want[], judge: Judge): readonly Judged[] {
  return candidates.map((candidate) => {
    let nearest: readonly Reason[] | undefined;
    for (const [suits, want] of wants.entries()) {
      const reasons = judge(candidate, want);
      if (reasons.length === 0) return { candidate, suits, reasons };
      if (nearest === undefined || reasons.length < nearest.length) nearest = reasons;
    }
    return { candidate, suits: -1, reasons: nearest ?? [{ code: 'protocol-mismatch', offered: candidate.proposal.protocol, allowed: [] }] };
  });
}

/** The initiator's order leads: the first candidate that suits. */
export function firstOffered(judged: readonly Judged[]): Judged | undefined {
  return judged.find(({ suits }) => suits >= 0);
}

/** The own order leads: the first want that something suits, and of what suits it the first offered. */
export function firstWanted(judged: readonly Judged[]): Judged | undefined {
  let best: Judged | undefined;
  for (const each of judged) if (each.suits >= 0 && (best === undefined || each.suits < best.suits)) best = each;
  return best;
}

/** One judgement per candidate. */
export function traceOf(judged: readonly Judged[]): readonly Judgement[] {
  return judged.map(({ candidate, suits, reasons }) => judgement(candidate.path, suits >= 0 ? [] : reasons));
}

/** What the shared rules have against a candidate. */
export function suiteMismatches({ clause }: Candidate, want: Want, negotiation: Negotiation): readonly Reason[] {
  return mismatches(clause, want, negotiation);
}

/** Wants that name a method of authentication each; pre-shared key when the setup has none. */
export function withAuth(policy: Policy, methods: readonly number[] = [PRESHARED_KEY]): Policy {
  const auth: readonly Algorithm[] = methods.map((id) => ({ id }));
  return policy.map((bundle) =>
    bundle.map((want) => (want.slots.has('auth') ? want : { ...want, slots: new Map([...want.slots, ['auth', auth] as const]) })),
  );
}

/** The first lifetime in seconds, if there is one. */
export function secondsOf({ clause }: Candidate): number | undefined {
  return clause.lifetimes.find(({ unit }) => unit === 'seconds')?.amount;
}

/** What was chosen, one candidate for each protocol. */
export function selectionOf(chosen: readonly Candidate[]): Selection {
  return {
    group: chosen[0]?.path[0] ?? 0,
    parts: chosen.map(({ clause, path, proposal }) => ({
      path: path.slice(0, 2),
      protocol: proposal.protocol,
      choices: [...clause.slots.values()].flatMap((choices): readonly Choice[] => choices.slice(0, 1)),
    })),
  };
}

/** The chosen transforms as they came, with the SPI given, in proposals of the number that was offered. */
export function echo(
  negotiation: Negotiation,
  chosen: readonly Candidate[],
  spi: (proposal: Proposal) => Uint8Array,
  head: { readonly doi?: number; readonly situation?: Uint8Array } = {},
): Uint8Array {
  const proposals = chosen.map(({ proposal, transform: { number, id, attributes } }): Proposal => {
    return { protocol: proposal.protocol, spi: spi(proposal), transforms: [{ kind: 'suite', number, id, attributes }] };
  });
  return writeSa({ ...head, offer: { negotiation, groups: [{ number: chosen[0]?.number ?? 1, proposals }] } });
}

/**
 * The first group of which each protocol has a transform that suits, for the first bundle that all of the group suits. A bundle has as many
 * protocols as the group, each once.
 */
export function firstGroup(offer: Offer, judged: readonly Judged[], policy: Policy, judge: Judge): readonly Candidate[] | undefined {
  const good = new Map<Proposal, Candidate[]>();
  for (const { candidate, suits } of judged) {
    if (suits < 0) continue;
    const others = good.get(candidate.proposal);
    if (others) others.push(candidate);
    else good.set(candidate.proposal, [candidate]);
  }
  for (const { proposals } of offer.groups) {
    if (new Set(proposals.map(({ protocol }) => protocol)).size < proposals.length) continue;
    for (const bundle of policy.filter(({ length }) => length === proposals.length)) {
      const chosen = proposals.map((proposal) => {
        const want = bundle.find(({ protocol }) => protocol === proposal.protocol);
        return want && good.get(proposal)?.find((candidate) => judge(candidate, want).length === 0);
      });
      if (chosen.every((candidate) => candidate !== undefined)) return chosen;
    }
  }
  return undefined;
}

const PRESHARED_KEY = 1;
