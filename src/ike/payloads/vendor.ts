import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** Vendor ID: any octets. @see RFC 2408 §3.16, RFC 7296 §3.12 */
export interface Vendor extends PayloadBase {
  readonly kind: 'vendor';
  readonly data: Uint8Array;
}

export function readVendor(r: Reader, type: number): Vendor {
  return { kind: 'vendor', type, data: r.rest() };
}

export function writeVendor(w: Writer, payload: Vendor): void {
  w.put(payload.data);
}
