/**
 * Datagrams → a pcap file that Wireshark opens: raw IP (LINKTYPE_RAW), microseconds, little-endian.
 *
 * @module
 */
import { isIPv6 } from 'node:net';
import { addressOctets } from './addresses.ts';
import type { Endpoint, Millis } from './transport.ts';

/** A datagram to write; entries of a transcript are such. Those without octets (obstacles) are left out. */
export interface WrittenDatagram {
  readonly direction: 'sent' | 'received';
  readonly at: Millis;
  readonly bytes: Uint8Array;
  readonly from?: Endpoint;
  /** To or from port 4500, behind the marker. */
  readonly floated?: true;
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
      const floated = entry.floated === true;
      const payload = marker || floated ? concat(new Uint8Array(4), entry.bytes) : entry.bytes;
      const remote = entry.from ?? (floated ? { ...peer, port: FLOATED } : peer);
      const own = floated ? { ...local, port: FLOATED } : local;
      return { at: epoch + entry.at, bytes: entry.direction === 'sent' ? packet(own, remote, payload) : packet(remote, own, payload) };
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
  return isIPv6(text) === six ? addressOctets(text) : new Uint8Array(six ? 16 : 4);
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

const FLOATED = 4500;
const UDP = 17;
const HOPS = 64;
