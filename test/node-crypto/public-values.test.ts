import { createDiffieHellman, createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { MODP } from '../../src/ike/group-primes.ts';
import { GROUPS } from '../../src/ike/groups.ts';
import { publicValue, publicValues } from '../../src/node-crypto/public-values.ts';

/** Octets of the initiator's public value, from the RFCs. */
const LENGTHS: readonly [group: number, octets: number | undefined][] = [
  [1, 96],
  [2, 128],
  [3, 20],
  [4, 24],
  [5, 192],
  [14, 256],
  [15, 384],
  [16, 512],
  [17, 768],
  [18, 1024],
  [19, 64],
  [20, 96],
  [21, 132],
  [22, 128],
  [23, 256],
  [24, 256],
  [25, 48],
  [26, 56],
  [27, 56],
  [28, 64],
  [29, 96],
  [30, 128],
  [31, 32],
  [32, 56],
  [33, undefined],
  [34, undefined],
  [35, 800],
  [36, 1184],
  [37, 1568],
  [0, undefined],
  [6, undefined],
  [9999, undefined],
];
const ECP: readonly [group: number, curve: string][] = [
  [19, 'prime256v1'],
  [20, 'secp384r1'],
  [21, 'secp521r1'],
  [25, 'prime192v1'],
  [26, 'secp224r1'],
  [27, 'brainpoolP224r1'],
  [28, 'brainpoolP256r1'],
  [29, 'brainpoolP384r1'],
  [30, 'brainpoolP512r1'],
];
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const value = (group: number): Uint8Array => publicValue(group) ?? new Uint8Array();

describe('public values', () => {
  for (const [group, octets] of LENGTHS) {
    it(`group ${group}: ${octets ?? 'none'}`, () => expect(publicValue(group)?.length).to.equal(octets));
  }

  it('knows a group for each length', () => {
    for (const { number: group, publicValueBytes } of GROUPS) {
      if (group !== 33 && group !== 34) expect(publicValueBytes).to.equal(new Map(LENGTHS).get(group));
    }
  });

  for (const [group, { prime, order }] of MODP) {
    it(`group ${group}: between 2 and p - 2, in the right subgroup`, () => {
      const p = BigInt(`0x${prime}`);
      const y = number(value(group));
      expect(y >= 2n && y <= p - 2n).to.equal(true);
      if (!order) return;
      let power = 1n;
      for (const bit of BigInt(`0x${order}`).toString(2)) power = (((power * power) % p) * (bit === '1' ? y : 1n)) % p;
      expect(power).to.equal(1n);
    });
  }

  it('is accepted by a Diffie-Hellman partner', () => {
    const { prime, generator } = MODP.get(14) ?? { prime: '', generator: '' };
    const partner = createDiffieHellman(prime, 'hex', generator, 'hex');
    partner.generateKeys();
    expect(partner.computeSecret(value(14)).length).to.be.within(254, 256);
  });

  for (const [group, curve] of ECP) {
    it(`group ${group}: a point on ${curve}`, () => {
      const partner = createECDH(curve);
      partner.generateKeys();
      expect(partner.computeSecret(Buffer.concat([Uint8Array.of(4), value(group)])).length).to.equal(value(group).length / 2);
    });
  }

  for (const [group, curve] of [
    [3, 'Oakley-EC2N-3'],
    [4, 'Oakley-EC2N-4'],
  ] as const) {
    it(`group ${group}: the x of a point on ${curve}`, () => {
      const partner = createECDH(curve);
      partner.generateKeys();
      expect(() => partner.computeSecret(Buffer.concat([Uint8Array.of(2), value(group)]))).to.not.throw();
    });
  }

  for (const [group, type, oid] of [
    [31, 'x25519', '302a300506032b656e032100'],
    [32, 'x448', '3042300506032b656f033900'],
  ] as const) {
    it(`group ${group}: ${type}`, () => {
      const key = Buffer.concat([Buffer.from(oid, 'hex'), value(group)]);
      const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
      const { privateKey } = type === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('x448');
      expect(diffieHellman({ privateKey, publicKey }).length).to.equal(value(group).length);
    });
  }

  for (const group of [35, 36, 37]) {
    it(`group ${group}: every ML-KEM coefficient below 3329`, () => {
      const key = value(group).subarray(0, -32);
      for (let i = 0; i < key.length; i += 3) {
        const pair = (key[i] ?? 0) | ((key[i + 1] ?? 0) << 8) | ((key[i + 2] ?? 0) << 16);
        expect(pair & 0xfff).to.be.below(3329);
        expect(pair >> 12).to.be.below(3329);
      }
    });
  }

  it('is made once per group, and again the same from the same seed', () => {
    expect(publicValue(14)).to.equal(publicValue(14));
    const [a, b, c] = ['x', 'x', 'y'].map((seed) => publicValues(seededEntropy(seed)));
    for (const group of [1, 5, 14, 19, 22, 31, 32, 36]) {
      expect(a?.(group)).to.deep.equal(b?.(group));
      expect(a?.(group)).to.not.deep.equal(c?.(group));
    }
  });

  it('keeps its length when the value begins with a zero octet, as with this seed', () => {
    const y = publicValues(seededEntropy(1465))(1);
    expect(y?.[0]).to.equal(0);
    expect(y?.length).to.equal(96);
  });
});
