/**
 * The offers that only keys make visible: ESP, AH and IPCOMP in Quick Mode, IKE_AUTH and CREATE_CHILD_SA, and rekeys of the IKE SA.
 *
 * @module
 */
import type { Offer } from '../../proposals/model.ts';
import type { Message } from '../message.ts';
import type { Deciphered } from './deciphered.ts';

/** An SA payload that was encrypted. */
export interface InsideOffer {
  /** Which message of the capture, as the caller counts them. */
  readonly frame: number;
  readonly header: Message['header'];
  readonly offer: Offer;
}

/** Every SA payload inside the messages that were opened, in their order; what was sent again counts once. */
export function insideOffers(messages: Iterable<{ readonly frame: number; readonly read: Deciphered }>): readonly InsideOffer[] {
  const offers: InsideOffer[] = [];
  for (const { frame, read } of messages) {
    if (read.state !== 'opened' || read.repeated) continue;
    for (const payload of read.payloads) {
      // An SA payload with a fault in it is opaque; what was readable of it still is an offer.
      const sa = payload.kind === 'opaque' ? payload.partial : payload;
      if (sa?.kind === 'sa') offers.push({ frame, header: read.message.header, offer: sa.body.offer });
    }
  }
  return offers;
}
