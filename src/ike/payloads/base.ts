/**
 * What all payloads have in common.
 *
 * @module
 */
import type { DecodeFault } from '../../proposals/wire/errors.ts';
import type { SaLimits } from '../../proposals/wire/sa.ts';
import type { Version } from '../numbers.ts';

/** The generic payload header, as far as its place does not imply it. @see RFC 2408 §3.2, RFC 7296 §3.2 */
export interface PayloadBase {
  /** The payload type as on the wire, so that drafts' and private numbers survive. */
  readonly type: number;
  /** The octet after next-payload when it is not zero: RESERVED in IKEv1; the critical bit 0x80 and reserved bits in IKEv2. */
  readonly reserved?: number;
  /** Only when it is not the type of the payload that follows: in encrypted ones the type of the first one inside. */
  readonly nextPayload?: number;
  /** Only when it is not the length that there is: a lie, or a payload that was cut off. */
  readonly length?: number;
}

/** How much of a message is read before it is called excessive. */
export interface MessageLimits extends SaLimits {
  /** Payloads per message. */
  readonly payloads: number;
}

/** What the reader of a payload body knows besides the octets; it adds to `faults` and goes on, or throws `DecodeError`. */
export interface ReadContext {
  readonly version: Version;
  readonly limits: MessageLimits;
  readonly faults: DecodeFault[];
}
