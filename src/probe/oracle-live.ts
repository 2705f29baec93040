/**
 * The oracle of a live peer: questions become requests, datagrams become answers.
 *
 * Rule 1: nothing leaves that the pace did not grant; at most two requests are in flight.
 * Rule 2: a request is repeated as it was, with growing patience; the patience follows the peer's round trip once that is known, the
 *         number of repetitions follows the loss that was seen.
 * Rule 3: whatever arrives is recorded; only what answers an open request counts.
 *
 * @module
 */
import { decodeMessage, type Message } from '../ike/index.ts';
import type { Entropy } from '../ike/entropy.ts';
import type { Pace } from '../net/pace.ts';
import type { Transcript } from '../net/transcript.ts';
import type { Millis, Obstacle, Received, Transport } from '../net/transport.ts';
import { type Counters, noCounts } from './counters.ts';
import { encodeQuestion, encodeRelease, type Material, type Meaning, readMeaning } from './messages.ts';
import { Patience, type PatienceLimits } from './patience.ts';
import type { Answer, AnswerBody, ExchangeName, Oracle, Question } from './question.ts';

export interface LiveParts {
  readonly transport: Transport;
  readonly entropy: Entropy;
  /** Our public value for a group, padded to its full length; undefined for a group nobody can compute. */
  readonly publicValue: (group: number) => Uint8Array | undefined;
  /** Grants each datagram its time; false when the budget is used up. */
  readonly pace: Pace;
  /** Who we say to be in aggressive mode. */
  readonly identity?: Material['identity'];
  /** What the transport records; an answer's evidence are its indices. */
  readonly transcript: Transcript;
  readonly signal?: AbortSignal;
}

/** An open request. */
interface Open {
  readonly question: Question;
  readonly material: Material;
  readonly resolve: (answer: Answer) => void;
  readonly evidence: number[];
  bytes: Uint8Array;
  sends: number;
  cookies: number;
  /** The cookie that goes with the request, and how often it was asked for again. */
  cookie?: Uint8Array;
  echoes: number;
  sentAt: Millis;
  /** The second form of a question waits for the same answer. */
  readonly partner?: Open;
  due: Millis;
}

const IN_FLIGHT = 2;
const MAX_COOKIES = 3;
/** Datagrams that answer nothing, of which so many are borne, and so many named. */
const FLOOD = 1000;
const KEPT = 8;
/** After so many of them a look at the clock. */
const NOISE = 32;

export class LiveOracle implements Oracle {
  readonly counters: Counters = noCounts();
  /** What ICMP said, if it said something before anything was answered. */
  obstacle: { readonly state: Obstacle; readonly evidence: readonly number[] } | undefined;
  /** Vendor IDs that came with answers, in order of appearance. */
  readonly vendorIds: { readonly data: Uint8Array; readonly evidence: readonly number[] }[] = [];
  /** Answers that decide nothing, by exchange and what is wrong with them; evidence of the first. */
  readonly odd: { readonly code: string; readonly exchange: ExchangeName; count: number; readonly evidence: readonly number[] }[] = [];
  /** The first datagrams that answer nothing that was asked. */
  readonly strays: number[] = [];
  /** Evidence of an answer that is written as only strongSwan writes it. */
  charon: readonly number[] | undefined;
  /** Index of the first datagram that was received, -1 before. */
  firstReceived = -1;
  readonly #patience: Patience;
  readonly #parts: LiveParts;
  readonly #open = new Map<string, Open>();
  readonly #queue: { question: Question; resolve: (answer: Answer) => void }[] = [];
  #pumping = false;
  /** Requests that have their answer: what still comes for them is late or twice, and harmless. */
  readonly #closed = new Set<string>();
  #unread = 0;
  #spent = false;

  constructor(limits: PatienceLimits, parts: LiveParts) {
    this.#patience = new Patience(limits);
    this.#parts = parts;
  }

  /** Stopped by hand. */
  get interrupted(): boolean {
    return this.#parts.signal?.aborted === true;
  }

  /** More came than anybody asked for: nothing is read any more. */
  get flooded(): boolean {
    return this.#unread > FLOOD + 8 * this.counters.sent;
  }

  get answered(): boolean {
    return this.#patience.answered;
  }

  /** The budget was used up before the work was done. */
  get spent(): boolean {
    return this.#spent;
  }

  /** The share of datagrams that stayed without effect on this path. */
  get loss(): number {
    return this.#patience.loss;
  }

  async ask(batch: readonly Question[]): Promise<readonly Answer[]> {
    const answers = batch.map((question) => new Promise<Answer>((resolve) => this.#queue.push({ question, resolve })));
    void this.#pump();
    return Promise.all(answers);
  }

  /** The one loop: send what is due, receive until the next thing is due. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      do await this.#work();
      while (this.#queue.length > 0);
    } finally {
      this.#pumping = false;
    }
  }

  async #work(): Promise<void> {
    const { transport, signal } = this.#parts;
    while (this.#queue.length > 0 || this.#open.size > 0) {
      if (signal?.aborted || this.flooded) return this.#giveUp({ kind: 'not-asked' });
      if (this.obstacle !== undefined && !this.answered) return this.#giveUp({ kind: 'unreachable', state: this.obstacle.state });
      while (this.#queue.length > 0 && this.#leaders() < IN_FLIGHT) {
        const next = this.#queue.shift();
        if (next !== undefined) await this.#begin(next.question, next.resolve);
      }
      const due = Math.min(...[...this.#open.values()].map((open) => open.due));
      const received = await transport.receive(Number.isFinite(due) ? Math.min(due, transport.clock() + 250) : transport.clock());
      if (received !== undefined) await this.#take(received);
      // Noise may not keep us from what is due.
      if (received === undefined || this.#unread % NOISE === NOISE - 1) await this.#repeatDue();
    }
  }

  #leaders(): number {
    let count = 0;
    for (const open of this.#open.values()) if (open.partner === undefined) count++;
    return count;
  }

  async #begin(question: Question, resolve: (answer: Answer) => void): Promise<void> {
    const open = this.#prepare(question, resolve);
    if (open === undefined) {
      resolve({ kind: 'garbled', code: 'no-public-value', asked: question, evidence: [] });
      return;
    }
    this.counters.requests++;
    if (await this.#send(open)) this.#open.set(spiKey(open.material.initiatorSpi), open);
    else resolve({ kind: 'not-asked', asked: question, evidence: [] });
  }

  #prepare(question: Question, resolve: (answer: Answer) => void, partner?: Open): Open | undefined {
    const { entropy, publicValue, transport } = this.#parts;
    const value = question.keGroup === undefined ? new Uint8Array() : publicValue(question.keGroup);
    if (value === undefined) return undefined;
    const initiatorSpi = entropy(8);
    // A zero SPI would be a new exchange that cannot be found again.
    if (initiatorSpi.every((octet) => octet === 0)) initiatorSpi[7] = 1;
    const material: Material = { initiatorSpi, nonce: entropy(32), publicValue: value, identity: this.#parts.identity };
    const open = {
      question,
      material,
      resolve,
      evidence: [],
      bytes: encodeQuestion(question, material),
      sends: 0,
      cookies: 0,
      echoes: 0,
      sentAt: transport.clock(),
      due: Number.POSITIVE_INFINITY,
    };
    return partner === undefined ? open : { ...open, partner };
  }

  /** False when the budget is used up. */
  async #send(open: Open): Promise<boolean> {
    if (!(await this.#parts.pace.grant())) {
      this.#spent = true;
      return false;
    }
    const { transport } = this.#parts;
    open.sends++;
    await this.#put(open.bytes, open.question.exchange, open.evidence);
    // After it was sent: a replay waits there for as long as the recorded run had computed before.
    open.sentAt = transport.clock();
    open.due = open.sentAt + this.#patience.wait(open.sends, this.#patience.tries(open.question.tries));
    return true;
  }

  async #put(bytes: Uint8Array, note: string, evidence: number[]): Promise<void> {
    const { transport, transcript } = this.#parts;
    const index = transcript.entries.length;
    evidence.push(index);
    this.counters.sent++;
    this.counters.bytesSent += bytes.length;
    await transport.send(bytes);
    if (transcript.entries[index]?.note === undefined) transcript.annotate(index, { note });
  }

  async #repeatDue(): Promise<void> {
    const now = this.#parts.transport.clock();
    for (const [key, open] of this.#open) {
      if (open.due > now) continue;
      if (open.sends >= this.#patience.tries(open.question.tries)) {
        this.#forget(key);
        if (open.partner === undefined) this.#silence(open);
        continue;
      }
      this.counters.retransmitted++;
      const { instead } = open.question;
      // The second try of a large request is a small one beside it: large datagrams may not get through.
      const small = instead !== undefined && open.sends === 1 ? this.#prepare(instead, open.resolve, open) : undefined;
      if (small === undefined) {
        if (!(await this.#send(open))) return this.#giveUp({ kind: 'not-asked' });
      } else {
        if (!(await this.#send(small))) return this.#giveUp({ kind: 'not-asked' });
        this.#open.set(spiKey(small.material.initiatorSpi), small);
        open.sends++;
        open.due = small.due;
      }
    }
  }

  #silence(open: Open): void {
    const partners = [...this.#open].filter(([, other]) => other.partner === open);
    for (const [key] of partners) this.#forget(key);
    const evidence = [...open.evidence, ...partners.flatMap(([, other]) => other.evidence)];
    if (open.echoes > 1) {
      this.#keepOdd('cookie-loop', open);
      open.resolve({ kind: 'garbled', code: 'cookie-loop', asked: open.question, evidence });
      return;
    }
    open.resolve({ kind: 'silence', sends: evidence.length, asked: open.question, evidence });
  }

  #giveUp(body: AnswerBody): void {
    for (const open of this.#open.values())
      if (open.partner === undefined) open.resolve({ ...body, asked: open.question, evidence: open.evidence });
    this.#open.clear();
    for (const { question, resolve } of this.#queue.splice(0))
      resolve({ ...body, asked: question, evidence: this.obstacle?.evidence ?? [] });
  }

  async #take(received: Received): Promise<void> {
    const index = this.#parts.transcript.entries.length - 1;
    if (received.kind !== 'datagram') {
      this.obstacle ??= { state: received.kind, evidence: [index] };
      return;
    }
    const { bytes, at } = received.datagram;
    this.counters.received++;
    this.counters.bytesReceived += bytes.length;
    if (this.firstReceived < 0) this.firstReceived = index;
    const decoded = decodeMessage(bytes);
    const key = decoded.ok ? spiKey(decoded.value.header.initiatorSpi) : '';
    const open = this.#open.get(key);
    if (!decoded.ok || open === undefined) {
      this.#unread++;
      if (!this.#closed.has(key)) {
        this.counters.strays++;
        if (this.strays.length < KEPT) this.strays.push(index);
      }
      return;
    }
    const message = decoded.value;
    const meaning = readMeaning(message, open.question);
    if (meaning === undefined) return;
    open.evidence.push(index);
    if (meaning.kind === 'cookie') {
      await this.#answerCookie(key, open, meaning.cookie);
      return;
    }
    for (const payload of message.payloads) if (payload.kind === 'vendor') this.#keepVendor(payload.data, index);
    this.#measure(open, at);
    this.#close(key, open);
    if (meaning.kind === 'garbled') this.#keepOdd(meaning.code, open);
    const order = meaning.kind === 'chosen' ? meaning.form.order : oddChoice(meaning, message);
    if (order !== undefined) await this.#letGo(open, message.header.responderSpi, order);
    open.resolve({ ...meaning, asked: open.question, evidence: open.evidence, reply: bytes });
  }

  async #answerCookie(key: string, open: Open, cookie: Uint8Array): Promise<void> {
    this.counters.cookies++;
    if (open.cookie !== undefined && sameOctets(open.cookie, cookie)) {
      // It came twice, or the peer did not take it back: the repetition will tell.
      open.echoes++;
      return;
    }
    open.cookie = cookie.slice();
    if (++open.cookies > MAX_COOKIES) {
      this.#close(key, open);
      this.#keepOdd('cookie-loop', open);
      open.resolve({ kind: 'garbled', code: 'cookie-loop', asked: open.question, evidence: open.evidence });
      return;
    }
    open.bytes = encodeQuestion(open.question, open.material, cookie);
    open.sends = 0;
    if (!(await this.#send(open))) this.#giveUp({ kind: 'not-asked' });
  }

  #measure(open: Open, at: Millis): void {
    this.#patience.answer(Math.max(0, at - open.sentAt), open.sends);
    if (open.question.instead === undefined && open.partner === undefined) this.#patience.carried(open.sends);
  }

  #forget(key: string): void {
    this.#open.delete(key);
    this.#closed.add(key);
  }

  /** Forgets a request together with its other form. */
  #close(key: string, open: Open): void {
    this.#forget(key);
    for (const [other, candidate] of this.#open) if (candidate.partner === open || candidate === open.partner) this.#forget(other);
  }

  /**
   * An accepted first message leaves a half-open SA. Peers that write their answer as strongSwan does give it up when told so; others
   * were seen to stumble over informational messages, so they are left alone.
   */
  async #letGo(open: Open, responderSpi: Uint8Array, order: readonly number[]): Promise<void> {
    this.counters.opened++;
    if (open.question.exchange === 'ikev2-init' || !writtenByCharon(order)) return;
    this.charon ??= [...open.evidence];
    if (!(await this.#parts.pace.grant())) return;
    const id = this.#parts.entropy(4);
    const messageId = new DataView(id.buffer, id.byteOffset).getUint32(0) || 1;
    await this.#put(encodeRelease(open.material.initiatorSpi, responderSpi, messageId), 'release', open.evidence);
    this.counters.released++;
  }

  #keepOdd(code: string, open: Open): void {
    const { exchange } = open.question;
    const known = this.odd.find((other) => other.code === code && other.exchange === exchange);
    if (known === undefined) this.odd.push({ code, exchange, count: 1, evidence: [...open.evidence] });
    else known.count++;
  }

  #keepVendor(data: Uint8Array, index: number): void {
    if (this.vendorIds.length < 64 && !this.vendorIds.some((known) => sameOctets(known.data, data)))
      this.vendorIds.push({ data, evidence: [index] });
  }
}

/** strongSwan writes the group before the authentication method; every other implementation keeps the order of the offer. */
function writtenByCharon(order: readonly number[]): boolean {
  const group = order.indexOf(4);
  const auth = order.indexOf(3);
  return group >= 0 && auth > group;
}

/** The order of an answer that chose what was not offered in so many words: it left a half-open SA all the same. */
function oddChoice(meaning: Meaning, { payloads }: Message): readonly number[] | undefined {
  const answer = payloads.find((payload) => payload.kind === 'sa');
  if (meaning.kind !== 'garbled' || answer?.kind !== 'sa') return undefined;
  const [transform] = answer.body.offer.groups[0]?.proposals[0]?.transforms ?? [];
  return transform?.kind === 'suite' ? transform.attributes.map(({ type }) => type) : [];
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

function spiKey(spi: Uint8Array): string {
  let key = '';
  for (const octet of spi) key += octet.toString(16).padStart(2, '0');
  return key;
}
