/**
 * The odd requests: each a legal or nearly legal way to ask, of which implementations are known to think differently.
 *
 * Rule 1: a request is made of suites that the peer accepts and one that it refuses, so its outcome depends on the implementation and not on
 *         what is configured; a request that needs what is not known of a peer is not asked.
 * Rule 2: nothing here foretells an outcome. The profiles do.
 * Rule 3: no request leaves out what implementations have crashed on: a group, a cipher, a public value.
 *
 * @module
 */
import type { Offer } from '../../proposals/model.ts';
import type { Known, OddExchange } from './known.ts';
import { IKEV1_REQUESTS } from './requests-ikev1.ts';
import { IKEV2_REQUESTS } from './requests-ikev2.ts';

/** A row of the fingerprint table. */
export interface OddRequest {
  /** Stable name: it stands in reports. */
  readonly id: string;
  readonly exchange: OddExchange;
  /** What is odd in it. */
  readonly asks: string;
  /** The part of an implementation that it tries. */
  readonly topic: Topic;
  /** An RFC forbids it: asked only when that is worth it. */
  readonly malformed?: true;
  /** Nothing when what it needs is not known of the peer. */
  build(known: Known): OddOffer | undefined;
}

/** Parts of an implementation that may differ one without the other. */
export type Topic =
  | 'answer'
  | 'refusal'
  | 'proposals'
  | 'count'
  | 'form'
  | 'attributes'
  | 'key-length'
  | 'lifetime'
  | 'numbers'
  | 'spi'
  | 'order'
  | 'method'
  | 'types'
  | 'group';

/** An offer, and the group of the KE payload beside it (IKEv2). */
export interface OddOffer {
  readonly offer: Offer;
  readonly keGroup?: number;
}

/** Every odd request; the first of each exchange is the plain one, which the peer answers. */
export const ODD_REQUESTS: readonly OddRequest[] = [...IKEV1_REQUESTS, ...IKEV2_REQUESTS];
