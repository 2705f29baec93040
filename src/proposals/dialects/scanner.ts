/**
 * The grammar toolkit of the dialects: words with their places, and faults that name them.
 *
 * @module
 */
import { nearest } from '../notation/nearest.ts';
import { quoted } from '../notation/quoted.ts';

/** What is wrong with a text in a dialect. */
export type DialectFault =
  | 'empty'
  | 'unknown-word'
  | 'unexpected'
  | 'missing'
  | 'repeated'
  | 'not-allowed'
  | 'number-out-of-range'
  | 'too-long';

/** A text that is not in its dialect. `offset` and `length` count UTF-16 units; `hint` is the nearest word that would do, if one is near. */
export class DialectError extends Error {
  override readonly name = 'DialectError';
  readonly code: DialectFault;
  readonly offset: number;
  readonly length: number;
  readonly hint?: string;

  constructor(code: DialectFault, message: string, at: Pick<Token, 'offset' | 'text'>, hint?: string) {
    super(`${message} at character ${at.offset + 1}${hint === undefined ? '' : `. Did you mean '${hint}'?`}`);
    this.code = code;
    this.offset = at.offset;
    this.length = at.text.length;
    if (hint !== undefined) this.hint = hint;
  }
}

/** A piece of the text and where it begins. */
export interface Token {
  readonly text: string;
  readonly offset: number;
}

/** No honest list of proposals is longer. */
export const LONGEST_TEXT = 65_536;

/** A text read from left to right. */
export class Scanner {
  readonly text: string;
  #at = 0;

  /** @throws DialectError when the text is too long to be one */
  constructor(text: string) {
    if (text.length > LONGEST_TEXT)
      throw new DialectError('too-long', `more than ${LONGEST_TEXT} characters`, { text: '', offset: LONGEST_TEXT });
    this.text = text;
  }

  get done(): boolean {
    return this.#at >= this.text.length;
  }

  /** The place where reading goes on, as an empty token. */
  get here(): Token {
    return { text: '', offset: this.#at };
  }

  /** The next character, '' at the end. */
  get next(): string {
    return this.text[this.#at] ?? '';
  }

  /** What a sticky expression (`/[a-z]+/y`) matches here; nothing moves when it does not match. */
  match(pattern: RegExp): Token | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    const token = { text: found, offset: this.#at };
    this.#at += found.length;
    return token;
  }

  /** Whether this symbol stood here; if so it is behind us. */
  take(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.#at)) return false;
    this.#at += symbol.length;
    return true;
  }

  /** Up to one of these characters or the end; may be empty. */
  until(stops: string): Token {
    const start = this.#at;
    while (this.#at < this.text.length && !stops.includes(this.text[this.#at] as string)) this.#at++;
    return { text: this.text.slice(start, this.#at), offset: start };
  }

  /** Blanks do not count. */
  skipBlanks(): void {
    this.match(/\s+/y);
  }
}

/** A word that means nothing here, with the nearest one that does. */
export function unknownWord(what: string, word: Token, known: Iterable<string>): DialectError {
  return new DialectError('unknown-word', `unknown ${what} ${quoted(word.text)}`, word, nearest(word.text, known));
}

/** The pieces between separators, with their places; empty pieces included. */
export function split(text: string, separator: string, offset = 0): Token[] {
  let at = offset;
  return text.split(separator).map((piece) => {
    const token = { text: piece, offset: at };
    at += piece.length + separator.length;
    return token;
  });
}
