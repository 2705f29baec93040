/**
 * Who chooses: any function that takes an SA payload and says what leaves for the peer; a configured profile's `respond` is one.
 *
 * Rule: octets in, octets out. How an implementation reads a broken SA payload is its own affair, and so is what its answer looks like.
 *
 * @module
 */
import type { Negotiation, Offer } from '../../proposals/model.ts';
import { encodeSaBody } from '../../proposals/wire/sa.ts';
import { PAYLOAD_V1, PAYLOAD_V2, type Version } from '../numbers.ts';
import type { Payload } from '../payloads/index.ts';

/** The exchange that carries an offer, and for which purpose. */
export type SelectionStep = 'main' | 'aggressive' | 'quick' | 'sa-init' | 'auth' | 'create-child' | 'rekey-ike' | 'rekey-child';

/** An SA payload, and what else of the message the choice hangs on. */
export interface SelectionRequest {
  readonly negotiation: Negotiation;
  readonly step: SelectionStep;
  /** With its generic header. */
  readonly sa: Uint8Array;
  /** The group of the KE payload: its own field in IKEv2, that of the first transform in IKEv1; none without KE. */
  readonly keGroup?: number;
  readonly notifies?: readonly number[];
}

/** A refusal, with all that a peer sees of it. */
export interface Refusal {
  readonly kind: 'notify';
  readonly type: number;
  readonly data: Uint8Array;
  readonly protocol?: number;
  /** The notify payload's SPI: none, both cookies, or four octets of zero. */
  readonly spi?: 'none' | 'cookies' | 'zero';
  /** Of the header: our cookie or SPI. */
  readonly responderSpi?: 'set' | 'zero';
  readonly messageId?: 'zero' | 'random' | 'same';
  /** It starts an exchange of its own, with new cookies. */
  readonly ownExchange?: true;
}

/** What it says: an SA payload with its generic header, a notification, or nothing. */
export type SelectionWire = { readonly kind: 'answer'; readonly sa: Uint8Array } | Refusal | { readonly kind: 'silence' | 'proceeds' };

export type Select = (request: SelectionRequest) => { readonly wire: SelectionWire };

/** An SA payload as received, and what could be read of it. */
export interface Offered {
  /** With its generic header, the next-payload octet zero. */
  readonly octets: Uint8Array;
  /** Nothing when not even its head was there. */
  readonly offer?: Offer;
}

/** The SA payloads of a message, broken ones too. */
export function offersIn(payloads: readonly Payload[], version: Version): readonly Offered[] {
  const type = version === 1 ? PAYLOAD_V1.sa : PAYLOAD_V2.sa;
  return payloads.flatMap((payload): Offered[] => {
    if (payload.kind === 'sa') return [{ octets: withHeader(encodeSaBody(payload.body)), offer: payload.body.offer }];
    if (payload.kind !== 'opaque' || payload.type !== type) return [];
    const { data, partial } = payload;
    return [{ octets: withHeader(data), ...(partial?.kind === 'sa' && { offer: partial.body.offer }) }];
  });
}

function withHeader(body: Uint8Array): Uint8Array {
  const length = body.length + GENERIC;
  const octets = new Uint8Array(length);
  octets.set([0, 0, length >> 8, length & 0xff]);
  octets.set(body, GENERIC);
  return octets;
}

/** The body of an SA payload with its generic header. */
export const saBody = (sa: Uint8Array): Uint8Array => sa.subarray(GENERIC);

const GENERIC = 4;
