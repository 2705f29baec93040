/** How the traffic that is asked for stands to the traffic that is served. */
import { isIP } from 'node:net';
import type { Connection, Party as End } from '../daemons/connection.ts';

/** Of the one who is meant first: the same as the other, within it, around it, or neither. */
export type Relation = 'equal' | 'narrower' | 'wider' | 'other';

/** What the initiator asks for beside what the responder serves. */
export function asked(initiator: Connection, responder: Connection): Relation {
  const relations = [
    relation(networksOf(initiator.local), networksOf(responder.remote)),
    relation(networksOf(initiator.remote), networksOf(responder.local)),
  ];
  for (const one of ['other', 'wider', 'narrower'] as const) if (relations.includes(one)) return one;
  return 'equal';
}

function networksOf({ address, traffic }: End): readonly string[] {
  return traffic ?? [address];
}

function relation(some: readonly string[], others: readonly string[]): Relation {
  const [inside, around] = [covers(others, some), covers(some, others)];
  if (inside && around) return 'equal';
  if (inside) return 'narrower';
  return around ? 'wider' : 'other';
}

/** Whether every network of `inner` lies in one of `outer`. */
function covers(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((one) => outer.some((other) => contains(rangeOf(other), rangeOf(one))));
}

interface Range {
  readonly family: number;
  readonly bits: string;
}

const contains = (outer: Range, inner: Range): boolean => outer.family === inner.family && inner.bits.startsWith(outer.bits);

/** The bits that a network fixes. */
function rangeOf(text: string): Range {
  const [address = '', length] = text.split('/');
  const family = isIP(address);
  const all = family === 4 ? bitsOf(address.split('.').map(Number), 8) : bitsOf(wordsOf(address), 16);
  return { family, bits: all.slice(0, length === undefined ? all.length : Number(length)) };
}

const bitsOf = (parts: readonly number[], width: number): string => parts.map((part) => part.toString(2).padStart(width, '0')).join('');

function wordsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)));
  const [before, after] = [words(head), words(tail ?? '')];
  return tail === undefined ? before : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
