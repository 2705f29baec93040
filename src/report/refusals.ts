/**
 * Refused boxes put together by reason, so that thousands of refused suites read as a few lines.
 *
 * Rule 1: nothing is lost: each box is in at least one group, and `boxes` keeps it.
 * Rule 2: a combination can have several reasons; counts of groups therefore overlap and are never added up.
 *
 * @module
 */
import type { Basis, Evidence, NamedBox, ReasonView, RejectedBox } from '../probe/result.ts';
import type { Slot } from '../proposals/model.ts';

/** What is refused for one and the same reason. */
export interface RefusalGroup {
  readonly code: ReasonView['code'] | 'no-reason';
  readonly slot: Slot | null;
  /** Keywords refused, in the order in which they come; combinations as written by the reason. */
  readonly offered: readonly string[];
  readonly accepted: readonly string[];
  readonly changes: readonly NamedBox[];
  readonly basis: Basis;
  readonly evidence: Evidence;
  /** Combinations that have this reason. */
  readonly count: number;
  readonly boxes: readonly RejectedBox[];
}

type Draft = { -readonly [K in keyof RefusalGroup]: RefusalGroup[K] } & { seen: Set<string>; list: RejectedBox[] };

/** The groups: whole slots first, those that refuse most on top, then combinations. */
export function groupRefusals(rejected: readonly RejectedBox[]): readonly RefusalGroup[] {
  const groups = new Map<string, Draft>();
  for (const box of rejected) {
    const touched = new Set<Draft>();
    for (const reason of box.reasons.length > 0 ? box.reasons : [UNEXPLAINED]) {
      const group = groupOf(groups, reason);
      if (reason.offered !== null) group.seen.add(reason.offered);
      touched.add(group);
    }
    for (const group of touched) {
      group.count += share(box, group.slot, touchedValues(box, group));
      group.list.push(box);
    }
  }
  return [...groups.values()]
    .map(({ seen, list, ...group }) => ({ ...group, offered: [...seen], boxes: list }))
    .toSorted((a, b) => rank(a) - rank(b) || b.count - a.count);
}

const UNEXPLAINED = { code: 'no-reason', slot: null, offered: null, accepted: [], basis: 'observed', evidence: [] } as const;

function groupOf(groups: Map<string, Draft>, reason: ReasonView | typeof UNEXPLAINED): Draft {
  const changes = 'changes' in reason ? (reason.changes ?? []) : [];
  const key = JSON.stringify([reason.code, reason.slot, reason.accepted, changes, reason.basis]);
  const known = groups.get(key);
  if (known) return known;
  const { code, slot, accepted, basis, evidence } = reason;
  const made: Draft = { code, slot, accepted, changes, basis, evidence, offered: [], count: 0, boxes: [], seen: new Set(), list: [] };
  groups.set(key, made);
  return made;
}

/** The refusals of an exchange in a few lines: what is refused wherever it stands, and what only does not go together. */
export interface RefusalSummary {
  /** Per slot and code: values that stand in no accepted suite. `count` is of all refused combinations that hold one. */
  readonly values: readonly ValueRefusal[];
  /** Combinations of values that are each accepted somewhere. */
  readonly together: number;
}

/** Values of one slot that nothing accepted has. */
export type ValueRefusal = Pick<RefusalGroup, 'code' | 'slot' | 'offered' | 'accepted' | 'basis' | 'count'>;

/** The boxes summed up, those values on top that refuse most. */
export function summarize(rejected: readonly RejectedBox[]): RefusalSummary {
  const values = new Map<string, ValueRefusal>();
  const blamed = new Map<Slot, Set<string>>();
  for (const reason of rejected.flatMap(({ reasons }) => reasons)) {
    const { code, slot, offered, accepted, basis } = reason;
    if (code === 'combination-not-accepted' || offered === null) continue;
    if (slot !== null) blamed.set(slot, (blamed.get(slot) ?? new Set()).add(offered));
    const known = values.get(`${slot} ${code} ${basis}`) ?? { code, slot, basis, offered: [], accepted: [], count: 0 };
    values.set(`${slot} ${code} ${basis}`, {
      ...known,
      offered: [...new Set([...known.offered, offered])],
      accepted: [...new Set([...known.accepted, ...accepted])],
    });
  }
  const holding = (slot: Slot | null, names: readonly string[]): number =>
    rejected.reduce((sum, box) => sum + (slot === null ? wholly(box, names) : portion(box, slot, names)), 0);
  return {
    values: [...values.values()]
      .map((line) => ({ ...line, count: holding(line.slot, line.offered) }))
      .toSorted((a, b) => b.count - a.count),
    together: rejected.reduce((sum, box) => sum + remainder(box, blamed), 0),
  };
}

/** Combinations of a box none of whose values is to blame by itself; none when its protocol is. */
function remainder(box: RejectedBox, blamed: ReadonlyMap<Slot, ReadonlySet<string>>): number {
  if (box.reasons.some(({ slot, offered }) => slot === null && offered !== null)) return 0;
  return [...blamed].reduce((left, [slot, names]) => left * (1 - portion(box, slot, [...names]) / box.count), box.count);
}

/** All combinations of a box, when it is refused for its protocol. */
function wholly({ reasons, count }: RejectedBox, names: readonly string[]): number {
  return reasons.some(({ slot, offered }) => slot === null && offered !== null && names.includes(offered)) ? count : 0;
}

/** Combinations of a box that hold one of these values. A box without groups stands for "none". */
function portion({ box, count }: RejectedBox, slot: Slot, values: readonly string[]): number {
  const names = box[slot] ?? (slot === 'group' ? ['none'] : []);
  return names.length === 0 ? 0 : (count / names.length) * names.filter((name) => values.includes(name)).length;
}

function touchedValues(box: RejectedBox, group: Draft): readonly string[] {
  return box.reasons.flatMap((r) => (r.code === group.code && r.slot === group.slot && r.offered !== null ? [r.offered] : []));
}

/** The part of a box that has these values in the slot: a box lists several, a reason may blame only some. */
function share(box: RejectedBox, slot: Slot | null, values: readonly string[]): number {
  const names = slot === null ? undefined : box.box[slot];
  const blamed = names?.filter((name) => values.includes(name)).length ?? 0;
  return names === undefined || blamed === 0 ? box.count : (box.count / names.length) * blamed;
}

function rank({ code }: RefusalGroup): number {
  return code === 'no-reason' ? 2 : code === 'combination-not-accepted' ? 1 : 0;
}

/** `des,3des-md5-modp768,modp1024`: the box in suite order, `*` where a slot has more than `limit` values. */
export function boxText(box: NamedBox, limit = Infinity): string {
  const slots = (Object.keys(box) as Slot[]).toSorted((a, b) => SUITE_ORDER.indexOf(a) - SUITE_ORDER.indexOf(b));
  return slots
    .map((slot) => {
      const names = box[slot] ?? [];
      const text = names.length > limit ? `${slot}*${names.length}` : names.join(',');
      return slot.startsWith('ake') && names.length > 0 ? `ke${slot.slice(3)}_${text}` : text;
    })
    .filter((text) => text !== '')
    .join('-');
}

const SUITE_ORDER: readonly Slot[] = [
  ...(['encryption', 'integrity', 'hash', 'prf', 'group'] as const),
  ...(['ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7'] as const),
  ...(['esn', 'compression', 'mode', 'auth'] as const),
];

/** Every suite of a box, one by one; lazily, because a box can hold thousands. */
export function* suitesOf(box: NamedBox): Generator<string> {
  const slots = (Object.keys(box) as Slot[]).toSorted((a, b) => SUITE_ORDER.indexOf(a) - SUITE_ORDER.indexOf(b));
  yield* expand(slots, box, []);
}

function* expand(slots: readonly Slot[], box: NamedBox, done: readonly string[]): Generator<string> {
  const [slot, ...rest] = slots;
  if (slot === undefined) yield done.join('-');
  else
    for (const name of box[slot] ?? []) yield* expand(rest, box, [...done, slot.startsWith('ake') ? `ke${slot.slice(3)}_${name}` : name]);
}
