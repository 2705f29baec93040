/**
 * What passes between a responder and the versions that it speaks.
 *
 * @module
 */
import type { Message } from '../message.ts';
import type { Reaction } from './events.ts';
import type { Millis } from './machine.ts';
import type { Place } from './place.ts';

/** A datagram, decoded, and between whom it went. */
export interface Heard {
  readonly message: Message;
  readonly datagram: Uint8Array;
  readonly from: Place;
  /** Where it was received, for NAT detection. */
  readonly own?: Place | undefined;
  readonly now: Millis;
}

/** A reaction, whose conversation it is about, and which others are over. */
export interface Said extends Reaction {
  /** The initiator's of its first message; that of the header when left out. */
  readonly initiatorSpi?: Uint8Array;
  /** Those that time has ended meanwhile. */
  readonly over?: readonly { readonly from: Place; readonly initiatorSpi: Uint8Array }[];
}
