/**
 * IP addresses and networks as octets, and back.
 *
 * @module
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';

/** Whether a text is an address of either family. */
export const isAddress = (text: string): boolean => isIP(text) !== 0;

/** 4 or 16 octets; a zone (`%eth0`) is left out. @throws RangeError for what is no address */
export function addressOctets(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  const [address = ''] = text.split('%');
  if (!isIPv6(address)) throw new RangeError(`${JSON.stringify(text)} is no IP address`);
  // The last 32 bits may be written as an IPv4 address.
  const dotted = /^(.*:)([\d.]+)$/.exec(address);
  const [, before = '', last = ''] = dotted?.[2]?.includes('.') === true ? dotted : [];
  const quad = last === '' ? [] : [...addressOctets(last)];
  const [head = '', tail] = (last === '' ? address : `${before}${hexOf(quad)}`).split('::');
  const words = (part: string | undefined): number[] => (part ? part.split(':').map((word) => Number.parseInt(word, 16)) : []);
  const [first, rest] = [words(head), words(tail)];
  const all = tail === undefined ? first : [...first, ...Array<number>(8 - first.length - rest.length).fill(0), ...rest];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

const hexOf = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string => `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;

/** `192.0.2.1`, `2001:db8::1`: 4 or 16 octets as people write them. @see RFC 5952 §4 */
export function addressText(octets: Uint8Array): string {
  if (octets.length !== 16) return octets.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (((octets[2 * i] ?? 0) << 8) | (octets[2 * i + 1] ?? 0)).toString(16));
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = zeros.reduce((best, run) => (run.replaceAll(':', '').length > best.replaceAll(':', '').length ? run : best), '');
  if (longest === '') return groups.join(':');
  const [before, after] = splitOnce(groups.join(':'), longest);
  return `${before}::${after.replace(/^:/, '')}`;
}

function splitOnce(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return [text.slice(0, index), text.slice(index + at.length)];
}

/** All addresses from the first to the last, both included; 4 or 16 octets each. */
export interface AddressRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/** `10.0.0.0/8`, `192.0.2.1`, `10.0.0.1-10.0.0.9`, of either family; nothing when it is none. Bits behind a prefix do not count. */
export function parseRange(text: string): AddressRange | undefined {
  const [first = '', last, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0) return undefined;
  if (last !== undefined) {
    if (isIP(first) === 0 || isIP(first) !== isIP(last)) return undefined;
    const range = { start: addressOctets(first), end: addressOctets(last) };
    return compare(range.start, range.end) <= 0 ? range : undefined;
  }
  const [address = '', prefix, ...rest] = first.split('/');
  if (isIP(address) === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const octets = addressOctets(address);
  const bits = prefix === undefined ? octets.length * 8 : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= octets.length * 8)) return undefined;
  return { start: masked(octets, bits, 0), end: masked(octets, bits, 0xff) };
}

/** The network where the range is one (`10.0.0.0/8`, an address alone), else first and last address. */
export function rangeText({ start, end }: AddressRange): string {
  const bits = prefixBits({ start, end });
  if (bits === undefined) return `${addressText(start)}-${addressText(end)}`;
  return bits === start.length * 8 ? addressText(start) : `${addressText(start)}/${bits}`;
}

/** The length of the prefix that all of the range has and nothing else; nothing where there is none. */
export function prefixBits({ start, end }: AddressRange): number | undefined {
  for (let bits = 0; bits <= start.length * 8; bits++)
    if (compare(masked(start, bits, 0), start) === 0 && compare(masked(start, bits, 0xff), end) === 0) return bits;
  return undefined;
}

/** The octets with all bits behind the prefix set to those of `rest`. */
function masked(octets: Uint8Array, bits: number, rest: 0 | 0xff): Uint8Array {
  return octets.map((octet, i) => {
    const mask = (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff;
    return (octet & mask) | (rest & ~mask & 0xff);
  });
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}
