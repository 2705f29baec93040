/**
 * The comparison of proposals by itself, without messages, in IKEv2 numbers; those of private use as charon has them.
 *
 * @module
 */
import type { Algorithm } from '../../model.ts';
import { type CharonProposal, type CharonTransform, FIRST_PRIVATE, isKeyExchange, selectFrom, type SelectionFlags } from './algebra.ts';
import { charonProposal } from './configured.ts';
import { SLOT_TYPES, type StrongswanWant, wantOf } from './wants.ts';

/**
 * What charon chooses when one list meets another; nothing when no pair suits.
 *
 * @example
 * const ours = [parseStrongswanProposal('aes128-aes256-sha1-sha256', 'ikev2-child')];
 * const theirs = [parseStrongswanProposal('aes256-aes128-sha256-sha1', 'ikev2-child')];
 * const chosen = selectProposal(ours, theirs);
 * if (chosen) printStrongswanProposal(chosen); // aes128-sha1
 */
export function selectProposal(
  configured: readonly StrongswanWant[],
  supplied: readonly StrongswanWant[],
  flags: SelectionFlags = {},
): StrongswanWant | undefined {
  const selected = selectFrom(configured.map(charonOf), supplied.map(charonOf), flags);
  return selected && wantOf(selected.supplied.protocol, selected.chosen, 'ikev2-child');
}

/** A copy of a proposal without what the flags leave out. */
export function stripProposal(
  want: StrongswanWant,
  { skipKe = false, skipPrivate = false, additionalKe = true }: SelectionFlags,
): StrongswanWant {
  const kept = charonOf(want).transforms.filter(
    ({ type, id }) => !(skipPrivate && id >= FIRST_PRIVATE) && !(skipKe && isKeyExchange(type, additionalKe)),
  );
  return wantOf(want.protocol, kept, 'ikev2-child');
}

/** A want in charon's shape. */
export function charonOf({ protocol, slots, unknown = [] }: StrongswanWant): CharonProposal {
  const known = SLOT_TYPES.flatMap(([slot, type]) => (slots.get(slot) ?? []).map((each) => transform(type, each)));
  return charonProposal(protocol, [...known, ...unknown.map((each) => transform(each.type, each))]);
}

function transform(type: number, { id, keyBits = 0 }: Algorithm): CharonTransform {
  return { type, id, keyBits };
}
