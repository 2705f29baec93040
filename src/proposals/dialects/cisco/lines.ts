import type { Token } from '../scanner.ts';

/** A line of a configuration: its words with their places in it. */
export interface Line {
  /** Counts from 1. */
  readonly number: number;
  /** How many blanks stand in front. */
  readonly indent: number;
  readonly words: readonly Token[];
}

/** A configuration longer than this is nobody's. */
export const LONGEST_CONFIGURATION = 4 << 20;

/** The lines that say something: neither empty nor a comment (`!`). */
export function* linesOf(text: string): Generator<Line> {
  let number = 0;
  for (const raw of text.split('\n')) {
    number++;
    const words = wordsOf(raw);
    const [first] = words;
    if (first !== undefined && !first.text.startsWith('!')) yield { number, indent: first.offset, words };
  }
}

function wordsOf(raw: string): Token[] {
  const words: Token[] = [];
  for (const { 0: text, index } of raw.matchAll(/[^\s]+/g)) words.push({ text, offset: index });
  return words;
}
