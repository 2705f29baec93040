/**
 * An established connection of two peers: the IKE SA of the moment, its child SAs, and the requests of ours that go over it.
 *
 * Rule: while we wait, the peer's requests are answered: it is not left hanging because we probe it.
 *
 * @module
 */
import type { CryptoProvider } from '../../crypto/provider.ts';
import { decodeMessage } from '../../message.ts';
import type { Payload } from '../../payloads/index.ts';
import type { TrafficSelector } from '../../payloads/ts.ts';
import type { Happening } from '../events.ts';
import type { Millis } from '../machine.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import type { Answer, Script } from '../script.ts';
import type { Select } from '../selecting.ts';
import { answerSession } from './answering.ts';
import type { Identity } from './authenticator.ts';
import type { IkeSa, Opened } from './ike-sa.ts';
import { answerRequest, type Aside, type Carrier, protectedRequest, type Received } from './protected.ts';
import type { Settled } from './suite.ts';

/** A child SA as negotiated. Nothing is ever sent through one. SPIs have 4 octets. */
export interface ChildSa {
  readonly protocol: number;
  /** In the packets that we would receive. */
  readonly ownSpi: Uint8Array;
  /** In those that the peer would. */
  readonly peerSpi: Uint8Array;
  readonly settled: Settled;
  readonly ownTraffic: readonly TrafficSelector[];
  readonly peerTraffic: readonly TrafficSelector[];
  /** The group of its own key exchange, none without PFS. */
  readonly group?: number;
  /** The responder answered with more traffic than was asked for: iked does not narrow its own. It counts as made, so that it is deleted again. @see RFC 7296 §2.9 */
  readonly widened?: true;
  /** Transport mode was asked for and granted; tunnel mode else. @see RFC 7296 §1.3.1 */
  readonly transport?: true;
}

/** What a session answers a peer's requests with. */
export interface Answers {
  /** Chooses for the peer's rekeying of the IKE SA, and for child SAs; without it they are refused. */
  readonly select?: Select;
  /** What traffic of ours and of the peer may be in a child SA; all that is asked for when left out. */
  readonly traffic?: { readonly own: readonly TrafficSelector[]; readonly peer: readonly TrafficSelector[] };
  /** How many child SAs there may be at a time; 64 when left out. */
  readonly mostChildren?: number;
  readonly misbehaviour?: Misbehaviour | undefined;
}

/** How a connection ended. */
export type Ending = 'we-deleted' | 'peer-deleted' | 'silence' | 'peer-refused-us';

/** Mutable: exchanges move it on. */
export interface Session {
  readonly provider: CryptoProvider;
  readonly carrier: Carrier;
  readonly answers: Answers;
  /** Who the peer has proved to be, where that is known. */
  readonly peer?: Identity;
  /** The one that our requests go over. */
  sa: IkeSa;
  /** Rekeyed ones that are not deleted yet, at most a few. */
  readonly older: IkeSa[];
  children: ChildSa[];
  ended: Ending | undefined;
  /** A rekeying of the IKE SA is under way: the peer's requests for the like get TEMPORARY_FAILURE. @see RFC 7296 §2.25 */
  rekeying: boolean;
  /** What the peer has begun with CREATE_CHILD_SA and still owes key exchanges for. */
  pending: Pending | undefined;
  /** Requests of the peer that were answered, and what came of them; those that were put off by TEMPORARY_FAILURE. */
  readonly counts: { asked: number; rekeyedByPeer: number; deletedByPeer: number; putOff: number };
  /** What the peer does is told to it. */
  readonly note: (happening: Happening) => void;
  now: Millis;
}

/** Something that comes into being with the last of its additional key exchanges. @see RFC 9370 §2.2.4 */
export interface Pending {
  readonly link: Uint8Array;
  readonly remaining: readonly number[];
  readonly secrets: readonly Uint8Array[];
  /** Nothing when it cannot be. */
  readonly finish: (secrets: readonly Uint8Array[]) => boolean;
}

/** A new one. */
export function session(
  from: Pick<Session, 'provider' | 'carrier' | 'sa' | 'now' | 'peer'> & {
    readonly answers?: Answers | undefined;
    readonly children?: ChildSa[];
    readonly note?: Session['note'];
  },
): Session {
  const counts = { asked: 0, rekeyedByPeer: 0, deletedByPeer: 0, putOff: 0 };
  const { answers = {}, children = [], note = () => undefined } = from;
  return { ...from, answers, children, note, older: [], ended: undefined, rekeying: false, pending: undefined, counts };
}

/** The datagrams that answer a datagram of the peer's: under the IKE SA of the moment, or one before it. */
export function answerDatagram(on: Session, datagram: Uint8Array): readonly Uint8Array[] {
  const decoded = decodeMessage(datagram);
  return decoded.ok ? answerReceived(on, { datagram, message: decoded.value }) : [];
}

/** The same of one that is decoded already. */
export function answerReceived(on: Session, received: Received): readonly Uint8Array[] {
  for (const sa of [on.sa, ...on.older]) {
    const datagrams = answerRequest(sa, received, on.carrier, (exchange, opened) => answerSession(on, sa, exchange, opened));
    if (datagrams.length > 0) return datagrams;
  }
  return [];
}

/** The same as outputs, for scripts that wait. */
export function asideOf(on: Session): Aside {
  return (datagram, now) => {
    on.now = now;
    const floated = on.carrier.floated === true;
    return answerDatagram(on, datagram).map((bytes) => ({ kind: 'send', bytes, ...(floated && { floated }) }));
  };
}

/** A request over the IKE SA of the moment, or over another one. Silence ends the session. @see RFC 7296 §2.4 */
export function* ask(on: Session, exchange: number, payloads: readonly Payload[], over: IkeSa = on.sa): Script<Answer<Opened>> {
  const answer = yield* protectedRequest(over, exchange, payloads, on.carrier, on.now, asideOf(on));
  if (answer.answered) on.now = answer.now;
  else on.ended ??= 'silence';
  return answer;
}

/** Answers the peer until a moment, or until the session ends. */
export function* attend(on: Session, until: Millis): Script<void> {
  const aside = asideOf(on);
  let wants: ReturnType<Aside> = [{ kind: 'wake', at: until }];
  while (on.ended === undefined && on.now < until) {
    const { input, now } = yield wants;
    on.now = now;
    wants = input.kind === 'datagram' ? aside(input.bytes, now) : [{ kind: 'wake', at: until }];
  }
  // What was said last has to leave before whoever drives us is told that we are done.
  if (wants.some(({ kind }) => kind === 'send')) yield [...wants, { kind: 'wake', at: on.now }];
}
