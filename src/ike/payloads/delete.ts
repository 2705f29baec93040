import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { Version } from '../numbers.ts';
import type { PayloadBase, ReadContext } from './base.ts';

/** Delete: SPIs of one protocol, all of one size. @see RFC 2408 §3.15, RFC 7296 §3.11 */
export interface Delete extends PayloadBase {
  readonly kind: 'delete';
  /** IKEv1 only; left out it is written as 1, IPsec. */
  readonly doi?: number;
  readonly protocol: number;
  /** Octets of each SPI; 0 for an IKEv2 IKE SA. */
  readonly spiSize: number;
  readonly spis: readonly Uint8Array[];
  /** The stated number of SPIs, only where SPIs of no size were counted. */
  readonly count?: number;
}

export function readDelete(r: Reader, type: number, context: ReadContext): Delete {
  const doi = context.version === 1 ? { doi: r.u32('delete.doi') } : undefined;
  const protocol = r.u8('delete.protocol');
  const spiSize = r.u8('delete.spiSize');
  const count = r.u16('delete.count');
  const spis: Uint8Array[] = [];
  if (spiSize > 0) for (let i = 0; i < count; i++) spis.push(r.take(spiSize, 'delete.spi'));
  return { kind: 'delete', type, ...doi, protocol, spiSize, spis, ...(count !== spis.length && { count }) };
}

export function writeDelete(w: Writer, payload: Delete, version: Version): void {
  if (version === 1) w.u32(payload.doi ?? 1);
  w.u8(payload.protocol)
    .u8(payload.spiSize)
    .u16(payload.count ?? payload.spis.length);
  for (const spi of payload.spis) w.put(spi);
}
