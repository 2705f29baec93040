/**
 * pcap and pcapng files → UDP datagrams. Bytes in, values out; a broken file gives the packets before the break and a fault.
 *
 * @see draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng
 * @module
 */
import { PacketReader } from './capture-packet.ts';
import type { Endpoint, Millis } from './transport.ts';

export { writePcap, type WrittenDatagram } from './capture-write.ts';

/** One UDP datagram. `payload` is a view into the capture, unless it was put together from fragments. */
export interface CapturedPacket {
  /** Milliseconds since 1970. */
  readonly at: Millis;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly payload: Uint8Array;
}

export type CaptureFaultCode =
  | 'not-a-capture'
  | 'truncated' // the file ends inside a record
  | 'bad-length' // a block or record length that cannot be; reading stops
  | 'unknown-interface'
  | 'link-type-unsupported'
  | 'packet-cut' // the capture kept only the beginning of the packet
  | 'fragments-incomplete';

/** What could not be read, and where: an offset in octets into the file. */
export interface CaptureFault {
  readonly code: CaptureFaultCode;
  readonly offset: number;
}

/** What a capture holds. What is not UDP is passed over in silence. */
export interface Capture {
  readonly packets: readonly CapturedPacket[];
  /** At most `LIMITS.faults`. */
  readonly faults: readonly CaptureFault[];
}

/** Bounds, as arguments with defaults. */
export interface CaptureLimits {
  readonly packets: number;
  readonly faults: number;
}

const LIMITS: CaptureLimits = { packets: 10_000_000, faults: 1000 };

/** Reads a whole capture. Never throws. */
export function readCapture(bytes: Uint8Array, limits: CaptureLimits = LIMITS): Capture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new PacketReader(bytes, limits);
  if (bytes.length < 24) reader.fault('not-a-capture', 0);
  else if (view.getUint32(0) === SECTION_HEADER) readPcapng(view, reader);
  else readPcap(view, reader);
  return reader.finish();
}

function readPcap(view: DataView, reader: PacketReader): void {
  const little = PCAP_MAGIC.has(view.getUint32(0, true));
  const fraction = PCAP_MAGIC.get(view.getUint32(0, little));
  if (fraction === undefined) return reader.fault('not-a-capture', 0);
  const link = view.getUint32(20, little) & 0xffff;
  let at = 24;
  while (at + 16 <= view.byteLength && !reader.full) {
    const seconds = view.getUint32(at, little);
    const part = view.getUint32(at + 4, little);
    const kept = view.getUint32(at + 8, little);
    if (kept > LARGEST_RECORD) return reader.fault('bad-length', at + 8);
    if (at + 16 + kept > view.byteLength) return reader.fault('truncated', at);
    if (view.getUint32(at + 12, little) > kept) reader.fault('packet-cut', at);
    reader.packet(link, at + 16, at + 16 + kept, seconds * 1000 + part / fraction);
    at += 16 + kept;
  }
  if (at < view.byteLength && !reader.full) reader.fault('truncated', at);
}

interface Interface {
  readonly link: number;
  readonly snap: number;
  /** Ticks per millisecond. */
  readonly ticks: number;
}

function readPcapng(view: DataView, reader: PacketReader): void {
  let little = true;
  let interfaces: Interface[] = [];
  for (let at = 0; at < view.byteLength && !reader.full; ) {
    if (at + 12 > view.byteLength) return reader.fault('truncated', at);
    const type = view.getUint32(at, little);
    if (type === SECTION_HEADER) {
      const order = view.getUint32(at + 8);
      if (order !== BYTE_ORDER && order !== BYTE_ORDER_SWAPPED) return reader.fault('not-a-capture', at);
      little = order === BYTE_ORDER_SWAPPED;
      interfaces = [];
    }
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4) return reader.fault('bad-length', at + 4);
    if (at + length > view.byteLength) return reader.fault('truncated', at);
    const end = at + length - 4;
    if (type === INTERFACE && length >= 20) interfaces.push(interfaceOf(view, at, end, little));
    else if (type === ENHANCED_PACKET || type === OLD_PACKET) enhanced(view, reader, at, end, little, interfaces, type);
    else if (type === SIMPLE_PACKET) simple(view, reader, at, end, little, interfaces[0]);
    at += length;
  }
}

function interfaceOf(view: DataView, at: number, end: number, little: boolean): Interface {
  let ticks = 1000;
  for (let option = at + 16; option + 4 <= end; ) {
    const code = view.getUint16(option, little);
    const length = view.getUint16(option + 2, little);
    if (code === 0 || option + 4 + length > end) break;
    if (code === TIME_RESOLUTION && length >= 1) {
      const resolution = view.getUint8(option + 4);
      ticks = (resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution) / 1000;
    }
    option += 4 + ((length + 3) & ~3);
  }
  return { link: view.getUint16(at + 8, little), snap: view.getUint32(at + 12, little), ticks };
}

function enhanced(
  view: DataView,
  reader: PacketReader,
  at: number,
  end: number,
  little: boolean,
  interfaces: readonly Interface[],
  type: number,
): void {
  if (end - at < 28) return reader.fault('bad-length', at + 4);
  const from = interfaces[type === OLD_PACKET ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little)];
  if (!from) return reader.fault('unknown-interface', at);
  const kept = view.getUint32(at + 20, little);
  if (at + 28 + kept > end) return reader.fault('bad-length', at + 20);
  if (view.getUint32(at + 24, little) > kept) reader.fault('packet-cut', at);
  const time = view.getUint32(at + 12, little) * 0x1_0000_0000 + view.getUint32(at + 16, little);
  reader.packet(from.link, at + 28, at + 28 + kept, time / from.ticks);
}

function simple(view: DataView, reader: PacketReader, at: number, end: number, little: boolean, from: Interface | undefined): void {
  if (!from) return reader.fault('unknown-interface', at);
  if (end - at < 12) return reader.fault('bad-length', at + 4);
  const length = view.getUint32(at + 8, little);
  const kept = Math.min(length, from.snap || length, end - at - 12);
  if (kept < length) reader.fault('packet-cut', at);
  reader.packet(from.link, at + 12, at + 12 + kept, 0);
}

/** pcap magic, read in the file's order → parts of a second's fraction per millisecond. */
const PCAP_MAGIC: ReadonlyMap<number, number> = new Map([
  [0xa1b2c3d4, 1000],
  [0xa1b23c4d, 1_000_000],
]);
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const BYTE_ORDER_SWAPPED = 0x4d3c2b1a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const TIME_RESOLUTION = 9;
/** Octets; more than any link gives. */
const LARGEST_RECORD = 0x40000;
