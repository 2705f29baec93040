/**
 * One proposal of the peer against a range of ours.
 *
 * Additional key exchanges are chosen whether or not the peer says that it knows IKE_INTERMEDIATE: that is looked at only later.
 *
 * @see libreswan `process_transforms`
 * @module
 */
import { type Algorithm, type Choice, type Negotiation, type Path, type Slot, TRANSFORM_TYPE_SLOT } from '../../model.ts';
import { slotReasons } from '../../rules.ts';
import type { Reason } from '../../verdict.ts';
import { NONE } from './algorithms.ts';
import type { Bench } from './bench.ts';
import type { OfferedTransform } from './ikev2-transforms.ts';
import { book } from './log.ts';
import * as names from './names.ts';

/** One of our proposals: algorithms by transform type, best first. */
export interface Local {
  readonly protocol: number;
  readonly types: ReadonlyMap<number, readonly Algorithm[]>;
}

/** A transform of the answer. `implied`: the peer left it out, none is meant, and none is answered. */
export interface Taken {
  readonly type: number;
  readonly id: number;
  readonly keyBits: number;
  readonly implied: boolean;
  readonly path: Path;
}

const [INTEG, KE] = [3, 4];
/** Those that 5.4 knows; the last two are never wanted. */
const TYPES = [1, 2, INTEG, KE, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const;

/** The key exchange, and since 5.4 the additional ones. */
function isKeyExchange(type: number): boolean {
  return type === KE || (type >= 6 && type <= 12);
}

interface Remote {
  readonly number: number;
  readonly protocol: number;
  readonly path: Path;
  readonly transforms: readonly OfferedTransform[];
}

/** The first of our proposals in the range [from, to) that is met, and what is taken of it. Writes the judgement. */
export function matchProposal(
  remote: Remote,
  locals: readonly Local[],
  [from, to]: readonly [number, number],
  bench: Bench,
): { readonly number: number; readonly taken: readonly Taken[] } | undefined {
  const { ledger } = bench;
  const range = locals.slice(from - 1, Math.max(from - 1, to - 1));
  note(remote, range, bench);
  for (const [i, local] of range.entries()) {
    const taken = meet(remote, local);
    if (!taken) continue;
    ledger.accept(remote.path);
    return { number: from + i, taken };
  }
  ledger.refuse(
    remote.path,
    nearest(remote, range.length > 0 ? range : locals).map((reason) => ({ reason })),
  );
  return undefined;
}

/** The earliest of our transforms of each type. */
type Met = ReadonlyMap<number, { readonly index: number; readonly path: Path }>;

/**
 * One walk over the offered transforms. A key exchange that another type has taken already is passed over, and nothing is taken
 * back for it later.
 */
function meetTypes(transforms: readonly OfferedTransform[], local: Local): Met {
  const met = new Map<number, { readonly index: number; readonly path: Path }>();
  const exchanges = new Set<number>();
  for (const offered of transforms) {
    const { type, id, path } = offered;
    const ours = local.types.get(type) ?? [];
    const index = ours.findIndex((own) => suits(offered, own));
    const before = met.get(type)?.index;
    if (index < 0 || (before !== undefined && before <= index)) continue;
    if (isKeyExchange(type)) {
      if (id !== NONE && exchanges.has(id)) continue;
      if (before !== undefined) exchanges.delete(ours[before]?.id ?? NONE);
      exchanges.add(id);
    }
    met.set(type, { index, path });
  }
  return met;
}

/** What is taken of each type, when each offered type is met and none that is needed is missing. */
function meet({ protocol, transforms }: Remote, local: Local): Taken[] | undefined {
  if (protocol !== local.protocol) return transforms.length === 0 && !needsAny(local) ? [] : undefined;
  const taken: Taken[] = [];
  const met = meetTypes(transforms, local);
  const offered = new Set(transforms.map(({ type }) => type));
  for (const type of TYPES) {
    const ours = local.types.get(type) ?? [];
    const found = met.get(type);
    const own = found && ours[found.index];
    if (found && own) taken.push({ type, id: own.id, keyBits: own.keyBits ?? 0, implied: false, path: found.path });
    else if (offered.has(type) || (ours.length > 0 && !optional(type, ours))) return undefined;
    else if (ours.length > 0) taken.push({ type, id: NONE, keyBits: 0, implied: true, path: [] });
  }
  return taken;
}

function needsAny({ types }: Local): boolean {
  return [...types].some(([type, ours]) => ours.length > 0 && !optional(type, ours));
}

function suits(offered: OfferedTransform, own: Algorithm): boolean {
  return offered.id === own.id && offered.keyBits === (own.keyBits ?? 0);
}

/** Integrity and key exchanges may be left out where none is allowed. */
function optional(type: number, ours: readonly Algorithm[]): boolean {
  return (type === INTEG || isKeyExchange(type)) && ours.some(({ id }) => id === NONE);
}

/** The reasons of the proposal of ours that is nearest. */
function nearest(remote: Remote, locals: readonly Local[]): readonly Reason[] {
  let best: readonly Reason[] | undefined;
  for (const local of locals) {
    const reasons = mismatches(remote, local);
    if (best === undefined || reasons.length < best.length) best = reasons;
  }
  return best ?? [{ code: 'structure', detail: 'no proposals', path: remote.path }];
}

function mismatches(remote: Remote, local: Local): Reason[] {
  const { protocol, transforms } = remote;
  if (protocol !== local.protocol) return [{ code: 'protocol-mismatch', offered: protocol, allowed: [local.protocol] }];
  const met = meetTypes(transforms, local);
  return TYPES.flatMap((type) => (met.has(type) ? [] : typeMismatches(type, remote, local)));
}

/** Of a type of which nothing was taken. */
function typeMismatches(type: number, { protocol, transforms, path }: Remote, local: Local): Reason[] {
  const theirs = transforms.filter((each) => each.type === type);
  const slot = TRANSFORM_TYPE_SLOT.get(type);
  if (slot === undefined) return theirs.map((each) => ({ code: 'structure', detail: `transform type ${type}`, path: each.path }));
  const ours = local.types.get(type) ?? [];
  const choices = theirs.map((each) => choiceOf(slot, each));
  if (ours.length === 0) return choices.length > 0 ? [{ code: 'slot-unexpected', slot, offered: choices }] : [];
  if (choices.length === 0 && optional(type, ours)) return [];
  const negotiation: Negotiation = protocol === 1 ? 'ikev2-ike' : 'ikev2-child';
  const alike = (offered: Algorithm, own: Algorithm): boolean => (offered.keyBits ?? 0) === (own.keyBits ?? 0) && offered.id === own.id;
  const reasons = slotReasons(slot, choices, ours, { negotiation, protocol }, alike);
  // What suits and was not taken is the key exchange of another type.
  return reasons.length > 0
    ? reasons
    : [{ code: 'policy-requires', what: `a key exchange for ${slot} other than those taken before`, path }];
}

/** A transform as a choice. */
export function choiceOf(slot: Slot, { id, keyBits, path }: OfferedTransform | Taken): Choice {
  return { slot, id, ...(keyBits > 0 && { keyBits }), path };
}

/** The debug line that says which types were met by any of ours. */
function note({ number, protocol, transforms }: Remote, locals: readonly Local[], { ledger, release }: Bench): void {
  const proposed = TYPES.filter((type) => transforms.some((each) => each.type === type));
  const met = locals.filter((local) => local.protocol === protocol).map((local) => meetTypes(transforms, local));
  const matched = proposed.filter((type) => met.some((types) => types.has(type)));
  const show = (types: readonly number[]): string => types.map((type) => names.transformType(type, release)).join('+') || 'none';
  const unmatched = proposed.filter((type) => !matched.includes(type));
  ledger.log(book.write('unmatched', { number, proposed: show(proposed), matched: show(matched), unmatched: show(unmatched) }));
}
