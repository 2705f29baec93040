/**
 * One captured frame → link layer → IP, fragments put together → UDP.
 *
 * @module
 */
import type { Capture, CapturedPacket, CaptureFault, CaptureFaultCode, CaptureLimits } from './capture.ts';
import type { Endpoint, Millis } from './transport.ts';

interface Pending {
  readonly offset: number;
  readonly parts: { readonly at: number; readonly bytes: Uint8Array }[];
  total: number | undefined;
  held: number;
}

/** Takes frames in file order and keeps what they held. */
export class PacketReader {
  readonly #bytes: Uint8Array;
  readonly #limits: CaptureLimits;
  readonly #packets: CapturedPacket[] = [];
  readonly #faults: CaptureFault[] = [];
  readonly #endpoints = new Map<number | string, Endpoint>();
  readonly #fragments = new Map<string, Pending>();

  constructor(bytes: Uint8Array, limits: CaptureLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  get full(): boolean {
    return this.#packets.length >= this.#limits.packets;
  }

  fault(code: CaptureFaultCode, offset: number): void {
    if (this.#faults.length < this.#limits.faults) this.#faults.push({ code, offset });
  }

  finish(): Capture {
    for (const { offset } of this.#fragments.values()) this.fault('fragments-incomplete', offset);
    return { packets: this.#packets, faults: this.#faults };
  }

  /** One frame from `start` to `end` in the file. */
  packet(link: number, start: number, end: number, at: Millis): void {
    const b = this.#bytes;
    switch (link) {
      case 1: // Ethernet
        return this.#ethernet(start + 12, end, at);
      case 12: // raw IP, as some systems number it
      case 14:
      case 101: // raw IP
      case 228: // IPv4
      case 229: // IPv6
        return this.#ip(b, start, end, at, start);
      case 0: // null and loop: an address family in front
      case 108:
        return this.#ip(b, start + 4, end, at, start);
      case 113: // Linux cooked, version 1: the EtherType last
        return this.#ethernet(start + 14, end, at);
      case 276: // Linux cooked, version 2: the EtherType first
        if (end - start >= 20 && isIp(this.#u16(start))) this.#ip(b, start + 20, end, at, start);
        return;
      default:
        return this.fault('link-type-unsupported', start);
    }
  }

  /** From an EtherType on; VLAN tags (802.1Q, 802.1ad) are passed over. */
  #ethernet(start: number, end: number, at: Millis): void {
    let type = start;
    for (let tags = 0; tags < 4 && type + 6 <= end && isVlan(this.#u16(type)); tags++) type += 4;
    if (type + 2 <= end && isIp(this.#u16(type))) this.#ip(this.#bytes, type + 2, end, at, start);
  }

  #u16(at: number): number {
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number);
  }

  #ip(b: Uint8Array, start: number, end: number, at: Millis, offset: number): void {
    if (start + 20 > end) return;
    const version = (b[start] as number) >> 4;
    if (version === 4) this.#ipv4(b, start, end, at, offset);
    else if (version === 6 && start + 40 <= end) this.#ipv6(b, start, end, at, offset);
  }

  #ipv4(b: Uint8Array, start: number, end: number, at: Millis, offset: number): void {
    const header = ((b[start] as number) & 15) * 4;
    const total = ((b[start + 2] as number) << 8) | (b[start + 3] as number);
    // A total length of 0 is what segmentation offload leaves behind.
    const stop = total === 0 ? end : Math.min(end, start + total);
    if (header < 20 || start + header > stop || b[start + 9] !== UDP) return;
    const flags = ((b[start + 6] as number) << 8) | (b[start + 7] as number);
    if ((flags & 0x3fff) === 0) return this.#udp(b, start + header, stop, at, b, start + 12, 4);
    const key = `4${text(b, start + 12, 8)}${text(b, start + 4, 2)}`;
    const whole = this.#join(key, (flags & 0x1fff) * 8, (flags & 0x2000) !== 0, b.subarray(start + header, stop), offset);
    if (whole) this.#udp(whole, 0, whole.length, at, b, start + 12, 4);
  }

  #ipv6(b: Uint8Array, start: number, end: number, at: Millis, offset: number): void {
    const length = ((b[start + 4] as number) << 8) | (b[start + 5] as number);
    const stop = length === 0 ? end : Math.min(end, start + 40 + length);
    let next = b[start + 6] as number;
    let from = start + 40;
    for (let headers = 0; headers < 8 && from + 8 <= stop; headers++) {
      if (next === UDP) return this.#udp(b, from, stop, at, b, start + 8, 16);
      if (next === FRAGMENT) {
        const flags = ((b[from + 2] as number) << 8) | (b[from + 3] as number);
        if (b[from] !== UDP) return;
        const key = `6${text(b, start + 8, 32)}${text(b, from + 4, 4)}`;
        const whole = this.#join(key, flags & 0xfff8, (flags & 1) !== 0, b.subarray(from + 8, stop), offset);
        if (whole) this.#udp(whole, 0, whole.length, at, b, start + 8, 16);
        return;
      }
      if (next !== 0 && next !== 43 && next !== 60) return; // hop-by-hop, routing, destination options
      next = b[from] as number;
      from += 8 + (b[from + 1] as number) * 8;
    }
  }

  /** The whole IP payload when the last missing fragment came. */
  #join(key: string, at: number, more: boolean, bytes: Uint8Array, offset: number): Uint8Array | undefined {
    const pending = this.#fragments.get(key) ?? { offset, parts: [], total: undefined, held: 0 };
    if (!this.#fragments.has(key)) {
      this.#fragments.set(key, pending);
      const [oldest] = this.#fragments;
      if (this.#fragments.size > PENDING && oldest) this.#drop(oldest[0], oldest[1]);
    }
    if (pending.parts.length >= PARTS || at + bytes.length > 65_535) return this.#drop(key, pending);
    if (!pending.parts.some((part) => part.at === at)) {
      pending.parts.push({ at, bytes });
      pending.held += bytes.length;
    }
    if (!more) pending.total = at + bytes.length;
    if (pending.total === undefined || pending.held < pending.total) return undefined;
    const whole = assemble(pending.parts, pending.total);
    if (!whole) return this.#drop(key, pending); // RFC 5722: overlapping fragments condemn the datagram
    this.#fragments.delete(key);
    return whole;
  }

  #drop(key: string, { offset }: Pending): undefined {
    this.#fragments.delete(key);
    this.fault('fragments-incomplete', offset);
  }

  #udp(b: Uint8Array, start: number, end: number, at: Millis, ip: Uint8Array, addresses: number, size: 4 | 16): void {
    if (start + 8 > end) return;
    const length = ((b[start + 4] as number) << 8) | (b[start + 5] as number);
    const stop = length < 8 ? end : Math.min(end, start + length);
    const source = ((b[start] as number) << 8) | (b[start + 1] as number);
    const destination = ((b[start + 2] as number) << 8) | (b[start + 3] as number);
    this.#packets.push({
      at,
      source: this.#endpoint(ip, addresses, size, source),
      destination: this.#endpoint(ip, addresses + size, size, destination),
      payload: b.subarray(start + 8, stop),
    });
  }

  /** One object per address and port, so that a million packets do not make two million strings. */
  #endpoint(b: Uint8Array, at: number, size: 4 | 16, port: number): Endpoint {
    const key =
      size === 4
        ? (((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)) * 65_536 + port
        : text(b, at, 16) + port;
    const known = this.#endpoints.get(key);
    if (known) return known;
    if (this.#endpoints.size >= ENDPOINTS) this.#endpoints.clear();
    const made = { address: size === 4 ? b.subarray(at, at + 4).join('.') : ipv6Text(b, at), port };
    this.#endpoints.set(key, made);
    return made;
  }
}

/** Undefined if there is a hole or an overlap. */
function assemble(parts: readonly { readonly at: number; readonly bytes: Uint8Array }[], total: number): Uint8Array | undefined {
  const whole = new Uint8Array(total);
  let filled = 0;
  for (const { at, bytes } of [...parts].sort((a, b) => a.at - b.at)) {
    if (at !== filled || at + bytes.length > total) return undefined;
    whole.set(bytes, at);
    filled += bytes.length;
  }
  return filled === total ? whole : undefined;
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups as `::`. */
function ipv6Text(b: Uint8Array, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => (((b[at + 2 * i] as number) << 8) | (b[at + 2 * i + 1] as number)).toString(16));
  let start = -1;
  let run = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (groups[j] === '0') j++;
    if (j - i > run) [start, run] = [i, j - i];
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + run).join(':')}`;
}

function text(b: Uint8Array, at: number, length: number): string {
  return String.fromCharCode.apply(null, b.subarray(at, at + length) as unknown as number[]);
}

function isIp(etherType: number): boolean {
  return etherType === 0x0800 || etherType === 0x86dd;
}

function isVlan(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;
}

const UDP = 17;
const FRAGMENT = 44;
/** Datagrams that wait for fragments, and fragments that one may have. */
const PENDING = 256;
const PARTS = 160;
const ENDPOINTS = 65_536;
