/**
 * IKEv1 as the responder: phase 1 in both modes, quick modes, and what comes between, for one peer.
 *
 * Rule 1: what was answered once is answered alike again, octet by octet.
 * Rule 2: every table is bounded: exchanges, their quick modes, what is remembered.
 * Rule 3: it never says that it is done, and asks nothing of a clock.
 *
 * @module
 */
import { decodeMessage, type Message } from '../../message.ts';
import { EXCHANGE } from '../../numbers.ts';
import type { Machine, Output } from '../machine.ts';
import { aside } from './aside.ts';
import { sends } from './conversation.ts';
import { messageOf } from './isakmp-sa.ts';
import { PROTOCOL } from './numbers.ts';
import { isEncrypted, isZero } from './phase1.ts';
import { Remembered } from './remembered.ts';
import {
  answerAggressive,
  answerKeys,
  answerMain,
  answerProof,
  type AwaitingKeys,
  type AwaitingProof,
  type Finished,
} from './responder-phase1.ts';
import { answerQuick, type AwaitingConfirmation, confirmQuick } from './responder-quick.ts';
import type { Reaction, ResponderEvent, ResponderSetup } from './responder-setup.ts';

type State = AwaitingKeys | AwaitingProof | Finished;
type Says = readonly Output<never, ResponderEvent>[];

interface Session {
  state: State;
  readonly remembered: Remembered;
  /** Quick modes that wait for their last message, by message ID. */
  readonly quick: Map<number, AwaitingConfirmation>;
}

const MOST_SESSIONS = 64;
const MOST_QUICK = 32;

/** Answers one peer for as long as it is driven. */
export function ikev1Responder(setup: ResponderSetup): Machine<never, ResponderEvent> {
  const responder = new Responder(setup);
  return { step: (input) => (input.kind === 'datagram' ? responder.hear(input.bytes) : []) };
}

class Responder {
  readonly #setup: ResponderSetup;
  readonly #sessions = new Map<string, Session>();
  /** First messages that came to nothing. */
  readonly #refused = new Remembered();
  #sent = 0;

  constructor(setup: ResponderSetup) {
    this.#setup = setup;
  }

  hear(datagram: Uint8Array): Says {
    const decoded = decodeMessage(datagram);
    if (!decoded.ok || decoded.value.header.version >> 4 !== 1) return [];
    const message = decoded.value;
    const key = message.header.initiatorSpi.join('.');
    const session = this.#sessions.get(key);
    const before = (session?.remembered ?? this.#refused).answers(datagram);
    if (before) return this.#says({ replies: before }, session);
    if (isZero(message.header.responderSpi)) return session ? [] : this.#begin(key, datagram, message);
    return session ? this.#goOn(key, session, datagram, message) : [];
  }

  #begin(key: string, datagram: Uint8Array, message: Message): Says {
    const sa = message.payloads.find((payload) => payload.kind === 'sa');
    if (sa?.kind !== 'sa' || isEncrypted(message) || isZero(message.header.initiatorSpi)) return [];
    const { exchange } = message.header;
    if (exchange !== EXCHANGE.mainMode && exchange !== EXCHANGE.aggressiveMode) return [];
    const step = exchange === EXCHANGE.mainMode ? answerMain(this.#setup, message, sa) : answerAggressive(this.#setup, message, sa);
    if (!step.next) {
      this.#refused.keep(datagram, step.replies);
      return this.#says(step);
    }
    this.#makeRoom();
    const session: Session = { state: step.next, remembered: new Remembered(), quick: new Map() };
    this.#sessions.set(key, session);
    session.remembered.keep(datagram, step.replies);
    return this.#says(step);
  }

  /** The oldest unfinished exchange goes, or the oldest of all. */
  #makeRoom(): void {
    if (this.#sessions.size < (this.#setup.most ?? MOST_SESSIONS)) return;
    const all = [...this.#sessions];
    const [oldest] = all.find(([, { state }]) => state.at !== 'established') ?? all[0] ?? [''];
    this.#sessions.delete(oldest);
  }

  #goOn(key: string, session: Session, datagram: Uint8Array, message: Message): Says {
    const { state } = session;
    if (state.at === 'established') return this.#later(key, session, state, datagram);
    const exchange = state.at === 'proof' && state.mode === 'aggressive' ? EXCHANGE.aggressiveMode : EXCHANGE.mainMode;
    if (!messageOf(state, datagram) || message.header.exchange !== exchange) return [];
    if ((state.at === 'keys') === isEncrypted(message)) return [];
    const step =
      state.at === 'keys' ? answerKeys(this.#setup, state, message) : answerProof(this.#setup, state, message, session.remembered);
    if (step.next) session.state = step.next;
    else if (state.at === 'keys') this.#sessions.delete(key);
    session.remembered.keep(datagram, step.replies);
    return this.#says(step, session);
  }

  #later(key: string, session: Session, { sa }: Finished, datagram: Uint8Array): Says {
    const message = messageOf(sa, datagram);
    if (!message) return [];
    if (message.header.exchange === EXCHANGE.quickMode && isEncrypted(message))
      return this.#quick(session, { at: 'established', sa }, datagram, message);
    const heard = aside(sa, datagram)?.says ?? [];
    const over = heard.some((each) => each.kind === 'note' && each.event.kind === 'deleted' && each.event.protocol === PROTOCOL.isakmp);
    if (over) this.#sessions.delete(key);
    return heard;
  }

  #quick(session: Session, { sa }: Finished, datagram: Uint8Array, message: Message): Says {
    const { messageId } = message.header;
    const waiting = session.quick.get(messageId);
    if (waiting) {
      const reaction = confirmQuick(sa, waiting, message);
      if (reaction.confirmed) session.quick.delete(messageId);
      return this.#says(reaction, session);
    }
    const step = answerQuick(this.#setup, sa, message);
    if (step.next) {
      session.quick.set(messageId, step.next);
      const [oldest] = session.quick.keys();
      if (session.quick.size > MOST_QUICK && oldest !== undefined) session.quick.delete(oldest);
    }
    session.remembered.keep(datagram, step.replies);
    return this.#says(step, session);
  }

  /** To where the peer has gone once a NAT was found: with its proof it floats. */
  #says({ replies, events = [] }: Reaction, session?: Session): Says {
    const drops = this.#setup.misbehaves?.drops;
    const leaving = replies.filter(() => drops?.(this.#sent++) !== true);
    const state = session?.state;
    const floated = state?.at === 'established' && state.sa.floated;
    return [...sends(leaving, floated), ...events.map((event) => ({ kind: 'note', event }) as const)];
  }
}
