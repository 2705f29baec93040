/**
 * A virtual wire to a simulated peer: loss, delay, duplication, reordering and a size limit, in virtual time and with seeded
 * chance, so every run is the same and a 30 second timeout takes none.
 *
 * @module
 */
import { Inbox } from './inbox.ts';
import type { Endpoint, Millis, Obstacle, Received, SendResult, Transport } from './transport.ts';
import { VirtualTime } from './virtual-time.ts';

/** One answer of a simulated peer: at once, or `delay` ms later, or from another address and port. */
export type Reply = Uint8Array | { readonly bytes: Uint8Array; readonly delay?: Millis; readonly from?: Endpoint };

/** A simulated peer: what it answers to one datagram. It may keep state. */
export type Responder = (bytes: Uint8Array, from: Endpoint, now: Millis) => readonly Reply[];

/** Decides by the running number of the datagram (from 0, per direction), or by chance (0 to 1). */
export type Chance = number | ((n: number, direction: 'out' | 'back') => boolean);

/** The wire. Everything has a default: 10 ms each way and nothing goes wrong. */
export interface MemoryOptions {
  readonly responder?: Responder;
  /** One way, in ms. */
  readonly latency?: Millis;
  /** Added to the latency, evenly spread from 0 to this, in ms; reorders what is close together. */
  readonly jitter?: Millis;
  readonly loss?: Chance;
  readonly duplicate?: Chance;
  /** The longest datagram, in octets of UDP payload, that passes: larger ones would be fragments, and are dropped. */
  readonly mtu?: number;
  /** Nobody listens: each datagram that is not lost is answered so after two latencies. */
  readonly obstacle?: Obstacle;
  readonly seed?: number;
  readonly peer?: Endpoint;
  readonly local?: Endpoint;
  /** Shared by several wires, if given. */
  readonly time?: VirtualTime;
}

/** A datagram as it was sent, whether it arrived or not. */
export interface Traffic {
  readonly at: Millis;
  readonly bytes: Uint8Array;
}

/** A transport that also shows what was sent, and keeps the clock. */
export interface MemoryTransport extends Transport {
  readonly sent: readonly Traffic[];
  readonly time: VirtualTime;
}

/** A wire with one peer at its end. */
export function memoryNetwork(options: MemoryOptions = {}): MemoryTransport {
  return new Wire(options);
}

class Wire implements MemoryTransport {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly time: VirtualTime;
  readonly sent: Traffic[] = [];
  readonly #options: MemoryOptions;
  readonly #random: () => number;
  readonly #inbox = new Inbox<Received>();
  #back = 0;
  #closed = false;

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.peer = options.peer ?? { address: '192.0.2.1', port: 500 };
    this.local = options.local ?? { address: '198.51.100.1', port: 500 };
    this.time = options.time ?? new VirtualTime();
    this.#random = seededRandom(options.seed ?? 1);
  }

  clock(): Millis {
    return this.time.clock();
  }

  sleepUntil(at: Millis): Promise<void> {
    return this.#closed ? Promise.resolve() : this.time.sleepUntil(at);
  }

  send(bytes: Uint8Array): Promise<SendResult> {
    if (this.#closed) return Promise.resolve({ sent: false, code: 'CLOSED' });
    if (bytes.length > LARGEST) return Promise.resolve({ sent: false, code: 'EMSGSIZE' });
    const copy = bytes.slice();
    const n = this.sent.push({ at: this.clock(), bytes: copy }) - 1;
    this.#carry(copy, n, 'out', 0, () => this.#reach(copy));
    return Promise.resolve({ sent: true });
  }

  receive(until: Millis): Promise<Received | undefined> {
    return this.#inbox.next((expire) => this.time.deadline(until, expire));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#inbox.close();
    return Promise.resolve();
  }

  #reach(bytes: Uint8Array): void {
    const { obstacle, responder } = this.#options;
    if (obstacle) {
      this.time.schedule(this.clock() + this.#delay(), () => {
        this.#inbox.push({ kind: obstacle, code: ERRNO[obstacle], at: this.clock() });
      });
      return;
    }
    for (const reply of responder?.(bytes.slice(), this.local, this.clock()) ?? []) {
      const { bytes: answer, delay, from } = reply instanceof Uint8Array ? { bytes: reply, delay: 0, from: undefined } : reply;
      this.#carry(answer, this.#back++, 'back', delay ?? 0, () => {
        const datagram = { bytes: answer.slice(), at: this.clock(), ...(from ? { from } : {}) };
        this.#inbox.push({ kind: 'datagram', datagram }, answer.length);
      });
    }
  }

  #carry(bytes: Uint8Array, n: number, direction: 'out' | 'back', after: Millis, arrive: () => void): void {
    const { loss = 0, duplicate = 0, mtu = LARGEST } = this.#options;
    const copies = this.#happens(duplicate, n, direction) ? 2 : 1;
    if (this.#happens(loss, n, direction) || bytes.length > mtu) return;
    for (let i = 0; i < copies; i++) this.time.schedule(this.clock() + after + this.#delay(), arrive);
  }

  #happens(chance: Chance, n: number, direction: 'out' | 'back'): boolean {
    return typeof chance === 'number' ? this.#random() < chance : chance(n, direction);
  }

  #delay(): Millis {
    const { latency = 10, jitter = 0 } = this.#options;
    return latency + (jitter > 0 ? this.#random() * jitter : 0);
  }
}

/** Mulberry32: numbers from 0 to below 1, the same for the same seed. Not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** UDP payload over IPv4, in octets. */
const LARGEST = 65_507;
const ERRNO: Readonly<Record<Obstacle, string>> = {
  refused: 'ECONNREFUSED',
  prohibited: 'EHOSTUNREACH',
  unreachable: 'ENETUNREACH',
};
