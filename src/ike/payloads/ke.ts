import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { Version } from '../numbers.ts';
import type { PayloadBase, ReadContext } from './base.ts';

/** Key Exchange: the public value. Only IKEv2 names the group. @see RFC 2408 §3.7, RFC 7296 §3.4 */
export interface KeyExchange extends PayloadBase {
  readonly kind: 'ke';
  readonly group?: number;
  /** IKEv2: the reserved 16 bits when they are not zero. */
  readonly reservedBody?: number;
  readonly data: Uint8Array;
}

export function readKe(r: Reader, type: number, context: ReadContext): KeyExchange {
  if (context.version === 1) return { kind: 'ke', type, data: r.rest() };
  const group = r.u16('ke.group');
  const reservedBody = r.u16('ke.reserved');
  const data = r.rest();
  return reservedBody === 0 ? { kind: 'ke', type, group, data } : { kind: 'ke', type, group, reservedBody, data };
}

export function writeKe(w: Writer, payload: KeyExchange, version: Version): void {
  if (version === 2) w.u16(payload.group ?? 0).u16(payload.reservedBody ?? 0);
  w.put(payload.data);
}
