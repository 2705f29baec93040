/**
 * What may meet a terminal, and how wide it is there: escaping, wrapping, marks, colour.
 *
 * Rule 1: a peer's octets and a user's words go through `safe` or `bytesAsText` before they are printed.
 * Rule 2: colour only adds; the text without it says the same.
 *
 * @module
 */
import pc from 'picocolors';

const COLOUR = /\u001b\[[0-9;]*m/g;

/** The text with everything that could move a cursor, hide or reorder what is printed written as `\xNN` or `\u{N}`; `\` doubles. */
export function safe(text: string): string {
  if (/^[ -[\]-~]*$/.test(text)) return text;
  // Control and format characters (bidi controls and tags among them), separators of lines, surrogates, private use, the backslash.
  // Not a constant: to read these classes takes longer than most reports.
  const unsafe = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0\\]|\p{M}{3,}/gu;
  return text.replace(unsafe, (found) => Array.from(found, escapeOne).join(''));
}

/** The text in ASCII only: anything else as `safe` would write it. */
export function asciiOnly(text: string): string {
  return text.replace(/[^\u0000-\u007f]/gu, escapeOne);
}

function escapeOne(character: string): string {
  if (character === '\\') return '\\\\';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Octets as printable ASCII, the others as `\xNN`; at most `limit` octets are shown, and the rest is counted. */
export function bytesAsText(bytes: Uint8Array, limit = 64): string {
  const shown = Array.from(bytes.subarray(0, limit), (octet) =>
    octet >= 0x20 && octet < 0x7f ? safe(String.fromCharCode(octet)) : `\\x${octet.toString(16).padStart(2, '0')}`,
  ).join('');
  return bytes.length > limit ? `${shown} (and ${bytes.length - limit} more octets)` : shown;
}

/** Printable ASCII and nothing else, at least four octets: worth showing as text. */
export function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes.every((octet) => octet >= 0x20 && octet < 0x7f);
}

/** Columns that the text takes; colour takes none. */
export function width(text: string): number {
  return Array.from(text.replace(COLOUR, '')).length;
}

/** The text filled up with spaces to `columns`. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** `1234567` as `1,234,567`. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/**
 * The text in lines of at most `columns`, the first after `first`, the others after as many spaces (or `rest`).
 * A word longer than a line is cut.
 */
export function wrap(text: string, columns: number, first = '', rest = ' '.repeat(width(first))): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  const room = (): number => (empty ? Math.max(8, columns - width(line)) : columns - width(line) - 1);
  const push = (): void => {
    lines.push(line.trimEnd());
    line = rest;
    empty = true;
  };
  for (const word of text.split(/ +/)) {
    let left = word;
    if (width(left) > room() && !empty) push();
    while (width(left) > room() && !left.includes('\u001b')) {
      const cut = Array.from(left);
      const fits = room();
      line += cut.slice(0, fits).join('');
      left = cut.slice(fits).join('');
      push();
    }
    line += (empty ? '' : ' ') + left;
    empty = false;
  }
  push();
  return lines;
}

/** Marks before lines. */
export interface Marks {
  readonly yes: string;
  readonly no: string;
  readonly unsure: string;
  readonly warn: string;
  readonly dot: string;
  readonly rule: string;
  readonly dash: string;
  readonly above: string;
  readonly section: string;
  readonly both: string;
}

const UNICODE: Marks = { yes: '✓', no: '✗', unsure: '?', warn: '!', dot: '·', rule: '─', dash: '–', above: '›', section: '§', both: '↔' };
const ASCII: Marks = {
  yes: '+',
  no: '-',
  unsure: '?',
  warn: '!',
  dot: '*',
  rule: '-',
  dash: '-',
  above: '>',
  section: 'section ',
  both: '<->',
};

type Paint = (text: string) => string;

/** Marks and colours of one report. */
export interface Style {
  readonly marks: Marks;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly name: Paint;
}

/** `color` asks for ANSI colours, `ascii` for marks of plain ASCII. */
export function style({ color, ascii }: { readonly color: boolean; readonly ascii: boolean }): Style {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(color);
  return { marks: ascii ? ASCII : UNICODE, bold, dim, good: green, bad: red, warn: yellow, name: cyan };
}
