/**
 * DER as a tree of views into the input, read by asn1js within limits.
 *
 * Rule 1: nothing here throws on any octets; what is not DER (indefinite or longer lengths than needed, trailing octets) is no tree.
 * Rule 2: `whole` and `content` are the octets as they came, so what is hashed or sent on is what was signed.
 *
 * @see ITU-T X.690
 * @module
 */
import { type BaseBlock, fromBER, ObjectIdentifier } from 'asn1js';

/** One value. `tag` is its identifier octet (class, constructed or not, number up to 30). */
export interface Der {
  readonly tag: number;
  /** With header. */
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
  readonly children: readonly Der[];
}

/** Identifier octets. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universal: 0x1c,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** No certificate is deeper or has more values; larger ones do not fit into a payload. */
const LIMITS = { maxDepth: 32, maxNodes: 2000, maxContentLength: 65_535 };

/** Longer object identifiers are nobody's. */
const MOST_OID_OCTETS = 64;

/** The one value that the octets are, or nothing. */
export function readDer(octets: Uint8Array): Der | undefined {
  if (octets.length > LIMITS.maxContentLength || !isCheap(octets, 0)) return undefined;
  try {
    const { offset, result } = fromBER(octets, LIMITS);
    return offset === octets.length && result.error === '' ? tree(result, octets) : undefined;
  } catch {
    // asn1js throws on some dates and numbers that are not.
    return undefined;
  }
}

/** Whether asn1js has little to do with the values: one OBJECT IDENTIFIER of 64 kB takes it a second. */
function isCheap(octets: Uint8Array, depth: number): boolean {
  if (depth > LIMITS.maxDepth) return false;
  for (let at = 0; at < octets.length; ) {
    const header = headerBytes(octets.subarray(at));
    if (header === undefined) return false;
    const tag = octets[at] as number;
    const content = octets.subarray(at + header.bytes, (at += header.bytes + header.length));
    if (at > octets.length || (tag === TAG.oid && content.length > MOST_OID_OCTETS)) return false;
    if ((tag & CONSTRUCTED) !== 0 && !isCheap(content, depth + 1)) return false;
  }
  return true;
}

/** @param whole the octets of this value, and perhaps more behind */
function tree(block: BaseBlock, whole: Uint8Array): Der | undefined {
  const length = block.valueBeforeDecodeView.length || block.blockLength;
  const header = headerBytes(whole);
  if (header === undefined || header.bytes + header.length !== length || length > whole.length) return undefined;
  const content = whole.subarray(header.bytes, length);
  const children: Der[] = [];
  const tag = whole[0] as number;
  if ((tag & CONSTRUCTED) !== 0) {
    let at = 0;
    for (const inner of blocksIn(block)) {
      const child = tree(inner, content.subarray(at));
      if (child === undefined) return undefined;
      children.push(child);
      at += child.whole.length;
    }
    if (at !== content.length) return undefined;
  }
  return { tag, whole: whole.subarray(0, length), content, children };
}

const CONSTRUCTED = 0x20;

function blocksIn(block: BaseBlock): readonly BaseBlock[] {
  const { value } = block.valueBlock as unknown as { readonly value?: unknown };
  return Array.isArray(value) ? (value as readonly BaseBlock[]) : [];
}

/** Octets of the header and length of the content, when the header is as short as DER wants; tags above 30 are not used in X.509. */
function headerBytes(octets: Uint8Array): { readonly bytes: number; readonly length: number } | undefined {
  const [tag = 0x1f, first] = octets;
  if ((tag & 0x1f) === 0x1f || first === undefined) return undefined;
  if (first < 0x80) return { bytes: 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || octets.length < 2 + count) return undefined;
  let length = 0;
  for (const octet of octets.subarray(2, 2 + count)) length = length * 256 + octet;
  const needed = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  return needed === count ? { bytes: 2 + count, length } : undefined;
}

/** A value with that tag around the parts. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size =
    length < 0x80 ? [] : length < 0x100 ? [0x81] : length < 0x10000 ? [0x82, length >> 8] : [0x83, length >> 16, (length >> 8) & 0xff];
  const octets = new Uint8Array(2 + size.length + length);
  octets.set([tag, ...size, length & 0xff]);
  let at = 2 + size.length;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

/** An OBJECT IDENTIFIER from its dotted text. */
export function writeOid(dotted: string): Uint8Array {
  return new Uint8Array(new ObjectIdentifier({ value: dotted }).toBER());
}

/** The dotted text of an OBJECT IDENTIFIER; nothing when the value is none. @see X.690 §8.19 */
export function oidOf(value: Der | undefined): string | undefined {
  if (value?.tag !== TAG.oid || value.content.length === 0) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of value.content) {
    if (arc === 0n && octet === 0x80) return undefined;
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  if (((value.content.at(-1) as number) & 0x80) !== 0) return undefined;
  const [first = 0n, ...rest] = arcs;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join('.');
}

/** The octets of a BIT STRING without unused bits. */
export function bitsOf(value: Der | undefined): Uint8Array | undefined {
  return value?.tag === TAG.bitString && value.content[0] === 0 ? value.content.subarray(1) : undefined;
}

/** The magnitude of an INTEGER that is not negative, without leading zeros. */
export function unsignedOf(value: Der | undefined): Uint8Array | undefined {
  if (value?.tag !== TAG.integer || value.content.length === 0) return undefined;
  const [first = 0, second = 0x80] = value.content;
  if (first >= 0x80) return undefined;
  if (first !== 0 || value.content.length === 1) return value.content;
  return second >= 0x80 ? value.content.subarray(1) : undefined;
}

/** A small INTEGER. */
export function smallOf(value: Der | undefined): number | undefined {
  const octets = unsignedOf(value);
  return octets === undefined || octets.length > 4 ? undefined : octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
