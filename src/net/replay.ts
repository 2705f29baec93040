/**
 * Transports around a transcript: one that writes it, one that plays it back.
 *
 * @module
 */
import { Inbox } from './inbox.ts';
import type { Transcript, TranscriptEntry } from './transcript.ts';
import type { Endpoint, Millis, Received, SendResult, Transport } from './transport.ts';
import { VirtualTime } from './virtual-time.ts';

/** Passes everything through to `inner` and notes it. Times count from `origin`, this call when left out; `floated`: to and from port 4500. */
export function recordingTransport(
  inner: Transport,
  transcript: Transcript,
  { origin = inner.clock(), floated = false }: { readonly origin?: Millis; readonly floated?: boolean } = {},
): Transport {
  const where = floated ? { floated: true as const } : {};
  let last = 0;
  const time = (at: Millis): Millis => (last = Math.max(last, Math.round((at - origin) * 1000) / 1000));
  return {
    peer: inner.peer,
    get local() {
      return inner.local;
    },
    ...(inner.sourcePortNote ? { sourcePortNote: inner.sourcePortNote } : {}),
    clock: () => inner.clock(),
    sleepUntil: (at) => inner.sleepUntil(at),
    close: () => inner.close(),
    async send(bytes) {
      // Before the call: an answer can be there before the call returns.
      const entry = transcript.append({ direction: 'sent', at: time(inner.clock()), bytes, ...where });
      const result = await inner.send(bytes);
      if (!result.sent) transcript.annotate(entry.index, { note: `not sent: ${result.code}` });
      return result;
    },
    async receive(until) {
      const got = await inner.receive(until);
      // What came in the grace after a deadline counts as in time, in a replay too.
      if (got) transcript.append({ ...heard(got, (at) => time(Math.min(at, Math.max(until, origin)))), ...where });
      return got;
    },
  };
}

function heard(got: Received, time: (at: Millis) => Millis): Omit<TranscriptEntry, 'index'> {
  if (got.kind !== 'datagram') {
    return { direction: 'received', at: time(got.at), bytes: new Uint8Array(), obstacle: { kind: got.kind, code: got.code } };
  }
  const { bytes, at, from } = got.datagram;
  return { direction: 'received', at: time(at), bytes, ...(from ? { from } : {}) };
}

/** A replay also tells where the run was no longer the recorded one. */
export interface ReplayTransport extends Transport {
  /** The index of the first recorded datagram that was not sent again octet by octet; `entries.length` for one too many. */
  readonly divergedAt: number | undefined;
}

/**
 * Answers the nth datagram sent with what was received after the nth recorded one, at the recorded times, in virtual time.
 * Datagrams are matched by order, not by content: with the recorded seed and settings a run sends the same octets.
 */
export function replayTransport(transcript: Transcript): ReplayTransport {
  return new Replay(transcript);
}

class Replay implements ReplayTransport {
  readonly peer: Endpoint;
  readonly local: Endpoint | undefined;
  readonly #entries: readonly TranscriptEntry[];
  readonly #time = new VirtualTime();
  readonly #inbox = new Inbox<Received>();
  #next = 0;
  #divergedAt: number | undefined;
  #closed = false;

  constructor({ head, entries }: Transcript) {
    this.peer = { address: head.target.address, port: head.target.port };
    this.local = head.local;
    this.#entries = entries;
    this.#deliver();
  }

  get divergedAt(): number | undefined {
    return this.#divergedAt;
  }

  clock(): Millis {
    return this.#time.clock();
  }

  sleepUntil(at: Millis): Promise<void> {
    return this.#time.sleepUntil(at);
  }

  async send(bytes: Uint8Array): Promise<SendResult> {
    if (this.#closed) return { sent: false, code: 'CLOSED' };
    const recorded = this.#entries[this.#next];
    if (!recorded || !equal(recorded.bytes, bytes)) this.#divergedAt ??= this.#next;
    if (!recorded) return { sent: true };
    this.#next++;
    this.#deliver();
    const failed = /^not sent: (\w+)$/.exec(recorded.note ?? '')?.[1];
    // The recorded run took time to compute: this keeps the two clocks together.
    if (recorded.at > this.clock()) await this.#time.sleepUntil(recorded.at);
    return failed === undefined ? { sent: true } : { sent: false, code: failed };
  }

  receive(until: Millis): Promise<Received | undefined> {
    return this.#inbox.next((expire) => this.#time.deadline(until, expire));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#inbox.close();
    return Promise.resolve();
  }

  /** Schedules what was received before the next recorded datagram was sent. */
  #deliver(): void {
    for (; this.#entries[this.#next]?.direction === 'received'; this.#next++) {
      const { at, bytes, from, obstacle } = this.#entries[this.#next] as TranscriptEntry;
      this.#time.schedule(at, () => {
        const now = this.clock();
        if (obstacle) this.#inbox.push({ ...obstacle, at: now });
        else this.#inbox.push({ kind: 'datagram', datagram: { bytes, at: now, ...(from ? { from } : {}) } }, bytes.length);
      });
    }
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}
