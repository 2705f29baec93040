/**
 * The word that was probably meant.
 *
 * @module
 */

/** Words longer than this are nobody's slip of the keyboard. */
const LONGEST = 64;

/** The candidate with the fewest edits away from `word`, if that is at most a third of its length (two at least); case does not count. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const n = edits(word.toLowerCase(), candidate.toLowerCase());
    if (n < least) [best, least] = [candidate, n];
  }
  return best;
}

/** Edit distance with transpositions (optimal string alignment), row by row. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Infinity;
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, swap));
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
