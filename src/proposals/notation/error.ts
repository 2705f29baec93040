/** What is wrong with a text in the notation. */
export type NotationFault =
  | 'empty'
  | 'unknown-keyword'
  | 'unknown-protocol'
  | 'wrong-protocol'
  | 'number-too-large'
  | 'duplicate-slot'
  | 'slot-missing'
  | 'too-many';

/** A text that is not in the notation. `offset` counts UTF-16 units from its start; `hint` is the nearest word that is, if one is near. */
export class NotationError extends Error {
  readonly code: NotationFault;
  readonly offset: number;
  readonly hint?: string;

  constructor(code: NotationFault, word: string, offset: number, hint?: string) {
    super(`${code}: ${word}`);
    this.name = 'NotationError';
    this.code = code;
    this.offset = offset;
    if (hint !== undefined) this.hint = hint;
  }
}

/** The candidate with the fewest edits away from `word`, if that is at most a third of its length (two at least). */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const n = Math.abs(candidate.length - word.length) < least ? edits(word, candidate) : least;
    if (n < least) [best, least] = [candidate, n];
  }
  return best;
}

/** Levenshtein distance, row by row. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
