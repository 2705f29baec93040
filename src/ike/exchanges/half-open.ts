/**
 * The table of exchanges that are not finished: bounded in all and for each address, and emptied by time.
 *
 * Rule: an entry makes room when its time is over, not before: who floods the table shuts out others, but ends nobody's exchange.
 *
 * @see RFC 7296 §2.6
 * @module
 */
import type { Millis } from './machine.ts';
import { keyOf, type Place } from './place.ts';

/** How much a responder bears. */
export interface ResponderLimits {
  /** Half-open SAs at a time; first messages beyond are dropped. */
  readonly halfOpen: number;
  /** The same for each address. */
  readonly halfOpenFromOne: number;
  /** From so many half-open SAs on IKEv2 asks for cookies. */
  readonly cookiesFrom: number;
  /** The same for each address. */
  readonly cookiesFromOne: number;
  /** How long a half-open SA is kept. */
  readonly halfOpenMillis: Millis;
  /** Established ones at a time; beyond, first messages are dropped. */
  readonly sessions: number;
  /** How long one is kept on which nothing is heard. */
  readonly idleMillis: Millis;
}

export const RESPONDER_LIMITS: ResponderLimits = {
  halfOpen: 256,
  halfOpenFromOne: Infinity,
  cookiesFrom: 64,
  cookiesFromOne: Infinity,
  halfOpenMillis: 30_000,
  sessions: 1024,
  idleMillis: 8 * 3_600_000,
};

/** What an entry has. */
export interface Begun {
  /** The peer's SPI or cookie, and its place: the first message finds its answer again. */
  readonly first: string;
  /** Both sides' SPIs or cookies, or ours. */
  readonly key: string;
  readonly from: Place;
  readonly at: Millis;
}

export class HalfOpenTable<Entry extends Begun> {
  readonly #limits: ResponderLimits;
  /** In the order in which they began. */
  readonly #byKey = new Map<string, Entry>();
  readonly #byFirst = new Map<string, Entry>();
  readonly #fromOne = new Map<string, number>();

  constructor(limits: ResponderLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  begunBy(first: string): Entry | undefined {
    return this.#byFirst.get(first);
  }

  hasRoomFor({ address }: Place): boolean {
    return this.size < this.#limits.halfOpen && this.#count(address) < this.#limits.halfOpenFromOne;
  }

  wantsCookieOf({ address }: Place): boolean {
    return this.size >= this.#limits.cookiesFrom || this.#count(address) >= this.#limits.cookiesFromOne;
  }

  add(entry: Entry): void {
    this.#byKey.set(entry.key, entry);
    this.#byFirst.set(entry.first, entry);
    const one = keyOf(entry.from.address);
    this.#fromOne.set(one, (this.#fromOne.get(one) ?? 0) + 1);
  }

  delete(entry: Entry): void {
    if (!this.#byKey.delete(entry.key)) return;
    if (this.#byFirst.get(entry.first) === entry) this.#byFirst.delete(entry.first);
    const one = keyOf(entry.from.address);
    const left = (this.#fromOne.get(one) ?? 1) - 1;
    if (left > 0) this.#fromOne.set(one, left);
    else this.#fromOne.delete(one);
  }

  /** Those whose time is over, taken out. */
  expired(now: Millis): readonly Entry[] {
    const gone: Entry[] = [];
    for (const entry of this.#byKey.values()) {
      if (now - entry.at < this.#limits.halfOpenMillis) break;
      gone.push(entry);
    }
    for (const entry of gone) this.delete(entry);
    return gone;
  }

  #count(address: Uint8Array): number {
    return this.#fromOne.get(keyOf(address)) ?? 0;
  }
}
