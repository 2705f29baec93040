/**
 * A verdict as the tree that it judged: the offer's OR and AND, and at which attribute each transform failed.
 *
 * Rule 1: in IKEv1 a transform is a suite and fails at its attributes; in IKEv2 it is one algorithm of a slot, and its proposal fails.
 * Rule 2: what is said against nothing in particular stands as far down as the judgement reaches: at the transform, the proposal, the offer.
 *
 * @module
 */
import { type Clause, clauses } from '../../proposals/clauses.ts';
import type { Choice, Negotiation, Offer, Path, Proposal, Slot } from '../../proposals/model.ts';
import { keyword } from '../../proposals/notation.ts';
import type { Judgement, Reason, Verdict } from '../../proposals/verdict.ts';
import { explainReason, slotName } from '../explain.ts';
import type { TraceAttribute, TraceProposal, TraceSection, TraceState, TraceTransform } from './result.ts';

/** Who judged an offer at which step. */
export type TraceHead = Pick<TraceSection, 'step' | 'judgedBy' | 'profile'>;

/** An offer and what was made of it, ready to be drawn. */
export function traceSection(head: TraceHead, offer: Offer, verdict: Verdict): TraceSection {
  const tree: Tree = { negotiation: offer.negotiation, verdict };
  return {
    ...head,
    groups: offer.groups.map((group, g) => ({
      proposals: group.proposals.map((proposal, p) => proposalAt([g, p], proposal, group.number, tree)),
    })),
    reasons: sentences(judgementsAt([], tree), tree),
  };
}

interface Tree {
  readonly negotiation: Negotiation;
  readonly verdict: Verdict;
}

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, 'IKE'],
  [2, 'AH'],
  [3, 'ESP'],
  [4, 'IPCOMP'],
]);

function proposalAt(path: Path, proposal: Proposal, number: number, tree: Tree): TraceProposal {
  const two = tree.negotiation.startsWith('ikev2');
  const parts = clauses(tree.negotiation, proposal, path);
  const judgements = [...judgementsAt(path.slice(0, 1), tree), ...judgementsAt(path, tree)];
  const state = stateOf(path, judgements, tree);
  const transforms = two
    ? parts.flatMap((clause) => algorithms(clause, state, judgements, tree))
    : parts.map((clause) => suite(clause, judgements, tree));
  const reasons = judgements.flatMap((judgement) => judgement.reasons);
  return {
    protocol: PROTOCOLS.get(proposal.protocol) ?? `protocol ${proposal.protocol}`,
    number,
    state: two ? state : best(transforms, state),
    transforms,
    missing: two ? reasons.flatMap((reason) => (reason.code === 'slot-missing' ? [`no ${slotName(reason.slot)}`] : [])) : [],
    reasons: sentences(judgements, tree, proposal.protocol),
  };
}

/** IKEv1: the proposal stands as its best transform does. */
function best(transforms: readonly TraceTransform[], state: TraceState): TraceState {
  if (state === 'refused') return state;
  return STATES.find((one) => transforms.some((transform) => transform.state === one)) ?? state;
}

const STATES: readonly TraceState[] = ['chosen', 'acceptable', 'refused', 'not-looked-at'];

/** A whole suite, with its attributes in the order of the suite notation and what is amiss behind them. */
function suite({ path, protocol, slots, lifetimes }: Clause, above: readonly Judgement[], tree: Tree): TraceTransform {
  const judgements = judgementsAt(path, tree);
  const reasons = judgements.flatMap((judgement) => judgement.reasons);
  const named = [...slots]
    .toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .flatMap(([slot, choices]) =>
      choices.map((choice) => ({
        slot,
        text: keyword(slot, tree.negotiation, choice, protocol),
        against: reasons.filter((reason) => isAgainst(reason, choice)),
      })),
    );
  const timed = lifetimes.map(({ unit, amount }) => ({
    text: unit === 'seconds' ? `${amount} s` : unit === 'kilobytes' ? `${amount} KiB` : `lifetime ${unit}: ${amount}`,
    against: reasons.filter(({ code }) => code === 'lifetime-too-long' && unit === 'seconds'),
  }));
  const placed = new Set([...named, ...timed].flatMap(({ against }) => against));
  const others = reasons.filter((reason) => !placed.has(reason)).map((reason) => ({ text: amiss(reason), failed: true }));
  return {
    text: named.flatMap(({ slot, text }) => (BESIDE.includes(slot) ? [] : text)).join('-'),
    slot: null,
    state: stateOf(path, judgements.length > 0 ? judgements : above, tree),
    attributes: [...[...named, ...timed].map(({ text, against }): TraceAttribute => ({ text, failed: against.length > 0 })), ...others],
    reasons: sentences(judgements, tree, protocol),
  };
}

/** What stands beside a suite in its text. */
const BESIDE: readonly Slot[] = ['auth', 'mode'];
const ORDER: readonly Slot[] = ['encryption', 'compression', 'integrity', 'hash', 'prf', 'group', 'esn', ...BESIDE];

/** Each algorithm of an IKEv2 proposal. */
function algorithms(
  { slots, protocol, unknown = [] }: Clause,
  state: TraceState,
  judgements: readonly Judgement[],
  tree: Tree,
): TraceTransform[] {
  const reasons = judgements.flatMap((judgement) => judgement.reasons);
  const known = [...slots].flatMap(([slot, choices]) =>
    choices.map((choice): TraceTransform => {
      const against = reasons.filter((reason) => isAgainst(reason, choice));
      const failed = against.length > 0;
      const length = choice.keyBits === undefined ? 'no key length' : `${choice.keyBits} bits`;
      return {
        text: keyword(slot, tree.negotiation, choice, protocol),
        slot: slotName(slot),
        state: failed ? 'refused' : isChosen(choice.path, tree) ? 'chosen' : state === 'not-looked-at' ? state : 'acceptable',
        attributes: against.some(({ code }) => code === 'key-length-mismatch') ? [{ text: length, failed }] : [],
        reasons: against.map((reason) => sentence(reason, tree, protocol)),
      };
    }),
  );
  const strange = unknown.map(({ type, id }): TraceTransform => {
    return {
      text: `type${type}:${id}`,
      slot: `transform type ${type}`,
      state: state === 'chosen' ? 'acceptable' : state,
      attributes: [],
      reasons: [],
    };
  });
  return [...known, ...strange];
}

/** Whether a reason names this choice. */
function isAgainst(reason: Reason, { slot, path }: Choice): boolean {
  switch (reason.code) {
    case 'algorithm-forbidden':
    case 'algorithm-unknown':
    case 'algorithm-not-configured':
    case 'key-length-mismatch':
    case 'no-credential':
      return reason.offered.slot === slot && same(reason.offered.path, path);
    case 'slot-unexpected':
      return reason.offered.some((choice) => choice.slot === slot && same(choice.path, path));
    case 'value-invalid':
    case 'attribute-repeated':
      return same(reason.path, path);
    default:
      return false;
  }
}

/** What fails and is no algorithm of the transform, as an attribute of its own. */
function amiss(reason: Reason): string {
  switch (reason.code) {
    case 'slot-missing':
      return `no ${slotName(reason.slot)}`;
    case 'attribute-missing':
      return `no attribute ${reason.attributes.join(', ')}`;
    case 'policy-requires':
      return `no ${reason.what}`;
    case 'attribute-unsupported':
    case 'attribute-repeated':
    case 'value-invalid':
      return `attribute ${reason.attribute}`;
    case 'protocol-mismatch':
      return `protocol ${reason.offered}`;
    case 'lifetime-without-type':
    case 'lifetime-too-long':
      return 'lifetime';
    case 'structure':
      return 'structure';
    case 'slot-unexpected':
      return slotName(reason.slot);
    default:
      return slotName(reason.offered.slot);
  }
}

function stateOf(path: Path, judgements: readonly Judgement[], { verdict }: Tree): TraceState {
  const within = (other: Path): boolean => same(other.slice(0, path.length), path);
  const parts = verdict.outcome === 'selected' ? verdict.selection.parts : [];
  if (parts.some((part) => within(part.path) || part.choices.some((choice) => within(choice.path)))) return 'chosen';
  if (judgements.some(({ accepted }) => accepted)) return 'acceptable';
  // A proposal that libreswan passes over because an earlier one has won has a judgement without a reason.
  return judgements.every(({ reasons }) => reasons.length === 0) ? 'not-looked-at' : 'refused';
}

function isChosen(path: Path, { verdict }: Tree): boolean {
  return verdict.outcome === 'selected' && verdict.selection.parts.some(({ choices }) => choices.some((choice) => same(choice.path, path)));
}

/** The judgements of exactly this place. */
function judgementsAt(path: Path, { verdict }: Tree): readonly Judgement[] {
  return verdict.trace.filter((judgement) => same(judgement.path, path));
}

/** Each reason once, as the sentences of the other reports. */
function sentences(judgements: readonly Judgement[], tree: Tree, protocol?: number): readonly string[] {
  return [...new Set(judgements.flatMap(({ reasons }) => reasons.map((reason) => sentence(reason, tree, protocol))))];
}

function sentence(reason: Reason, { negotiation }: Tree, protocol?: number): string {
  return explainReason(reason, negotiation, (slot, algorithm) => keyword(slot, negotiation, algorithm, protocol));
}

function same(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((index, i) => index === b[i]);
}
