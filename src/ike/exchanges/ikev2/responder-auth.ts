/**
 * IKE_INTERMEDIATE and IKE_AUTH as the responder: what turns a half-open SA into a session.
 *
 * @see RFC 7296 §1.2, §2.15, RFC 9242, RFC 9370
 * @module
 */
import { KeyExchangeError } from '../../crypto/provider.ts';
import { EXCHANGE, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis } from '../machine.ts';
import type { EndReason, Happening } from '../events.ts';
import { offersIn } from '../selecting.ts';
import { requestFault } from './answering.ts';
import { makeChild, noteRefusal } from './choosing.ts';
import { certificatesOf, idPayload, ownOctets, peerOctets } from './auth.ts';
import type { Identity } from './authenticator.ts';
import type { IkeSa, Opened } from './ike-sa.ts';
import { chained, type IntAuth, intAuthOctets, plainOf, rekeyed } from './intermediate.ts';
import { findNotify, NOTIFY_V2, notifyPayload } from './notifies.ts';
import { choosePpk, ppkPayload, withPpk } from './ppk.ts';
import type { Carrier } from './protected.ts';
import type { Ikev2ResponderSetup } from './responder-setup.ts';
import type { Initiated } from './sa-init.ts';
import { type Session, session } from './session.ts';

/** A half-open SA: mutable, it gets new keys and an end. */
export interface Arriving {
  readonly begun: Initiated;
  sa: IkeSa;
  intAuth: IntAuth | undefined;
  /** Additional key exchanges that are still to come. */
  remaining: readonly number[];
  outcome: Session | 'failed' | undefined;
  /** The peer says that it knows of no other SA. @see RFC 7296 §2.4 */
  alone: boolean;
}

/** One at its beginning. */
export function arriving(begun: Initiated): Arriving {
  return { begun, sa: begun.sa, intAuth: undefined, remaining: begun.additional, outcome: undefined, alone: false };
}

/** What answering takes besides the request. */
interface How extends Ikev2ResponderSetup {
  readonly carrier: Carrier;
  readonly now: Millis;
  readonly note: (happening: Happening) => void;
}

/** A request before the SA is established. */
export interface EarlyRequest {
  readonly exchange: number;
  readonly opened: Opened;
  readonly messageId: number;
}

/** The payloads of the response. */
export function answerArriving(half: Arriving, how: How, asked: EarlyRequest): readonly Payload[] | undefined {
  if (half.outcome !== undefined || how.misbehaviour?.deafTo?.includes('auth') === true) return undefined;
  const fault = requestFault(asked.opened);
  if (fault) return failed(half, how, fault);
  if (asked.exchange === EXCHANGE.intermediate) return exchangeKeys(half, how, asked);
  if (asked.exchange === EXCHANGE.auth && half.remaining.length === 0) return authenticate(half, how, asked);
  return failed(half, how, notifyPayload(NOTIFY_V2.invalidSyntax));
}

function failed(half: Arriving, { note }: How, told: Payload, why: EndReason = 'incomplete'): readonly Payload[] {
  half.outcome = 'failed';
  note({ kind: 'ended', why });
  return [told];
}

function exchangeKeys(half: Arriving, how: How, { opened, messageId }: EarlyRequest): readonly Payload[] {
  const { provider, random } = how;
  const [group, ...remaining] = half.remaining;
  const ke = opened.payloads.find((each) => each.kind === 'ke');
  if (ke?.kind !== 'ke' || group === undefined || ke.group !== group) return failed(half, how, notifyPayload(NOTIFY_V2.invalidSyntax));
  let made: { readonly publicValue: Uint8Array; readonly secret: Uint8Array } | undefined;
  try {
    made = provider.keyExchange(group)?.respond(random, ke.data);
  } catch (error) {
    if (!(error instanceof KeyExchangeError)) throw error;
  }
  if (!made) return failed(half, how, notifyPayload(NOTIFY_V2.invalidSyntax), 'key-exchange');
  const answer = { kind: 'ke', type: PAYLOAD_V2.ke, group, data: made.publicValue } as const;
  const next = rekeyed(provider, half.sa, half.begun, made.secret);
  if (!next) return failed(half, how, notifyPayload(NOTIFY_V2.noProposalChosen), 'unsupported');
  half.intAuth = chained(half.sa, half.intAuth, messageId, opened, plainOf(answer));
  half.sa = next;
  half.remaining = remaining;
  return [answer];
}

function authenticate(half: Arriving, how: How, { opened: { payloads }, messageId }: EarlyRequest): readonly Payload[] {
  const { provider, carrier, identity, now, note, misbehaviour } = how;
  const { begun, intAuth } = half;
  const refused = (why: EndReason): readonly Payload[] => failed(half, how, notifyPayload(NOTIFY_V2.authenticationFailed), why);
  const id = payloads.find((each) => each.kind === 'id' && each.type === PAYLOAD_V2.idInitiator);
  const auth = payloads.find((each) => each.kind === 'auth');
  if (id?.kind !== 'id' || auth?.kind !== 'auth') return refused('missing');
  const peer: Identity = { idType: id.idType, data: id.data.slice() };
  const authenticator = how.authenticate(peer);
  if (!authenticator) return refused('stranger');
  const signing = { ...begun, ...(intAuth && { intAuth: intAuthOctets(intAuth, messageId) }) };
  const ppk = choosePpk(begun.ppk, how.ppk, payloads);
  if (ppk.kind === 'refused') return refused('ppk');
  const mixed = ppk.kind === 'mixed';
  const sa = mixed ? withPpk(half.sa, ppk.key) : half.sa;
  half.sa = sa;
  const proved = (ppk.kind === 'plain' ? ppk.proof : undefined) ?? auth.data;
  const shown = { method: auth.method, data: proved, certificates: certificatesOf(payloads) };
  const fault = authenticator.verify(peerOctets(sa, signing, peer), shown, { prf: sa.prf, identity: peer });
  if (fault) return refused(fault);
  const proof = authenticator.sign(ownOctets(sa, signing, identity), { prf: sa.prf, hashes: begun.signatureHashes });
  if (!proof) return refused('unsupported');
  const answers = { select: how.select, misbehaviour, ...(how.traffic && { traffic: how.traffic }) };
  const on = session({ provider, carrier, sa, now, answers, note, peer });
  half.outcome = on;
  half.alone = findNotify(payloads, NOTIFY_V2.initialContact) !== undefined;
  note({ kind: 'authenticated', identity: peer, method: auth.method, nat: begun.nat, ...(mixed && { ppk: true }) });
  return [
    idPayload(PAYLOAD_V2.idResponder, identity),
    ...proof.certificates.map(({ encoding, data }): Payload => ({ kind: 'cert', type: PAYLOAD_V2.cert, encoding, data })),
    {
      kind: 'auth',
      type: PAYLOAD_V2.auth,
      method: proof.method,
      data: misbehaviour?.wrongAuth === true ? broken(proof.data) : proof.data,
    },
    ...(mixed ? [ppkPayload()] : []),
    ...firstChild(on, payloads),
  ];
}

function firstChild(on: Session, payloads: readonly Payload[]): readonly Payload[] {
  const [offered] = offersIn(payloads, 2);
  if (!offered) return [];
  const notifies = payloads.flatMap((each) => (each.kind === 'notify' ? each.notify : []));
  const made = makeChild(on, payloads, { offered, notifies }, 'auth');
  const answer = made.payloads ?? [notifyPayload(NOTIFY_V2.noProposalChosen)];
  noteRefusal(on, 'auth', answer);
  if (!made.ok) return answer;
  on.children.push(made.child);
  on.note({ kind: 'child', children: [[made.child]] });
  return answer;
}

/** One bit flipped, in the last octet: that of a signature, not of what names its algorithm. */
function broken(data: Uint8Array): Uint8Array {
  return data.map((octet, i) => (i === data.length - 1 ? octet ^ 1 : octet));
}
