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
import { makeChild, requestFault } from './answering.ts';
import { certificatesOf, idPayload, ownOctets, peerOctets } from './auth.ts';
import type { Identity } from './authenticator.ts';
import type { IkeSa, Opened } from './ike-sa.ts';
import { chained, type IntAuth, intAuthOctets, plainOf, rekeyed } from './intermediate.ts';
import { NOTIFY_V2, notifyPayload } from './notifies.ts';
import type { Carrier } from './protected.ts';
import type { ResponderSetup } from './responder.ts';
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
}

/** One at its beginning. */
export function arriving(begun: Initiated): Arriving {
  return { begun, sa: begun.sa, intAuth: undefined, remaining: begun.additional, outcome: undefined };
}

/** A request before the SA is established. */
export interface EarlyRequest {
  readonly exchange: number;
  readonly opened: Opened;
  readonly messageId: number;
}

/** The payloads of the response. */
export function answerArriving(
  half: Arriving,
  how: ResponderSetup & { readonly carrier: Carrier; readonly now: Millis },
  asked: EarlyRequest,
): readonly Payload[] | undefined {
  if (half.outcome !== undefined) return undefined;
  const fault = requestFault(asked.opened);
  if (fault) return failed(half, fault);
  if (asked.exchange === EXCHANGE.intermediate) return exchangeKeys(half, how, asked);
  if (asked.exchange === EXCHANGE.auth && half.remaining.length === 0) return authenticate(half, how, asked);
  return failed(half, notifyPayload(NOTIFY_V2.invalidSyntax));
}

function failed(half: Arriving, why: Payload): readonly Payload[] {
  half.outcome = 'failed';
  return [why];
}

function exchangeKeys(half: Arriving, { provider, random }: ResponderSetup, { opened, messageId }: EarlyRequest): readonly Payload[] {
  const [group, ...remaining] = half.remaining;
  const ke = opened.payloads.find((each) => each.kind === 'ke');
  if (ke?.kind !== 'ke' || group === undefined || ke.group !== group) return failed(half, notifyPayload(NOTIFY_V2.invalidSyntax));
  let made: { readonly publicValue: Uint8Array; readonly secret: Uint8Array } | undefined;
  try {
    made = provider.keyExchange(group)?.respond(random, ke.data);
  } catch (error) {
    if (!(error instanceof KeyExchangeError)) throw error;
  }
  if (!made) return failed(half, notifyPayload(NOTIFY_V2.invalidSyntax));
  const answer = { kind: 'ke', type: PAYLOAD_V2.ke, group, data: made.publicValue } as const;
  const next = rekeyed(provider, half.sa, half.begun, made.secret);
  if (!next) return failed(half, notifyPayload(NOTIFY_V2.noProposalChosen));
  half.intAuth = chained(half.sa, half.intAuth, messageId, opened, plainOf(answer));
  half.sa = next;
  half.remaining = remaining;
  return [answer];
}

function authenticate(
  half: Arriving,
  how: ResponderSetup & { readonly carrier: Carrier; readonly now: Millis },
  { opened: { payloads }, messageId }: EarlyRequest,
): readonly Payload[] {
  const { provider, carrier, identity, now } = how;
  const { begun, sa, intAuth } = half;
  const refused = (): readonly Payload[] => failed(half, notifyPayload(NOTIFY_V2.authenticationFailed));
  const id = payloads.find((each) => each.kind === 'id' && each.type === PAYLOAD_V2.idInitiator);
  const auth = payloads.find((each) => each.kind === 'auth');
  if (id?.kind !== 'id' || auth?.kind !== 'auth') return refused();
  const peer: Identity = { idType: id.idType, data: id.data };
  const authenticator = how.authenticate(peer);
  if (!authenticator) return refused();
  const signing = { ...begun, ...(intAuth && { intAuth: intAuthOctets(intAuth, messageId) }) };
  const shown = { method: auth.method, data: auth.data, certificates: certificatesOf(payloads) };
  if (authenticator.verify(peerOctets(sa, signing, peer), shown, { prf: sa.prf, identity: peer }) !== undefined) return refused();
  const proof = authenticator.sign(ownOctets(sa, signing, identity), { prf: sa.prf, hashes: begun.signatureHashes });
  if (!proof) return refused();
  const on = session({ provider, carrier, sa, now, answers: { select: how.select, ...(how.traffic && { traffic: how.traffic }) } });
  half.outcome = on;
  return [
    idPayload(PAYLOAD_V2.idResponder, identity),
    ...proof.certificates.map(({ encoding, data }): Payload => ({ kind: 'cert', type: PAYLOAD_V2.cert, encoding, data })),
    {
      kind: 'auth',
      type: PAYLOAD_V2.auth,
      method: proof.method,
      data: how.misbehaviour?.wrongAuth === true ? broken(proof.data) : proof.data,
    },
    ...firstChild(on, payloads),
  ];
}

function firstChild(on: Session, payloads: readonly Payload[]): readonly Payload[] {
  const sa = payloads.find((each) => each.kind === 'sa');
  if (sa?.kind !== 'sa') return [];
  const notifies = payloads.flatMap((each) => (each.kind === 'notify' ? each.notify : []));
  const made = makeChild(on, payloads, { offer: sa.body.offer, notifies }, 'auth');
  if (made.ok) on.children.push(made.child);
  return made.payloads ?? [notifyPayload(NOTIFY_V2.noProposalChosen)];
}

/** One bit flipped, in the last octet: that of a signature, not of what names its algorithm. */
function broken(data: Uint8Array): Uint8Array {
  return data.map((octet, i) => (i === data.length - 1 ? octet ^ 1 : octet));
}
