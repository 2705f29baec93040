/**
 * What an exchange takes, slot by slot: every algorithm that was asked about, the accepted ones first.
 *
 * @module
 */
import type { ExchangeReport } from '../probe/result.ts';
import type { Slot } from '../proposals/model.ts';
import { byStrength, remark, suiteParts } from './strength.ts';

/** One algorithm of a slot. */
export interface TakenValue {
  readonly keyword: string;
  /** `undecided`: no answer came to the questions about it. */
  readonly state: 'accepted' | 'refused' | 'undecided';
  /** What is weak about it, in a few words. */
  readonly remark: string | undefined;
}

export interface TakenSlot {
  readonly slot: Slot;
  readonly values: readonly TakenValue[];
}

/** Nothing when nothing is accepted: then no single value is known to be refused. */
export function takenBySlot({ exchange, accepted, rejected, undecided = [] }: ExchangeReport): readonly TakenSlot[] {
  if (accepted.length === 0) return [];
  const slots = new Map<Slot, Map<string, TakenValue['state']>>();
  const put = (slot: Slot, keyword: string, state: TakenValue['state']): void => {
    const values = slots.get(slot) ?? new Map<string, TakenValue['state']>();
    slots.set(slot, values);
    if (!values.has(keyword)) values.set(keyword, state);
  };
  for (const { suite } of accepted) for (const { slot, keyword } of suiteParts(suite, exchange)) put(slot, keyword, 'accepted');
  for (const box of undecided) for (const [slot, keywords] of entries(box)) for (const keyword of keywords) put(slot, keyword, 'undecided');
  for (const { box } of rejected)
    for (const [slot, keywords] of entries(box)) for (const keyword of keywords) put(slot, keyword, 'refused');
  return [...slots].map(([slot, values]) => ({
    slot,
    values: [...values]
      .map(([keyword, state]): TakenValue => ({ keyword, state, remark: remark(keyword) }))
      .toSorted((a, b) => RANK[a.state] - RANK[b.state] || (a.state === 'accepted' ? byStrength(a.keyword, b.keyword) : 0)),
  }));
}

const entries = (box: Readonly<Partial<Record<Slot, readonly string[]>>>): [Slot, readonly string[]][] =>
  Object.entries(box) as [Slot, readonly string[]][];
const RANK = { accepted: 0, undecided: 1, refused: 2 } as const;
