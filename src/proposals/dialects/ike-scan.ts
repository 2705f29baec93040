/**
 * ike-scan's `--trans` values ↔ the transform that ike-scan 1.9.5 sends for them.
 *
 * Two forms: attributes as pairs, `(1=7,14=256,2=4,3=1,4=14,12=0x00007080)`, a hexadecimal value as TLV and sent alone; and
 * `cipher[/length],hash,method,group`, to which it adds a lifetime.
 *
 * Rule: where ike-scan takes a text and sends something else than it says (numbers over 16 bits wrap, a missing field is left to
 * chance, `3DES` is read as 3), the text is a fault here.
 *
 * @module
 */
import { nearest } from '../notation/nearest.ts';
import { quoted } from '../notation/quoted.ts';
import { type Attribute, OAKLEY, type Offer } from '../model.ts';
import { DialectError, type Token } from './scanner.ts';

/** What stands beside `--trans` on the command line and enters transforms of the short form. */
export interface IkeScanOptions {
  /** `--lifetime` in seconds; 28800 when left out, none when null. */
  readonly lifetime?: number | null;
  /** `--lifesize` in kilobytes (KiB); none when left out. */
  readonly lifesize?: number;
}

/** Longer values are cut by ike-scan. Source: ike-scan 1.9.5, ike-scan.h */
const LONGEST = 254;
const HIGHEST = 0xffff;
/** The top bit of a type says TV. @see RFC 2408 §3.3 */
const HIGHEST_TYPE = 0x7fff;
const LIFETIME = 28_800;

const CIPHERS = 'DES,1 IDEA,2 Blowfish,3 RC5,4 3DES,5 CAST,6 AES,7 Camellia,8 Mars,65001 RC6,65002 Serpent,65004 Twofish,65005';
const HASHES = 'MD5,1 SHA1,2 Tiger,3 SHA2-256,4 SHA2-384,5 SHA2-512,6';
const METHODS =
  'PSK,1 DSS,2 RSA_Sig,3 RSA_Enc,4 RSA_RevEnc,5 ElGamel_Enc,6 ElGamel_RevEnc,7 ECDSA_Sig,8 ECDSA_SHA256,9 ECDSA_SHA384,10 ECDSA_SHA512,11 ' +
  'CRACK,128 Hybrid_RSA,64221 Hybrid_DSS,64223 XAUTH_PSK,65001 XAUTH_DSS,65003 XAUTH_RSA,65005 XAUTH_RSA_Enc,65007 XAUTH_RSA_RevEnc,65009';

/** The fields of the short form with the names that stand for numbers in them. */
const FIELDS = [
  { what: 'cipher', type: OAKLEY.encryption, names: namesOf(CIPHERS) },
  { what: 'hash', type: OAKLEY.hash, names: namesOf(HASHES) },
  { what: 'method', type: OAKLEY.auth, names: namesOf(METHODS) },
  { what: 'group', type: OAKLEY.group, names: new Map<string, number>() },
] as const;

/**
 * The attributes of one `--trans` value, in the order in which they are sent.
 *
 * @example
 * parseIkeScan('(1=5,2=2)'); // [{ type: 1, form: 'TV', value: 5 }, { type: 2, form: 'TV', value: 2 }]
 *
 * @throws DialectError
 */
export function parseIkeScan(text: string, options: IkeScanOptions = {}): readonly Attribute[] {
  if (text.length > LONGEST) throw new DialectError('too-long', `more than ${LONGEST} characters`, { text: '', offset: LONGEST });
  return text.startsWith('(') ? readPairs(text) : readFields(text, options);
}

/** The offer of several `--trans` values: one proposal, the transforms numbered from 1. @throws DialectError */
export function parseIkeScanOffer(texts: readonly string[], options: IkeScanOptions = {}): Offer {
  const transforms = texts.map((text, i) => ({
    kind: 'suite' as const,
    number: (i + 1) & 0xff,
    id: 1,
    attributes: parseIkeScan(text, options),
  }));
  return { negotiation: 'ikev1-phase1', groups: [{ number: 1, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms }] }] };
}

/** The value as pairs; every list of attributes has one. */
export function printIkeScan(attributes: readonly Attribute[]): string {
  const pairs = attributes.map(
    (attribute) => `${attribute.type}=${attribute.form === 'TV' ? attribute.value : `0x${hex(attribute.value)}`}`,
  );
  return `(${pairs.join(',')})`;
}

/** The value in the short form; undefined when these attributes, in this order, have none under these options. */
export function printIkeScanShort(attributes: readonly Attribute[], options: IkeScanOptions = {}): string | undefined {
  const [cipher, hash, method, group, keyLength] = attributes.map((attribute) => (attribute.form === 'TV' ? attribute.value : undefined));
  const length = attributes[4]?.type === OAKLEY.keyLength ? `/${keyLength}` : '';
  const text = `${cipher}${length},${hash},${method},${group}`;
  if (/[^\d/,]/.test(text)) return undefined;
  return printIkeScan(readFields(text, options)) === printIkeScan(attributes) ? text : undefined;
}

function readPairs(text: string): Attribute[] {
  const attributes = words(text, '(),').map((pair): Attribute => {
    const equals = pair.text.indexOf('=');
    if (equals < 0) throw new DialectError('missing', `no '=' in ${quoted(pair.text)}`, pair);
    const type = readNumber(piece(pair, 0, equals), 'attribute', HIGHEST_TYPE, 10);
    const value = piece(pair, equals + 1);
    if (!value.text.startsWith('0x')) return { type, form: 'TV', value: readNumber(value, 'value', HIGHEST, 10) };
    return { type, form: 'TLV', value: readOctets(piece(value, 2)) };
  });
  if (attributes.length === 0) throw new DialectError('empty', 'no attributes', { text, offset: 0 });
  return attributes;
}

function readFields(text: string, options: IkeScanOptions): Attribute[] {
  const fields = words(text, ',');
  const extra = fields[FIELDS.length];
  if (extra !== undefined) throw new DialectError('unexpected', `a fifth field ${quoted(extra.text)}`, extra);
  const attributes: Attribute[] = [];
  let keyBits = 0;
  for (const [i, { what, type, names }] of FIELDS.entries()) {
    const field = fields[i];
    if (field === undefined) throw new DialectError('missing', `no ${what}`, { text: '', offset: text.length });
    const slash = what === 'cipher' ? field.text.indexOf('/') : -1;
    if (slash >= 0) keyBits = readNumber(piece(field, slash + 1), 'key length', HIGHEST);
    attributes.push({ type, form: 'TV', value: readName(slash < 0 ? field : piece(field, 0, slash), what, names) });
  }
  if (keyBits > 0) attributes.push({ type: OAKLEY.keyLength, form: 'TV', value: keyBits });
  const { lifetime = LIFETIME, lifesize = null } = options;
  return [...attributes, ...life(1, lifetime), ...life(2, lifesize)];
}

/** A life type and four octets of duration; nothing for null. */
function life(unit: number, amount: number | null): Attribute[] {
  if (amount === null) return [];
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, amount);
  return [
    { type: OAKLEY.lifeType, form: 'TV', value: unit },
    { type: OAKLEY.lifeDuration, form: 'TLV', value },
  ];
}

/** A name, or a number. A word that begins with a digit is a number to ike-scan. */
function readName(word: Token, what: string, names: ReadonlyMap<string, number>): number {
  const named = names.get(word.text.toLowerCase());
  if (named !== undefined && /^\d/.test(word.text)) {
    throw new DialectError('not-allowed', `ike-scan reads ${quoted(word.text)} as ${parseInt(word.text, 10)}`, word, String(named));
  }
  if (named !== undefined || /^[\d\s+]/.test(word.text) || names.size === 0) return named ?? readNumber(word, what, HIGHEST);
  throw new DialectError('unknown-word', `unknown ${what} ${quoted(word.text)}`, word, nearest(word.text, names.keys()));
}

/** As C's strtoul: decimal, and in any base `0x…` and `0…`. */
function readNumber(word: Token, what: string, highest: number, base: 0 | 10 = 0): number {
  const digits = word.text.trimStart();
  const hexadecimal = base === 0 && /^0[xX][0-9a-fA-F]+$/.test(digits);
  const octal = base === 0 && /^0[0-7]+$/.test(digits);
  if (!hexadecimal && !octal && !/^\d+$/.test(digits)) {
    throw new DialectError(digits === '' ? 'missing' : 'unexpected', `no number ${quoted(word.text)} for a ${what}`, word);
  }
  const number = octal ? parseInt(digits, 8) : hexadecimal ? parseInt(digits.slice(2), 16) : Number(digits);
  if (number > highest) throw new DialectError('number-out-of-range', `${what} ${quoted(digits)} is over ${highest}`, word);
  return number;
}

function readOctets(word: Token): Uint8Array {
  if (!/^[0-9a-fA-F]*$/.test(word.text)) throw new DialectError('unexpected', `no octets ${quoted(word.text)}`, word);
  if (word.text.length % 2 === 1) throw new DialectError('missing', 'half an octet', word);
  return Uint8Array.from({ length: word.text.length / 2 }, (_, i) => parseInt(word.text.slice(2 * i, 2 * i + 2), 16));
}

/** The pieces between separators; as with C's strtok, several separators are one. */
function words(text: string, separators: string): Token[] {
  const found: Token[] = [];
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && !separators.includes(text[i] as string)) continue;
    if (i > start) found.push({ text: text.slice(start, i), offset: start });
    start = i + 1;
  }
  return found;
}

function piece({ text, offset }: Token, start: number, end = text.length): Token {
  return { text: text.slice(start, end), offset: offset + start };
}

function hex(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

function namesOf(list: string): ReadonlyMap<string, number> {
  return new Map(
    list.split(' ').map((entry): [string, number] => [(entry.split(',')[0] ?? '').toLowerCase(), Number(entry.split(',')[1])]),
  );
}
