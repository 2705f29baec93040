/**
 * What an answer makes of a child SA that we asked for.
 *
 * @see RFC 7296 §1.2, §1.3.1, §2.9
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import type { Payload } from '../../payloads/index.ts';
import type { TrafficSelector } from '../../payloads/ts.ts';
import { PAYLOAD_V2 } from '../../numbers.ts';
import { findError, findNotify, NOTIFY_V2 } from './notifies.ts';
import type { ChildSa } from './session.ts';
import { type AnswerFault, settle, type Settled } from './suite.ts';
import { isWithinTraffic } from './traffic.ts';

/** A child SA that is wanted. */
export interface ChildWish {
  /** ESP or AH; SPIs are filled in. */
  readonly offer: Offer;
  readonly ownTraffic: readonly TrafficSelector[];
  readonly peerTraffic: readonly TrafficSelector[];
  /** Transport mode is asked for. @see RFC 7296 §1.3.1 */
  readonly transport?: true;
}

/** What became of it. Refused ones leave the IKE SA as it is. */
export type ChildOutcome =
  | { readonly kind: 'established'; readonly child: ChildSa }
  /** By a notification: NO_PROPOSAL_CHOSEN, TS_UNACCEPTABLE, … */
  | { readonly kind: 'refused'; readonly notify: number; readonly data: Uint8Array }
  /** An answer that is none. `made`: the peer holds a child SA for made nonetheless, and it has to be deleted; `settled`: what it chose. */
  | { readonly kind: 'answer'; readonly fault: ChildFault; readonly made?: ChildRef; readonly settled?: Settled }
  | { readonly kind: 'silence' }
  /** None was asked for. */
  | { readonly kind: 'none' };

/** What a Delete payload needs of a child SA. */
export type ChildRef = Pick<ChildSa, 'protocol' | 'ownSpi'>;

/** Why an answer makes no child SA. */
export type ChildFault = AnswerFault | 'incomplete' | 'traffic' | 'key-exchange' | 'unsupported';

/** Reads an answer: what was offered is in `wish`, with our SPI in it. */
export function childOf(
  offered: Offer,
  wish: Pick<ChildWish, 'ownTraffic' | 'peerTraffic' | 'transport'>,
  ownSpi: Uint8Array,
  payloads: readonly Payload[],
): ChildOutcome {
  const error = findError(payloads);
  if (error) return { kind: 'refused', notify: error.notify, data: error.data };
  const sa = payloads.find((each) => each.kind === 'sa');
  const answered = sa?.kind === 'sa' ? sa.body.offer.groups[0]?.proposals[0] : undefined;
  const bad = (fault: ChildFault, settled?: Settled): ChildOutcome => ({
    kind: 'answer',
    fault,
    ...(answered && { made: { protocol: answered.protocol, ownSpi } }),
    ...(settled && { settled }),
  });
  const own = payloads.find((each) => each.kind === 'ts' && each.type === PAYLOAD_V2.tsInitiator);
  const peer = payloads.find((each) => each.kind === 'ts' && each.type === PAYLOAD_V2.tsResponder);
  if (sa?.kind !== 'sa' || own?.kind !== 'ts' || peer?.kind !== 'ts') return bad('incomplete');
  const settling = settle(offered, sa.body.offer);
  if (!settling.ok) return bad(settling.fault, settling.settled);
  const { settled } = settling;
  if (settled.spi.length !== 4) return bad('incomplete');
  if (own.selectors.length === 0 || peer.selectors.length === 0) return bad('traffic');
  const within = isWithinTraffic(own.selectors, wish.ownTraffic) && isWithinTraffic(peer.selectors, wish.peerTraffic);
  const { protocol, spi: peerSpi } = settled;
  const group = settled.slots.get('group')?.id ?? 0;
  const child = {
    protocol,
    ownSpi,
    peerSpi,
    settled,
    ownTraffic: own.selectors,
    peerTraffic: peer.selectors,
    ...(group !== 0 && { group }),
    ...(!within && { widened: true as const }),
    ...(wish.transport && findNotify(payloads, NOTIFY_V2.useTransportMode) && { transport: true as const }),
  };
  return { kind: 'established', child };
}
