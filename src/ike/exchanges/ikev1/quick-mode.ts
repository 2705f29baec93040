/**
 * Quick mode as the initiator: one or several SAs, with or without PFS.
 *
 * @see RFC 2409 §5.5
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { finalQuickHash } from '../../crypto/keymat-v1.ts';
import type { KeyExchange } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import type { Message } from '../../message.ts';
import { EXCHANGE, FLAG, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Sa } from '../../payloads/sa.ts';
import type { Millis } from '../machine.ts';
import type { Patience, Script } from '../script.ts';
import { aside } from './aside.ts';
import { converse, type Heard, type Ikev1Event, sendAway } from './conversation.ts';
import {
  beginChain,
  type Chain,
  cookiesOf,
  type IsakmpSa,
  messageOf,
  newMessageId,
  open,
  openHashed,
  type Opened,
  seal,
  sealWith,
} from './isakmp-sa.ts';
import { findError, PROTOCOL } from './numbers.ts';
import { guarded, keysOffered } from './phase1.ts';
import { type ChildKeys, childKeys, type ChildSeed, type Chosen, settlePhase2, withSpis } from './phase2.ts';
import { type AnswerFault } from './suite.ts';

/** Whom the SAs are for: an ID payload without its headers. */
export type Client = Pick<Identification, 'idType' | 'protocol' | 'port' | 'data'>;

/** What is asked for. */
export interface QuickSetup {
  readonly random: Entropy;
  readonly patience: Patience;
  /** One for each SA payload; SPIs are put in. */
  readonly offers: readonly Offer[];
  /** Our side and theirs; without them the ends of the ISAKMP SA themselves. */
  readonly clients?: { readonly own: Client; readonly peer: Client };
  /** The group of PFS; its number has to stand in every transform of the offers. */
  readonly group?: number;
  readonly nonceBytes?: number;
  /** How long to listen after the last message, which nobody answers. */
  readonly linger?: Millis;
}

export type QuickFailure =
  | { readonly kind: 'silence'; readonly sent: number }
  /** NO-PROPOSAL-CHOSEN (14), INVALID-ID-INFORMATION (18) and the like, under the keys of the ISAKMP SA. */
  | { readonly kind: 'notify'; readonly notify: number; readonly data: Uint8Array }
  /** The peer gave up the ISAKMP SA instead. */
  | { readonly kind: 'deleted' }
  /** `hash`: HASH(2) is wrong. `chosen`: what the peer took and now waits for in vain. */
  | { readonly kind: 'answer'; readonly fault: AnswerFault | 'incomplete' | 'key-exchange' | 'hash'; readonly chosen?: readonly Chosen[] };

/** One protocol of one SA. */
export interface Child extends Chosen {
  /** Made when asked for, so that a result can be printed without them. */
  readonly keys: () => ChildKeys;
}

/** A choice with its keys. */
export function childOf({ provider, keys }: Pick<IsakmpSa, 'provider' | 'keys'>, chosen: Chosen, seed: ChildSeed): Child {
  return { ...chosen, keys: () => childKeys(provider, keys, chosen, seed) };
}

/** One list for each SA payload. */
export type QuickResult =
  | { readonly ok: true; readonly children: readonly (readonly Child[])[]; readonly at: Millis }
  | { readonly ok: false; readonly failure: QuickFailure; readonly at: Millis };

type Reply = { readonly opened: Opened; readonly octets: Uint8Array } | { readonly failure: QuickFailure };

/** Our side of the exchange before the answer. */
interface Asked {
  readonly chain: Chain;
  readonly nonce: Uint8Array;
  readonly offers: readonly Offer[];
  readonly exchange: KeyExchange | undefined;
}

export function* quickMode(sa: IsakmpSa, setup: QuickSetup, from: Millis): Script<QuickResult, Ikev1Event> {
  const { random, group, clients, patience } = setup;
  const exchange = group === undefined ? undefined : sa.provider.keyExchange(group)?.initiate(random);
  if (group !== undefined && !exchange) return fail({ kind: 'answer', fault: 'unsupported' }, from);
  const offers = setup.offers.map((offer) => withSpis(offer, random));
  const nonce = random(setup.nonceBytes ?? 32);
  const request = seal(sa, EXCHANGE.quickMode, beginChain(sa, newMessageId(random)), [
    ...offers.map((offer): Payload => ({ kind: 'sa', type: PAYLOAD_V1.sa, body: { offer } })),
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: nonce },
    ...(exchange ? [{ kind: 'ke', type: PAYLOAD_V1.ke, data: exchange.publicValue } as const] : []),
    ...(clients ? [clientPayload(clients.own), clientPayload(clients.peer)] : []),
  ]);
  const asked: Asked = { chain: request.chain, nonce, offers, exchange };
  const again = sa.unconfirmed ? [sa.unconfirmed] : [];
  const hear = (datagram: Uint8Array): Heard<Reply> => {
    // A refusal stands in a message of its own, under a message ID that nothing ties to what it refuses: one that was heard before is not ours.
    if (sa.remembered.answers(datagram)) return aside(sa, datagram);
    return replyTo(sa, asked, datagram) ?? aside(sa, datagram);
  };
  const answer = yield* converse([request.bytes], hear, { ...patience, from, floated: sa.floated, again });
  if (!answer.answered) return fail({ kind: 'silence', sent: answer.sent }, answer.now);
  if ('failure' in answer.value) return fail(answer.value.failure, answer.now);
  return yield* finish(sa, setup, asked, answer.value, answer.now);
}

const fail = (failure: QuickFailure, at: Millis): QuickResult => ({ ok: false, failure, at });

export const clientPayload = (client: Client): Identification => ({ kind: 'id', type: PAYLOAD_V1.id, ...client });

/** The answer, or a refusal; daemons refuse in an informational exchange of another message ID. */
function replyTo(sa: IsakmpSa, { chain, nonce }: Asked, datagram: Uint8Array): { readonly value: Reply } | undefined {
  const message = messageOf(sa, datagram);
  if (!message || (message.header.flags & FLAG.encryption) === 0) return undefined;
  const { exchange, messageId } = message.header;
  if (exchange === EXCHANGE.informationalV1) return refusalIn(sa, message, datagram);
  if (exchange !== EXCHANGE.quickMode || messageId !== chain.messageId) return undefined;
  const opened = openHashed(sa, message, chain, [nonce]);
  if (opened) return { value: { opened, octets: datagram } };
  return open(sa, message, chain) && { value: { failure: { kind: 'answer', fault: 'hash' } } };
}

function refusalIn(sa: IsakmpSa, message: Message, datagram: Uint8Array): { readonly value: Reply } | undefined {
  const opened = openHashed(sa, message, beginChain(sa, message.header.messageId));
  const error = opened && findError(opened.payloads);
  if (error) sa.remembered.keep(datagram, []);
  if (error) return { value: { failure: { kind: 'notify', notify: error.notify, data: error.data } } };
  const cookies = cookiesOf(sa);
  const ended = opened?.payloads.some((each) => {
    return (
      each.kind === 'delete' && each.protocol === PROTOCOL.isakmp && each.spis.some((spi) => spi.every((octet, i) => octet === cookies[i]))
    );
  });
  return ended === true ? { value: { failure: { kind: 'deleted' } } } : undefined;
}

function* finish(
  sa: IsakmpSa,
  setup: QuickSetup,
  { nonce, offers, exchange }: Asked,
  { opened, octets }: { readonly opened: Opened; readonly octets: Uint8Array },
  now: Millis,
): Script<QuickResult, Ikev1Event> {
  const { payloads, chain } = opened;
  const answers = payloads.filter((payload): payload is Sa => payload.kind === 'sa');
  const peerNonce = payloads.find((payload) => payload.kind === 'nonce');
  if (answers.length !== offers.length || peerNonce?.kind !== 'nonce') return fail({ kind: 'answer', fault: 'incomplete' }, now);
  const secret = exchange && guarded(() => exchange.finish(keysOffered(payloads)?.publicValue ?? new Uint8Array()));
  if (exchange && !secret) return fail({ kind: 'answer', fault: 'key-exchange' }, now);
  const seed = { initiatorNonce: nonce, responderNonce: peerNonce.data, ...(secret && { secret }) };
  const children: Child[][] = [];
  for (const [i, offer] of offers.entries()) {
    const settling = settlePhase2(offer, (answers[i] as Sa).body.offer);
    if (!settling.ok) return fail({ kind: 'answer', fault: settling.fault, ...(settling.value && { chosen: settling.value }) }, now);
    children.push(settling.value.map((chosen) => childOf(sa, chosen, seed)));
  }
  const hash = finalQuickHash(sa.provider, sa.keys, chain.messageId, nonce, peerNonce.data);
  const { bytes } = sealWith(sa, EXCHANGE.quickMode, chain, hash, []);
  sa.remembered.keep(octets, [bytes]);
  const linger = setup.linger ?? 0;
  yield* sendAway([bytes], (datagram) => aside(sa, datagram), { from: now, floated: sa.floated, linger });
  return { ok: true, children, at: now + linger };
}
