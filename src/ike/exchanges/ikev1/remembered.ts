/**
 * Datagrams that were answered, and with what: a repetition is answered alike, and the memory of them is bounded.
 *
 * @see RFC 2408 §4.1.4
 * @module
 */

/** As many as come between two waits of an exchange, and some. */
const MOST = 16;

/** The last few datagrams received and what was said to them. */
export class Remembered {
  readonly #answers = new Map<string, readonly Uint8Array[]>();

  /** What was said to the same octets, if they came before. */
  answers(datagram: Uint8Array): readonly Uint8Array[] | undefined {
    return this.#answers.get(keyOf(datagram));
  }

  keep(datagram: Uint8Array, answers: readonly Uint8Array[]): void {
    this.#answers.set(keyOf(datagram), answers);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MOST) break;
      this.#answers.delete(oldest);
    }
  }
}

/** One character an octet. */
const keyOf = (datagram: Uint8Array): string => Array.from(datagram, (octet) => String.fromCharCode(octet)).join('');
