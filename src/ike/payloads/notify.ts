import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { Version } from '../numbers.ts';
import type { PayloadBase, ReadContext } from './base.ts';

/**
 * Notify. Any SPI size is legal here: peers put cookies, SPIs of eight octets or nothing beside any protocol.
 *
 * @see RFC 2408 §3.14, RFC 7296 §3.10
 */
export interface Notify extends PayloadBase {
  readonly kind: 'notify';
  /** IKEv1 only; left out it is written as 1, IPsec. */
  readonly doi?: number;
  readonly protocol: number;
  readonly spi: Uint8Array;
  readonly notify: number;
  readonly data: Uint8Array;
}

/** An SPI longer than the payload is a fault, and what is there of it is the SPI. */
export function readNotify(r: Reader, type: number, context: ReadContext): Notify {
  const doi = context.version === 1 ? r.u32('notify.doi') : undefined;
  const protocol = r.u8('notify.protocol');
  const spiSize = r.u8('notify.spiSize');
  const notify = r.u16('notify.type');
  if (spiSize > r.left) context.faults.push(r.fault('length-too-large', 'notify.spiSize', 3));
  const spi = r.take(Math.min(spiSize, r.left), 'notify.spi');
  const data = r.rest();
  if (doi === undefined) return { kind: 'notify', type, protocol, spi, notify, data };
  return { kind: 'notify', type, doi, protocol, spi, notify, data };
}

export function writeNotify(w: Writer, payload: Notify, version: Version): void {
  if (version === 1) w.u32(payload.doi ?? 1);
  w.u8(payload.protocol).u8(payload.spi.length).u16(payload.notify).put(payload.spi).put(payload.data);
}
