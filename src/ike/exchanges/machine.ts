/**
 * The contract of an exchange: a protocol step by step, without socket, clock or randomness of its own.
 *
 * Rule 1: a machine never throws on what a peer sends; what it does not like becomes a note, and it waits or ends.
 * Rule 2: random octets come from the `Entropy` that it was made with, so that whole exchanges can be repeated to the octet.
 * Rule 3: after `done` it says nothing more.
 *
 * @module
 */

/** Milliseconds on the driver's clock. */
export type Millis = number;

/** What a machine is told. */
export type Input =
  | { readonly kind: 'start' }
  /** A datagram's octets, the non-ESP marker of port 4500 taken off. */
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array }
  /** The time that it asked to be woken at has come. */
  | { readonly kind: 'timer' };

/** What a machine wants. */
export type Output<Result, Event = never> =
  /** To port 500, or 4500 behind the marker once a NAT was found. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly floated?: true }
  /** The next `timer`, instead of any asked for before. */
  | { readonly kind: 'wake'; readonly at: Millis }
  | { readonly kind: 'note'; readonly event: Event }
  | { readonly kind: 'done'; readonly result: Result };

/** A protocol as a state machine. */
export interface Machine<Result, Event = never> {
  step(input: Input, now: Millis): readonly Output<Result, Event>[];
}
