/**
 * Words → algorithms, and what libreswan says of words that name none.
 *
 * @module
 */
import { ALGORITHMS } from '../../algorithms.ts';
import { nearest } from '../../notation/nearest.ts';
import type { Token } from '../scanner.ts';
import { type AlgorithmFamily, familyOfType, type LibreswanAlgorithm, type LibreswanSpace, type TransformType } from './algorithms.ts';
import { type Draft, fault, type Reading } from './model.ts';
import type { Terms } from './terms.ts';

/** How messages name a family, from 5.4 on and before. */
const STORIES: Readonly<Record<AlgorithmFamily, readonly [typed: string, plain: string]>> = {
  encrypt: ['Encryption Algorithm (cipher)', 'encryption algorithm'],
  prf: ['Pseudorandom Function (KDF)', 'PRF algorithm'],
  integ: ['Integrity Algorithm', 'integrity algorithm'],
  ke: ['Key Exchange Method (DH)', 'DH algorithm'],
  sn: ['Sequence Number', 'ESN algorithm'],
};

/** Names that its number tables know without an algorithm behind them, beside IANA's; the ciphers are those of the ESP table. */
const ONLY_NAMED: ReadonlySet<string> = new Set(['ke dh22', 'ke dh23', 'ke dh24', 'encrypt serpent', 'encrypt twofish', 'encrypt mars']);
const SLOTS = { encrypt: 'encryption', prf: 'prf', integ: 'integrity', ke: 'group', sn: 'esn' } as const;

/** How messages of this release name a transform type. */
export function storyOf({ build }: Reading, type: TransformType): string {
  return STORIES[familyOfType(type)][build.grammar === 'typed' ? 0 : 1];
}

/** The algorithm of a word. `shown` is what the message quotes. @throws DialectError */
export function algorithmByName(reading: Reading, type: TransformType, word: Token, shown: Token = word): LibreswanAlgorithm {
  const family = familyOfType(type);
  const name = word.text.toLowerCase();
  const found = reading.build.algorithms.find((algorithm) => algorithm.family === family && algorithm.names.includes(name));
  const what = `${reading.protocol} ${storyOf(reading, type)} '${shown.text}'`;
  if (found !== undefined) {
    const reason = refusal(reading, found);
    if (reason !== undefined) throw fault('not-allowed', `${what} is not supported${reason}`, shown);
    return found;
  }
  const hint = nearest(word.text, usable(reading, family));
  if (isNamed(reading, family, name)) throw fault('not-allowed', `${what} is not supported`, shown, hint);
  throw fault('unknown-word', `${what} is not recognized`, shown, hint);
}

/** Why a known algorithm cannot stand here, as libreswan goes on after "is not supported"; undefined when it can. */
export function refusal({ kind, ikev }: Reading, algorithm: LibreswanAlgorithm): string | undefined {
  const space: LibreswanSpace = ikev === 2 ? 'ikev2' : kind === 'ike' ? 'phase1' : 'phase2';
  if (algorithm.numbers[space] === undefined) return ` by IKEv${ikev}`;
  return kind === 'ike' && algorithm.kernelOnly ? '' : undefined;
}

/** The words of one type, between `+`. @throws DialectError */
export function readList(reading: Reading, draft: Draft, type: TransformType, terms: Terms): void {
  do {
    const word = terms.word ?? terms.whole;
    if (word.text === '') throw fault('empty', `${reading.protocol} ${storyOf(reading, type)} is empty`, word);
    draft.push({ type, algorithm: algorithmByName(reading, type, word), at: word });
    terms.skip();
  } while (terms.before === '+');
}

function* usable(reading: Reading, family: AlgorithmFamily): Generator<string> {
  for (const algorithm of reading.build.algorithms) {
    if (algorithm.family === family && refusal(reading, algorithm) === undefined) yield* algorithm.names;
  }
}

/** Whether a name stands in one of the number tables although no algorithm is built for it. */
function isNamed({ build, kind }: Reading, family: AlgorithmFamily, name: string): boolean {
  if (ONLY_NAMED.has(`${family} ${name}`) && (family === 'ke' || kind === 'esp' || build.namesOfAnyTable)) return true;
  const bare = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, '');
  const words = [bare(name), bare(name).replace(/cbc$/, '')];
  const typed = build.grammar === 'typed';
  return ALGORITHMS.some((row) => row.slot === SLOTS[family] && words.includes(bare(row.name)) && (typed || !row.quantumSafe));
}
