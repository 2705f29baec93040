import type { Token } from '../scanner.ts';

/** A word and the separator behind it; '' at the end. */
export interface Term extends Token {
  readonly delimiter: string;
}

/** The words of one proposal, read one after the other; a place can be remembered and gone back to. */
export class Terms {
  /** The proposal itself. */
  readonly whole: Token;
  readonly #terms: readonly Term[];
  #at = 0;

  /** An empty text is one empty word. */
  constructor(whole: Token, delimiters: string) {
    this.whole = whole;
    this.#terms = cut(whole, delimiters);
  }

  /** The word to be read; undefined behind the last. */
  get word(): Term | undefined {
    return this.#terms[this.#at];
  }

  /** The word after it. */
  get following(): Term | undefined {
    return this.#terms[this.#at + 1];
  }

  /** The word that was read last. */
  get last(): Term | undefined {
    return this.#terms[this.#at - 1];
  }

  /** The separator in front of the word; '' at the start. */
  get before(): string {
    return this.last?.delimiter ?? '';
  }

  get place(): number {
    return this.#at;
  }

  goTo(place: number): void {
    this.#at = place;
  }

  skip(count = 1): void {
    this.#at += count;
  }
}

function cut(whole: Token, delimiters: string): Term[] {
  const terms: Term[] = [];
  let start = 0;
  for (let i = 0; i <= whole.text.length; i++) {
    const delimiter = whole.text[i] ?? '';
    if (i < whole.text.length && !delimiters.includes(delimiter)) continue;
    terms.push({ text: whole.text.slice(start, i), offset: whole.offset + start, delimiter });
    start = i + 1;
  }
  return terms;
}
