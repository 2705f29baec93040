/**
 * What can be wrong with octets off the wire, as data.
 *
 * A fault is a value: decoders return it. `DecodeError` carries one from a `Reader` up to the `decode*` function that
 * started, and never further.
 *
 * @module
 */

/** The public, stable names of decoding faults. */
export type DecodeCode =
  /** A field of fixed size reaches beyond the end of what it stands in. */
  | 'truncated'
  /** A length field smaller than the header it counts. */
  | 'length-too-small'
  /** A length field that reaches beyond the end of what it stands in. */
  | 'length-too-large'
  /** Octets after the last element. */
  | 'trailing-bytes'
  /** More elements than the limits allow; the rest was not read. */
  | 'limit-exceeded'
  /** A major version whose payloads are not known. */
  | 'version-unknown';

/** What is wrong, where (octets from the start of the outermost bytes, at most their length), and in which field. */
export interface DecodeFault {
  readonly code: DecodeCode;
  readonly offset: number;
  readonly field: string;
}

/** Thrown by `Reader`; caught only by `decode*` functions. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly fault: DecodeFault;

  constructor(fault: DecodeFault) {
    super(`${fault.code} at ${fault.offset} in ${fault.field}`);
    this.fault = fault;
  }

  /** `ERR_IKE_TRUNCATED`, `ERR_IKE_LENGTH_TOO_SMALL`, … */
  get code(): string {
    return `ERR_IKE_${this.fault.code.toUpperCase().replaceAll('-', '_')}`;
  }
}

/** The fault inside a `DecodeError`; any other exception is a bug of ours and goes on. */
export function faultOf(error: unknown): DecodeFault {
  if (error instanceof DecodeError) return error.fault;
  throw error;
}
