import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** Authentication (IKEv2). @see RFC 7296 §3.8 */
export interface Authentication extends PayloadBase {
  readonly kind: 'auth';
  readonly method: number;
  /** The reserved 24 bits when they are not zero. */
  readonly reservedBody?: number;
  readonly data: Uint8Array;
}

export function readAuth(r: Reader, type: number): Authentication {
  const method = r.u8('auth.method');
  const reservedBody = r.u24('auth.reserved');
  const data = r.rest();
  return reservedBody === 0 ? { kind: 'auth', type, method, data } : { kind: 'auth', type, method, reservedBody, data };
}

export function writeAuth(w: Writer, payload: Authentication): void {
  w.u8(payload.method)
    .u24(payload.reservedBody ?? 0)
    .put(payload.data);
}
