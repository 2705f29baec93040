/**
 * The contract of a datagram pipe to one peer, in words and types.
 *
 * Rule 1: nothing that arrives between two calls of `receive` is lost (within the inbox bound).
 * Rule 2: what the network says about a datagram (refused, prohibited, unreachable) is a value received, not an exception.
 * Rule 3: time is the transport's own: real for a socket, virtual in memory and in a replay. Deadlines are points on `clock()`.
 *
 * @module
 */

/** A time or a span in milliseconds; points in time are on the transport's monotonic clock. */
export type Millis = number;

/** An IP address (text form, IPv6 in lower case) and a UDP port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One UDP payload, without a non-ESP marker. `from` is there when it did not come from the peer's address and port. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly at: Millis;
  readonly from?: Endpoint;
}

/**
 * What the network said instead of the peer. `refused`: port unreachable, nobody listens. `prohibited`: a filter said no.
 * `unreachable`: no route, or the interface is down.
 */
export type Obstacle = 'refused' | 'prohibited' | 'unreachable';

/** What `receive` can bring. `code` is the errno name (`ECONNREFUSED` …). */
export type Received =
  | { readonly kind: 'datagram'; readonly datagram: Datagram }
  | { readonly kind: Obstacle; readonly code: string; readonly at: Millis };

/**
 * Whether a datagram left this machine; `code` is an errno name, or `CLOSED`. `sent` proves nothing about arrival. When the
 * reason was an obstacle, `receive` brings it too.
 */
export type SendResult = { readonly sent: true } | { readonly sent: false; readonly code: string };

/** Why a transport does not send from the port that was asked for. `code`: `EACCES` (privilege) or `EADDRINUSE`. */
export interface SourcePortNote {
  readonly asked: number;
  readonly used: number;
  readonly code: string;
}

/** The part of a transport that tells and passes time. */
export interface Clock {
  /** Milliseconds on a monotonic clock of arbitrary origin. */
  clock(): Millis;
  /** Resolves when `clock()` has reached `at`, or when the transport is closed. */
  sleepUntil(at: Millis): Promise<void>;
}

/** A datagram pipe to ONE peer. */
export interface Transport extends Clock {
  readonly peer: Endpoint;
  /** The local address and port that the peer sees if there is no NAT. */
  readonly local: Endpoint | undefined;
  readonly sourcePortNote?: SourcePortNote;
  send(bytes: Uint8Array): Promise<SendResult>;
  /** The next thing received, or undefined when `until` has passed or the transport is closed. Callers are served in order. */
  receive(until: Millis): Promise<Received | undefined>;
  /** Harmless when called twice; pending `receive` and `sleepUntil` calls end. */
  close(): Promise<void>;
}

/** The errno names that a UDP socket gives for each obstacle; an unknown one counts as `unreachable`. */
export function obstacle(code: string): Obstacle {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  if (code === 'EHOSTUNREACH' || code === 'EACCES' || code === 'EPERM') return 'prohibited';
  return 'unreachable';
}
