/**
 * Addresses and subnets of both families, as far as a choice between connections compares them.
 *
 * @module
 */

/** A subnet; a host is one with all bits. */
export interface Subnet {
  /** 32 or 128. */
  readonly width: 32 | 128;
  readonly base: bigint;
  /** Bits of the mask. */
  readonly length: number;
  /** As Pluto prints it: a host too has its mask. */
  readonly text: string;
}

/** Reads `10.0.0.0/8`, `2001:db8::/32`, or an address as the host that it is; nothing when it is neither. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', mask] = text.split('/');
  const read = address.includes(':') ? readIpv6(address) : readIpv4(address);
  if (read === undefined) return undefined;
  const { width, value } = read;
  if (mask !== undefined && !/^\d{1,3}$/.test(mask)) return undefined;
  const length = mask === undefined ? width : Number(mask);
  if (length > width) return undefined;
  const base = (value >> BigInt(width - length)) << BigInt(width - length);
  return { width, base, length, text: `${width === 32 ? dotted(base) : address}/${length}` };
}

/** Whether it is one host. */
export function isHost({ width, length }: Subnet): boolean {
  return width === length;
}

/** The same addresses. */
export function sameSubnet(a: Subnet, b: Subnet): boolean {
  return a.width === b.width && a.length === b.length && a.base === b.base;
}

/** Whether all addresses of the first are in the second. */
export function insideSubnet(inner: Subnet, outer: Subnet): boolean {
  if (inner.width !== outer.width || inner.length < outer.length) return false;
  const shift = BigInt(outer.width - outer.length);
  return inner.base >> shift === outer.base >> shift;
}

/** The same address, however it is written. */
export function sameAddress(a: string, b: string): boolean {
  const [left, right] = [parseSubnet(a), parseSubnet(b)];
  return left !== undefined && right !== undefined && sameSubnet(left, right);
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
}

interface Read {
  readonly width: 32 | 128;
  readonly value: bigint;
}

function readIpv4(text: string): Read | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return { width: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

/** Without a dotted tail. */
function readIpv6(text: string): Read | undefined {
  if (text.length > 39) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { width: 128, value: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}
