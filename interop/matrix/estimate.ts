/** How long a run will still take, from how long its cells have taken so far. */

/** Cells of one kind take about as long as each other: who begins with whom, in which version. */
export interface Estimate {
  /** A cell is through. */
  done(kind: string, ms: number): void;
  /** Milliseconds until the cells that are left are through, with so many pairs side by side; nothing while nothing is known. */
  left(kinds: ReadonlyMap<string, number>, jobs: number): number | undefined;
}

export function estimate(): Estimate {
  const known = new Map<string, { sum: number; count: number }>();
  const all = { sum: 0, count: 0 };
  return {
    done(kind, ms) {
      const one = known.get(kind) ?? { sum: 0, count: 0 };
      for (const each of [one, all]) {
        each.sum += ms;
        each.count++;
      }
      known.set(kind, one);
    },
    left(kinds, jobs) {
      if (all.count === 0) return undefined;
      let ms = 0;
      for (const [kind, cells] of kinds) {
        const { sum, count } = known.get(kind) ?? all;
        ms += cells * (sum / count);
      }
      return ms / Math.max(1, jobs);
    },
  };
}
