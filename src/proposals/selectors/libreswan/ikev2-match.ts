/**
 * One proposal of the peer against a range of ours.
 *
 * @see libreswan `process_transforms`
 * @module
 */
import type { Algorithm, Choice, Negotiation, Path, Slot } from '../../model.ts';
import { slotReasons } from '../../rules.ts';
import type { Reason } from '../../verdict.ts';
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

const TYPES = [1, 2, 3, 4, 5] as const;
export const SLOT: Readonly<Record<number, Slot>> = { 1: 'encryption', 2: 'prf', 3: 'integrity', 4: 'group', 5: 'esn' };
/** Types that may be left out where none is allowed. */
const OPTIONAL: readonly number[] = [3, 4];
const NONE = 0;

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

/** What is taken of each type, when each offered type is met and none that is needed is missing. */
function meet({ protocol, transforms }: Remote, local: Local): Taken[] | undefined {
  if (protocol !== local.protocol) return transforms.length === 0 && !needsAny(local) ? [] : undefined;
  const taken: Taken[] = [];
  for (const type of TYPES) {
    const ours = local.types.get(type) ?? [];
    const theirs = transforms.filter((each) => each.type === type);
    const found = ours.find((own) => theirs.some((each) => suits(each, own)));
    if (found) {
      const path = theirs.find((each) => suits(each, found))?.path ?? [];
      taken.push({ type, id: found.id, keyBits: found.keyBits ?? 0, implied: false, path });
    } else if (theirs.length > 0 || (ours.length > 0 && !optional(type, ours))) {
      return undefined;
    } else if (ours.length > 0) {
      taken.push({ type, id: NONE, keyBits: 0, implied: true, path: [] });
    }
  }
  return taken;
}

function needsAny({ types }: Local): boolean {
  return [...types].some(([type, ours]) => ours.length > 0 && !optional(type, ours));
}

function suits(offered: OfferedTransform, own: Algorithm): boolean {
  return offered.id === own.id && offered.keyBits === (own.keyBits ?? 0);
}

function optional(type: number, ours: readonly Algorithm[]): boolean {
  return OPTIONAL.includes(type) && ours.some(({ id }) => id === NONE);
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

function mismatches({ protocol, transforms }: Remote, local: Local): Reason[] {
  if (protocol !== local.protocol) return [{ code: 'protocol-mismatch', offered: protocol, allowed: [local.protocol] }];
  const negotiation: Negotiation = protocol === 1 ? 'ikev2-ike' : 'ikev2-child';
  return TYPES.flatMap((type): Reason[] => {
    const slot = SLOT[type] as Slot;
    const ours = local.types.get(type) ?? [];
    const theirs = transforms.filter((each) => each.type === type).map((each) => choiceOf(slot, each));
    if (ours.length === 0) return theirs.length > 0 ? [{ code: 'slot-unexpected', slot, offered: theirs }] : [];
    if (theirs.length === 0 && optional(type, ours)) return [];
    return slotReasons(
      slot,
      theirs,
      ours,
      { negotiation, protocol },
      (offered, own) => (offered.keyBits ?? 0) === (own.keyBits ?? 0) && offered.id === own.id,
    );
  });
}

/** A transform as a choice. */
export function choiceOf(slot: Slot, { id, keyBits, path }: OfferedTransform | Taken): Choice {
  return { slot, id, ...(keyBits > 0 && { keyBits }), path };
}

/** The debug line that says which types were met by any of ours. */
function note({ number, protocol, transforms }: Remote, locals: readonly Local[], { ledger, release }: Bench): void {
  const proposed = TYPES.filter((type) => transforms.some((each) => each.type === type));
  const matched = proposed.filter((type) =>
    locals.some(
      (local) =>
        local.protocol === protocol &&
        transforms.some((each) => each.type === type && (local.types.get(type) ?? []).some((own) => suits(each, own))),
    ),
  );
  const show = (types: readonly number[]): string => types.map((type) => names.transformType(type, release)).join('+') || 'none';
  const unmatched = proposed.filter((type) => !matched.includes(type));
  ledger.log(book.write('unmatched', { number, proposed: show(proposed), matched: show(matched), unmatched: show(unmatched) }));
}
