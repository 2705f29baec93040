/** Chance that can be had again: the same seed gives the same run. */

/** A source of chance. */
export interface Random {
  /** 0 ≤ n < 1. */
  next(): number;
  /** 0 … below - 1. */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** `count` different ones, in their own order. */
  some<T>(from: readonly T[], count: number): T[];
  shuffle<T>(from: readonly T[]): T[];
  octets(count: number): Uint8Array;
}

/** Seeded (mulberry32). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const shuffle = <T>(from: readonly T[]): T[] => {
    const left = [...from];
    for (let i = left.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [left[i], left[j]] = [left.at(j) as T, left.at(i) as T];
    }
    return left;
  };
  return {
    next,
    below,
    shuffle,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]) => from.at(below(from.length)) as T,
    some: <T>(from: readonly T[], count: number) => {
      const chosen = new Set(shuffle([...from.keys()]).slice(0, count));
      return from.filter((_, i) => chosen.has(i));
    },
    octets: (count) => Uint8Array.from({ length: count }, () => below(256)),
  };
}
