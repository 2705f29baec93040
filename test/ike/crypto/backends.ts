/** The two backends, under the names of their tests. */
import { portable } from '../../../src/ike/crypto/portable.ts';
import type { CryptoProvider } from '../../../src/ike/crypto/provider.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';

export const BACKENDS: readonly CryptoProvider[] = [portable, nodeCrypto];

export const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
export const toHex = (octets: Uint8Array | undefined): string | undefined => octets && Buffer.from(octets).toString('hex');

/** Gives these octets, then those. */
export function given(...parts: readonly string[]): (length: number) => Uint8Array {
  const left = parts.map(hex);
  return (length) => {
    const octets = new Uint8Array(length);
    const part = left.shift() ?? new Uint8Array();
    octets.set(part.subarray(-length), Math.max(0, length - part.length));
    return octets;
  };
}
