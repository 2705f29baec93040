/**
 * IKE_SA_INIT as the initiator: cookies, another group when the peer wants one, and the keys of the new IKE SA.
 *
 * @see RFC 7296 §1.2, §2.6, §2.7
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { skeyseed } from '../../crypto/keymat-v2.ts';
import { type CryptoProvider, type KeyExchange, KeyExchangeError, sameOctets } from '../../crypto/provider.ts';
import { prf } from '../../crypto/prf.ts';
import type { Entropy } from '../../entropy.ts';
import { decodeMessage, encodeMessage, type Message } from '../../message.ts';
import { EXCHANGE, FLAG, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis } from '../machine.ts';
import { type Patience, request, type Script } from '../script.ts';
import { freshWindow, type IkeSa, ikeSa } from './ike-sa.ts';
import type { Place } from '../place.ts';
import type { Ppk } from './ppk.ts';
import { findError, findNotify, natHash, NOTIFY_V2, notifyPayload } from './notifies.ts';
import { additionalGroups, type AnswerFault, offeredGroups, settle, type Settled } from './suite.ts';

/** Who begins an IKE SA, and with what. */
export interface InitSetup {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly patience: Patience;
  /** For an IKE SA; its groups are tried in the order in which they stand. */
  readonly offer: Offer;
  /** Both ends, for NAT detection; without them it is not asked for. */
  readonly ends?: { readonly own: Place; readonly peer: Place };
  /** Octets of our nonce; 32 when left out. */
  readonly nonceBytes?: number;
  /** Announced in the first message, and used when the peer announces the like. */
  readonly ppk?: Ppk;
}

/** What the peer said in the clear instead of an answer, or that it said nothing. */
export type InitFailure =
  | { readonly kind: 'silence'; readonly sent: number }
  | { readonly kind: 'notify'; readonly notify: number; readonly data: Uint8Array }
  | { readonly kind: 'answer'; readonly fault: AnswerFault | 'incomplete' | 'key-exchange' | 'unsupported' | 'endless' };

/** A begun IKE SA, and what IKE_AUTH signs. */
export interface Initiated {
  readonly sa: IkeSa;
  readonly settled: Settled;
  /** The last version of our request, and the answer: whole messages. */
  readonly ownMessage: Uint8Array;
  readonly peerMessage: Uint8Array;
  readonly ownNonce: Uint8Array;
  readonly peerNonce: Uint8Array;
  /** Which side is behind a NAT, if it was asked for. */
  readonly nat: { readonly own: boolean; readonly peer: boolean };
  /** IKEv2 hash algorithm numbers that the peer can verify. @see RFC 7427 §4 */
  readonly signatureHashes: readonly number[];
  /** Additional key exchanges are to follow. */
  readonly additional: readonly number[];
  /** Both sides have said that they take post-quantum preshared keys. @see RFC 8784 §3 */
  readonly ppk: boolean;
  readonly at: Millis;
}

export type InitResult = { readonly ok: true; readonly value: Initiated } | { readonly ok: false; readonly failure: InitFailure };

/** How often in all cookies and other groups may be asked for. */
const MOST_TURNS = 5;

/** One IKE_SA_INIT, with all its turns. */
export function* saInit(setup: InitSetup, from: Millis): Script<InitResult> {
  const { provider, random, offer, patience } = setup;
  const own: Own = { spi: nonZero(random), nonce: random(setup.nonceBytes ?? 32) };
  const groups = offeredGroups(offer);
  let group = groups.find((each) => provider.keyExchange(each) !== undefined);
  let exchange: KeyExchange | undefined;
  let cookie: Uint8Array | undefined;
  let now = from;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    exchange ??= group === undefined ? undefined : provider.keyExchange(group)?.initiate(random);
    if (!exchange || group === undefined) return fail({ kind: 'answer', fault: 'unsupported' });
    const sent = firstMessage(setup, own, { group, publicValue: exchange.publicValue }, cookie);
    const answer = yield* request([sent], (datagram) => accepted(datagram, own.spi), { ...patience, from: now });
    if (!answer.answered) return fail({ kind: 'silence', sent: answer.sent });
    now = answer.now;
    const { message, octets } = answer.value;
    const wanted = findNotify(message.payloads, NOTIFY_V2.cookie)?.data;
    if (wanted && wanted.length >= 1 && wanted.length <= 64) {
      cookie = wanted;
      continue;
    }
    const other = otherGroup(message, groups, group);
    if (other === undefined) return finish(setup, own, exchange, { sent, message, octets, now });
    group = other;
    exchange = undefined;
  }
  return fail({ kind: 'answer', fault: 'endless' });
}

const fail = (failure: InitFailure): InitResult => ({ ok: false, failure });

interface Own {
  readonly spi: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Zero would be no SPI. */
export function nonZero(random: Entropy): Uint8Array {
  const spi = random(8);
  if (spi.every((octet) => octet === 0)) spi[7] = 1;
  return spi;
}

function firstMessage(
  setup: InitSetup,
  { spi, nonce }: Own,
  ke: { readonly group: number; readonly publicValue: Uint8Array },
  cookie?: Uint8Array,
): Uint8Array {
  const { provider, offer, ends } = setup;
  const spis = { initiatorSpi: spi, responderSpi: new Uint8Array(8) };
  const payloads: readonly Payload[] = [
    ...(cookie ? [notifyPayload(NOTIFY_V2.cookie, cookie)] : []),
    { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer } },
    { kind: 'ke', type: PAYLOAD_V2.ke, group: ke.group, data: ke.publicValue },
    { kind: 'nonce', type: PAYLOAD_V2.nonce, data: nonce },
    ...(ends
      ? [
          notifyPayload(NOTIFY_V2.natDetectionSource, natHash(provider, spis, ends.own)),
          notifyPayload(NOTIFY_V2.natDetectionDestination, natHash(provider, spis, ends.peer)),
        ]
      : []),
    notifyPayload(NOTIFY_V2.fragmentation),
    notifyPayload(NOTIFY_V2.signatureHashAlgorithms, SIGNATURE_HASHES),
    ...(hasAdditional(offer) ? [notifyPayload(NOTIFY_V2.intermediate)] : []),
    ...(setup.ppk ? [notifyPayload(NOTIFY_V2.usePpk)] : []),
  ];
  return encodeMessage({ ...spis, version: 0x20, exchange: EXCHANGE.saInit, flags: FLAG.initiator, messageId: 0, payloads });
}

/** SHA1, SHA2-256, -384, -512, and "identity" for Ed25519. @see RFC 7427 §4, RFC 8420 */
export const SIGNATURE_HASHES = Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5);

function hasAdditional({ groups }: Offer): boolean {
  return groups.some(({ proposals }) =>
    proposals.some(({ transforms }) =>
      transforms.some((each) => each.kind === 'single' && each.type >= 6 && each.type <= 12 && each.id !== 0),
    ),
  );
}

interface Received {
  readonly message: Message;
  readonly octets: Uint8Array;
}

/** A response to a first request of ours. */
function accepted(octets: Uint8Array, spi: Uint8Array): Received | undefined {
  const decoded = decodeMessage(octets);
  if (!decoded.ok) return undefined;
  const { header } = decoded.value;
  const ours = sameOctets(header.initiatorSpi, spi) && header.exchange === EXCHANGE.saInit && header.messageId === 0;
  return ours && (header.flags & FLAG.response) !== 0 && header.version >> 4 === 2 ? { message: decoded.value, octets } : undefined;
}

/** The group of an INVALID_KE_PAYLOAD that we offered and did not just send. */
function otherGroup({ payloads }: Message, groups: readonly number[], sent: number): number | undefined {
  const wanted = findNotify(payloads, NOTIFY_V2.invalidKePayload);
  if (wanted?.data.length !== 2) return undefined;
  const group = ((wanted.data[0] ?? 0) << 8) | (wanted.data[1] ?? 0);
  return group !== sent && groups.includes(group) ? group : undefined;
}

interface Last extends Received {
  readonly sent: Uint8Array;
  readonly now: Millis;
}

function finish(setup: InitSetup, own: Own, exchange: KeyExchange, { sent, message, octets, now }: Last): InitResult {
  const { provider, offer } = setup;
  const { payloads, header } = message;
  const error = findError(payloads);
  if (error) return fail({ kind: 'notify', notify: error.notify, data: error.data });
  const [sa, ke, nonce] = [
    payloads.find(({ kind }) => kind === 'sa'),
    payloads.find(({ kind }) => kind === 'ke'),
    payloads.find(({ kind }) => kind === 'nonce'),
  ];
  if (sa?.kind !== 'sa' || ke?.kind !== 'ke' || nonce?.kind !== 'nonce') return fail({ kind: 'answer', fault: 'incomplete' });
  const settling = settle(offer, sa.body.offer);
  if (!settling.ok) return fail({ kind: 'answer', fault: settling.fault });
  const { slots } = settling.settled;
  const secret = slots.get('group')?.id === ke.group ? secretOf(exchange, ke.data) : undefined;
  if (!secret) return fail({ kind: 'answer', fault: 'key-exchange' });
  const seed = { initiatorNonce: own.nonce, responderNonce: nonce.data, initiatorSpi: own.spi, responderSpi: header.responderSpi };
  const mac = prf(provider, slots.get('prf')?.id ?? 0);
  const window = freshWindow(1, 0, findNotify(payloads, NOTIFY_V2.fragmentation) !== undefined);
  const made = mac && ikeSa(provider, { ...seed, slots, initiator: true, skeyseed: skeyseed(mac, seed, secret), window });
  if (!made) return fail({ kind: 'answer', fault: 'unsupported' });
  const value: Initiated = {
    sa: made,
    settled: settling.settled,
    ownMessage: sent,
    peerMessage: octets,
    ownNonce: own.nonce,
    peerNonce: nonce.data,
    nat: natOf(setup, message),
    signatureHashes: signatureHashesOf(payloads),
    additional: additionalGroups(slots),
    ppk: setup.ppk !== undefined && findNotify(payloads, NOTIFY_V2.usePpk) !== undefined,
    at: now,
  };
  return { ok: true, value };
}

/** IKEv2 hash algorithm numbers that the sender verifies. @see RFC 7427 §4 */
export function signatureHashesOf(payloads: readonly Payload[]): readonly number[] {
  const hashes = findNotify(payloads, NOTIFY_V2.signatureHashAlgorithms)?.data ?? new Uint8Array();
  return Array.from({ length: hashes.length >> 1 }, (_, i) => ((hashes[2 * i] ?? 0) << 8) | (hashes[2 * i + 1] ?? 0));
}

/** Nothing for a public value that must not be used. */
export function secretOf(exchange: KeyExchange, peer: Uint8Array): Uint8Array | undefined {
  try {
    return exchange.finish(peer);
  } catch (error) {
    if (error instanceof KeyExchangeError) return undefined;
    throw error;
  }
}

/** We are behind a NAT when the peer saw another destination, it is when it saw another source than we. @see RFC 7296 §2.23 */
function natOf({ provider, ends }: InitSetup, { header, payloads }: Message): Initiated['nat'] {
  const source = findNotify(payloads, NOTIFY_V2.natDetectionSource);
  const destination = findNotify(payloads, NOTIFY_V2.natDetectionDestination);
  if (!ends || !source || !destination) return { own: false, peer: false };
  const sources = payloads.filter((each) => each.kind === 'notify' && each.notify === NOTIFY_V2.natDetectionSource);
  const hash = natHash(provider, header, ends.peer);
  return {
    own: !sameOctets(destination.data, natHash(provider, header, ends.own)),
    peer: !sources.some((each) => each.kind === 'notify' && sameOctets(each.data, hash)),
  };
}
