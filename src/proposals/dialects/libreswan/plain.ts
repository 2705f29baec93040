/**
 * The grammar until libreswan 5.3: words in their places, `cipher-prf-group` and `cipher-integrity-group`.
 *
 * Source: libreswan 4.3, 4.10 and 5.2, v1_proposals.c and v2_proposals.c, in their own order of attempts.
 *
 * @module
 */
import type { Token } from '../scanner.ts';
import type { TransformType } from './algorithms.ts';
import { readCipher, readCiphers } from './cipher.ts';
import { algorithmByName, readList } from './lookup.ts';
import { attempt, type Draft, fault, hasTransform, type Reading } from './model.ts';
import { Terms } from './terms.ts';

/** One IKEv1 proposal: at most one word of each type, every one of them optional behind the cipher. @throws DialectError */
export function readPlain1(reading: Reading, proposal: Token): Draft {
  const draft: Draft = [];
  const terms = new Terms(proposal, '-;');
  if (hasTransform(reading, 'encrypt')) readCipher(reading, draft, terms);
  const next: TransformType = reading.kind === 'ike' ? 'prf' : 'integ';
  if (more(terms)) readWord(reading, draft, next, terms);
  if (terms.word !== undefined) readWord(reading, draft, 'ke', terms);
  if (terms.word !== undefined)
    throw fault('unexpected', `${reading.protocol} proposals contain unexpected '${terms.word.text}'`, terms.word);
  return draft;
}

/** One IKEv2 proposal: lists of words between `+`. @throws DialectError */
export function readPlain2(reading: Reading, proposal: Token): Draft {
  const draft: Draft = [];
  const terms = new Terms(proposal, '-;+');
  if (hasTransform(reading, 'encrypt')) readCiphers(reading, draft, terms);
  if (reading.kind === 'ike') readPrf(reading, draft, terms);
  else if (more(terms)) readList(reading, draft, 'integ', terms);
  if (terms.word !== undefined) readList(reading, draft, 'ke', terms);
  if (terms.word !== undefined)
    throw fault('unexpected', `${reading.protocol} proposal contains unexpected '${terms.word.text}'`, terms.word);
  return draft;
}

/** `-prf`, or else `-integrity-prf`; the fault is that of the PRF. */
function readPrf(reading: Reading, draft: Draft, terms: Terms): void {
  if (!more(terms)) return;
  const [place, length] = [terms.place, draft.length];
  const noPrf = attempt(() => readList(reading, draft, 'prf', terms));
  if (noPrf === undefined) return;
  terms.goTo(place);
  draft.length = length;
  if (attempt(() => readList(reading, draft, 'integ', terms)) !== undefined) throw noPrf;
  if (more(terms)) readList(reading, draft, 'prf', terms);
}

function readWord(reading: Reading, draft: Draft, type: TransformType, terms: Terms): void {
  const { word } = terms;
  if (word === undefined) return;
  draft.push({ type, algorithm: algorithmByName(reading, type, word), at: word });
  terms.skip();
}

/** Whether a word is left that is not the group behind `;`. */
function more(terms: Terms): boolean {
  return terms.word !== undefined && terms.before !== ';';
}
