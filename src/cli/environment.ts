/**
 * What the core may not take for itself: sockets, random octets, the wall clock, public values.
 *
 * @module
 */
import { randomFillSync } from 'node:crypto';

/** Octets from the system's generator. */
export function systemEntropy(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}
