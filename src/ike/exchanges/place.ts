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
export function keyOf(...octets: readonly Uint8Array[]): string {
  let text = '';
  for (const each of octets) for (let at = 0; at < each.length; at += CHUNK) text += String.fromCharCode(...each.subarray(at, at + CHUNK));
  return text;
}

/** As many arguments as a call takes anywhere. */
const CHUNK = 4096;
