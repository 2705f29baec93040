/** Numbers from a seed, the same on every machine. @module */

/** A whole number from 0 to `below`, `below` left out. */
export type Random = (below: number) => number;

/** xorshift32; the seed may be anything but a multiple of 2³². */
export function xorshift(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
