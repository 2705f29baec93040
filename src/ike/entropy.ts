/**
 * Random octets as an argument, so that whole exchanges can be repeated.
 *
 * @module
 */

/** Gives that many random octets. */
export type Entropy = (length: number) => Uint8Array;

/**
 * The same octets for the same seed: xoshiro128** whose state is hashed from the seed's characters. It makes SPIs, nonces and
 * throw-away public values of a probe repeatable. Not for secrets.
 */
export function seededEntropy(seed: string | number): Entropy {
  const text = String(seed);
  const state = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef].map((start) => hash(text, start));
  let [a, b, c, d] = state as [number, number, number, number];
  const next = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      let word = next();
      for (let j = i; j < i + 4 && j < length; j++, word >>>= 8) bytes[j] = word & 0xff;
    }
    return bytes;
  };
}

/** FNV-1a over UTF-16 units, finished with murmur's mixer; never 0. */
function hash(text: string, start: number): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
}
