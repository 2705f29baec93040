/**
 * Distinguished names: as text for people, and from text to DER for an ID payload.
 *
 * Rule 1: parts stand in the order of the DER, as IKE daemons print them; RFC 4514 would turn them round.
 * Rule 2: what a peer put into a name cannot leave its place: separators are escaped, control and format characters are hexadecimal.
 *
 * @see RFC 4514, RFC 5280 §4.1.2.4
 * @module
 */
import { BmpString, fromBER, Utf8String } from 'asn1js';
import { sameOctets } from '../provider.ts';
import { type Der, oidOf, readDer, TAG, writeDer, writeOid } from './der.ts';

/** Keywords of attribute types. @see RFC 4514 §3, RFC 4519 */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'T'],
  ['2.5.4.42', 'GN'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'E'],
]);
const OIDS: ReadonlyMap<string, string> = new Map([
  ...[...KEYWORDS].map(([oid, keyword]): [string, string] => [keyword.toUpperCase(), oid]),
  ['EMAIL', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
  ['S', '2.5.4.8'],
]);

/** No honest part of a name is longer (X.520 has 64 to 128 characters). */
const MOST_CHARACTERS = 256;
/** Nor has one more of them. */
const MOST_PARTS = 32;

/** A Name (in DER) as text: "C=CH, O=strongSwan, CN=moon". What is no Name is `#` and its first octets. */
export function dnText(dn: Uint8Array): string {
  const value = readDer(dn);
  if (value?.tag !== TAG.sequence) return hexText(dn);
  const parts = value.children.slice(0, MOST_PARTS).map((set) => set.children.slice(0, MOST_PARTS).map(partText).join('+'));
  return [...parts, ...(value.children.length > MOST_PARTS ? ['…'] : [])].join(', ');
}

function partText({ children: [type, value], whole }: Der): string {
  const oid = oidOf(type);
  if (oid === undefined || value === undefined) return hexText(whole);
  const text = stringOf(value);
  return `${KEYWORDS.get(oid) ?? oid}=${text === undefined ? hexText(value.whole) : escaped(text)}`;
}

function hexText(octets: Uint8Array): string {
  const digits = [...octets.subarray(0, MOST_CHARACTERS / 2)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return `#${digits}${octets.length > MOST_CHARACTERS / 2 ? '…' : ''}`;
}

/** The characters of a string type; nothing when the value is none. */
function stringOf({ tag, whole, content }: Der): string | undefined {
  if (tag === TAG.utf8 || tag === TAG.bmp) {
    const { result } = fromBER(whole);
    return result instanceof Utf8String || result instanceof BmpString ? result.valueBlock.value : undefined;
  }
  if (tag !== TAG.printable && tag !== TAG.ia5 && tag !== TAG.teletex) return undefined;
  return [...content.subarray(0, MOST_CHARACTERS + 1)].map((octet) => String.fromCharCode(octet)).join('');
}

/** With what would look like structure, or change what the reader sees, escaped. */
function escaped(text: string): string {
  const all = Array.from(text);
  const cut = all.slice(0, MOST_CHARACTERS);
  const out = cut.map((character, i) => {
    if (/[",+;<>\\=]/.test(character) || (i === 0 && character === '#')) return `\\${character}`;
    if ((i === 0 || i === cut.length - 1) && character === ' ') return '\\ ';
    if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) return character;
    return [...utf8(character)].map((octet) => `\\${octet.toString(16).padStart(2, '0')}`).join('');
  });
  return out.join('') + (all.length > cut.length ? '…' : '');
}

function utf8(text: string): Uint8Array {
  return new Uint8Array(new Utf8String({ value: text }).valueBlock.valueHexView);
}

/**
 * Whether two Names (in DER) are the same: part by part, whatever the types of their strings, their case, and how often a space is
 * repeated. Whoever makes a Name out of a configuration does not know how a certificate has encoded it.
 *
 * @see RFC 5280 §7.1
 */
export function sameDn(a: Uint8Array, b: Uint8Array): boolean {
  if (sameOctets(a, b)) return true;
  const [left, right] = [readDer(a), readDer(b)];
  if (left?.tag !== TAG.sequence || right?.tag !== TAG.sequence) return false;
  return left.children.length === right.children.length && left.children.every((set, i) => sameSet(set, right.children[i]));
}

function sameSet(a: Der, b: Der | undefined): boolean {
  return b?.children.length === a.children.length && a.children.every((part, i) => samePart(part, b.children[i]));
}

function samePart({ children: [type, value] }: Der, other: Der | undefined): boolean {
  const [otherType, otherValue] = other?.children ?? [];
  if (!type || !value || !otherType || !otherValue || !sameOctets(type.whole, otherType.whole)) return false;
  if (sameOctets(value.whole, otherValue.whole)) return true;
  const [one, two] = [folded(value), folded(otherValue)];
  return one !== undefined && one === two;
}

/** The characters in one case, with single spaces; nothing when the value is no string, or longer than any that is looked at. */
function folded(value: Der): string | undefined {
  const text = value.content.length > MOST_CHARACTERS ? undefined : stringOf(value);
  return text?.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** A Name in DER from text such as "C=CH, O=Example, CN=moon" (also with `/` in front and between); nothing when it is none. */
export function dnOf(text: string): Uint8Array | undefined {
  const parts = split(text.trim());
  const sets: Uint8Array[] = [];
  for (const part of parts) {
    const equals = part.indexOf('=');
    const type = part.slice(0, equals).trim();
    const oid = OIDS.get(type.toUpperCase()) ?? (/^[0-2](\.\d{1,20}){1,20}$/.test(type) ? type : undefined);
    if (equals < 1 || oid === undefined) return undefined;
    sets.push(writeDer(TAG.set, writeDer(TAG.sequence, writeOid(oid), written(oid, unescaped(part.slice(equals + 1))))));
  }
  return sets.length === 0 ? undefined : writeDer(TAG.sequence, ...sets);
}

/** At commas, or at slashes when the text begins with one; a backslash keeps the next character. */
function split(text: string): string[] {
  const separator = text.startsWith('/') ? '/' : ',';
  const parts = [''];
  const characters = Array.from(separator === '/' ? text.slice(1) : text);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    if (character === separator) parts.push('');
    else parts[parts.length - 1] += character === '\\' ? character + (characters[++i] ?? '') : character;
  }
  return parts.filter((part) => part.trim() !== '');
}

function unescaped(text: string): string {
  const trimmed = text.trimStart();
  const ended = /(^|[^\\])(\\\\)*\\\s+$/.test(trimmed) ? trimmed : trimmed.trimEnd();
  return ended.replaceAll(/\\(.)/gsu, '$1');
}

/** The string types that OpenSSL writes: PrintableString for countries and serial numbers, IA5String for e-mail and domain components, else UTF8String. */
function written(oid: string, value: string): Uint8Array {
  const keyword = KEYWORDS.get(oid);
  const octets = utf8(value);
  if (keyword === 'E' || keyword === 'DC') return writeDer(TAG.ia5, octets);
  if (keyword === 'C' || keyword === 'serialNumber') return writeDer(TAG.printable, octets);
  return writeDer(TAG.utf8, octets);
}
