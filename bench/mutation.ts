/**
 * Messages that nobody should send: known ones, broken in the places where decoders break.
 *
 * Rule: message `index` of a seed is always the same, so that one can be asked for alone.
 *
 * @module
 */
import { type Random, xorshift } from './random.ts';

/** Octets; what UDP can carry. */
const LARGEST = 65_507;
const HEADER = 28;
const LENGTH_AT = 24;
const OCTETS = [0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xfe, 0xff];
const WORDS = [0, 1, 3, 4, 5, 7, 8, 0x7fff, 0x8000, 0x800b, 0xfffe, 0xffff];

type Mutation = (octets: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  function flip(octets, random) {
    const at = random(octets.length);
    octets[at] = (octets[at] ?? 0) ^ (1 << random(8));
    return octets;
  },
  function octet(octets, random) {
    octets[random(octets.length)] = random(4) === 0 ? random(256) : pick(OCTETS, random);
    return octets;
  },
  function word(octets, random) {
    const value = random(4) === 0 ? random(octets.length + 8) : pick(WORDS, random);
    const at = random(octets.length);
    octets[at] = value >> 8;
    octets[at + 1] = value;
    return octets;
  },
  function truncate(octets, random) {
    return octets.subarray(0, random(octets.length) + 1);
  },
  function remove(octets, random) {
    const [from, to] = span(octets, random);
    return join(octets.subarray(0, from), octets.subarray(to));
  },
  function repeat(octets, random) {
    const [from, to] = span(octets, random);
    const times = random(200) === 0 ? Math.floor(LARGEST / (to - from)) : 1 + random(4);
    const chunk = octets.subarray(from, to);
    return join(octets.subarray(0, to), ...Array.from({ length: times }, () => chunk), octets.subarray(to));
  },
  function graft(octets, random, other) {
    const [from, to] = span(other, random);
    const at = random(octets.length);
    return join(octets.subarray(0, at), other.subarray(from, to), octets.subarray(at + random(2) * (to - from)));
  },
  function noise(octets, random) {
    return join(
      octets,
      Uint8Array.from({ length: 1 + random(64) }, () => random(256)),
    );
  },
];

/** The message that is number `index` of `seed`: one of `from` with one to eight faults in it, never empty. */
export function mutant(from: readonly Uint8Array[], seed: number, index: number): Uint8Array {
  const random = xorshift(mix(seed, index));
  let octets = pick(from, random).slice();
  for (let faults = 1 + random(8); faults > 0; faults--) {
    const mutated = pick(MUTATIONS, random)(octets, random, pick(from, random)).slice(0, LARGEST);
    octets = mutated.length === 0 ? new Uint8Array(1) : mutated;
  }
  // A wrong length in the header ends most decoders early: two of three messages say how long they are.
  if (octets.length >= HEADER && random(3) > 0) new DataView(octets.buffer).setUint32(LENGTH_AT, octets.length);
  return octets;
}

function pick<T>(list: readonly T[], random: Random): T {
  const item = list.at(random(list.length));
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** A part of at least one octet. */
function span(octets: Uint8Array, random: Random): [from: number, to: number] {
  const from = random(octets.length);
  return [from, from + 1 + random(Math.min(octets.length - from, 64))];
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Two numbers → one that is never zero, with all bits stirred. */
function mix(seed: number, index: number): number {
  let value = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0xc2b2ae35);
  return (value ^ (value >>> 13)) | 1;
}
