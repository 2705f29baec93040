/** How many times a second `each` handles an item, best of `rounds`. */
export function rate<T>(items: readonly T[], each: (item: T) => unknown, rounds = 5): number {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (const item of items) each(item);
    best = Math.max(best, (items.length * 1000) / (performance.now() - start));
  }
  return best;
}

/** `312 k/s` */
export const perSecond = (count: number): string =>
  count < 10_000 ? `${(count / 1000).toFixed(1)} k/s` : `${Math.round(count / 1000)} k/s`;
