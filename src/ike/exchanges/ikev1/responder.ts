/**
 * IKEv1 as the responder: phase 1 in both modes, quick modes, and what comes between, for as many peers as its tables hold.
 *
 * Rule 1: what was answered once is answered alike again, octet by octet.
 * Rule 2: every table is bounded: exchanges, SAs, their quick modes, what is remembered.
 * Rule 3: nothing is kept of a first message that is refused but its answer, and of those only the last few.
 *
 * @module
 */
import { sameOctets } from '../../crypto/provider.ts';
import type { Message } from '../../message.ts';
import { EXCHANGE } from '../../numbers.ts';
import type { Happening, Reaction } from '../events.ts';
import { type Begun, HalfOpenTable, RESPONDER_LIMITS, type ResponderLimits } from '../half-open.ts';
import { IdleTable } from '../idle.ts';
import type { Millis } from '../machine.ts';
import { keyOf } from '../place.ts';
import type { Heard, Said } from '../responder-heard.ts';
import { offersIn } from '../selecting.ts';
import { aside } from './aside.ts';
import { messageOf } from './isakmp-sa.ts';
import { NOTIFY_V1, PROTOCOL } from './numbers.ts';
import { isEncrypted, isZero } from './phase1.ts';
import { Remembered } from './remembered.ts';
import { answerAggressive, answerKeys, answerMain, answerProof } from './responder-phase1.ts';
import { answerQuick, type AwaitingConfirmation, confirmQuick } from './responder-quick.ts';
import type { Ikev1ResponderSetup } from './responder-setup.ts';
import type { AwaitingKeys, AwaitingProof, Finished, Here, Spent } from './responder-states.ts';

/** One peer's exchange and what it became. */
interface Conversation extends Begun {
  state: AwaitingKeys | AwaitingProof | Spent | Finished;
  readonly here: Here;
  readonly initiatorCookie: Uint8Array;
  readonly remembered: Remembered;
  /** Quick modes that wait for their last message, by message ID. */
  readonly quick: Map<number, AwaitingConfirmation>;
}

const MOST_QUICK = 32;
const NOTHING: Reaction = { replies: [] };

export class Ikev1Responder {
  readonly #setup: Ikev1ResponderSetup;
  readonly #limits: ResponderLimits;
  readonly #halfOpen: HalfOpenTable<Conversation>;
  /** By both cookies. */
  readonly #established = new Map<string, Conversation>();
  readonly #idle: IdleTable<Conversation>;
  /** First messages that came to nothing. */
  readonly #refused = new Remembered();

  constructor(setup: Ikev1ResponderSetup) {
    this.#setup = setup;
    this.#limits = { ...RESPONDER_LIMITS, ...setup.limits };
    this.#halfOpen = new HalfOpenTable(this.#limits);
    this.#idle = new IdleTable(this.#limits.idleMillis);
  }

  get halfOpen(): number {
    return this.#halfOpen.size;
  }

  /** How many ISAKMP SAs live. */
  get established(): number {
    return this.#established.size;
  }

  /** One datagram of IKEv1. */
  hear(heard: Heard): Said {
    const idle = this.#idle.expired(heard.now);
    for (const { key } of idle) this.#established.delete(key);
    const over = [...this.#halfOpen.expired(heard.now), ...idle].map(({ from, initiatorCookie }) => ({
      from,
      initiatorSpi: initiatorCookie,
    }));
    const reaction = this.#answer(heard);
    return over.length > 0 ? { ...reaction, over } : reaction;
  }

  #answer(heard: Heard): Reaction {
    const { initiatorSpi, responderSpi } = heard.message.header;
    if (isZero(responderSpi)) return this.#first(heard);
    const key = keyOf(initiatorSpi, responderSpi);
    const conversation = this.#established.get(key) ?? this.#halfOpen.get(key);
    if (!conversation) return NOTHING;
    const before = conversation.remembered.answers(heard.datagram);
    return before ? { replies: before } : this.#goOn(conversation, heard);
  }

  #first(heard: Heard): Reaction {
    const { datagram, from, message } = heard;
    const first = keyOf(message.header.initiatorSpi, from.address, Uint8Array.of(from.port >> 8, from.port & 0xff));
    const known = this.#halfOpen.begunBy(first);
    if (known) return { replies: known.remembered.answers(datagram) ?? [] };
    const before = this.#refused.answers(datagram);
    return before ? { replies: before } : this.#begin(first, heard);
  }

  #begin(first: string, { message, datagram, from, own, now }: Heard): Reaction {
    const { exchange, initiatorSpi } = message.header;
    const [offered] = offersIn(message.payloads, 1);
    if (!offered || isEncrypted(message) || isZero(initiatorSpi)) return NOTHING;
    if (exchange !== EXCHANGE.mainMode && exchange !== EXCHANGE.aggressiveMode) return NOTHING;
    const mode = exchange === EXCHANGE.mainMode ? 'main' : 'aggressive';
    if (this.#setup.modes?.includes(mode) === false) return NOTHING;
    if (!this.#halfOpen.hasRoomFor(from) || this.#established.size >= this.#limits.sessions) return NOTHING;
    const here: Here = own ? { ...this.#setup, ends: { own, peer: from } } : this.#setup;
    const step = mode === 'main' ? answerMain(here, message, offered) : answerAggressive(here, message, offered);
    if (!step.next) {
      this.#refused.keep(datagram, step.replies);
      return step;
    }
    const { initiatorCookie, responderCookie } = step.next;
    const key = keyOf(initiatorCookie, responderCookie);
    const remembered = new Remembered();
    remembered.keep(datagram, step.replies);
    this.#halfOpen.add({ first, key, from, at: now, here, initiatorCookie, state: step.next, remembered, quick: new Map() });
    return step;
  }

  #goOn(conversation: Conversation, heard: Heard): Reaction {
    const { state, here, remembered } = conversation;
    const { message, datagram } = heard;
    if (state.at === 'established') {
      this.#idle.hear(conversation, heard.now);
      return this.#later(conversation, state, heard);
    }
    if (this.#setup.endsWhenRefused === true && isPlainRefusal(message)) {
      this.#halfOpen.delete(conversation);
      return { replies: [], events: [{ kind: 'ended', why: 'peer-refused-us' }] };
    }
    if (state.at === 'spent') return NOTHING;
    const exchange = state.at === 'proof' && state.mode === 'aggressive' ? EXCHANGE.aggressiveMode : EXCHANGE.mainMode;
    if (message.header.exchange !== exchange || (state.at === 'keys') === isEncrypted(message)) return NOTHING;
    if (state.at === 'proof' && here.misbehaviour?.deafTo?.includes('auth') === true) return NOTHING;
    const step = state.at === 'keys' ? answerKeys(here, state, message) : answerProof(here, state, message, remembered);
    if (step.next) conversation.state = step.next;
    else if (state.at === 'keys') this.#halfOpen.delete(conversation);
    remembered.keep(datagram, step.replies);
    return step.next?.at === 'established' ? this.#establish(conversation, step, heard.now) : step;
  }

  #establish(conversation: Conversation, step: Reaction, now: Millis): Reaction {
    this.#halfOpen.delete(conversation);
    this.#established.set(conversation.key, conversation);
    this.#idle.hear(conversation, now);
    return this.#alone(conversation, step);
  }

  /** A peer that says INITIAL-CONTACT has forgotten its other SAs: so do we. @see RFC 2407 §4.6.3.3 */
  #alone(conversation: Conversation, said: Reaction): Reaction {
    const first = said.events?.some((each) => each.kind === 'notified' && each.notify === NOTIFY_V1.initialContact);
    if (first !== true) return said;
    const { state } = conversation;
    for (const other of this.#established.values()) {
      const same = other.state.at === 'established' && state.at === 'established' && sameIdentity(other.state, state);
      if (same && other !== conversation) this.#forget(other);
    }
    return said;
  }

  #forget(conversation: Conversation): void {
    this.#established.delete(conversation.key);
    this.#idle.delete(conversation);
  }

  #later(conversation: Conversation, { sa }: Finished, heard: Heard): Reaction {
    const { message, datagram } = heard;
    if (message.header.exchange === EXCHANGE.quickMode && isEncrypted(message)) return this.#quick(conversation, sa, heard);
    const deaf = this.#setup.misbehaviour?.deafTo ?? [];
    const said = aside(sa, datagram)?.says ?? [];
    const events = said.flatMap((each): Happening[] => (each.kind === 'note' ? [each.event] : []));
    const unheard = (to: 'delete' | 'alive', happening: Happening['kind']): boolean =>
      deaf.includes(to) && events.some(({ kind }) => kind === happening);
    if (unheard('delete', 'deleted') || unheard('alive', 'asked-alive')) {
      sa.remembered.keep(datagram, []);
      return NOTHING;
    }
    if (events.some((each) => each.kind === 'deleted' && each.protocol === PROTOCOL.isakmp)) this.#forget(conversation);
    return this.#alone(conversation, { replies: said.flatMap((each) => (each.kind === 'send' ? [each.bytes] : [])), events });
  }

  #quick({ here, quick, remembered }: Conversation, sa: Finished['sa'], { message, datagram }: Heard): Reaction {
    const { messageId } = message.header;
    if (!messageOf(sa, datagram)) return NOTHING;
    const waiting = quick.get(messageId);
    if (waiting) {
      const reaction = confirmQuick(sa, waiting, message);
      if (reaction.confirmed) quick.delete(messageId);
      return reaction;
    }
    const step = answerQuick(here, sa, message);
    if (step.next) {
      quick.set(messageId, step.next);
      const [oldest] = quick.keys();
      if (quick.size > MOST_QUICK && oldest !== undefined) quick.delete(oldest);
    }
    remembered.keep(datagram, step.replies);
    return step;
  }
}

const sameIdentity = ({ sa: { peerIdentity: a } }: Finished, { sa: { peerIdentity: b } }: Finished): boolean =>
  a.idType === b.idType && sameOctets(a.data, b.data);

function isPlainRefusal(message: Message): boolean {
  if (message.header.exchange !== EXCHANGE.informationalV1 || isEncrypted(message)) return false;
  return message.payloads.some((each) => each.kind === 'notify' && each.notify === NOTIFY_V1.noProposalChosen);
}
