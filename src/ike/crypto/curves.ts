/**
 * Elliptic curve groups of the portable backend: prime curves as x and y, Curve25519 and Curve448 as u.
 *
 * @see RFC 5903, RFC 6954, RFC 6932, RFC 8031
 * @module
 */
import { weierstrass, type WeierstrassPointCons } from '@noble/curves/abstract/weierstrass.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { x448 } from '@noble/curves/ed448.js';
import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { Entropy } from '../entropy.ts';
import { toNumber, toOctets } from './modp.ts';
import { drawn, KeyExchangeError, type KeyExchange, type KeyExchangeMethod, responding } from './provider.ts';

/** p, a, b, order, and the generator, in hexadecimal: those that noble does not name. @see FIPS 186-4 D.1.2, RFC 5639 §3.3 */
const PARAMETERS: ReadonlyMap<number, readonly [p: string, a: string, b: string, n: string, x: string, y: string]> = new Map([
  [
    25,
    [
      'fffffffffffffffffffffffffffffffeffffffffffffffff',
      'fffffffffffffffffffffffffffffffefffffffffffffffc',
      '64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1',
      'ffffffffffffffffffffffff99def836146bc9b1b4d22831',
      '188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012',
      '07192b95ffc8da78631011ed6b24cdd573f977a11e794811',
    ],
  ],
  [
    26,
    [
      'ffffffffffffffffffffffffffffffff000000000000000000000001',
      'fffffffffffffffffffffffffffffffefffffffffffffffffffffffe',
      'b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4',
      'ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d',
      'b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21',
      'bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34',
    ],
  ],
  [
    27,
    [
      'd7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff',
      '68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43',
      '2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b',
      'd7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f',
      '0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d',
      '58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd',
    ],
  ],
]);

type Point = WeierstrassPointCons<bigint>;

/** By group number; nothing when it is no curve of this backend. */
export function curve(group: number): KeyExchangeMethod | undefined {
  if (group === 31) return montgomery(32, x25519);
  if (group === 32) return montgomery(56, x448);
  const point = pointOf(group);
  return point && prime(point);
}

const NAMED: ReadonlyMap<number, { readonly Point: Point }> = new Map([
  [19, p256],
  [20, p384],
  [21, p521],
  [28, brainpoolP256r1],
  [29, brainpoolP384r1],
  [30, brainpoolP512r1],
]);
const built = new Map<number, Point>();

function pointOf(group: number): Point | undefined {
  const named = NAMED.get(group)?.Point ?? built.get(group);
  const hex = PARAMETERS.get(group);
  if (named !== undefined || hex === undefined) return named;
  const [p, a, b, n, Gx, Gy] = hex.map((digits) => BigInt(`0x${digits}`)) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const point = weierstrass({ p, a, b, n, h: 1n, Gx, Gy });
  built.set(group, point);
  return point;
}

function prime(point: Point): KeyExchangeMethod {
  const bytes = point.Fp.BYTES;
  const initiate = (random: Entropy): KeyExchange => {
    const scalar = scalarOf(point, random);
    return {
      publicValue: point.BASE.multiply(scalar).toBytes(false).subarray(1),
      finish: (peer) => toOctets(onCurve(point, peer, bytes).multiply(scalar).toAffine().x, bytes),
    };
  };
  return responding(initiate);
}

/** No honest source of randomness misses the range of an order so often. */
const MOST_DRAWS = 256;

function scalarOf({ Fn: { BITS, ORDER } }: Point, random: Entropy): bigint {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const scalar = toNumber(drawn(random, BITS));
    if (scalar > 0n && scalar < ORDER) return scalar;
  }
  throw new RangeError('the randomness gives no private key');
}

/** @throws KeyExchangeError @see RFC 6989 §2.3 */
function onCurve(point: Point, peer: Uint8Array, bytes: number): InstanceType<Point> {
  if (peer.length !== 2 * bytes) throw new KeyExchangeError('length');
  try {
    const found = point.fromAffine({ x: toNumber(peer.subarray(0, bytes)), y: toNumber(peer.subarray(bytes)) });
    found.assertValidity();
    return found;
  } catch {
    throw new KeyExchangeError('off-curve');
  }
}

interface Montgomery {
  getPublicKey(secret: Uint8Array): Uint8Array;
  getSharedSecret(secret: Uint8Array, peer: Uint8Array): Uint8Array;
}

function montgomery(bytes: number, method: Montgomery): KeyExchangeMethod {
  return responding((random) => {
    const secret = random(bytes);
    return {
      publicValue: method.getPublicKey(secret),
      finish: (peer) => {
        if (peer.length !== bytes) throw new KeyExchangeError('length');
        try {
          return method.getSharedSecret(secret, peer);
        } catch {
          throw new KeyExchangeError('low-order');
        }
      },
    };
  });
}
