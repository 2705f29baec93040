/**
 * How long the probe waits for an answer and how often it asks again: the waits follow the peer's round trip once that is known, the
 * number of repetitions follows the loss that was seen.
 *
 * @module
 */
import type { Millis } from '../net/transport.ts';

/** What the user allows. */
export interface PatienceLimits {
  /** First wait for an answer, doubled at each repetition. */
  readonly timeout: Millis;
  readonly retries: number;
}

/** What is learnt of one path. */
export class Patience {
  readonly #limits: PatienceLimits;
  #roundTrip: Millis | undefined;
  /** Datagrams of answered requests, and those among them that were in vain. */
  #carried = 0;
  #vain = 0;

  constructor(limits: PatienceLimits) {
    this.#limits = limits;
  }

  /** Whether anything was answered yet. */
  get answered(): boolean {
    return this.#roundTrip !== undefined;
  }

  /** The share of datagrams that stayed without effect on this path. */
  get loss(): number {
    return (this.#vain + 0.1) / (this.#carried + 4);
  }

  /** How long to wait after the given number of sends of at most `tries`. */
  wait(sends: number, tries: number): Millis {
    const { timeout, retries } = this.#limits;
    const first = this.#roundTrip === undefined ? timeout : Math.min(timeout, Math.max(120, 4 * this.#roundTrip));
    const backedOff = first * 2 ** (sends - 1);
    if (!this.answered) return Math.min(backedOff, timeout * 2 ** retries);
    // A known peer answers soon or not at all; only the last datagram gets all the time that a first one has.
    return sends >= tries ? Math.max(first, timeout) : Math.min(backedOff, Math.max(2 * first, timeout / 2));
  }

  /** How often a request may be sent, which `usual` says otherwise: more often on a path that was seen to lose datagrams. */
  tries(usual: number = this.#limits.retries + 1): number {
    if (!this.answered || this.loss < 0.05) return usual;
    return Math.max(usual, Math.min(16, Math.ceil(Math.log(1e-5) / Math.log(this.loss))));
  }

  /** An answer came so long after the last of so many sends. A repeated request does not tell which copy was answered. Karn's rule. */
  answer(took: Millis, sends: number): void {
    if (sends === 1) this.#roundTrip = Math.max(took, (this.#roundTrip ?? 0) / 2);
    else this.#roundTrip = Math.max(took, this.#roundTrip ?? this.#limits.timeout / 4);
  }

  /** So many sends of one request were needed: all but the last were in vain. */
  carried(sends: number): void {
    this.#carried += sends;
    this.#vain += sends - 1;
  }
}
