/**
 * A clock that jumps: hours pass in microseconds, and the same way every time.
 *
 * Time moves only when the event loop is idle, so every task that was woken runs until it waits again before the next moment
 * comes. Several tasks and several transports may share one clock.
 *
 * @module
 */
import type { Clock, Millis } from './transport.ts';

interface Moment {
  readonly at: Millis;
  /** 0 events, 1 deadlines: what arrives at the last moment arrives in time. */
  readonly rank: 0 | 1;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual milliseconds from `start`. */
export class VirtualTime implements Clock {
  readonly #moments: Moment[] = [];
  #now: Millis;
  #order = 0;
  #stepping = false;

  constructor(start: Millis = 0) {
    this.#now = start;
  }

  clock(): Millis {
    return this.#now;
  }

  sleepUntil(at: Millis): Promise<void> {
    return new Promise((resolve) => void this.deadline(at, resolve));
  }

  /** Runs `run` at a time; a time that has passed means now. The result cancels it. */
  schedule(at: Millis, run: () => void): () => void {
    return this.#add({ at, rank: 0, order: this.#order++, run });
  }

  /** As `schedule`, after the events of the same moment; it also makes time move. */
  deadline(at: Millis, run: () => void): () => void {
    const cancel = this.#add({ at, rank: 1, order: this.#order++, run });
    this.#move();
    return cancel;
  }

  #add(moment: Moment): () => void {
    const at = Math.max(moment.at, this.#now);
    const due = { ...moment, at };
    let low = 0;
    let high = this.#moments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#moments[middle] as Moment, due)) low = middle + 1;
      else high = middle;
    }
    this.#moments.splice(low, 0, due);
    return () => {
      const found = this.#moments.indexOf(due);
      if (found >= 0) this.#moments.splice(found, 1);
    };
  }

  #move(): void {
    if (this.#stepping) return;
    this.#stepping = true;
    setImmediate(() => {
      this.#stepping = false;
      if (!this.#moments.some((m) => m.rank === 1)) return; // nobody waits: time stands still
      const next = this.#moments.shift() as Moment;
      this.#now = next.at;
      next.run();
      this.#move();
    });
  }
}

function before(a: Moment, b: Moment): boolean {
  return a.at - b.at < 0 || (a.at === b.at && (a.rank - b.rank || a.order - b.order) < 0);
}
