/** Which known word a slip of the keyboard was meant to be. @module */

/** The candidate at the least edit distance, if it is near enough to be meant. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 40) return undefined;
  const wanted = word.toLowerCase();
  const ranked = candidates.map((candidate) => ({ candidate, cost: editDistance(wanted, candidate.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.cost - b.cost)[0];
  return best && best.cost <= Math.max(1, word.length * 0.4) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
