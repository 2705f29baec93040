/**
 * An IKEv2 offer as the log shows it, and what the decoder says behind a line's own words.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Bench } from './bench.ts';

/** The offer as the log shows it; a line of the log has 1023 octets. */
export class Shown {
  text = '';
  #proposals = 0;

  add(words: string): void {
    if (this.text.length < LONGEST_LINE) this.text += words;
  }

  /** A new proposal begins. */
  proposal(words: string): void {
    this.add(this.#proposals++ > 0 ? ` ${words}` : words);
  }
}

const LONGEST_LINE = 4096;

/** Up to 5.0 the decoder's words follow at once, later behind a colon. */
export function behind({ text }: LogLine, { release }: Bench): string {
  return release.since('5.0') ? `: ${text}` : text;
}
