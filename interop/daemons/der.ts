/** The little of DER that certificates are written with. @see X.690 §8, §10 */

/** Tag, length, content. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...length), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...parts);
export const setOf = (part: Uint8Array): Uint8Array => tlv(0x31, part);
export const octetString = (content: Uint8Array): Uint8Array => tlv(0x04, content);
export const bitString = (content: Uint8Array, unused = 0): Uint8Array => tlv(0x03, Uint8Array.of(unused), content);
export const utf8 = (text: string): Uint8Array => tlv(0x0c, Buffer.from(text));
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0));

/** A positive number. */
export function integer(octets: Uint8Array): Uint8Array {
  return (octets[0] ?? 0) < 0x80 ? tlv(0x02, octets) : tlv(0x02, Uint8Array.of(0), octets);
}

/** `2.5.29.17`. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const octets = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) octets.unshift((rest & 0x7f) | 0x80);
  return octets;
}

/** Generalized time to the second. */
export function time(at: Date): Uint8Array {
  const year = at.getUTCFullYear();
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  // RFC 5280 §4.1.2.5: until 2049 in two digits.
  return year < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}
