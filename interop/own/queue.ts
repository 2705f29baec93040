/** Orders for a script that runs: they wait until it has time for them, and tell who gave them what became of them. */
import type { Told } from '../daemons/peer.ts';

export type Command = { readonly kind: 'rekey'; readonly what: 'ike' | 'child' } | { readonly kind: 'terminate' };

interface Waiting {
  readonly command: Command;
  readonly tell: (told: Told) => void;
}

/** First in, first out. */
export class Commands {
  readonly #waiting: Waiting[] = [];
  #over: string | undefined;

  give(command: Command): Promise<Told> {
    if (this.#over !== undefined) return Promise.resolve({ outcome: 'failed', words: this.#over });
    return new Promise((tell) => this.#waiting.push({ command, tell }));
  }

  next(): Waiting | undefined {
    return this.#waiting.shift();
  }

  /** Nothing is heard any more, and why. */
  end(words: string): void {
    this.#over = words;
    for (const { tell } of this.#waiting.splice(0)) tell({ outcome: 'failed', words });
  }
}
