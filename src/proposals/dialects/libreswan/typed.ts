/**
 * The grammar since libreswan 5.4: as before, and `type=` in front of any transform: `aes;prf=sha2;addke1=mlkem768`.
 *
 * Source: libreswan 5.4, proposals.c and v1_proposals.c, in their own order of attempts.
 *
 * @module
 */
import type { Token } from '../scanner.ts';
import { TRANSFORM_TYPES, type TransformType } from './algorithms.ts';
import { readCiphers } from './cipher.ts';
import { readList } from './lookup.ts';
import { attempt, type Draft, fault, hasTransform, noIntegrity, ofType, PROPOSAL_LOG, type Reading } from './model.ts';
import { type Term, Terms } from './terms.ts';

const KE = TRANSFORM_TYPES.indexOf('ke');

/** One IKEv1 proposal: at most one transform of each type. @throws DialectError */
export function readTyped1(reading: Reading, proposal: Token): Draft {
  const plus = proposal.text.indexOf('+');
  if (plus >= 0) {
    const at = { text: '+', offset: proposal.offset + plus };
    throw fault('not-allowed', "'+' invalid, IKEv1 proposals do not support multiple transforms of the same type", at);
  }
  const draft = readTyped2(reading, proposal);
  for (const type of TRANSFORM_TYPES) {
    const second = ofType(draft, type)[1];
    if (second !== undefined) {
      const said = "IKEv1 does not support multiple transforms of the same type ('=' invalid)";
      throw fault('repeated', said, second.at ?? proposal);
    }
  }
  return draft;
}

/** One proposal, each transform in its place or behind its type. @throws DialectError */
export function readTyped2(reading: Reading, proposal: Token): Draft {
  const draft: Draft = [];
  const terms = new Terms(proposal, '-;+=');
  let next = 0;
  for (let { word } = terms; word !== undefined; { word } = terms, next++) {
    const explicit = word.delimiter === '=';
    if (explicit) {
      next = namedType(reading, word, next);
      terms.skip();
    } else if (next > KE) {
      const said = `${reading.protocol} proposal contains unexpected '${terms.before}${word.text}${word.delimiter}'`;
      throw fault('unexpected', `${said}, expecting ';<transform>=...'`, word, `;addke1=${word.text}`);
    } else if (terms.before === ';') {
      next = KE;
    }
    readTransforms(reading, draft, TRANSFORM_TYPES[next] as TransformType, explicit || terms.before === ';', terms);
  }
  return draft;
}

/** The index of the type that stands before `=`. */
function namedType({ ikev, kind, notices }: Reading, word: Term, next: number): number {
  const named = TRANSFORM_TYPES.findIndex((type) => type === word.text.toLowerCase());
  if (named < 0) throw fault('unknown-word', `transform '${word.text}' unrecognized`, word);
  if (ikev === 1 && named >= TRANSFORM_TYPES.indexOf('addke1')) throw fault('not-allowed', `transform '${word.text}' invalid`, word);
  if (TRANSFORM_TYPES[named] === 'integ' && next <= TRANSFORM_TYPES.indexOf('prf') && kind === 'ike') {
    notices.push(PROPOSAL_LOG.write('integrityNamedBeforePrf'));
  }
  return named;
}

function readTransforms(reading: Reading, draft: Draft, type: TransformType, explicit: boolean, terms: Terms): void {
  const inPlace = hasTransform(reading, type);
  if (type === 'encrypt' && inPlace) readCiphers(reading, draft, terms);
  else if (type === 'prf' && inPlace) readPrf(reading, draft, terms);
  else if (type === 'integ' && inPlace && (explicit || reading.kind !== 'ike')) readList(reading, draft, type, terms);
  else if (type === 'ke' || (explicit && isExtra(type))) readList(reading, draft, type, terms);
  else if (explicit) {
    const at = terms.last ?? terms.whole;
    throw fault('not-allowed', `${reading.protocol} proposal contains unexpected explicit ${at.text}=`, at);
  }
}

function isExtra(type: TransformType): boolean {
  return TRANSFORM_TYPES.indexOf(type) > KE;
}

/** `-prf`, `-prf-integrity`, `-integrity` or `-integrity-prf`, where only a full name is surely one of integrity. */
function readPrf(reading: Reading, draft: Draft, terms: Terms): void {
  const [place, length] = [terms.place, draft.length];
  const noPrf = attempt(() => readList(reading, draft, 'prf', terms));
  if (noPrf === undefined) {
    if (more(terms) && hasTransform(reading, 'integ')) readIntegrityBehindPrf(reading, draft, terms);
    return;
  }
  if (!hasTransform(reading, 'integ')) throw noPrf;
  terms.goTo(place);
  draft.length = length;
  if (attempt(() => readList(reading, draft, 'integ', terms)) !== undefined) throw noPrf;
  if (!more(terms)) return;
  if (!noIntegrity(draft)) reading.notices.push(PROPOSAL_LOG.write('integrityBeforePrf'));
  readList(reading, draft, 'prf', terms);
}

/** Taken only when the words are names of integrity and not also of PRFs; else they are left for the group. */
function readIntegrityBehindPrf(reading: Reading, draft: Draft, terms: Terms): void {
  const [place, length] = [terms.place, draft.length];
  if (attempt(() => readList(reading, draft, 'integ', terms)) === undefined && !noIntegrity(draft)) {
    const [end, taken] = [terms.place, draft.length];
    terms.goTo(place);
    const alsoPrf = attempt(() => readList(reading, draft, 'prf', terms)) === undefined;
    draft.length = taken;
    if (!alsoPrf) return terms.goTo(end);
  }
  terms.goTo(place);
  draft.length = length;
}

/** Whether a word is left that is not the group behind `;`. */
function more(terms: Terms): boolean {
  return terms.word !== undefined && terms.before !== ';';
}
