import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/**
 * Identification. IKEv1 says protocol and port; IKEv2 has three reserved octets in their place, zero when all is well.
 *
 * @see RFC 2407 §4.6.2, RFC 7296 §3.5
 */
export interface Identification extends PayloadBase {
  readonly kind: 'id';
  readonly idType: number;
  readonly protocol: number;
  readonly port: number;
  readonly data: Uint8Array;
}

export function readId(r: Reader, type: number): Identification {
  const idType = r.u8('id.type');
  const protocol = r.u8('id.protocol');
  const port = r.u16('id.port');
  return { kind: 'id', type, idType, protocol, port, data: r.rest() };
}

export function writeId(w: Writer, payload: Identification): void {
  w.u8(payload.idType).u8(payload.protocol).u16(payload.port).put(payload.data);
}
