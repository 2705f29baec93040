import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** Nonce: 8 to 256 octets in IKEv1, 16 to 256 in IKEv2. @see RFC 2408 §3.13, RFC 7296 §3.9 */
export interface Nonce extends PayloadBase {
  readonly kind: 'nonce';
  readonly data: Uint8Array;
}

export function readNonce(r: Reader, type: number): Nonce {
  return { kind: 'nonce', type, data: r.rest() };
}

export function writeNonce(w: Writer, payload: Nonce): void {
  w.put(payload.data);
}
