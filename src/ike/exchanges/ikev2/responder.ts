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
import { concat, type CryptoProvider, sameOctets } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import { decodeMessage, type Message } from '../../message.ts';
import { EXCHANGE, FLAG } from '../../numbers.ts';
import type { Millis } from '../machine.ts';
import type { Authenticator, CertificateData, Identity } from './authenticator.ts';
import { NOTIFY_V2, type Place } from './notifies.ts';
import { answerRequest, type Carrier } from './protected.ts';
import { type Arriving, arriving, answerArriving } from './responder-auth.ts';
import { answerInit, refuseInit } from './responder-init.ts';
import type { Select } from './selecting.ts';
import { answerDatagram, type Answers, type Session } from './session.ts';

/** What a responder is. */
export interface ResponderSetup {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  /** Chooses for IKE SAs and child SAs; a configured profile's `respond`. */
  readonly select: Select;
  readonly identity: Identity;
  /** The authenticator for a peer that says to be this one; nothing for a stranger. */
  readonly authenticate: (peer: Identity) => Authenticator | undefined;
  /** The body of a CERTREQ payload: some peers show certificates only when asked. */
  readonly request?: CertificateData;
  readonly traffic?: Answers['traffic'];
  /** The longest datagram; that of IPv6's least MTU when left out. */
  readonly mostOctets?: number;
  readonly limits?: Partial<ResponderLimits>;
  readonly misbehaviour?: Misbehaviour;
}

/** How much it bears. */
export interface ResponderLimits {
  /** Half-open SAs at a time; first messages beyond are dropped. */
  readonly halfOpen: number;
  /** From so many half-open SAs on it asks for cookies. */
  readonly cookiesFrom: number;
  /** How long a half-open SA is kept. */
  readonly halfOpenMillis: Millis;
  /** Established ones at a time; beyond, first messages are dropped. */
  readonly sessions: number;
}

const LIMITS: ResponderLimits = { halfOpen: 256, cookiesFrom: 64, halfOpenMillis: 30_000, sessions: 1024 };

/** Wrong things it can be told to do, so that every hostile case has a partner. */
export interface Misbehaviour {
  /** IKE_SA_INIT is answered with a KE of this group. */
  readonly wrongGroup?: number;
  /** The KE of IKE_SA_INIT loses that many octets at its end. */
  readonly truncateKe?: number;
  /** Which datagrams are not heard, counted from 0. */
  readonly drop?: (n: number) => boolean;
  /** A cookie from every first message. */
  readonly alwaysCookie?: boolean;
  /** A new cookie each time, never content. */
  readonly endlessCookies?: boolean;
  /** Its own proof is broken. */
  readonly wrongAuth?: boolean;
}

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

/** An SA on its way. */
interface HalfOpen extends Arriving {
  readonly key: string;
  readonly at: Millis;
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  counted?: true;
}

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
  readonly #setup: ResponderSetup;
  readonly #limits: ResponderLimits;
  readonly #carrier: Carrier;
  readonly #secret: Uint8Array;
  /** By the peer's SPI and place: first messages find their answer again. */
  readonly #first = new Map<string, HalfOpen>();
  /** By our SPI. */
  readonly #halfOpen = new Map<string, HalfOpen>();
  readonly #sessions = new Map<string, Session>();
  /** Ended sessions still answer repetitions for a while. */
  readonly #ended = new Map<Session, Millis>();

  constructor(setup: ResponderSetup) {
    this.#setup = setup;
    this.#limits = { ...LIMITS, ...setup.limits };
    this.#secret = setup.random(32);
    const { random, mostOctets } = setup;
    this.#carrier = { random, patience: { firstWait: 0, retries: 0 }, ...(mostOctets !== undefined && { mostOctets }) };
  }

  /** The established sessions. */
  get sessions(): readonly Session[] {
    return [...new Set(this.#sessions.values())];
  }

  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** What goes back to the sender. `own`: where the datagram was received, for NAT detection. */
  answer(datagram: Uint8Array, from: Place, now: Millis, own?: Place): readonly Uint8Array[] {
    const n = this.counts.datagrams++;
    const decoded = this.#setup.misbehaviour?.drop?.(n) === true ? undefined : decodeMessage(datagram);
    if (decoded?.ok !== true || decoded.value.header.version >> 4 !== 2) return this.#drop();
    const { header } = decoded.value;
    this.#forgetOld(now);
    const isFirst = header.exchange === EXCHANGE.saInit && (header.flags & FLAG.response) === 0;
    if (isFirst && (header.flags & FLAG.initiator) !== 0 && header.responderSpi.every((octet) => octet === 0))
      return this.#begin(decoded.value, datagram, from, now, own);
    const key = hex((header.flags & FLAG.initiator) === 0 ? header.initiatorSpi : header.responderSpi);
    const session = this.#sessions.get(key);
    if (session) return this.#goOn(session, datagram, now);
    const half = this.#halfOpen.get(key);
    return half ? this.#authenticate(half, datagram, now) : this.#drop();
  }

  #drop(): readonly Uint8Array[] {
    this.counts.dropped++;
    return [];
  }

  #begin(message: Message, datagram: Uint8Array, from: Place, now: Millis, own: Place | undefined): readonly Uint8Array[] {
    const { header, payloads } = message;
    const key = `${hex(header.initiatorSpi)} ${hex(from.address)} ${from.port}`;
    const known = this.#first.get(key);
    if (known) return sameOctets(known.request, datagram) ? [known.response] : this.#drop();
    if (header.messageId !== 0 || this.#halfOpen.size >= this.#limits.halfOpen || this.#sessions.size >= this.#limits.sessions)
      return this.#drop();
    const wanted = this.#missingCookie(message, from);
    if (wanted) {
      this.counts.cookies++;
      return [refuseInit(header, NOTIFY_V2.cookie, wanted)];
    }
    const answer = answerInit(this.#setup, { header, payloads, datagram, from, own });
    if (answer.kind === 'silence') return this.#drop();
    if (answer.kind === 'refused') {
      this.counts.refused++;
      return [answer.datagram];
    }
    const { begun } = answer;
    const half: HalfOpen = { ...arriving(begun), key, at: now, request: datagram.slice(), response: begun.ownMessage };
    this.#first.set(key, half);
    this.#halfOpen.set(hex(begun.sa.responderSpi), half);
    this.counts.begun++;
    return [begun.ownMessage];
  }

  /** The cookie that a first message has to bring and does not. @see RFC 7296 §2.6 */
  #missingCookie({ header, payloads }: Message, from: Place): Uint8Array | undefined {
    const { misbehaviour, provider, random } = this.#setup;
    if (misbehaviour?.endlessCookies === true) return random(16);
    if (misbehaviour?.alwaysCookie !== true && this.#halfOpen.size < this.#limits.cookiesFrom) return undefined;
    const nonce = payloads.find((each) => each.kind === 'nonce');
    const cookie = provider.hmac('sha256', this.#secret, nonce?.kind === 'nonce' ? nonce.data : NOTHING, from.address, header.initiatorSpi);
    const [first] = payloads;
    const brought = first?.kind === 'notify' && first.notify === NOTIFY_V2.cookie ? first.data : undefined;
    return brought && sameOctets(brought, cookie) ? undefined : cookie;
  }

  #authenticate(half: HalfOpen, datagram: Uint8Array, now: Millis): readonly Uint8Array[] {
    const datagrams = answerRequest(half.sa, datagram, this.#carrier, (exchange, opened, messageId) =>
      answerArriving(half, { ...this.#setup, carrier: this.#carrier, now }, { exchange, opened, messageId }),
    );
    const { outcome } = half;
    if (outcome === undefined || half.counted) return datagrams;
    half.counted = true;
    // A failed one stays until its time is over, to answer repetitions alike.
    if (outcome === 'failed') this.counts.failed++;
    else {
      this.counts.established++;
      this.#halfOpen.delete(hex(half.sa.responderSpi));
      this.#sessions.set(hex(half.sa.responderSpi), outcome);
    }
    return datagrams;
  }

  #goOn(session: Session, datagram: Uint8Array, now: Millis): readonly Uint8Array[] {
    session.now = now;
    const before = [session.sa, ...session.older];
    const datagrams = answerDatagram(session, datagram);
    const after = [session.sa, ...session.older];
    for (const sa of before) if (!after.includes(sa)) this.#sessions.delete(hex(ownSpi(sa)));
    for (const sa of after) if (!before.includes(sa)) this.#sessions.set(hex(ownSpi(sa)), session);
    if (session.ended !== undefined && !this.#ended.has(session)) {
      this.#ended.set(session, now);
      this.counts.ended++;
    }
    return datagrams;
  }

  #forgetOld(now: Millis): void {
    for (const half of this.#first.values()) {
      if (now - half.at < this.#limits.halfOpenMillis) break;
      this.#first.delete(half.key);
      this.#halfOpen.delete(hex(half.sa.responderSpi));
    }
    for (const [session, at] of this.#ended) {
      if (now - at < this.#limits.halfOpenMillis) break;
      this.#ended.delete(session);
      for (const sa of [session.sa, ...session.older]) this.#sessions.delete(hex(ownSpi(sa)));
    }
  }
}

const ownSpi = ({ initiator, initiatorSpi, responderSpi }: Session['sa']): Uint8Array => (initiator ? initiatorSpi : responderSpi);
const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
const NOTHING = concat();
