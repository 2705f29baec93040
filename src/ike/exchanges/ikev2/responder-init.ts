/**
 * IKE_SA_INIT as the responder.
 *
 * @see RFC 7296 §1.2, §2.6, §2.23
 * @module
 */
import { skeyseed } from '../../crypto/keymat-v2.ts';
import { prf } from '../../crypto/prf.ts';
import { KeyExchangeError, sameOctets } from '../../crypto/provider.ts';
import type { Header } from '../../header.ts';
import { encodeMessage, type Message } from '../../message.ts';
import { EXCHANGE, FLAG, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import { freshWindow, ikeSa } from './ike-sa.ts';
import { findNotify, natHash, NOTIFY_V2, notifyPayload, type Place } from './notifies.ts';
import type { ResponderSetup } from './responder.ts';
import { type Initiated, nonZero, SIGNATURE_HASHES, signatureHashesOf } from './sa-init.ts';
import { select } from './selecting.ts';
import { additionalGroups, settle } from './suite.ts';

/** A first message, and where it came from and to. */
export interface FirstMessage extends Pick<Message, 'header' | 'payloads'> {
  readonly datagram: Uint8Array;
  readonly from: Place;
  readonly own?: Place | undefined;
}

/** What becomes of it. `begun.ownMessage` is the response. */
export type InitAnswer =
  | { readonly kind: 'begun'; readonly begun: Initiated }
  | { readonly kind: 'refused'; readonly datagram: Uint8Array }
  | { readonly kind: 'silence' };

/** A response with one notification and no SPI of ours: nothing is kept of the request. */
export function refuseInit({ initiatorSpi }: Header, notify: number, data?: Uint8Array): Uint8Array {
  return response({ initiatorSpi, responderSpi: new Uint8Array(8) }, [notifyPayload(notify, data)]);
}

function response(
  spis: { readonly initiatorSpi: Uint8Array; readonly responderSpi: Uint8Array },
  payloads: readonly Payload[],
): Uint8Array {
  return encodeMessage({ ...spis, version: 0x20, exchange: EXCHANGE.saInit, flags: FLAG.response, messageId: 0, payloads });
}

/** One first message. */
export function answerInit(setup: ResponderSetup, first: FirstMessage): InitAnswer {
  const { provider, random, misbehaviour = {} } = setup;
  const { header, payloads } = first;
  const refuse = (notify: number, data?: Uint8Array): InitAnswer => ({ kind: 'refused', datagram: refuseInit(header, notify, data) });
  const sa = payloads.find((each) => each.kind === 'sa');
  const ke = payloads.find((each) => each.kind === 'ke');
  const nonce = payloads.find((each) => each.kind === 'nonce');
  if (sa?.kind !== 'sa' || ke?.kind !== 'ke' || nonce?.kind !== 'nonce') return refuse(NOTIFY_V2.invalidSyntax);
  if (nonce.data.length < 16 || nonce.data.length > 256) return refuse(NOTIFY_V2.invalidSyntax);
  const notifies = payloads.flatMap((each) => (each.kind === 'notify' ? each.notify : []));
  const { offer } = sa.body;
  const selected = select(setup.select, offer, { step: 'sa-init', notifies, keGroup: ke.group ?? 0 });
  if (selected.kind === 'silence') return selected;
  if (selected.kind === 'notify') return refuse(selected.type, selected.data);
  const settling = settle(offer, selected.offer);
  if (!settling.ok) return refuse(NOTIFY_V2.noProposalChosen);
  const { slots } = settling.settled;
  const group = slots.get('group')?.id ?? 0;
  if (ke.group !== group) return refuse(NOTIFY_V2.invalidKePayload, Uint8Array.of(group >> 8, group & 0xff));
  const made = keysOf(setup, group, ke.data);
  if (!made) return refuse(NOTIFY_V2.invalidSyntax);
  const spis = { initiatorSpi: header.initiatorSpi.slice(), responderSpi: nonZero(random) };
  const seed = { ...spis, initiatorNonce: nonce.data.slice(), responderNonce: random(32) };
  const mac = prf(provider, slots.get('prf')?.id ?? 0);
  const window = freshWindow(0, 1, notifies.includes(NOTIFY_V2.fragmentation));
  const key = mac && ikeSa(provider, { ...seed, slots, initiator: false, skeyseed: skeyseed(mac, seed, made.secret), window });
  if (!key) return refuse(NOTIFY_V2.noProposalChosen);
  const { truncateKe = 0, wrongGroup } = misbehaviour;
  const shown = made.publicValue.subarray(0, made.publicValue.length - truncateKe);
  const ownMessage = response(spis, [
    { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer: selected.offer } },
    { kind: 'ke', type: PAYLOAD_V2.ke, group: wrongGroup ?? group, data: shown },
    { kind: 'nonce', type: PAYLOAD_V2.nonce, data: seed.responderNonce },
    ...natNotifies(setup, spis, first),
    ...(setup.request ? [{ kind: 'certreq', type: PAYLOAD_V2.certreq, ...setup.request } as const] : []),
    notifyPayload(NOTIFY_V2.fragmentation),
    notifyPayload(NOTIFY_V2.signatureHashAlgorithms, SIGNATURE_HASHES),
    notifyPayload(NOTIFY_V2.childlessSupported),
    ...(additionalGroups(slots).length > 0 ? [notifyPayload(NOTIFY_V2.intermediate)] : []),
  ]);
  const begun: Initiated = {
    sa: key,
    settled: settling.settled,
    ownMessage,
    peerMessage: first.datagram.slice(),
    ownNonce: seed.responderNonce,
    peerNonce: seed.initiatorNonce,
    nat: natSeen(setup, first),
    signatureHashes: signatureHashesOf(payloads),
    additional: additionalGroups(slots),
    at: 0,
  };
  return { kind: 'begun', begun };
}

function keysOf({ provider, random }: ResponderSetup, group: number, peer: Uint8Array) {
  try {
    return provider.keyExchange(group)?.respond(random, peer);
  } catch (error) {
    if (error instanceof KeyExchangeError) return undefined;
    throw error;
  }
}

function natNotifies(
  { provider }: ResponderSetup,
  spis: { readonly initiatorSpi: Uint8Array; readonly responderSpi: Uint8Array },
  { payloads, from, own }: FirstMessage,
): readonly Payload[] {
  if (!own || !findNotify(payloads, NOTIFY_V2.natDetectionSource)) return [];
  return [
    notifyPayload(NOTIFY_V2.natDetectionSource, natHash(provider, spis, own)),
    notifyPayload(NOTIFY_V2.natDetectionDestination, natHash(provider, spis, from)),
  ];
}

function natSeen({ provider }: ResponderSetup, { header, payloads, from, own }: FirstMessage): Initiated['nat'] {
  const destination = findNotify(payloads, NOTIFY_V2.natDetectionDestination);
  if (!own || !destination) return { own: false, peer: false };
  const source = natHash(provider, header, from);
  return {
    own: !sameOctets(destination.data, natHash(provider, header, own)),
    peer: !payloads.some((each) => each.kind === 'notify' && each.notify === NOTIFY_V2.natDetectionSource && sameOctets(each.data, source)),
  };
}
