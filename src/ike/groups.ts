/**
 * What a KE payload of each key exchange group holds: kind and length, as data. IKEv1 and IKEv2 share the numbers.
 *
 * @see RFC 2409 §6, RFC 3526, RFC 5114, RFC 5903, RFC 6954, RFC 8031, RFC 9385, FIPS 203
 * @module
 */

/**
 * How the public value is written. `modp`: a number as long as the prime. `ecp`: x and y, no 04 in front. `ec2n`: x alone.
 * `montgomery`: u, little-endian. `gost`: x and y, little-endian. `kem`: an encapsulation key one way, a ciphertext back.
 */
export type GroupKind = 'modp' | 'ec2n' | 'ecp' | 'montgomery' | 'gost' | 'kem';

/** One group; lengths in octets of the KE data, without the payload header. */
export interface KeyExchangeGroup {
  readonly number: number;
  readonly kind: GroupKind;
  /** What the initiator sends, always in full length (RFC 7296 §3.4: padded in front). */
  readonly publicValueBytes: number;
  /** What the responder answers, where it differs. */
  readonly responderValueBytes?: number;
}

/** Every registered group with a known KE format, by number. */
export const GROUPS: readonly KeyExchangeGroup[] = [
  { number: 1, kind: 'modp', publicValueBytes: 96 },
  { number: 2, kind: 'modp', publicValueBytes: 128 },
  { number: 3, kind: 'ec2n', publicValueBytes: 20 },
  { number: 4, kind: 'ec2n', publicValueBytes: 24 },
  { number: 5, kind: 'modp', publicValueBytes: 192 },
  { number: 14, kind: 'modp', publicValueBytes: 256 },
  { number: 15, kind: 'modp', publicValueBytes: 384 },
  { number: 16, kind: 'modp', publicValueBytes: 512 },
  { number: 17, kind: 'modp', publicValueBytes: 768 },
  { number: 18, kind: 'modp', publicValueBytes: 1024 },
  { number: 19, kind: 'ecp', publicValueBytes: 64 },
  { number: 20, kind: 'ecp', publicValueBytes: 96 },
  { number: 21, kind: 'ecp', publicValueBytes: 132 },
  { number: 22, kind: 'modp', publicValueBytes: 128 },
  { number: 23, kind: 'modp', publicValueBytes: 256 },
  { number: 24, kind: 'modp', publicValueBytes: 256 },
  { number: 25, kind: 'ecp', publicValueBytes: 48 },
  { number: 26, kind: 'ecp', publicValueBytes: 56 },
  { number: 27, kind: 'ecp', publicValueBytes: 56 },
  { number: 28, kind: 'ecp', publicValueBytes: 64 },
  { number: 29, kind: 'ecp', publicValueBytes: 96 },
  { number: 30, kind: 'ecp', publicValueBytes: 128 },
  { number: 31, kind: 'montgomery', publicValueBytes: 32 },
  { number: 32, kind: 'montgomery', publicValueBytes: 56 },
  { number: 33, kind: 'gost', publicValueBytes: 64 },
  { number: 34, kind: 'gost', publicValueBytes: 128 },
  { number: 35, kind: 'kem', publicValueBytes: 800, responderValueBytes: 768 },
  { number: 36, kind: 'kem', publicValueBytes: 1184, responderValueBytes: 1088 },
  { number: 37, kind: 'kem', publicValueBytes: 1568, responderValueBytes: 1568 },
];

const BY_NUMBER: ReadonlyMap<number, KeyExchangeGroup> = new Map(GROUPS.map((group) => [group.number, group]));

/** The group of that number, or undefined if its KE format is not known. */
export function keyExchangeGroup(number: number): KeyExchangeGroup | undefined {
  return BY_NUMBER.get(number);
}
