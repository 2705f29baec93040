/**
 * isakmpd's configured phase 1 transforms, and the second of its questions: whether one of them accepts what is offered.
 *
 * @see isakmpd ike_phase_1.c ike_phase_1_validate_prop, attribute_unacceptable; conf.c conf_load_defaults
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type Algorithm, OAKLEY, type Slot, type Suite } from '../../model.ts';
import { boxOf, type Policy } from '../../policy.ts';
import { expandBox } from '../../suites.ts';
import type { Reason } from '../../verdict.ts';
import { withAuth } from '../ikev1-suites.ts';
import { book } from './book.ts';
import { ATTRIBUTE, valueName } from './names.ts';
import { firstNumber, type IsakmpdAttribute, type IsakmpdTransform } from './payload.ts';

/** A number or a range, as configured; `text` is how it is written. */
export interface Range {
  readonly text: string;
  /** What is offered. */
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** A section of the Life list; without a range every duration suits. */
export interface Life {
  readonly type: number;
  readonly range?: Range;
}

/** One configured transform. */
export interface Section {
  readonly name: string;
  readonly suite: Suite;
  readonly keyLength?: Range;
}

/** A refusal of one transform by one section. */
export interface Unacceptable {
  readonly reason: Reason;
  readonly log?: LogLine;
}

/** The Life list of a setup: `any` accepts all, `none` none. */
export type Lives = readonly Life[] | 'any' | 'none';

/** One section per suite; ciphers of variable key length without one take isakmpd's default range. */
export function sectionsOf(policy: Policy, methods?: readonly number[]): readonly Section[] {
  return withAuth(policy, methods).flatMap((bundle) => bundle.flatMap((want) => expandBox(boxOf(want)).map(sectionOf)));
}

function sectionOf(suite: Suite): Section {
  const { id, keyBits } = suite.encryption ?? { id: 0 };
  const keyLength = keyBits === undefined ? DEFAULT_KEYS[id] : exactly(keyBits);
  return { name: sectionName(suite), suite, ...(keyLength && { keyLength }) };
}

/** As `AES-256-SHA2-256-GRP14-RSA_SIG`. */
function sectionName({ encryption, hash, group, auth }: Suite): string {
  const cipher = CIPHERS[encryption?.id ?? 0] ?? String(encryption?.id);
  const bits = encryption?.keyBits === undefined || encryption.id !== AES ? '' : `-${encryption.keyBits}`;
  const method = auth?.id === 3 ? '-RSA_SIG' : '';
  return `${cipher}${bits}-${HASHES[hash?.id ?? 0] ?? hash?.id}-GRP${group?.id}${method}`;
}

/** What this section has against a transform, in the order of its attributes; isakmpd stops at the first. */
export function objections({ attributes }: IsakmpdTransform, section: Section, lives: Lives): readonly Unacceptable[] {
  let life: Life | undefined;
  const found: Unacceptable[] = [];
  for (const attribute of attributes) {
    const { type } = attribute;
    let fault: Unacceptable | undefined;
    if (type === OAKLEY.lifeType) {
      life = lives === 'any' || lives === 'none' ? undefined : lives.find((each) => each.type === firstNumber(attribute));
      fault = life ? undefined : typeFault(attribute, lives);
    } else if (type === OAKLEY.lifeDuration) {
      fault = durationFault(attribute, lives, life);
      life = undefined;
    } else fault = valueFault(attribute, section);
    if (fault) found.push(fault);
  }
  return found;
}

function typeFault(attribute: IsakmpdAttribute, lives: Lives): Unacceptable | undefined {
  if (lives === 'any') return undefined;
  const { type, path } = attribute;
  if (lives === 'none') return { reason: { code: 'attribute-unsupported', attribute: type, path }, log: book.write('noLife') };
  const value = firstNumber(attribute);
  return { reason: { code: 'value-invalid', attribute: type, value, path }, log: book.write('lifeType', { type: value }) };
}

function durationFault(attribute: IsakmpdAttribute, lives: Lives, life: Life | undefined): Unacceptable | undefined {
  const { type, path, octets } = attribute;
  if (lives === 'any') return undefined;
  if (lives === 'none') return { reason: { code: 'attribute-unsupported', attribute: type, path }, log: book.write('noLife') };
  if (life === undefined) return { reason: { code: 'lifetime-without-type', path }, log: book.write('lifeWithoutType') };
  const got = octets.length === 4 ? new DataView(octets.buffer, octets.byteOffset, 4).getInt32(0) : firstNumber(attribute);
  const { range } = life;
  if (range === undefined || inRange(got, range)) return undefined;
  const log = book.write('duration', { got, expected: range.text });
  if (got > range.most) return { reason: { code: 'lifetime-too-long', seconds: got, limit: range.most, path }, log };
  return { reason: { code: 'value-invalid', attribute: type, value: got, path }, log };
}

function valueFault(attribute: IsakmpdAttribute, { suite, keyLength, name }: Section): Unacceptable | undefined {
  const { type, path } = attribute;
  const value = firstNumber(attribute);
  if (type === OAKLEY.keyLength) {
    if (keyLength && inRange(value, keyLength)) return undefined;
    const id = suite.encryption?.id ?? 0;
    const allowed = keyLength ? [keyLength.least, keyLength.most] : [];
    return { reason: { code: 'key-length-mismatch', offered: { slot: 'encryption', id, keyBits: value, path }, allowed } };
  }
  const slot = SLOTS.get(type);
  const wanted: Algorithm | undefined = slot && suite[slot];
  if (slot === undefined || wanted === undefined) {
    const log = book.write('absent', { attribute: ATTRIBUTE[type] ?? type, section: name });
    return { reason: { code: 'attribute-unsupported', attribute: type, path }, log };
  }
  if (wanted.id === value) return undefined;
  const log = book.write('expected', {
    attribute: ATTRIBUTE[type] ?? type,
    got: valueName(type, value),
    expected: valueName(type, wanted.id),
  });
  return { reason: { code: 'algorithm-not-configured', offered: { slot, id: value, path }, allowed: [wanted] }, log };
}

/** `3600`, or `3600,60:86400`: the value that is offered, and what is accepted. */
export function rangeOf(text: string): Range | undefined {
  const found = /^(\d{1,10})(?:,(\d{1,10}):(\d{1,10}))?$/.exec(text);
  if (!found) return undefined;
  const [, value = '', least = value, most = value] = found;
  return { text, value: Number(value), least: Number(least), most: Number(most) };
}

/**
 * A Life list in words: `SECONDS 3600,60:86400; KILOBYTES ANY`, or ANY, or NONE; nothing when it cannot be read. The empty text is the
 * default of a phase; a lifetime of the setup alone is one number of seconds.
 */
export function livesOf(text: string, seconds: number | undefined, otherwise: string): Lives | undefined {
  const words = text === '' ? (seconds === undefined ? otherwise : `SECONDS ${seconds}`) : text;
  if (words === 'ANY') return 'any';
  if (words === 'NONE') return 'none';
  const lives = words.split(';').map((each): Life | undefined => {
    const [unit = '', amount = '', more] = each.trim().split(' ');
    const type = UNITS[unit];
    if (type === undefined || more !== undefined) return undefined;
    if (amount === 'ANY') return { type };
    const range = rangeOf(amount);
    return range && { type, range };
  });
  const read = lives.filter((each) => each !== undefined);
  return read.length === lives.length ? read : undefined;
}

const exactly = (value: number): Range => ({ text: String(value), value, least: value, most: value });
const inRange = (value: number, { least, most }: Range): boolean => value >= least && value <= most;

/** What `life` is when it is not set. */
export const DEFAULT_LIFE = 'SECONDS 3600,60:86400';
const UNITS: Readonly<Record<string, number>> = { SECONDS: 1, KILOBYTES: 2 };
const AES = 7;
const DEFAULT_KEYS: Readonly<Record<number, Range>> = {
  3: { text: '128,96:192', value: 128, least: 96, most: 192 },
  [AES]: { text: '128,128:256', value: 128, least: 128, most: 256 },
};
const CIPHERS: Readonly<Record<number, string>> = { 3: 'BLF', 5: '3DES', 6: 'CAST', [AES]: 'AES' };
const HASHES: Readonly<Record<number, string>> = { 1: 'MD5', 2: 'SHA', 4: 'SHA2-256', 5: 'SHA2-384', 6: 'SHA2-512' };
const SLOTS: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [OAKLEY.encryption, 'encryption'],
  [OAKLEY.hash, 'hash'],
  [OAKLEY.auth, 'auth'],
  [OAKLEY.group, 'group'],
]);
