/**
 * IP addresses: text → octets.
 *
 * @module
 */
import { isIPv4, isIPv6 } from 'node:net';

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
