/**
 * racoon's `proposal_check`, the peer's lifetimes, and its own.
 *
 * @see racoon.conf(5) proposal_check
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { book } from './book.ts';
import type { RacoonAttribute } from './payload.ts';

/** How the peer's lifetime and key length are held against the own. */
export type Level = 'strict' | 'obey' | 'claim' | 'exact';

/** What is taken when nothing is configured or offered: eight hours. */
export const DEFAULT_SECONDS = 28800;
/** What stands for no limit in the own configuration of phase 2. */
export const NO_KILOBYTES = 0x7fffffff;

/** The key length that racoon uses where a cipher of variable length has none, by phase 1 and by ESP numbers. */
export const DEFAULT_KEY: Readonly<Record<'phase1' | 'esp', Readonly<Record<number, number>>>> = {
  phase1: { 3: 448, 6: 128, 7: 128, 8: 128 },
  esp: { 4: 128, 6: 128, 7: 448, 12: 128, 22: 128, 253: 128 },
};

/** A duration of two octets or four; 0 for others, with the line that it writes. */
export function durationOf({ octets, whole }: RacoonAttribute, logs: LogLine[]): number {
  const { length } = octets;
  if (!whole || (length !== 2 && length !== 4)) {
    logs.push(book.write('durationLength', { length }));
    return 0;
  }
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}
