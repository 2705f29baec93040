/**
 * MODP groups with big integers: the portable backend, and for primes that OpenSSL would first test for 20 to 50 ms.
 *
 * @see RFC 2409 §6, RFC 3526, RFC 5114
 * @module
 */
import type { Entropy } from '../entropy.ts';
import { MODP, type ModpParameters } from '../group-primes.ts';
import { KeyExchangeError, type KeyExchangeMethod, responding } from './provider.ts';

/** The group of a number with BigInt arithmetic; nothing when it is not a MODP group. */
export function bigModp(group: number): KeyExchangeMethod | undefined {
  const parameters = MODP.get(group);
  if (parameters === undefined) return undefined;
  const field = fieldOf(parameters);
  return responding((random: Entropy) => {
    const exponent = toNumber(random(field.exponentBytes)) | 1n;
    return {
      publicValue: toOctets(power(field.generator, exponent, field.prime), field.bytes),
      finish: (peer: Uint8Array) => toOctets(power(checkedModp(peer, field), exponent, field.prime), field.bytes),
    };
  });
}

/** A MODP group as numbers. */
export interface ModpField {
  readonly prime: bigint;
  readonly generator: bigint;
  readonly bytes: number;
  readonly exponentBytes: number;
}

/** The numbers of a group. */
export function fieldOf({ prime, generator, order }: ModpParameters): ModpField {
  const exponentBytes = order ? order.length / 2 - 1 : EXPONENT_BYTES;
  return { prime: BigInt(`0x${prime}`), generator: BigInt(`0x${generator}`), bytes: prime.length / 2, exponentBytes };
}

/** The peer's value, of full length and in 2 … p-2. @throws KeyExchangeError @see RFC 6989 §2.1, RFC 7296 §3.4 */
export function checkedModp(peer: Uint8Array, { prime, bytes }: ModpField): bigint {
  if (peer.length !== bytes) throw new KeyExchangeError('length');
  const value = toNumber(peer);
  if (value < 2n || value > prime - 2n) throw new KeyExchangeError('range');
  return value;
}

/** Twice 192 bits of strength: enough for every MODP group here. */
const EXPONENT_BYTES = 48;

/** Big-endian. */
export function toNumber(octets: Uint8Array): bigint {
  let digits = '';
  for (const octet of octets) digits += octet.toString(16).padStart(2, '0');
  return BigInt(`0x${digits || '0'}`);
}

/** Big-endian, zeros in front: one secret in 256 begins with one, and the formulas want it. */
export function toOctets(value: bigint, length: number): Uint8Array {
  const digits = value.toString(16).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** A window of four bits; not in constant time (a probe's exponents live for one exchange). */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const table = [1n];
  for (let i = 1; i < 16; i++) table.push(((table[i - 1] as bigint) * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % modulus;
    const step = table[Number.parseInt(digit, 16)] as bigint;
    if (step !== 1n) result = (result * step) % modulus;
  }
  return result;
}
