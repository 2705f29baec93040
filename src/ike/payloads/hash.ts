import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** Hash (IKEv1). @see RFC 2408 §3.11 */
export interface Hash extends PayloadBase {
  readonly kind: 'hash';
  readonly data: Uint8Array;
}

/** Signature (IKEv1). @see RFC 2408 §3.12 */
export interface Signature extends PayloadBase {
  readonly kind: 'sig';
  readonly data: Uint8Array;
}

export function readHash(r: Reader, type: number): Hash {
  return { kind: 'hash', type, data: r.rest() };
}

export function readSig(r: Reader, type: number): Signature {
  return { kind: 'sig', type, data: r.rest() };
}

export function writeHash(w: Writer, payload: Hash | Signature): void {
  w.put(payload.data);
}
