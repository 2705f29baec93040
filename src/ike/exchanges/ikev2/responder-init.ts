/**
 * IKE_SA_INIT as the responder.
 *
 * @see RFC 7296 §1.2, §2.6, §2.23
 * @module
 */
import { decodeSaBody } from '../../../proposals/wire/sa.ts';
import { type IkeSeed, skeyseed } from '../../crypto/keymat-v2.ts';
import { prf } from '../../crypto/prf.ts';
import { KeyExchangeError, sameOctets } from '../../crypto/provider.ts';
import type { Header } from '../../header.ts';
import { keyExchangeGroup } from '../../groups.ts';
import { encodeMessage, type Message } from '../../message.ts';
import { EXCHANGE, FLAG, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { EndReason, Happening } from '../events.ts';
import type { Place } from '../place.ts';
import { offersIn, saBody, type SelectionRequest } from '../selecting.ts';
import { freshWindow, type IkeSa, ikeSa } from './ike-sa.ts';
import { findNotify, natHash, NOTIFY_V2, notifyPayload } from './notifies.ts';
import type { Ikev2ResponderSetup } from './responder-setup.ts';
import { type Initiated, nonZero, SIGNATURE_HASHES, signatureHashesOf } from './sa-init.ts';
import { additionalGroups, settle, type Settled } from './suite.ts';

/** A first message, and where it came from and to. */
export interface FirstMessage extends Pick<Message, 'header' | 'payloads'> {
  readonly datagram: Uint8Array;
  readonly from: Place;
  readonly own?: Place | undefined;
}

/** What becomes of it. */
export type InitAnswer = { readonly events: readonly Happening[] } /** `begun.ownMessage` is the response. */ & (
  | { readonly kind: 'begun'; readonly begun: Initiated }
  /** The selector took what is of no use here: its answer is given, and no keys are made. */
  | { readonly kind: 'spent'; readonly datagram: Uint8Array; readonly responderSpi: Uint8Array }
  | { readonly kind: 'refused'; readonly datagram: Uint8Array }
  | { readonly kind: 'silence' }
);

/** A response with one notification and no SPI of ours unless one is given: nothing is kept of the request. */
export function refuseInit(
  { initiatorSpi }: Pick<Header, 'initiatorSpi'>,
  notify: number,
  data?: Uint8Array,
  how: { readonly responderSpi?: Uint8Array; readonly protocol?: number } = {},
): Uint8Array {
  const { responderSpi = new Uint8Array(8), protocol = 0 } = how;
  return response({ initiatorSpi, responderSpi }, [notifyPayload(notify, data, { protocol })]);
}

interface Spis {
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
}

function response(spis: Spis, payloads: readonly Payload[]): Uint8Array {
  return encodeMessage({ ...spis, version: 0x20, exchange: EXCHANGE.saInit, flags: FLAG.response, messageId: 0, payloads });
}

/** One first message. */
export function answerInit(setup: Ikev2ResponderSetup, first: FirstMessage): InitAnswer {
  const { header, payloads } = first;
  const [offered] = offersIn(payloads, 2);
  const ke = payloads.find((each) => each.kind === 'ke');
  const nonce = payloads.find((each) => each.kind === 'nonce');
  const events: Happening[] = [];
  const refuse = (type: number, data?: Uint8Array, how?: Parameters<typeof refuseInit>[3]): InitAnswer => {
    events.push({ kind: 'refused', step: 'sa-init', notify: type });
    return { kind: 'refused', events, datagram: refuseInit(header, type, data, how) };
  };
  if (!offered || ke?.kind !== 'ke' || nonce?.kind !== 'nonce') return refuse(NOTIFY_V2.invalidSyntax);
  if (nonce.data.length < 16 || nonce.data.length > 256) return refuse(NOTIFY_V2.invalidSyntax);
  const notifies = payloads.flatMap((each) => (each.kind === 'notify' ? each.notify : []));
  const request: SelectionRequest = { negotiation: 'ikev2-ike', step: 'sa-init', sa: offered.octets, notifies, keGroup: ke.group ?? 0 };
  const { wire } = setup.select(request);
  events.push({ kind: 'offer', request, wire });
  if (wire.kind === 'notify') {
    const { type, data, protocol = 0, responderSpi } = wire;
    return refuse(type, data, { protocol, ...(responderSpi === 'set' && { responderSpi: nonZero(setup.random) }) });
  }
  if (wire.kind !== 'answer') {
    events.push({ kind: 'refused', step: 'sa-init' });
    return { kind: 'silence', events };
  }
  const answer = decodeSaBody(saBody(wire.sa), 'ikev2-ike').value?.offer;
  const settling = offered.offer && answer && settle(offered.offer, answer);
  const group = (settling?.ok && settling.settled.slots.get('group')?.id) || 0;
  if (settling?.ok && ke.group !== group) return refuse(NOTIFY_V2.invalidKePayload, Uint8Array.of(group >> 8, group & 0xff));
  const spis: Spis = { initiatorSpi: header.initiatorSpi.slice(), responderSpi: nonZero(setup.random) };
  const ownNonce = setup.random(32);
  const ppk = notifies.includes(NOTIFY_V2.usePpk);
  if (ppk) events.push({ kind: 'ppk-announced' });
  const whole = (publicValue: Uint8Array, slots?: Settled['slots']): Uint8Array =>
    response(spis, [
      { kind: 'opaque', type: PAYLOAD_V2.sa, data: saBody(wire.sa) },
      { kind: 'ke', type: PAYLOAD_V2.ke, group: setup.misbehaviour?.wrongGroup ?? ke.group ?? 0, data: shown(setup, publicValue) },
      { kind: 'nonce', type: PAYLOAD_V2.nonce, data: ownNonce },
      ...natNotifies(setup, spis, first),
      ...(setup.request ? [{ kind: 'certreq', type: PAYLOAD_V2.certreq, ...setup.request } as const] : []),
      notifyPayload(NOTIFY_V2.fragmentation),
      notifyPayload(NOTIFY_V2.signatureHashAlgorithms, SIGNATURE_HASHES),
      notifyPayload(NOTIFY_V2.childlessSupported),
      ...(slots && additionalGroups(slots).length > 0 ? [notifyPayload(NOTIFY_V2.intermediate)] : []),
      ...(ppk && setup.ppk ? [notifyPayload(NOTIFY_V2.usePpk)] : []),
      ...(setup.vendors ?? []).map((data) => ({ kind: 'vendor', type: PAYLOAD_V2.vendor, data }) as const),
    ]);
  const spent = (why: EndReason): InitAnswer => {
    events.push({ kind: 'ended', why });
    const octets = keyExchangeGroup(ke.group ?? 0)?.publicValueBytes ?? ke.data.length;
    return { kind: 'spent', events, datagram: whole(setup.random(octets)), responderSpi: spis.responderSpi };
  };
  if (!settling?.ok) return spent(settling ? settling.fault : 'not-one-choice');
  const { settled } = settling;
  if (!setup.provider.keyExchange(group)) return spent('unsupported');
  const made = keysOf(setup, group, ke.data);
  if (!made) return refuse(NOTIFY_V2.invalidSyntax);
  const seed = { ...spis, initiatorNonce: nonce.data.slice(), responderNonce: ownNonce };
  const sa = keyed(setup, settled, seed, made.secret, notifies.includes(NOTIFY_V2.fragmentation));
  if (!sa) return spent('unsupported');
  setup.keys?.(sa);
  const begun: Initiated = {
    sa,
    settled,
    ownMessage: whole(made.publicValue, settled.slots),
    peerMessage: first.datagram.slice(),
    ownNonce,
    peerNonce: seed.initiatorNonce,
    nat: natSeen(setup, first),
    signatureHashes: signatureHashesOf(payloads),
    additional: additionalGroups(settled.slots),
    ppk: ppk && setup.ppk !== undefined,
    at: 0,
  };
  return { kind: 'begun', events, begun };
}

/** Our public value as the peer gets to see it. */
const shown = ({ misbehaviour }: Ikev2ResponderSetup, value: Uint8Array): Uint8Array =>
  value.subarray(0, value.length - (misbehaviour?.truncateKe ?? 0));

/** Nothing when the backend lacks an algorithm of the suite. */
function keyed(
  { provider }: Ikev2ResponderSetup,
  { slots }: Settled,
  seed: IkeSeed,
  secret: Uint8Array,
  fragments: boolean,
): IkeSa | undefined {
  const mac = prf(provider, slots.get('prf')?.id ?? 0);
  const window = freshWindow(0, 1, fragments);
  return mac && ikeSa(provider, { ...seed, slots, initiator: false, skeyseed: skeyseed(mac, seed, secret), window });
}

function keysOf({ provider, random }: Ikev2ResponderSetup, group: number, peer: Uint8Array) {
  try {
    return provider.keyExchange(group)?.respond(random, peer);
  } catch (error) {
    if (error instanceof KeyExchangeError) return undefined;
    throw error;
  }
}

function natNotifies({ provider }: Ikev2ResponderSetup, spis: Spis, { payloads, from, own }: FirstMessage): readonly Payload[] {
  if (!own || !findNotify(payloads, NOTIFY_V2.natDetectionSource)) return [];
  return [
    notifyPayload(NOTIFY_V2.natDetectionSource, natHash(provider, spis, own)),
    notifyPayload(NOTIFY_V2.natDetectionDestination, natHash(provider, spis, from)),
  ];
}

function natSeen({ provider }: Ikev2ResponderSetup, { header, payloads, from, own }: FirstMessage): Initiated['nat'] {
  const destination = findNotify(payloads, NOTIFY_V2.natDetectionDestination);
  if (!own || !destination) return { own: false, peer: false };
  const source = natHash(provider, header, from);
  return {
    own: !sameOctets(destination.data, natHash(provider, header, own)),
    peer: !payloads.some((each) => each.kind === 'notify' && each.notify === NOTIFY_V2.natDetectionSource && sameOctets(each.data, source)),
  };
}
