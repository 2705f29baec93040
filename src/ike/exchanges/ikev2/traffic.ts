/**
 * Traffic selectors: made, compared, narrowed.
 *
 * @see RFC 7296 §2.9, §3.13
 * @module
 */
import { PAYLOAD_V2 } from '../../numbers.ts';
import type { TrafficSelector, TrafficSelectors } from '../../payloads/ts.ts';

type Range = Extract<TrafficSelector, { form: 'range' }>;

/** All traffic between addresses of 4 or 16 octets, first to last; one address when the last is left out. */
export function trafficRange(start: Uint8Array, end: Uint8Array = start): TrafficSelector {
  return { form: 'range', tsType: start.length === 16 ? 8 : 7, protocol: 0, startPort: 0, endPort: 0xffff, start, end };
}

/** Every address of IPv4 or IPv6. */
export function allTraffic(family: 4 | 6): TrafficSelector {
  const size = family === 4 ? 4 : 16;
  return trafficRange(new Uint8Array(size), new Uint8Array(size).fill(0xff));
}

/** The payloads TSi and TSr. */
export function selectorPayloads(
  initiator: readonly TrafficSelector[],
  responder: readonly TrafficSelector[],
): readonly [TrafficSelectors, TrafficSelectors] {
  return [
    { kind: 'ts', type: PAYLOAD_V2.tsInitiator, selectors: initiator },
    { kind: 'ts', type: PAYLOAD_V2.tsResponder, selectors: responder },
  ];
}

/** Whether each of `inner` lies within one of `outer`. */
export function isWithinTraffic(inner: readonly TrafficSelector[], outer: readonly TrafficSelector[]): boolean {
  return inner.every((a) => outer.some((b) => a.form === 'range' && b.form === 'range' && covers(b, a)));
}

/** What both have in common: each pair's overlap. Empty when there is none. */
export function narrowedTraffic(offered: readonly TrafficSelector[], allowed: readonly TrafficSelector[]): readonly TrafficSelector[] {
  const all = offered.flatMap((a) => allowed.flatMap((b) => (a.form === 'range' && b.form === 'range' ? overlap(a, b) : [])));
  return all.slice(0, MOST_SELECTORS);
}

const MOST_SELECTORS = 255;

function covers(outer: Range, inner: Range): boolean {
  return (
    outer.tsType === inner.tsType &&
    (outer.protocol === 0 || outer.protocol === inner.protocol) &&
    outer.startPort <= inner.startPort &&
    outer.endPort >= inner.endPort &&
    compare(outer.start, inner.start) <= 0 &&
    compare(outer.end, inner.end) >= 0
  );
}

function overlap(a: Range, b: Range): Range[] {
  if (a.tsType !== b.tsType || (a.protocol !== 0 && b.protocol !== 0 && a.protocol !== b.protocol)) return [];
  const startPort = Math.max(a.startPort, b.startPort);
  const endPort = Math.min(a.endPort, b.endPort);
  const start = compare(a.start, b.start) > 0 ? a.start : b.start;
  const end = compare(a.end, b.end) < 0 ? a.end : b.end;
  if (startPort > endPort || compare(start, end) > 0) return [];
  return [{ form: 'range', tsType: a.tsType, protocol: a.protocol || b.protocol, startPort, endPort, start, end }];
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}
