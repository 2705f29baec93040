/**
 * A bounded queue between a source that does not wait and readers that do.
 *
 * @module
 */

/** What an inbox holds before it drops the oldest item. */
export interface InboxLimits {
  readonly items: number;
  readonly octets: number;
}

const LIMITS: InboxLimits = { items: 4096, octets: 16 * 1024 * 1024 };

/** First in, first out; the oldest item is dropped when a limit is reached, and counted. */
export class Inbox<T> {
  readonly #items: { readonly item: T; readonly octets: number }[] = [];
  readonly #readers: ((item: T | undefined) => void)[] = [];
  readonly #limits: InboxLimits;
  #octets = 0;
  #dropped = 0;
  #closed = false;

  constructor(limits: InboxLimits = LIMITS) {
    this.#limits = limits;
  }

  /** How many items were dropped because nobody fetched them in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Hands the item to the reader that waits longest, or keeps it. `octets` is what it counts against the limit. */
  push(item: T, octets = 0): void {
    if (this.#closed) return;
    const reader = this.#readers.shift();
    if (reader) return reader(item);
    this.#items.push({ item, octets });
    this.#octets += octets;
    while (this.#items.length > this.#limits.items || (this.#octets > this.#limits.octets && this.#items.length > 1)) {
      this.#octets -= this.#items.shift()?.octets ?? 0;
      this.#dropped++;
    }
  }

  /** The oldest item, if there is one. */
  take(): T | undefined {
    const first = this.#items.shift();
    this.#octets -= first?.octets ?? 0;
    return first?.item;
  }

  /** The next item, now or when it comes; undefined on close, or when `alarm` says that the time is over. `alarm` gives its own withdrawal. */
  next(alarm: (expire: () => void) => () => void): Promise<T | undefined> {
    const ready = this.take();
    if (ready !== undefined || this.#closed) return Promise.resolve(ready);
    return new Promise((resolve) => {
      const reader = (item: T | undefined): void => {
        cancel();
        resolve(item);
      };
      this.#readers.push(reader);
      const cancel = alarm(() => {
        const at = this.#readers.indexOf(reader);
        if (at >= 0) this.#readers.splice(at, 1);
        resolve(undefined);
      });
    });
  }

  close(): void {
    this.#closed = true;
    for (const reader of this.#readers.splice(0)) reader(undefined);
  }
}
