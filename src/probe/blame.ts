/**
 * Why a suite is refused: the smallest sets of slots that would have to change, found by laying it beside what is accepted.
 *
 * @module
 */
import type { Algorithm, Negotiation, Slot, Suite } from '../proposals/model.ts';
import { explainRefusal } from '../report/explain.ts';
import { CELL, type CellMap } from './cell-map.ts';
import { childProtocolName, isChild, keywordIn, NO_GROUP, suiteText } from './suite-text.ts';
import { type Block, type Grid, sameAlgorithm, valueKey } from './grid.ts';
import type { NamedBox, ReasonView, RejectedBox } from './result.ts';

/** A set of slots whose change makes the suite acceptable, with what would do in each. */
export interface Change {
  readonly slots: readonly Slot[];
  readonly accepted: ReadonlyMap<Slot, readonly Algorithm[]>;
}

/** The slots in which two suites differ. Integrity follows from the cipher where only one of the two is AEAD. */
function difference(refused: Suite, accepted: Suite): readonly Slot[] {
  return SLOTS.filter((slot) => {
    if (slot === 'integrity' && (refused.integrity === undefined) !== (accepted.integrity === undefined)) return false;
    return !sameAlgorithm(refused[slot], accepted[slot]);
  });
}

/** The smallest changes, each with the accepted values of its slots. */
export function smallestChanges(refused: Suite, accepted: readonly Suite[]): readonly Change[] {
  const bySlots = new Map<string, { slots: readonly Slot[]; suites: Suite[] }>();
  // What has a cipher is laid beside what has one: ESP and AH have nothing in common.
  const alike = accepted.filter((suite) => (suite.encryption === undefined) === (refused.encryption === undefined));
  for (const suite of alike) {
    const slots = difference(refused, suite);
    const key = slots.join();
    const known = bySlots.get(key);
    if (known === undefined) bySlots.set(key, { slots, suites: [suite] });
    else known.suites.push(suite);
  }
  const all = [...bySlots.values()].filter(({ slots }) => slots.length > 0);
  const least = Math.min(...all.map(({ slots }) => slots.length));
  return all
    .filter(({ slots }) => slots.length === least)
    .map(({ slots, suites }) => ({ slots, accepted: new Map(slots.map((slot) => [slot, distinct(suites.map((suite) => suite[slot]))])) }));
}

/** The reasons for one refused suite. */
export function reasonsFor(
  refused: Suite,
  accepted: readonly Suite[],
  negotiation: Negotiation,
  evidence: readonly number[],
): readonly ReasonView[] {
  const changes = smallestChanges(refused, accepted);
  const name = (slot: Slot, algorithm: Algorithm): string => keywordIn(slot, negotiation, algorithm, refused);
  const known = new Map(SLOTS.map((slot) => [slot, distinct(accepted.map((suite) => suite[slot]))]));
  const reasons: ReasonView[] = [];
  const say = (reason: Omit<ReasonView, 'text'>): number => reasons.push({ ...reason, text: explainRefusal(reason) });
  const ground = { basis: 'inferred' as const, evidence };
  if (changes.length === 0 && isChild(negotiation) && accepted.length > 0) {
    const protocols = [...new Set(accepted.map(childProtocolName))];
    say({ code: 'protocol-not-accepted', slot: null, offered: childProtocolName(refused), accepted: protocols, ...ground });
    return reasons;
  }
  if (changes.length === 0) {
    say({
      code: 'combination-not-accepted',
      slot: null,
      offered: suiteText(refused, negotiation),
      accepted: [],
      basis: 'observed',
      evidence,
    });
    return reasons;
  }
  const stranger = (slot: Slot): boolean => !accepted.some((suite) => sameAlgorithm(suite[slot], refused[slot]));
  const always = (changes[0]?.slots ?? []).filter((slot) => stranger(slot) && changes.every((change) => change.slots.includes(slot)));
  for (const slot of always) {
    const offered = refused[slot];
    const instead = distinct(changes.flatMap((change) => change.accepted.get(slot) ?? []));
    const otherLength = offered?.keyBits !== undefined && (known.get(slot) ?? []).some(({ id }) => id === offered.id);
    say({
      code: otherLength ? 'key-length-not-accepted' : 'algorithm-not-accepted',
      slot,
      offered: offered === undefined ? absent(slot) : name(slot, offered),
      accepted: instead.length > 0 ? instead.map((algorithm) => name(slot, algorithm)) : [absent(slot) ?? []].flat(),
      ...ground,
    });
  }
  const rest = changes.map((change) => change.slots.filter((slot) => !always.includes(slot)));
  const first = rest.find((slots) => slots.length > 0)?.[0];
  if (first === undefined) return reasons;
  const views = changes.map(
    (change, i): NamedBox =>
      Object.fromEntries(
        (rest[i] ?? []).map((slot) => {
          const values = (change.accepted.get(slot) ?? []).map((algorithm) => name(slot, algorithm));
          return [slot, values.length > 0 ? values : [absent(slot) ?? []].flat()];
        }),
      ),
  );
  // One way out that changes several slots blames each of them; several ways out are one reason with its choices.
  for (const slot of changes.length === 1 ? (rest[0] ?? []) : [first]) {
    const instead = [...new Set(views.flatMap((view) => view[slot] ?? []))];
    say({
      code: 'combination-not-accepted',
      slot,
      offered: suiteText(refused, negotiation),
      accepted: instead,
      ...ground,
      changes: views,
    });
  }
  return reasons;
}

/** Disjoint boxes of refused suites, each with the reasons of its members; a reason per blamed value. */
export function rejectedBoxes(map: CellMap, negotiation: Negotiation): readonly RejectedBox[] {
  const { grid, states } = map;
  const accepted = map.accepted.map((cell) => grid.suite(cell));
  const kinds = new Map<string, Uint8Array>();
  for (let cell = 0; cell < grid.size; cell++) {
    if (states[cell] !== CELL.refused) continue;
    const kind = smallestChanges(grid.suite(cell), accepted).map(changeKey).join(';');
    let mask = kinds.get(kind);
    if (mask === undefined) kinds.set(kind, (mask = new Uint8Array(grid.size)));
    mask[cell] = 1;
  }
  return [...kinds.values()]
    .flatMap((mask) => grid.decompose(mask))
    .map((block) => rejectedBox(map, block, accepted, negotiation))
    .toSorted((a, b) => b.count - a.count);
}

function rejectedBox(map: CellMap, block: Block, accepted: readonly Suite[], negotiation: Negotiation): RejectedBox {
  const { grid } = map;
  const answers = new Set<number>();
  let count = 0;
  grid.each(block, (cell) => {
    count++;
    answers.add(map.settledBy[cell] ?? -1);
  });
  const evidence = [...new Set([...answers].flatMap((answer) => map.answers[answer]?.evidence ?? []))]
    .toSorted((a, b) => a - b)
    .slice(0, MOST_EVIDENCE);
  // Every value of a blamed slot has its reason: one member for each value of the longest slot shows them all.
  const longest = Math.max(...block.map((values) => values.length));
  const reasons = new Map<string, ReasonView>();
  for (let i = 0; i < longest; i++) {
    let member = -1;
    grid.each(
      block.map((values) => [values[i % values.length] ?? 0]),
      (cell) => (member = cell),
    );
    for (const reason of reasonsFor(grid.suite(member), accepted, negotiation, evidence)) {
      const general = count > 1 && reason.code === 'combination-not-accepted' ? { ...reason, offered: null } : reason;
      reasons.set(`${general.code} ${general.slot} ${general.offered}`, general);
    }
  }
  return { box: namedBox(grid, block, negotiation), count, reasons: [...reasons.values()] };
}

/** A block with canonical keywords. */
export function namedBox(grid: Grid, block: Block, negotiation: Negotiation): NamedBox {
  const box = grid.box(block);
  return Object.fromEntries(
    Object.entries(box).map(([slot, values]) => [slot, values.map((value) => keywordIn(slot as Slot, negotiation, value, box))]),
  );
}

/** What a slot is called that has nothing in it, where that is a choice: a child SA without a key exchange of its own. */
function absent(slot: Slot): string | null {
  return slot === 'group' ? NO_GROUP : null;
}

function changeKey(change: Change): string {
  return change.slots.map((slot) => `${slot}=${(change.accepted.get(slot) ?? []).map(valueKey).join()}`).join('&');
}

function distinct(values: readonly (Algorithm | undefined)[]): Algorithm[] {
  const found = new Map<string, Algorithm>();
  for (const value of values) if (value !== undefined) found.set(valueKey(value), value);
  return [...found.values()];
}

const SLOTS: readonly Slot[] = [
  ...(['encryption', 'integrity', 'hash', 'prf', 'group'] as const),
  ...(['ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7', 'esn'] as const),
];
/** A box is shown by this many datagrams at most. */
const MOST_EVIDENCE = 16;
