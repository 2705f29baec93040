/**
 * What an answer settles on: one algorithm per slot, checked against what was offered.
 *
 * @see RFC 7296 §2.7, §3.3.6
 * @module
 */
import type { Algorithm, Offer, Proposal, Slot } from '../../../proposals/model.ts';
import { TRANSFORM_TYPE_SLOT } from '../../../proposals/model.ts';

/** One algorithm per slot, and the proposal that it comes from. */
export interface Settled {
  readonly number: number;
  readonly protocol: number;
  /** The SPI of the answer. */
  readonly spi: Uint8Array;
  readonly slots: ReadonlyMap<Slot, Algorithm>;
}

/** Why an answer is not one. */
export type AnswerFault =
  /** Not exactly one proposal, or more than one transform of a type. */
  | 'not-one-choice'
  /** It was not offered. */
  | 'not-offered'
  /** It settles on single DES, which is never used. */
  | 'des';

/** `settled` beside a fault: what the peer took, which we do not. */
export type Settling =
  | { readonly ok: true; readonly settled: Settled }
  | { readonly ok: false; readonly fault: AnswerFault; readonly settled?: Settled };

const [DES_IV64, DES, DES_IV32] = [1, 2, 9];

/** The choice of an answer, if it lies within the offer. */
export function settle(offer: Offer, answer: Offer): Settling {
  const [group, ...more] = answer.groups;
  const proposal = group?.proposals[0];
  if (!group || !proposal || more.length > 0 || group.proposals.length !== 1) return { ok: false, fault: 'not-one-choice' };
  const slots = new Map<Slot, Algorithm>();
  for (const [slot, algorithm] of algorithmsOf(proposal)) {
    if (slots.has(slot)) return { ok: false, fault: 'not-one-choice' };
    slots.set(slot, algorithm);
  }
  const offered = offer.groups.find(({ number }) => number === group.number)?.proposals[0];
  if (!offered || offered.protocol !== proposal.protocol || !isWithin(slots, offered)) return { ok: false, fault: 'not-offered' };
  const settled = { number: group.number, protocol: proposal.protocol, spi: proposal.spi, slots };
  const cipher = slots.get('encryption')?.id;
  if (cipher === DES || cipher === DES_IV64 || cipher === DES_IV32) return { ok: false, fault: 'des', settled };
  return { ok: true, settled };
}

/** Every choice was offered, and every type that was offered is answered; "none" goes without saying. */
function isWithin(slots: ReadonlyMap<Slot, Algorithm>, offered: Proposal): boolean {
  const ours = new Map<Slot, Algorithm[]>();
  for (const [slot, algorithm] of algorithmsOf(offered)) ours.set(slot, [...(ours.get(slot) ?? []), algorithm]);
  for (const [slot, algorithm] of slots) if (!ours.get(slot)?.some((each) => same(each, algorithm))) return false;
  return [...ours].every(
    ([slot, choices]) => slots.has(slot) || choices.some(({ id }) => id === 0) || (slot === 'integrity' && slots.has('encryption')),
  );
}

const same = (a: Algorithm, b: Algorithm): boolean => a.id === b.id && a.keyBits === b.keyBits;

function* algorithmsOf({ transforms }: Proposal): Generator<[Slot, Algorithm]> {
  for (const transform of transforms) {
    const slot = transform.kind === 'single' ? TRANSFORM_TYPE_SLOT.get(transform.type) : undefined;
    if (slot === undefined) continue;
    const length = transform.attributes.find(({ type, form }) => type === KEY_LENGTH && form === 'TV');
    yield [slot, { id: transform.id, ...(length?.form === 'TV' && { keyBits: length.value }) }];
  }
}

const KEY_LENGTH = 14;

/** The groups of an offer's key exchange, each once, in the order in which they stand. */
export function offeredGroups({ groups }: Offer): readonly number[] {
  const all = groups.flatMap(({ proposals }) => proposals.flatMap(({ transforms }) => transforms));
  return [...new Set(all.flatMap((each) => (each.kind === 'single' && each.type === KEY_EXCHANGE ? [each.id] : [])))];
}

const KEY_EXCHANGE = 4;

/** The additional key exchanges of a choice, in the order in which they are made. @see RFC 9370 §2.2.2 */
export function additionalGroups(slots: ReadonlyMap<Slot, Algorithm>): readonly number[] {
  const all: readonly Slot[] = ['ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7'];
  return all.flatMap((slot) => slots.get(slot)?.id ?? []).filter((id) => id !== 0);
}
