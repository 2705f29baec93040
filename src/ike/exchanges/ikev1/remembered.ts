/**
 * Datagrams that were answered, and with what: a repetition is answered alike, and the memory of them is bounded.
 *
 * @see RFC 2408 §4.1.4
 * @module
 */
import { keyOf } from '../place.ts';

/** As many as come between two waits of an exchange, and some; long ones push out others sooner. */
const MOST = 16;
const MOST_OCTETS = 0x1_0000;

/** The last few datagrams received and what was said to them. */
export class Remembered {
  readonly #answers = new Map<string, readonly Uint8Array[]>();
  #octets = 0;

  /** What was said to the same octets, if they came before. */
  answers(datagram: Uint8Array): readonly Uint8Array[] | undefined {
    return this.#answers.get(keyOf(datagram));
  }

  keep(datagram: Uint8Array, answers: readonly Uint8Array[]): void {
    const key = keyOf(datagram);
    if (!this.#answers.has(key)) this.#octets += datagram.length;
    this.#answers.set(key, answers);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size === 1 || (this.#answers.size <= MOST && this.#octets <= MOST_OCTETS)) break;
      this.#answers.delete(oldest);
      this.#octets -= oldest.length;
    }
  }
}
