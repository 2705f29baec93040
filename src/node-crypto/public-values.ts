/**
 * A valid public value for each key exchange group, for probing: the private half is forgotten at once, so an exchange can be
 * begun with it and not finished. One value per group is made, when first asked for, and used again.
 *
 * @module
 */
import { createDiffieHellman, createECDH, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import type { Entropy } from '../ike/entropy.ts';
import { MODP } from '../ike/group-primes.ts';
import { keyExchangeGroup } from '../ike/groups.ts';

/** Random octets from the system. */
export function entropy(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

/** The public value of this process for a group, in full length; undefined for a group without one (GOST, unknown numbers). */
export const publicValue: (group: number) => Uint8Array | undefined = publicValues(entropy);

/** As `publicValue`, with its own cache and source of randomness: the same seed and order of groups give the same values. */
export function publicValues(random: Entropy): (group: number) => Uint8Array | undefined {
  const made = new Map<number, Uint8Array | undefined>();
  return (group) => {
    if (!made.has(group)) made.set(group, make(group, random));
    return made.get(group);
  };
}

function make(number: number, random: Entropy): Uint8Array | undefined {
  const group = keyExchangeGroup(number);
  if (!group) return undefined;
  const length = group.publicValueBytes;
  switch (group.kind) {
    case 'modp':
      return padded(modp(number, random), length);
    case 'ecp':
      return point(CURVES[number] as string, length / 2, random).subarray(1);
    case 'ec2n': // RFC 2409 §6.3: only x
      return point(CURVES[number] as string, length, random).subarray(1, 1 + length);
    case 'montgomery':
      return montgomery(number === 31 ? X25519 : X448, length, random);
    case 'kem':
      return encapsulationKey(length, random);
    case 'gost':
      return undefined;
    default:
      return group.kind satisfies never;
  }
}

function modp(number: number, random: Entropy): Uint8Array {
  const { prime, generator, order } = MODP.get(number) as { prime: string; generator: string; order?: string };
  const exponent = random(order ? order.length / 2 - 1 : EXPONENT_BYTES);
  exponent[0] = (exponent[0] as number) | 0x80;
  // OpenSSL tests a prime it does not know for 20-50 ms; for those groups BigInt is quicker (1-4 ms).
  if (order || number < 5) return power(BigInt(`0x${generator}`), exponent, BigInt(`0x${prime}`));
  const dh = createDiffieHellman(prime, 'hex', generator, 'hex');
  dh.setPrivateKey(exponent);
  return new Uint8Array(dh.generateKeys());
}

function power(base: bigint, exponent: Uint8Array, modulus: bigint): Uint8Array {
  let result = 1n;
  for (const octet of exponent) {
    for (let bit = 7; bit >= 0; bit--) {
      result = (result * result) % modulus;
      if ((octet >> bit) & 1) result = (result * base) % modulus;
    }
  }
  const digits = result.toString(16);
  return new Uint8Array(Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex'));
}

/** 04, x, y: both of `size` octets. */
function point(curve: string, size: number, random: Entropy): Uint8Array {
  const ecdh = createECDH(curve);
  const scalar = random(size - 2); // shorter than the order of every curve, so always in range
  scalar[0] = (scalar[0] as number) | 0x80;
  ecdh.setPrivateKey(scalar);
  return new Uint8Array(ecdh.getPublicKey(null, 'uncompressed'));
}

function montgomery(pkcs8Prefix: string, length: number, random: Entropy): Uint8Array {
  const der = Buffer.concat([Buffer.from(pkcs8Prefix, 'hex'), random(length)]);
  const spki = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(spki.length - length));
}

/**
 * An ML-KEM encapsulation key that nobody can decapsulate for: random coefficients below q = 3329, two in three octets, and a
 * random rho. A receiver cannot tell it from a generated one (FIPS 203 §7.2 checks only the range).
 */
function encapsulationKey(length: number, random: Entropy): Uint8Array {
  const key = new Uint8Array(length);
  const source = random(((length - RHO) / 3) * 4);
  const coefficient = (at: number): number => ((source[at] as number) * 256 + (source[at + 1] as number)) % 3329;
  for (let from = 0, to = 0; to < length - RHO; from += 4, to += 3) {
    const pair = coefficient(from) + coefficient(from + 2) * 4096;
    key.set([pair & 0xff, (pair >> 8) & 0xff, pair >> 16], to);
  }
  key.set(random(RHO), length - RHO);
  return key;
}

/** One value in 200 has a leading zero octet; the wire wants it. */
function padded(value: Uint8Array, length: number): Uint8Array {
  const full = new Uint8Array(length);
  full.set(value, length - value.length);
  return full;
}

const EXPONENT_BYTES = 48;
const RHO = 32;
const X25519 = '302e020100300506032b656e04220420';
const X448 = '3046020100300506032b656f043a0438';
/** OpenSSL's names, by IKE group number. */
const CURVES: Readonly<Record<number, string>> = {
  3: 'Oakley-EC2N-3',
  4: 'Oakley-EC2N-4',
  19: 'prime256v1',
  20: 'secp384r1',
  21: 'secp521r1',
  25: 'prime192v1',
  26: 'secp224r1',
  27: 'brainpoolP224r1',
  28: 'brainpoolP256r1',
  29: 'brainpoolP384r1',
  30: 'brainpoolP512r1',
};
