import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/**
 * Ciphertext. In IKEv2 the body of an SK payload: IV, ciphertext, checksum; `nextPayload` is the first one inside.
 * In IKEv1 everything after the header of a message with the encryption flag; `type` is the first one inside.
 *
 * @see RFC 2408 §3.1, RFC 7296 §3.14
 */
export interface Encrypted extends PayloadBase {
  readonly kind: 'encrypted';
  readonly data: Uint8Array;
}

export function readEncrypted(r: Reader, type: number): Encrypted {
  return { kind: 'encrypted', type, data: r.rest() };
}

export function writeEncrypted(w: Writer, payload: Encrypted): void {
  w.put(payload.data);
}
