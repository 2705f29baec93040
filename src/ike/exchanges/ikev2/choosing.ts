/**
 * What a selector makes of a CREATE_CHILD_SA request or of the child in IKE_AUTH: a choice, its key exchange, its traffic.
 *
 * No keys of child SAs are made here: nothing is ever sent through one.
 *
 * @see RFC 7296 §1.3, §2.9
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { decodeSaBody } from '../../../proposals/wire/sa.ts';
import { KeyExchangeError, type KeyExchangeMethod } from '../../crypto/provider.ts';
import { PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { TrafficSelector } from '../../payloads/ts.ts';
import { type Offered, saBody, type SelectionRequest, type SelectionStep } from '../selecting.ts';
import { findError, NOTIFY_V2, notifyPayload } from './notifies.ts';
import type { ChildSa, Session } from './session.ts';
import { withSpi } from './spi-in-offer.ts';
import { settle, type Settled } from './suite.ts';
import { narrowedTraffic, selectorPayloads } from './traffic.ts';

/** What a CREATE_CHILD_SA request holds, in either of its meanings. */
export interface Creation {
  readonly offered: Offered;
  readonly nonce: Uint8Array;
  readonly ke?: { readonly group: number; readonly data: Uint8Array };
  readonly notifies: readonly number[];
}

/** Silence is a refusal too. */
export function noteRefusal(on: Pick<Session, 'note'>, step: SelectionStep, answer: readonly Payload[] | undefined): void {
  const error = answer && findError(answer);
  if (!answer || error) on.note({ kind: 'refused', step, ...(error && { notify: error.notify }) });
}

/** A child SA, and the payloads SA, KEr, TSi, TSr that make it; or why there is none. The caller adds it to the session. */
export function makeChild(
  on: Session,
  payloads: readonly Payload[],
  creation: Pick<Creation, 'offered' | 'notifies' | 'ke'>,
  step: 'auth' | 'create-child' | 'rekey-child',
):
  | { readonly ok: true; readonly child: ChildSa; readonly payloads: readonly Payload[] }
  | { readonly ok: false; readonly payloads: readonly Payload[] | undefined } {
  const refuse = (notify: number): { ok: false; payloads: readonly Payload[] } => ({ ok: false, payloads: [notifyPayload(notify)] });
  if (on.children.length >= (on.answers.mostChildren ?? MOST_CHILDREN)) return refuse(NOTIFY_V2.noAdditionalSas);
  const chosen = choose(on, creation, step);
  if (!chosen.ok) return chosen;
  const failing = on.answers.misbehaviour?.failsChildren;
  if (failing !== undefined) return refuse(failing);
  const peerTraffic = trafficOf(on, payloads, PAYLOAD_V2.tsInitiator, on.answers.traffic?.peer);
  const ownTraffic = trafficOf(on, payloads, PAYLOAD_V2.tsResponder, on.answers.traffic?.own);
  if (peerTraffic.length === 0 || ownTraffic.length === 0) return refuse(NOTIFY_V2.tsUnacceptable);
  const { settled, answer, key, peerSpi } = chosen;
  if (peerSpi.length !== 4) return refuse(NOTIFY_V2.invalidSyntax);
  const ownSpi = nonZeroSpi(on);
  const child: ChildSa = {
    protocol: settled.protocol,
    ownSpi,
    peerSpi,
    settled,
    ownTraffic,
    peerTraffic,
    ...(key && { group: key.group }),
  };
  return {
    ok: true,
    child,
    payloads: [
      { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer: withSpi(answer, ownSpi) } },
      ...(key ? [{ kind: 'ke', type: PAYLOAD_V2.ke, group: key.group, data: shown(on, key.publicValue) } as const] : []),
      ...(creation.notifies.includes(NOTIFY_V2.useTransportMode) ? [notifyPayload(NOTIFY_V2.useTransportMode)] : []),
      ...selectorPayloads(peerTraffic, ownTraffic),
    ],
  };
}

/** SPIs up to 255 are reserved. @see RFC 4303 §2.1 */
export function nonZeroSpi(on: Pick<Session, 'carrier'>): Uint8Array {
  const spi = on.carrier.random(4);
  spi[0] = (spi[0] ?? 0) | 0x80;
  return spi;
}

function trafficOf(
  { answers }: Session,
  payloads: readonly Payload[],
  type: number,
  allowed?: readonly TrafficSelector[],
): readonly TrafficSelector[] {
  const ts = payloads.find((each) => each.kind === 'ts' && each.type === type);
  if (ts?.kind !== 'ts') return [];
  const narrowed = allowed ? narrowedTraffic(ts.selectors, allowed) : ts.selectors;
  return allowed && answers.misbehaviour?.widens === true && narrowed.length > 0 ? allowed : narrowed;
}

/** Our public value as the peer gets to see it. */
export const shown = ({ answers }: Session, value: Uint8Array): Uint8Array =>
  value.subarray(0, value.length - (answers.misbehaviour?.truncateKe ?? 0));

export type Chosen =
  | {
      readonly ok: true;
      readonly settled: Settled;
      readonly answer: Offer;
      readonly peerSpi: Uint8Array;
      readonly key?: { readonly group: number; readonly publicValue: Uint8Array; readonly secret: Uint8Array };
    }
  | { readonly ok: false; readonly payloads: readonly Payload[] | undefined };

/** What a selector says to an offer, with what follows from it; or what the peer is told instead. */
export function choose(on: Session, { offered, ke, notifies }: Pick<Creation, 'offered' | 'notifies' | 'ke'>, step: SelectionStep): Chosen {
  const refuse = (notify: number, data?: Uint8Array): Chosen => ({ ok: false, payloads: [notifyPayload(notify, data)] });
  if (!on.answers.select) return refuse(NOTIFY_V2.noProposalChosen);
  const negotiation = step === 'rekey-ike' ? 'ikev2-ike' : 'ikev2-child';
  const request: SelectionRequest = { negotiation, step, sa: offered.octets, notifies, ...(ke && { keGroup: ke.group }) };
  const { wire } = on.answers.select(request);
  on.note({ kind: 'offer', request, wire });
  if (wire.kind === 'notify') return refuse(wire.type, wire.data);
  if (wire.kind !== 'answer') return { ok: false, payloads: undefined };
  const { offer } = offered;
  const answer = decodeSaBody(saBody(wire.sa), negotiation).value?.offer;
  if (!offer || !answer) return refuse(NOTIFY_V2.noProposalChosen);
  const settling = settle(offer, answer);
  // No keys of child SAs are made here: one with DES can be answered, for the peer to see and delete.
  const settled = settling.ok || (settling.fault === 'des' && step !== 'rekey-ike') ? settling.settled : undefined;
  if (!settled) return refuse(NOTIFY_V2.noProposalChosen);
  const peerSpi = offer.groups.find(({ number }) => number === settled.number)?.proposals[0]?.spi ?? new Uint8Array();
  const base = { ok: true, settled, answer, peerSpi } as const;
  const group = settled.slots.get('group')?.id ?? 0;
  if (group === 0 || step === 'auth') return base;
  if (ke?.group !== group) return refuse(NOTIFY_V2.invalidKePayload, Uint8Array.of(group >> 8, group & 0xff));
  if (!on.provider.keyExchange(group)) {
    if (step === 'rekey-ike') return refuse(NOTIFY_V2.noProposalChosen);
    return { ...base, key: { group, publicValue: on.carrier.random(ke.data.length), secret: new Uint8Array() } };
  }
  const made = responded(on, group, ke.data);
  return made ? { ...base, key: { group, ...made } } : refuse(NOTIFY_V2.invalidSyntax);
}

/** Nothing for a group that we lack, or a value that must not be used. */
export function responded(on: Session, group: number, peer: Uint8Array): ReturnType<KeyExchangeMethod['respond']> | undefined {
  try {
    return on.provider.keyExchange(group)?.respond(on.carrier.random, peer);
  } catch (error) {
    if (error instanceof KeyExchangeError) return undefined;
    throw error;
  }
}

const MOST_CHILDREN = 64;
