/**
 * Who was heard last, so that who is heard no more can be forgotten.
 *
 * @module
 */
import type { Millis } from './machine.ts';

/** Items in the order in which they were heard. */
export class IdleTable<Item> {
  readonly #most: Millis;
  readonly #heard = new Map<Item, Millis>();

  constructor(most: Millis) {
    this.#most = most;
  }

  get size(): number {
    return this.#heard.size;
  }

  has(item: Item): boolean {
    return this.#heard.has(item);
  }

  values(): Iterable<Item> {
    return this.#heard.keys();
  }

  hear(item: Item, now: Millis): void {
    this.#heard.delete(item);
    this.#heard.set(item, now);
  }

  delete(item: Item): void {
    this.#heard.delete(item);
  }

  /** Those that were not heard for too long, taken out. */
  expired(now: Millis): readonly Item[] {
    const gone: Item[] = [];
    for (const [item, at] of this.#heard) {
      if (now - at < this.#most) break;
      gone.push(item);
    }
    for (const item of gone) this.#heard.delete(item);
    return gone;
  }
}
