/**
 * What charon's search says in its log, and our judgement of each proposal beside it.
 *
 * @module
 */
import type { Clause } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import type { Algorithm, Choice, Negotiation, Path, Slot } from '../../model.ts';
import type { Policy, Want } from '../../policy.ts';
import { slotReasons } from '../../rules.ts';
import type { Judgement, Reason } from '../../verdict.ts';
import { judgement } from '../answers.ts';
import { type CharonProposal, isKeyExchange, meet, type Meeting, type Selected, selectFrom, type SelectionFlags, TYPE } from './algebra.ts';
import { clauseAt } from './choose.ts';
import { configuredProposals } from './configured.ts';
import { LOG } from './log.ts';
import { proposalsText, proposalText, typeText } from './names.ts';
import type { Substructure } from './payload.ts';
import type { ReleaseLike } from './releases.ts';

/** Two sides, ready to be compared. */
export interface Contest {
  readonly negotiation: Negotiation;
  readonly release: ReleaseLike;
  readonly policy: Policy;
  readonly flags: SelectionFlags;
  /** Those that `supplied` were made of. */
  readonly substructures: readonly Substructure[];
  readonly supplied: readonly CharonProposal[];
}

export interface Outcome {
  readonly selected?: Selected;
  readonly trace: readonly Judgement[];
  readonly logs: readonly LogLine[];
}

/** Runs the search and tells of it. */
export function contest(sides: Contest): Outcome {
  const { release, supplied, flags, negotiation, policy } = sides;
  const configured = configuredProposals(policy, negotiation, release);
  const logs: LogLine[] = [];
  const selected = selectFrom(configured, supplied, flags, { pair: (meeting) => tellPair(meeting, release, logs) });
  const received = { proposals: proposalsText(supplied, release) };
  const own = { proposals: proposalsText(configured, release) };
  if (selected) {
    const chosen = { ...selected.supplied, transforms: selected.chosen };
    logs.push(LOG.write('receivedOnSuccess', received), LOG.write('configuredOnSuccess', own));
    logs.push(LOG.write('selected', { proposal: proposalText(chosen, release) }));
  } else logs.push(LOG.write('received', received), LOG.write('configured', own));
  const bench: Bench = { ...sides, clauseAt: clauseFinder(sides), allowed: allowedFinder(sides) };
  const trace = supplied.flatMap((each) => judge(each, configured, bench, selected));
  return selected ? { selected, trace, logs } : { trace, logs };
}

/** A contest, the clause that a proposal was made of, and what a proposal of ours allows. */
interface Bench extends Contest {
  readonly clauseAt: (path: Path) => Clause | undefined;
  readonly allowed: (own: CharonProposal, slot: Slot) => readonly Algorithm[];
}

/** Each list is made once. */
function allowedFinder({ policy, negotiation }: Contest): Bench['allowed'] {
  const found = new Map<CharonProposal, Map<Slot, readonly Algorithm[]>>();
  return (own, slot) => {
    let slots = found.get(own);
    if (slots === undefined) found.set(own, (slots = new Map()));
    let allowed = slots.get(slot);
    if (allowed === undefined) slots.set(slot, (allowed = allowedOf(own, slot, policy, negotiation)));
    return allowed;
  };
}

/** By the place of the substructure: there may be thousands. */
function clauseFinder({ negotiation, substructures }: Contest): Bench['clauseAt'] {
  const places = new Map(substructures.map((each) => [placeOf(each.path), [each]]));
  return (path) => clauseAt(negotiation, places.get(placeOf(path)) ?? [], path);
}

const placeOf = ([group = 0, place = 0]: Path): number => group * PLACES + place;

/** More than an SA payload has room for. */
const PLACES = 65_536;

function tellPair(meeting: Meeting | 'protocol-mismatch', release: ReleaseLike, logs: LogLine[]): void {
  logs.push(LOG.write('selecting'));
  if (meeting === 'protocol-mismatch') {
    logs.push(LOG.write('protocolMismatch'));
    return;
  }
  for (let i = 0; i < meeting.privateSkipped; i++) logs.push(LOG.write('privateSkipped'));
  const [first] = meeting.failed;
  logs.push(first === undefined ? LOG.write('matches') : LOG.write('nothingFound', { type: typeText(first, release) }));
}

/** Nothing about a proposal that would have suited, had not another been preferred. */
function judge(supplied: CharonProposal, configured: readonly CharonProposal[], sides: Bench, selected: Selected | undefined): Judgement[] {
  const path = supplied.path ?? [];
  if (selected?.supplied === supplied) return [judgement(path)];
  let nearest: { readonly own: CharonProposal; readonly failed: readonly number[] } | undefined;
  for (const own of configured) {
    if (own.protocol !== supplied.protocol) continue;
    // As many as the nearest has are not nearer.
    const { failed } = meet(own, supplied, sides.flags, nearest?.failed.length ?? Number.POSITIVE_INFINITY);
    if (nearest === undefined || failed.length < nearest.failed.length) nearest = { own, failed };
    if (failed.length === 0) break;
  }
  if (nearest === undefined) {
    const allowed = [...new Set(configured.map(({ protocol }) => protocol))];
    return [judgement(path, [{ code: 'protocol-mismatch', offered: supplied.protocol, allowed }], { shown: 1 })];
  }
  if (nearest.failed.length === 0) return [];
  const reasons = reasonsOf(supplied, nearest.own, nearest.failed, sides);
  return [judgement(path, reasons, { shown: 1 })];
}

function reasonsOf(supplied: CharonProposal, own: CharonProposal, failed: readonly number[], sides: Bench): Reason[] {
  const { negotiation } = sides;
  const path = supplied.path ?? [];
  const clause = sides.clauseAt(path);
  const slots = new Set(failed.map((type) => slotOf(type, negotiation)));
  return [...slots].flatMap((slot) => {
    if (typeof slot === 'number') return [unknownType(slot, supplied)];
    const offered = clause?.slots.get(slot) ?? [];
    return slotFault(slot, offered, sides.allowed(own, slot), { negotiation, protocol: supplied.protocol, path });
  });
}

interface Place {
  readonly negotiation: Negotiation;
  readonly protocol: number;
  readonly path: Path;
}

function slotFault(slot: Slot, offered: readonly Choice[], allowed: readonly Algorithm[], at: Place): Reason[] {
  if (allowed.length === 0) return [{ code: 'slot-unexpected', slot, offered }];
  const reasons = slotReasons(slot, offered, allowed, at);
  if (reasons.length > 0) return reasons;
  // Both sides name it, and yet it does not count.
  const detail = isKeyExchange(typeOf(slot))
    ? 'the key exchange is already used by an earlier type'
    : 'the number is private, and the peer unknown';
  return [{ code: 'structure', detail, path: offered[0]?.path ?? at.path }];
}

function unknownType(type: number, supplied: CharonProposal): Reason {
  const path = supplied.transforms.find((each) => each.type === type)?.path ?? supplied.path ?? [];
  return { code: 'structure', detail: `nothing of transform type ${type} is configured`, path };
}

const SLOTS: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [TYPE.encryption, 'encryption'],
  [TYPE.prf, 'prf'],
  [TYPE.integrity, 'integrity'],
  [TYPE.group, 'group'],
  [TYPE.esn, 'esn'],
  ...([1, 2, 3, 4, 5, 6, 7] as const).map((n): [number, Slot] => [TYPE.additional + n - 1, `ake${n}`]),
]);

function slotOf(type: number, negotiation: Negotiation): Slot | number {
  if (negotiation === 'ikev1-phase1' && (type === TYPE.prf || type === TYPE.integrity)) return 'hash';
  return SLOTS.get(type) ?? type;
}

function typeOf(slot: Slot): number {
  return [...SLOTS].find(([, each]) => each === slot)?.[0] ?? 0;
}

/** In the numbers of the negotiation: of IKEv2 they are charon's own. */
function allowedOf(own: CharonProposal, slot: Slot, policy: Policy, negotiation: Negotiation): readonly Algorithm[] {
  if (negotiation.startsWith('ikev2')) {
    return own.transforms
      .filter(({ type }) => SLOTS.get(type) === slot)
      .map(({ id, keyBits }) => (keyBits === 0 ? { id } : { id, keyBits }));
  }
  const wants: readonly Want[] = policy.flat().filter(({ protocol }) => protocol === own.protocol);
  return wants.flatMap((want) => want.slots.get(slot) ?? []);
}
