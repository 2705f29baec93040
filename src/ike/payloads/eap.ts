import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** Extensible Authentication (IKEv2): one EAP message. @see RFC 7296 §3.16 */
export interface Eap extends PayloadBase {
  readonly kind: 'eap';
  readonly data: Uint8Array;
}

export function readEap(r: Reader, type: number): Eap {
  return { kind: 'eap', type, data: r.rest() };
}

export function writeEap(w: Writer, payload: Eap): void {
  w.put(payload.data);
}
