/**
 * Datagrams → a pcap file that Wireshark opens: raw IP (LINKTYPE_RAW), microseconds, little-endian.
 *
 * @module
 */
import { isIPv6 } from 'node:net';
import type { Endpoint, Millis } from './transport.ts';

/** A datagram to write; entries of a transcript are such. Those without octets (obstacles) are left out. */
export interface WrittenDatagram {
  readonly direction: 'sent' | 'received';
  readonly at: Millis;
  readonly bytes: Uint8Array;
  readonly from?: Endpoint;
}

/** Both ends; `epoch` is what `at` counts from, in ms since 1970. With `marker` the non-ESP marker of port 4500 is put back. */
export interface PcapEnds {
  readonly local: Endpoint;
  readonly peer: Endpoint;
  readonly epoch?: Millis;
  readonly marker?: boolean;
}

/** The whole file. */
export function writePcap(entries: readonly WrittenDatagram[], ends: PcapEnds): Uint8Array {
  const { local, peer, epoch = 0, marker = false } = ends;
  const packets = entries
    .filter((entry) => entry.bytes.length > 0)
    .map((entry) => {
      const payload = marker ? concat(new Uint8Array(4), entry.bytes) : entry.bytes;
      const remote = entry.from ?? peer;
      return { at: epoch + entry.at, bytes: entry.direction === 'sent' ? packet(local, remote, payload) : packet(remote, local, payload) };
    });
  const file = new Uint8Array(packets.reduce((sum, { bytes }) => sum + 16 + bytes.length, 24));
  const view = new DataView(file.buffer);
  [0xa1b2c3d4, 0x0004_0002, 0, 0, 0x40000, 101].forEach((word, i) => view.setUint32(4 * i, word, true));
  let at = 24;
  for (const { at: time, bytes } of packets) {
    const micros = Math.round(time * 1000);
    [Math.floor(micros / 1e6), micros % 1e6, bytes.length, bytes.length].forEach((word, i) => view.setUint32(at + 4 * i, word, true));
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return file;
}

/** Either family; an address of the other one (an unknown local end) is written as the unspecified address. */
function packet(source: Endpoint, destination: Endpoint, payload: Uint8Array): Uint8Array {
  const six = isIPv6(source.address) || isIPv6(destination.address);
  const addresses = concat(address(source.address, six), address(destination.address, six));
  const udp = concat(words(source.port, destination.port, 8 + payload.length, 0), payload);
  const checksum = internetChecksum(concat(addresses, words(UDP, udp.length), udp)) || 0xffff;
  udp.set(words(checksum), 6);
  if (six) return concat(words(0x6000, 0, udp.length, (UDP << 8) | HOPS), addresses, udp);
  const header = concat(words(0x4500, 20 + udp.length, 0, 0, (HOPS << 8) | UDP, 0), addresses);
  header.set(words(internetChecksum(header)), 10);
  return concat(header, udp);
}

/** RFC 1071. */
function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function address(text: string, six: boolean): Uint8Array {
  if (!six) return isIPv6(text) ? new Uint8Array(4) : Uint8Array.from(text.split('.', 4), Number);
  if (!isIPv6(text)) return new Uint8Array(16);
  const plain = text
    .replace(/%.*$/, '')
    .replace(
      /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
      (_, a, b, c, d) => `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`,
    );
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return words(...[...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16)));
}

function words(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const UDP = 17;
const HOPS = 64;
