/**
 * An IKEv2 responder: datagrams in, datagrams out; as many peers as its tables hold.
 *
 * Rule 1: nothing is kept of a first message that is refused, nor of one that has yet to bring its cookie.
 * Rule 2: a request that comes again is answered alike, to the octet.
 * Rule 3: the tables are bounded; the oldest half-open SA makes room once its time is over, not before.
 *
 * @see RFC 7296 §1.2, §2.1, §2.6
 * @module
 */
import { concat, sameOctets } from '../../crypto/provider.ts';
import type { Message } from '../../message.ts';
import { EXCHANGE, FLAG } from '../../numbers.ts';
import type { Happening } from '../events.ts';
import { type Begun, HalfOpenTable, RESPONDER_LIMITS, type ResponderLimits } from '../half-open.ts';
import { IdleTable } from '../idle.ts';
import type { Millis } from '../machine.ts';
import { keyOf, type Place } from '../place.ts';
import type { Heard, Said } from '../responder-heard.ts';
import { sameIdentity } from './authenticator.ts';
import { NOTIFY_V2 } from './notifies.ts';
import { answerRequest, type Carrier } from './protected.ts';
import { type Arriving, answerArriving, arriving } from './responder-auth.ts';
import { answerInit, refuseInit } from './responder-init.ts';
import type { Ikev2ResponderSetup } from './responder-setup.ts';
import { answerReceived, type Session } from './session.ts';

/** What it has seen. */
export interface ResponderCounts {
  datagrams: number;
  begun: number;
  cookies: number;
  refused: number;
  dropped: number;
  established: number;
  failed: number;
  ended: number;
}

/** An SA on its way; without `arriving` it goes nowhere. */
interface HalfOpen extends Begun {
  readonly initiatorSpi: Uint8Array;
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  readonly arriving?: Arriving;
  counted?: true;
}

/** An established session, and how it began. */
interface Living {
  readonly session: Session;
  readonly from: Place;
  readonly initiatorSpi: Uint8Array;
}

const NOTHING: Said = { replies: [] };

/** It decides, whoever drives it carries. */
export class Ikev2Responder {
  readonly counts: ResponderCounts = {
    datagrams: 0,
    begun: 0,
    cookies: 0,
    refused: 0,
    dropped: 0,
    established: 0,
    failed: 0,
    ended: 0,
  };
  readonly #setup: Ikev2ResponderSetup;
  readonly #limits: ResponderLimits;
  readonly #carrier: Carrier;
  readonly #secret: Uint8Array;
  readonly #halfOpen: HalfOpenTable<HalfOpen>;
  /** By each of our SPIs. */
  readonly #living = new Map<string, Living>();
  readonly #idle: IdleTable<Living>;
  /** Ended sessions still answer repetitions for a while. */
  readonly #ended: IdleTable<Living>;
  /** What happened at the datagram of the moment. */
  #events: Happening[] = [];

  constructor(setup: Ikev2ResponderSetup) {
    this.#setup = setup;
    this.#limits = { ...RESPONDER_LIMITS, ...setup.limits };
    this.#secret = setup.random(32);
    this.#halfOpen = new HalfOpenTable(this.#limits);
    this.#idle = new IdleTable(this.#limits.idleMillis);
    this.#ended = new IdleTable(this.#limits.halfOpenMillis);
    const { random, mostOctets } = setup;
    this.#carrier = { random, patience: { firstWait: 0, retries: 0 }, ...(mostOctets !== undefined && { mostOctets }) };
  }

  /** The established sessions. */
  get sessions(): readonly Session[] {
    return [...new Set(this.#living.values())].map(({ session }) => session);
  }

  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** One datagram of IKEv2. */
  hear(heard: Heard): Said {
    this.counts.datagrams++;
    const over = this.#forgetOld(heard.now);
    this.#events = [];
    const said = this.#answer(heard);
    if (said.replies.length === 0) this.counts.dropped++;
    return { ...said, events: this.#events, ...(over.length > 0 && { over }) };
  }

  #answer(heard: Heard): Said {
    const { header } = heard.message;
    if (header.version >> 4 !== 2) return NOTHING;
    const byInitiator = (header.flags & FLAG.initiator) !== 0;
    const isFirst = header.exchange === EXCHANGE.saInit && (header.flags & FLAG.response) === 0;
    if (isFirst && byInitiator && header.responderSpi.every((octet) => octet === 0)) return this.#begin(heard);
    const key = keyOf(byInitiator ? header.responderSpi : header.initiatorSpi);
    const living = this.#living.get(key);
    if (living) return this.#goOn(living, heard);
    const half = this.#halfOpen.get(key);
    return half?.arriving ? this.#authenticate(half, half.arriving, heard) : NOTHING;
  }

  #begin({ message, datagram, from, own, now }: Heard): Said {
    const { header, payloads } = message;
    const first = keyOf(header.initiatorSpi, from.address, Uint8Array.of(from.port >> 8, from.port & 0xff));
    const known = this.#halfOpen.begunBy(first);
    if (known) return sameOctets(known.request, datagram) ? { replies: [known.response] } : NOTHING;
    if (header.messageId !== 0 || !this.#halfOpen.hasRoomFor(from) || this.#idle.size >= this.#limits.sessions) return NOTHING;
    const wanted = this.#missingCookie(message, from);
    if (wanted) {
      this.counts.cookies++;
      this.#events.push({ kind: 'cookie' });
      return { replies: [refuseInit(header, NOTIFY_V2.cookie, wanted)] };
    }
    const answer = answerInit(this.#setup, { header, payloads, datagram, from, own });
    this.#events.push(...answer.events);
    if (answer.kind === 'silence') return NOTHING;
    if (answer.kind === 'refused') {
      this.counts.refused++;
      return { replies: [answer.datagram] };
    }
    const begun = answer.kind === 'begun' ? answer.begun : undefined;
    const [response, spi] =
      answer.kind === 'begun' ? [answer.begun.ownMessage, answer.begun.sa.responderSpi] : [answer.datagram, answer.responderSpi];
    const initiatorSpi = header.initiatorSpi.slice();
    const entry = { first, key: keyOf(spi), from, at: now, initiatorSpi, request: datagram.slice(), response };
    this.#halfOpen.add(begun ? { ...entry, arriving: arriving(begun) } : entry);
    this.counts.begun++;
    return { replies: [response] };
  }

  /** The cookie that a first message has to bring and does not. @see RFC 7296 §2.6 */
  #missingCookie({ header, payloads }: Message, from: Place): Uint8Array | undefined {
    const { misbehaviour, provider, random } = this.#setup;
    if (misbehaviour?.endlessCookies === true) return random(16);
    if (misbehaviour?.alwaysCookie !== true && !this.#halfOpen.wantsCookieOf(from)) return undefined;
    const nonce = payloads.find((each) => each.kind === 'nonce');
    const cookie = provider.hmac(
      'sha256',
      this.#secret,
      nonce?.kind === 'nonce' ? nonce.data : concat(),
      from.address,
      header.initiatorSpi,
    );
    const [first] = payloads;
    const brought = first?.kind === 'notify' && first.notify === NOTIFY_V2.cookie ? first.data : undefined;
    return brought && sameOctets(brought, cookie) ? undefined : cookie;
  }

  #authenticate(half: HalfOpen, on: Arriving, heard: Heard): Said {
    const { from, now } = heard;
    const how = { ...this.#setup, carrier: this.#carrier, now, note: (happening: Happening) => void this.#events.push(happening) };
    const replies = answerRequest(on.sa, heard, this.#carrier, (exchange, opened, messageId) =>
      answerArriving(on, how, { exchange, opened, messageId }),
    );
    const { initiatorSpi } = half;
    const { outcome } = on;
    if (outcome === undefined || half.counted) return { replies, initiatorSpi };
    half.counted = true;
    // A failed one stays until its time is over, to answer repetitions alike.
    if (outcome === 'failed') this.counts.failed++;
    else {
      this.counts.established++;
      this.#halfOpen.delete(half);
      const living: Living = { session: outcome, from, initiatorSpi };
      this.#living.set(half.key, living);
      this.#idle.hear(living, now);
      if (on.alone) this.#forgetOthers(living);
    }
    return { replies, initiatorSpi };
  }

  #goOn(living: Living, heard: Heard): Said {
    const { now } = heard;
    const { session, initiatorSpi } = living;
    session.now = now;
    const before = [session.sa, ...session.older];
    const replies = answerReceived(session, heard);
    if (replies.length > 0 && session.ended === undefined) this.#idle.hear(living, now);
    const after = [session.sa, ...session.older];
    for (const sa of before) if (!after.includes(sa)) this.#living.delete(keyOf(ownSpi(sa)));
    for (const sa of after) if (!before.includes(sa)) this.#living.set(keyOf(ownSpi(sa)), living);
    if (session.ended !== undefined && !this.#ended.has(living)) this.#end(living, now);
    return { replies, initiatorSpi };
  }

  #end(living: Living, now: Millis): void {
    this.#idle.delete(living);
    this.#ended.hear(living, now);
    this.counts.ended++;
    if (living.session.ended === 'peer-refused-us') this.#events.push({ kind: 'ended', why: 'peer-refused-us' });
  }

  /** The same peer has come back and knows of no other SA. @see RFC 7296 §2.4 */
  #forgetOthers(living: Living): void {
    for (const other of this.#idle.values()) {
      const same = other.session.peer && living.session.peer && sameIdentity(other.session.peer, living.session.peer);
      if (other === living || same !== true) continue;
      this.#forget(other);
      this.#events.push({ kind: 'ended', why: 'initial-contact' });
    }
  }

  #forget(living: Living): void {
    this.#idle.delete(living);
    for (const sa of [living.session.sa, ...living.session.older]) this.#living.delete(keyOf(ownSpi(sa)));
  }

  /** Those that were not over. */
  #forgetOld(now: Millis): readonly Pick<Living, 'from' | 'initiatorSpi'>[] {
    for (const living of this.#ended.expired(now)) this.#forget(living);
    const idle = this.#idle.expired(now);
    for (const living of idle) this.#forget(living);
    return [...this.#halfOpen.expired(now).filter((half) => half.arriving && half.arriving.outcome === undefined), ...idle];
  }
}

const ownSpi = ({ initiator, initiatorSpi, responderSpi }: Session['sa']): Uint8Array => (initiator ? initiatorSpi : responderSpi);
