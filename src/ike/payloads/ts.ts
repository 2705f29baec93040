import type { Reader, Writer } from '../../proposals/wire/bytes.ts';
import type { PayloadBase } from './base.ts';

/** One traffic selector: a range of addresses and ports, or octets of a type not known here. @see RFC 7296 §3.13.1 */
export type TrafficSelector =
  | {
      readonly form: 'range';
      readonly tsType: number;
      readonly protocol: number;
      readonly startPort: number;
      readonly endPort: number;
      readonly start: Uint8Array;
      readonly end: Uint8Array;
    }
  | { readonly form: 'other'; readonly tsType: number; readonly protocol: number; readonly data: Uint8Array };

/** Traffic Selectors (IKEv2), of the initiator or the responder. @see RFC 7296 §3.13 */
export interface TrafficSelectors extends PayloadBase {
  readonly kind: 'ts';
  readonly selectors: readonly TrafficSelector[];
  /** The stated number of selectors when it is not how many there are. */
  readonly count?: number;
  /** The reserved 24 bits when they are not zero. */
  readonly reservedBody?: number;
}

export function readTs(r: Reader, type: number): TrafficSelectors {
  const count = r.u8('ts.count');
  const reservedBody = r.u24('ts.reserved');
  const selectors: TrafficSelector[] = [];
  while (r.left > 0) selectors.push(readSelector(r));
  return {
    kind: 'ts',
    type,
    selectors,
    ...(count !== selectors.length && { count }),
    ...(reservedBody !== 0 && { reservedBody }),
  };
}

export function writeTs(w: Writer, payload: TrafficSelectors): void {
  w.u8(payload.count ?? payload.selectors.length).u24(payload.reservedBody ?? 0);
  for (const selector of payload.selectors) writeSelector(w, selector);
}

function readSelector(r: Reader): TrafficSelector {
  const tsType = r.u8('ts.type');
  const protocol = r.u8('ts.protocol');
  const body = r.sub(r.u16('ts.length') - SELECTOR_HEAD, 'ts.length');
  const size = ADDRESS_SIZE.get(tsType);
  if (size === undefined || body.left !== 4 + 2 * size) return { form: 'other', tsType, protocol, data: body.rest() };
  const startPort = body.u16('ts.startPort');
  const endPort = body.u16('ts.endPort');
  const start = body.take(size, 'ts.start');
  return { form: 'range', tsType, protocol, startPort, endPort, start, end: body.take(size, 'ts.end') };
}

function writeSelector(w: Writer, selector: TrafficSelector): void {
  const start = w.length;
  w.u8(selector.tsType).u8(selector.protocol).u16(0);
  if (selector.form === 'range') w.u16(selector.startPort).u16(selector.endPort).put(selector.start).put(selector.end);
  else w.put(selector.data);
  w.patch16(start + 2, w.length - start);
}

const SELECTOR_HEAD = 4;
/** TS_IPV4_ADDR_RANGE and TS_IPV6_ADDR_RANGE. */
const ADDRESS_SIZE: ReadonlyMap<number, number> = new Map([
  [7, 4],
  [8, 16],
]);
