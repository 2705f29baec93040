/**
 * Why a clause does not suit a want: the shared rules, from which profiles build their reasons.
 *
 * @module
 */
import { lookup, spaceOf } from './algorithms.ts';
import type { Clause } from './clauses.ts';
import type { Algorithm, Choice, Negotiation, Slot } from './model.ts';
import type { Want } from './policy.ts';
import type { Reason } from './verdict.ts';

/** How a choice is compared with what is allowed. */
export type Suits = (offered: Algorithm, allowed: Algorithm) => boolean;

/** Same number, same key length; a missing length is only like a missing length. */
export const same: Suits = (offered, allowed) => offered.id === allowed.id && offered.keyBits === allowed.keyBits;

/** Why nothing that is offered for a slot suits, one reason per choice; nothing when one does. */
export function slotReasons(
  slot: Slot,
  offered: readonly Choice[],
  allowed: readonly Algorithm[],
  at: Where,
  suits: Suits = same,
): Reason[] {
  if (offered.some((choice) => allowed.some((each) => suits(choice, each)))) return [];
  if (offered.length === 0) return [{ code: 'slot-missing', slot, allowed }];
  return offered.map((choice) => choiceReason(choice, allowed, at));
}

/** Why one choice is not among those allowed. */
export function choiceReason(offered: Choice, allowed: readonly Algorithm[], { negotiation, protocol }: Where): Reason {
  const others = allowed.filter(({ id }) => id === offered.id);
  if (others.length > 0) return { code: 'key-length-mismatch', offered, allowed: others.map(({ keyBits }) => keyBits ?? 0) };
  if (lookup(offered.slot, spaceOf(offered.slot, negotiation, protocol), offered.id) === undefined) {
    return { code: 'algorithm-unknown', offered };
  }
  return { code: 'algorithm-not-configured', offered, allowed };
}

/** Which number space a clause speaks in. */
export interface Where {
  readonly negotiation: Negotiation;
  readonly protocol: number;
}

/** All mismatches of a clause with one want, in the want's order of slots, then what the want has no place for. */
export function mismatches(clause: Clause, want: Want, negotiation: Negotiation, suits: Suits = same): Reason[] {
  const at = { negotiation, protocol: clause.protocol };
  if (clause.protocol !== want.protocol) return [{ code: 'protocol-mismatch', offered: clause.protocol, allowed: [want.protocol] }];
  const reasons: Reason[] = [];
  for (const [slot, allowed] of want.slots) reasons.push(...slotReasons(slot, clause.slots.get(slot) ?? [], allowed, at, suits));
  for (const [slot, offered] of clause.slots) if (!want.slots.has(slot)) reasons.push({ code: 'slot-unexpected', slot, offered });
  return reasons;
}
