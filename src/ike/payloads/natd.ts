import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** NAT Discovery (IKEv1): a hash over cookies, address and port. @see RFC 3947 §3.2 */
export interface NatDiscovery extends PayloadBase {
  readonly kind: 'natd';
  readonly data: Uint8Array;
}

/** NAT Original Address (IKEv1). @see RFC 3947 §5.2 */
export interface NatOriginalAddress extends PayloadBase {
  readonly kind: 'natoa';
  readonly idType: number;
  /** The reserved 24 bits when they are not zero. */
  readonly reservedBody?: number;
  readonly address: Uint8Array;
}

export function readNatd(r: Reader, type: number): NatDiscovery {
  return { kind: 'natd', type, data: r.rest() };
}

export function writeNatd(w: Writer, payload: NatDiscovery): void {
  w.put(payload.data);
}

export function readNatoa(r: Reader, type: number): NatOriginalAddress {
  const idType = r.u8('natoa.idType');
  const reservedBody = r.u24('natoa.reserved');
  const address = r.rest();
  return { kind: 'natoa', type, idType, ...(reservedBody !== 0 && { reservedBody }), address };
}

export function writeNatoa(w: Writer, payload: NatOriginalAddress): void {
  w.u8(payload.idType)
    .u24(payload.reservedBody ?? 0)
    .put(payload.address);
}
