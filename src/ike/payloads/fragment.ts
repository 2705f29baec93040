import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { Version } from '../numbers.ts';
import type { PayloadBase, ReadContext } from './base.ts';

/** A fragment of a message: in IKEv1 in the clear, in IKEv2 each encrypted by itself (SKF). */
export interface Fragment extends PayloadBase {
  readonly kind: 'fragment';
  /** IKEv1: which message it belongs to. */
  readonly id?: number;
  /** From 1. */
  readonly number: number;
  /** IKEv1: 1 marks the last one. */
  readonly flags?: number;
  /** IKEv2: how many there are. */
  readonly total?: number;
  readonly data: Uint8Array;
}

/** @see Microsoft [MS-IKEE] §2.2.3.1 for IKEv1, RFC 7383 §2.5 for IKEv2 */
export function readFragment(r: Reader, type: number, context: ReadContext): Fragment {
  if (context.version === 2) {
    const number = r.u16('fragment.number');
    const total = r.u16('fragment.total');
    return { kind: 'fragment', type, number, total, data: r.rest() };
  }
  const id = r.u16('fragment.id');
  const number = r.u8('fragment.number');
  const flags = r.u8('fragment.flags');
  return { kind: 'fragment', type, id, number, flags, data: r.rest() };
}

export function writeFragment(w: Writer, payload: Fragment, version: Version): void {
  if (version === 2) w.u16(payload.number).u16(payload.total ?? 0);
  else
    w.u16(payload.id ?? 0)
      .u8(payload.number)
      .u8(payload.flags ?? 0);
  w.put(payload.data);
}
