/**
 * Where datagrams come from and go to, as NAT detection sees it.
 *
 * @module
 */

/** An address of 4 or 16 octets, and a UDP port. */
export interface Place {
  readonly address: Uint8Array;
  readonly port: number;
}

/** Octets as text, one character each: a key of tables. */
export const keyOf = (...octets: readonly Uint8Array[]): string => octets.map((each) => String.fromCharCode(...each)).join(' ');
