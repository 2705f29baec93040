/**
 * Ciphers and their key lengths: `aes`, `aes128`, `aes_128`, `aes-128`, `aes_gcm_16_256`.
 *
 * @module
 */
import type { Token } from '../scanner.ts';
import type { LibreswanAlgorithm } from './algorithms.ts';
import { algorithmByName } from './lookup.ts';
import { attempt, type Draft, fault, type Reading } from './model.ts';
import type { Terms } from './terms.ts';

/** What fits the daemon's `int`. */
const LARGEST = 0x7fffffff;

/** The ciphers at the start of a proposal, between `+`. @throws DialectError */
export function readCiphers(reading: Reading, draft: Draft, terms: Terms): void {
  do {
    readCipher(reading, draft, terms);
  } while (terms.before === '+');
}

/** One cipher. A word after `-` that begins with a digit is its key length, whatever it looks like. @throws DialectError */
export function readCipher(reading: Reading, draft: Draft, terms: Terms): void {
  const word = terms.word ?? terms.whole;
  const { following } = terms;
  if (word.text === '') throw fault('empty', `${reading.protocol} encryption algorithm is empty`, word);
  if (terms.word?.delimiter === '-' && following !== undefined && /^\d/.test(following.text)) {
    const both: Token = { text: `${word.text}-${following.text}`, offset: word.offset };
    const keyBits = readKeyBits(reading, both, following);
    draft.push({ type: 'encrypt', algorithm: keyed(reading, word, keyBits, both), keyBits, at: both });
    terms.skip(2);
    return;
  }
  draft.push({ type: 'encrypt', ...oneWord(reading, word), at: word });
  terms.skip();
}

/** The whole word before the digits at its end: `aes_gcm_16` is no length of 16. */
function oneWord(reading: Reading, word: Token): { algorithm: LibreswanAlgorithm; keyBits?: number } {
  let algorithm: LibreswanAlgorithm | undefined;
  const missing = attempt(() => (algorithm = algorithmByName(reading, 'encrypt', word)));
  if (algorithm !== undefined) return { algorithm };
  let end = word.text.length;
  while (end > 0 && /\d/.test(word.text[end - 1] as string)) end--;
  if (end === word.text.length && missing !== undefined) throw missing;
  const keyBits = readKeyBits(reading, word, { text: word.text.slice(end), offset: word.offset + end });
  const stem = word.text.slice(0, word.text[end - 1] === '_' ? end - 1 : end);
  return { algorithm: keyed(reading, { text: stem, offset: word.offset }, keyBits, word), keyBits };
}

function readKeyBits({ protocol, build }: Reading, shown: Token, digits: Token): number {
  const what = `${protocol} encryption algorithm '${shown.text}' key length`;
  if (!/^\d+$/.test(digits.text)) {
    const why = build.grammar === 'typed' ? ' invalid, non-digit in number' : ' contains a non-numeric character';
    throw fault('number-out-of-range', what + why, digits);
  }
  const keyBits = Number(digits.text);
  if (keyBits >= LARGEST) throw fault('number-out-of-range', `${what} WAY too big`, digits);
  if (keyBits === 0) throw fault('number-out-of-range', `${protocol} encryption key length is zero`, digits);
  return keyBits;
}

/** The algorithm, if it may have this length. */
function keyed(reading: Reading, word: Token, keyBits: number, shown: Token): LibreswanAlgorithm {
  const algorithm = algorithmByName(reading, 'encrypt', word, shown);
  const what = `${reading.protocol} encryption algorithm ${algorithm.name}`;
  if (algorithm.fixedKey) throw fault('not-allowed', `${what} does not allow a key lengths`, shown, word.text);
  const lengths = algorithm.keyBits ?? [];
  if (!lengths.includes(keyBits)) {
    const valid = lengths.toReversed().join(', ');
    throw fault('number-out-of-range', `${what} with key length ${keyBits} invalid; valid key lengths: ${valid}`, shown);
  }
  return algorithm;
}
