/**
 * The crypto lists of iked.conf: `ikesa` and `childsa` clauses ↔ policy.
 *
 * A clause names transforms in any order: `auth`, `enc`, `prf`, `group`, each with one word, and `esn` or `noesn`. What it leaves out iked
 * fills in from its defaults, and so does the reader here; the policy that is read is what iked works with.
 *
 * @see iked.conf(5) "CRYPTO TRANSFORMS"
 * @module
 */
import type { Algorithm, Slot } from '../model.ts';
import type { Policy, Want } from '../policy.ts';
import { completed, loadFaults, type System } from '../selectors/openiked/loading.ts';
import { type Word, wordFor, wordsOf } from '../selectors/openiked/words.ts';
import { quoted } from '../notation/quoted.ts';
import { DialectError, Scanner, type Token, unknownWord } from './scanner.ts';

/** The two lists of one iked policy; a list without clauses is empty, and iked's default. */
export interface IkedLists {
  readonly ike: Policy;
  readonly child: Policy;
}

/** What a text does not say. */
export interface IkedReading {
  /** Linux by default. */
  readonly system?: System;
  /** The protocol of the children; 3 (ESP) by default, or 2 (AH). */
  readonly protocol?: number;
}

/**
 * The lists of clauses, one after the other, on one line or more; a line may end in a backslash, and a comment begins with #.
 *
 * @throws DialectError
 * @example
 * readOpeniked('ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048').ike.length; // 1
 */
export function readOpeniked(text: string, { system = 'linux', protocol = ESP }: IkedReading = {}): IkedLists {
  const scanner = new Scanner(text);
  const lists: Record<'ike' | 'child', Want[][]> = { ike: [], child: [] };
  let word = nextWord(scanner);
  if (word === undefined) throw new DialectError('empty', 'neither ikesa nor childsa', scanner.here);
  while (word !== undefined) {
    const child = clauseOf(word);
    const clause: Clause = { child, word, slots: new Map() };
    word = readTransforms(scanner, clause);
    const want: Want = { protocol: child ? protocol : IKE, slots: clause.slots };
    const negotiation = child ? 'ikev2-child' : 'ikev2-ike';
    const [fault] = loadFaults([[want]], negotiation);
    if (fault) throw new DialectError('not-allowed', fault.rule, clause.word);
    for (const each of completed(want, negotiation, system)) lists[child ? 'child' : 'ike'].push([each]);
  }
  return lists;
}

/** The clauses of a list, one per want, in iked's words. @throws RangeError when iked has no word for an algorithm */
export function printOpeniked(policy: Policy, clause: 'ikesa' | 'childsa'): readonly string[] {
  const child = clause === 'childsa';
  return policy.flat().map(({ slots }) => {
    const words = PRINTED.flatMap(([slot, keyword]) =>
      (slots.get(slot) ?? []).map((algorithm) => `${keyword}${wordOf(slot, algorithm, child).word}`),
    );
    return [clause, ...words].join(' ');
  });
}

interface Clause {
  readonly child: boolean;
  readonly word: Token;
  readonly slots: Map<Slot, Algorithm[]>;
}

/** The word after the clause: that which begins the next, or none. */
function readTransforms(scanner: Scanner, { child, slots }: Clause): Token | undefined {
  for (;;) {
    const word = nextWord(scanner);
    if (word === undefined || word.text === 'ikesa' || word.text === 'childsa') return word;
    const sequence = wordsOf('esn', child).find((each) => each.word === word.text);
    const slot = sequence === undefined ? KEYWORDS.get(word.text) : 'esn';
    if (slot === undefined) throw unknownWord('keyword', word, ['ikesa', 'childsa', 'esn', 'noesn', ...KEYWORDS.keys()]);
    const { id, keyBits } = sequence ?? transformOf(scanner, word, slot, child);
    const list = slots.get(slot) ?? [];
    // iked forgets what it has already.
    if (!list.some((each) => each.id === id && each.keyBits === keyBits)) list.push(keyBits === undefined ? { id } : { id, keyBits });
    slots.set(slot, list);
  }
}

function transformOf(scanner: Scanner, keyword: Token, slot: Slot, child: boolean): Word {
  const name = nextWord(scanner);
  if (name === undefined) throw new DialectError('missing', `nothing after ${quoted(keyword.text)}`, scanner.here);
  const known = wordsOf(slot, child);
  const word = known.find((each) => each.word === name.text);
  if (word) return word;
  throw unknownWord(
    `transform after ${keyword.text}`,
    name,
    known.map((each) => each.word),
  );
}

function clauseOf(word: Token): boolean {
  if (word.text === 'childsa') return true;
  if (word.text === 'ikesa') return false;
  throw unknownWord('clause', word, ['ikesa', 'childsa']);
}

function nextWord(scanner: Scanner): Token | undefined {
  while (scanner.match(BLANK) !== undefined || scanner.match(COMMENT) !== undefined);
  if (scanner.done) return undefined;
  const word = scanner.match(WORD);
  if (word) return word;
  const { offset } = scanner.here;
  throw new DialectError('unexpected', `unexpected ${quoted(scanner.next)}`, { text: scanner.next, offset });
}

function wordOf(slot: Slot, algorithm: Algorithm, child: boolean): Word {
  const word = wordFor(slot, algorithm, child);
  if (word) return word;
  const bits = algorithm.keyBits === undefined ? '' : ` of ${algorithm.keyBits} bits`;
  throw new RangeError(`iked has no word for ${slot} ${algorithm.id}${bits}`);
}

const IKE = 1;
const ESP = 3;
const BLANK = /(?:[ \t\r\n]|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const WORD = /[A-Za-z0-9][A-Za-z0-9-]*/y;
const KEYWORDS: ReadonlyMap<string, Slot> = new Map<string, Slot>([
  ['auth', 'integrity'],
  ['enc', 'encryption'],
  ['prf', 'prf'],
  ['group', 'group'],
]);
/** As `iked -n -vv` prints a policy. */
const PRINTED: readonly (readonly [Slot, string])[] = [
  ['encryption', 'enc '],
  ['prf', 'prf '],
  ['integrity', 'auth '],
  ['group', 'group '],
  ['esn', ''],
];
