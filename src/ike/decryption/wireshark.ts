/**
 * Wireshark's `ikev1_decryption_table` and `ikev2_decryption_table`: one SA a line, fields between commas, `#` for comments.
 *
 *     fafaeb49382a763c,735be0cb62f82675c4f7bf8fbab9b568…
 *     191ccd371a7a1f7b,bc123d15e4af593f,9096…,6718…,"AES-CBC-256 [RFC3602]",12d5…,30c4…,"HMAC_SHA2_256_128 [RFC4868]"
 *
 * strongSwan's save-keys plugin writes the same files.
 *
 * @module
 */
import type { SealingSuite } from '../crypto/sealing-v2.ts';
import { hexOctets, KeyCollection, type KeyTable } from './session-keys.ts';

/** `ikev1_decryption_table`: initiator cookie, encryption key. Never throws. */
export function readIkev1DecryptionTable(text: string): KeyTable {
  const found = new KeyCollection();
  for (const row of rowsOf(text, found, 2)) {
    const initiatorCookie = row.octets(0, [SPI_BYTES]);
    const encryptionKey = row.octets(1, [16, 24, 32]);
    if (initiatorCookie && encryptionKey) found.add({ version: 1, kind: 'keys', initiatorCookie, encryptionKey }, row.line);
  }
  return found;
}

/** `ikev2_decryption_table`: SPIs, SK_ei, SK_er, encryption, SK_ai, SK_ar, integrity. Never throws. */
export function readIkev2DecryptionTable(text: string): KeyTable {
  const found = new KeyCollection();
  for (const row of rowsOf(text, found, 8)) {
    const [initiatorSpi, responderSpi, ei, er, ai, ar] = [0, 1, 2, 3, 5, 6].map((i) => row.octets(i, i < 2 ? [SPI_BYTES] : undefined));
    const encryption = row.named(4, encryptionOf);
    const integrity = row.named(7, (name) => INTEGRITY.get(name));
    if (!initiatorSpi || !responderSpi || !ei || !er || !ai || !ar || !encryption || integrity === undefined) continue;
    const suite: SealingSuite = integrity === NONE ? { encryption } : { encryption, integrity };
    const directions = { initiator: { encryption: ei, integrity: ai }, responder: { encryption: er, integrity: ar } };
    found.add({ version: 2, kind: 'keys', initiatorSpi, responderSpi, suite, ...directions }, row.line);
  }
  return found;
}

const SPI_BYTES = 8;

interface Field {
  readonly text: string;
  readonly column: number;
}

/** A line of the right number of fields; a field that cannot be read leaves a fault. */
interface Row {
  readonly line: number;
  octets(index: number, lengths?: readonly number[]): Uint8Array | undefined;
  named<T>(index: number, meaning: (name: string) => T | undefined): T | undefined;
}

function* rowsOf(text: string, found: KeyCollection, count: number): Generator<Row> {
  let line = 0;
  for (const whole of text.split('\n')) {
    line++;
    const at = line;
    const content = whole.trimEnd();
    if (content.trim() === '' || content.trimStart().startsWith('#')) continue;
    const fields = fieldsOf(content);
    if (typeof fields === 'number') found.fault('quote-open', at, fields);
    else if (fields.length !== count) found.fault('wrong-field-count', at, fields[Math.min(count, fields.length - 1)]?.column ?? 1);
    else
      yield {
        line: at,
        octets: (i, lengths) => octetsOf(fields[i], lengths, at, found),
        named: (i, of) => nameOf(fields[i], of, at, found),
      };
  }
}

/** Fields with the column each begins at, or the column of a quotation mark that is never closed. */
function fieldsOf(content: string): readonly Field[] | number {
  const fields: Field[] = [];
  let start = 0;
  for (;;) {
    while (content[start] === ' ' || content[start] === '\t') start++;
    const quoted = content[start] === '"';
    const close = quoted ? content.indexOf('"', start + 1) : start;
    if (close < 0) return start + 1;
    const comma = content.indexOf(',', close);
    const end = comma < 0 ? content.length : comma;
    const from = quoted ? start + 1 : start;
    fields.push({ text: content.slice(from, quoted ? close : end).trim(), column: from + 1 });
    if (comma < 0) return fields;
    start = comma + 1;
  }
}

function octetsOf(
  field: Field | undefined,
  lengths: readonly number[] | undefined,
  line: number,
  found: KeyCollection,
): Uint8Array | undefined {
  const { text, column } = field ?? { text: '', column: 1 };
  const skipped = /^0x/i.test(text) ? 2 : 0;
  const octets = hexOctets(text.slice(skipped));
  if (typeof octets === 'number') found.fault('not-hex', line, column + skipped + octets);
  else if (lengths && !lengths.includes(octets.length)) found.fault('wrong-length', line, column);
  else return octets;
  return undefined;
}

function nameOf<T>(field: Field | undefined, meaning: (name: string) => T | undefined, line: number, found: KeyCollection): T | undefined {
  const { text, column } = field ?? { text: '', column: 1 };
  // What stands in brackets is where the algorithm was defined.
  const bracket = text.indexOf('[');
  const value = meaning((bracket < 0 ? text : text.slice(0, bracket)).trim());
  if (value === undefined) found.fault('algorithm-unknown', line, column);
  return value;
}

/** The first of each mode's transforms; those with an ICV of 12 and 16 octets follow it. */
const COMBINED: Readonly<Record<string, number>> = { CCM: 14, GCM: 18 };
const PLAIN: Readonly<Record<string, number>> = { CBC: 12, CTR: 13 };

/** DES and NULL are not among them: the one is never used, the other hides nothing. */
function encryptionOf(name: string): SealingSuite['encryption'] | undefined {
  if (name === '3DES') return { id: 3 };
  const [, mode = '', keyBits, icv] = /^AES-(C[A-Z]{2}|GCM)-(128|192|256)(?: with (8|12|16) octet ICV)?$/.exec(name) ?? [];
  const id = icv === undefined ? PLAIN[mode] : COMBINED[mode] === undefined ? undefined : COMBINED[mode] + (Number(icv) - 8) / 4;
  return id === undefined ? undefined : { id, keyBits: Number(keyBits) };
}

/** The name of a cipher, with where it is defined, as Wireshark's own list has it. Nothing for what it does not list. */
export function wiresharkEncryption({ id, keyBits }: SealingSuite['encryption']): string | undefined {
  if (id === 3) return '3DES [RFC2451]';
  if (keyBits === undefined) return undefined;
  if (id === PLAIN['CBC']) return `AES-CBC-${keyBits} [RFC3602]`;
  if (id === PLAIN['CTR']) return `AES-CTR-${keyBits} [RFC5930]`;
  const [mode, first] = id >= 18 ? ['GCM', 18] : ['CCM', 14];
  return id < 14 || id > first + 2 ? undefined : `AES-${mode}-${keyBits} with ${8 + 4 * (id - first)} octet ICV [RFC5282]`;
}

/** The same of an integrity algorithm. */
export function wiresharkIntegrity(id: number): string | undefined {
  const [name] = [...INTEGRITY].find(([, number]) => number === id) ?? [];
  const source = REFERENCES.get(id);
  return name === undefined || source === undefined ? undefined : `${name} [${source}]`;
}

const REFERENCES: ReadonlyMap<number, string> = new Map([
  [0, 'RFC4306'],
  [1, 'RFC2403'],
  [2, 'RFC2404'],
  [6, 'RFC4595'],
  [7, 'RFC4595'],
  [12, 'RFC4868'],
  [13, 'RFC4868'],
  [14, 'RFC4868'],
]);

const NONE = 0;

/** By Wireshark's names. "ANY … [No Checking]" is none of them: what was not checked is not told as read. */
const INTEGRITY: ReadonlyMap<string, number> = new Map([
  ['NONE', NONE],
  ['HMAC_MD5_96', 1],
  ['HMAC_SHA1_96', 2],
  ['AES_XCBC_96', 5],
  ['HMAC_MD5_128', 6],
  ['HMAC_SHA1_160', 7],
  ['AES_CMAC_96', 8],
  ['HMAC_SHA2_256_128', 12],
  ['HMAC_SHA2_384_192', 13],
  ['HMAC_SHA2_512_256', 14],
]);
