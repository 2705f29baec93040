/**
 * The fast backend: OpenSSL through node:crypto; ML-KEM from the portable one where OpenSSL has none.
 *
 * Traps it knows: public values lose their leading zeros, primes that OpenSSL does not know are tested at 20 to 50 ms each, and a value
 * longer than the group is taken without a word. All three are mended here.
 *
 * @module
 */
import {
  createCipheriv,
  createDecipheriv,
  createDiffieHellman,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  getCiphers,
} from 'node:crypto';
import type { Entropy } from '../ike/entropy.ts';
import { ccm } from '../ike/crypto/ccm.ts';
import { kem } from '../ike/crypto/kem.ts';
import { bigModp, checkedModp, fieldOf } from '../ike/crypto/modp.ts';
import {
  type Aead,
  type BlockCipher,
  type CryptoProvider,
  drawn,
  KeyExchangeError,
  type KeyExchangeMethod,
  responding,
} from '../ike/crypto/provider.ts';
import { MODP } from '../ike/group-primes.ts';
import { keyExchangeGroup } from '../ike/groups.ts';
import { signerByOpenssl, verifyByOpenssl } from './signatures.ts';

/** The backend on OpenSSL. */
export const nodeCrypto: CryptoProvider = {
  name: 'node',
  hash: (name, ...parts) => {
    const hash = createHash(name);
    for (const part of parts) hash.update(part);
    return octets(hash.digest());
  },
  hmac: (name, key, ...parts) => {
    const hmac = createHmac(name, key);
    for (const part of parts) hmac.update(part);
    return octets(hmac.digest());
  },
  cbc: (cipher, key) => {
    const name = cipher === '3des' ? tripleDes(key) : blockCipher(cipher, key, 'cbc');
    if (!known(name)) return undefined;
    return {
      encrypt: (iv, data) => through(createCipheriv(name, key, iv).setAutoPadding(false), data),
      decrypt: (iv, data) => through(createDecipheriv(name, key, iv).setAutoPadding(false), data),
    };
  },
  ctr: (cipher, key) => {
    const name = blockCipher(cipher, key, 'ctr');
    return known(name) ? (counter, data) => through(createCipheriv(name, key, counter), data) : undefined;
  },
  aead: (cipher, key, tagBytes) => {
    if (![8, 12, 16].includes(tagBytes)) return undefined;
    switch (cipher) {
      case 'aes-gcm':
        return gcm(blockCipher('aes', key, 'gcm'), key, tagBytes);
      case 'aes-ccm':
        return ccm(nodeCrypto, 'aes', key, tagBytes);
      case 'camellia-ccm':
        return ccm(nodeCrypto, 'camellia', key, tagBytes);
      case 'chacha20-poly1305':
        return tagBytes === 16 ? gcm('chacha20-poly1305', key, tagBytes) : undefined;
      default:
        return cipher satisfies never;
    }
  },
  keyExchange: (group) => modp(group) ?? binary(group) ?? curve(group) ?? montgomery(group) ?? kem(group),
  verify: (...what) => verifyByOpenssl(nodeCrypto, ...what),
  signer: (pkcs8) => signerByOpenssl(nodeCrypto, pkcs8),
};

const octets = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
const ciphers = new Set(getCiphers());
const known = (name: string): boolean => ciphers.has(name);

interface Through {
  update(data: Uint8Array): Buffer;
  final(): Buffer;
}

function through(cipher: Through, data: Uint8Array): Uint8Array {
  return octets(Buffer.concat([cipher.update(data), cipher.final()]));
}

function blockCipher(cipher: BlockCipher, { length }: Uint8Array, mode: string): string {
  if (length !== 16 && length !== 24 && length !== 32) throw new RangeError(`${cipher} has no key of ${length} octets`);
  return `${cipher}-${length * 8}-${mode}`;
}

function tripleDes({ length }: Uint8Array): string {
  if (length !== 24) throw new RangeError(`3DES has no key of ${length} octets`);
  return 'des-ede3-cbc';
}

function gcm(name: string, key: Uint8Array, tagBytes: number): Aead | undefined {
  if (!known(name)) return undefined;
  const options = { authTagLength: tagBytes };
  return {
    seal: (nonce, aad, plain) => {
      const cipher = createCipheriv(name as 'aes-256-gcm', key, nonce, options);
      cipher.setAAD(aad);
      return octets(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
    },
    open: (nonce, aad, sealed) => {
      if (sealed.length < tagBytes) return undefined;
      const decipher = createDecipheriv(name as 'aes-256-gcm', key, nonce, options);
      decipher.setAAD(aad);
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      try {
        return through(decipher, sealed.subarray(0, sealed.length - tagBytes));
      } catch {
        return undefined;
      }
    },
  };
}

/** The first prime that OpenSSL knows to be safe without a test. */
const FIRST_KNOWN = 5;

function modp(group: number): KeyExchangeMethod | undefined {
  const parameters = MODP.get(group);
  if (parameters === undefined) return undefined;
  if (group < FIRST_KNOWN || parameters.order !== undefined) return bigModp(group);
  const field = fieldOf(parameters);
  return responding((random) => {
    const dh = createDiffieHellman(parameters.prime, 'hex', parameters.generator, 'hex');
    const exponent = random(field.exponentBytes);
    exponent[0] = (exponent[0] as number) | 0x80;
    dh.setPrivateKey(exponent);
    return {
      publicValue: inFull(dh.generateKeys(), field.bytes),
      finish: (peer) => {
        checkedModp(peer, field);
        return inFull(dh.computeSecret(peer), field.bytes);
      },
    };
  });
}

function inFull(value: Buffer, length: number): Uint8Array {
  const full = new Uint8Array(length);
  full.set(value, length - value.length);
  return full;
}

/** OpenSSL's names of the prime curves and the bits of their orders, by group number. */
const CURVES: Readonly<Record<number, readonly [name: string, bits: number]>> = {
  19: ['prime256v1', 256],
  20: ['secp384r1', 384],
  21: ['secp521r1', 521],
  25: ['prime192v1', 192],
  26: ['secp224r1', 224],
  27: ['brainpoolP224r1', 224],
  28: ['brainpoolP256r1', 256],
  29: ['brainpoolP384r1', 384],
  30: ['brainpoolP512r1', 512],
};
const UNCOMPRESSED = 4;

/** x and y; the secret is x. */
function curve(group: number): KeyExchangeMethod | undefined {
  const row = CURVES[group];
  if (row === undefined) return undefined;
  const [name, bits] = row;
  const bytes = Math.ceil(bits / 8);
  return responding((random) => {
    const ecdh = withScalar(name, bits, random);
    return {
      publicValue: octets(ecdh.getPublicKey()).subarray(1),
      finish: (peer) => {
        if (peer.length !== 2 * bytes) throw new KeyExchangeError('length');
        return inFull(secretWith(ecdh, Uint8Array.from([UNCOMPRESSED, ...peer])), bytes);
      },
    };
  });
}

/** No honest source of randomness misses the range of an order so often. */
const MOST_DRAWS = 256;

/** A private key drawn until OpenSSL finds it between 1 and the order. */
function withScalar(name: string, bits: number, random: Entropy): ReturnType<typeof createECDH> {
  const ecdh = createECDH(name);
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const scalar = drawn(random, bits);
    try {
      ecdh.setPrivateKey(scalar);
      return ecdh;
    } catch {
      // Out of range: the next.
    }
  }
  throw new RangeError('the randomness gives no private key');
}

function secretWith(ecdh: ReturnType<typeof createECDH>, point: Uint8Array): Buffer {
  try {
    return ecdh.computeSecret(point);
  } catch {
    throw new KeyExchangeError('off-curve');
  }
}

/** Curves over GF(2^n), by group number: RFC 2409 §6.3 sends x alone. */
const BINARY: Readonly<Record<number, readonly [name: string, bits: number]>> = { 3: ['Oakley-EC2N-3', 152], 4: ['Oakley-EC2N-4', 183] };
const COMPRESSED = 2;

function binary(group: number): KeyExchangeMethod | undefined {
  const row = BINARY[group];
  if (row === undefined) return undefined;
  const [name, bits] = row;
  const bytes = keyExchangeGroup(group)?.publicValueBytes ?? 0;
  return responding((random) => {
    const ecdh = withScalar(name, bits, random);
    return {
      publicValue: octets(ecdh.getPublicKey()).subarray(1, 1 + bytes),
      // Both points with this x are inverses of each other: their multiples have the same x.
      finish: (peer) => {
        if (peer.length !== bytes) throw new KeyExchangeError('length');
        return inFull(secretWith(ecdh, Uint8Array.from([COMPRESSED, ...peer])), bytes);
      },
    };
  });
}

/** Names and octets of the curves, by group number. @see RFC 8037 */
const MONTGOMERY: Readonly<Record<number, { readonly crv: 'X25519' | 'X448'; readonly bytes: number }>> = {
  31: { crv: 'X25519', bytes: 32 },
  32: { crv: 'X448', bytes: 56 },
};

function montgomery(group: number): KeyExchangeMethod | undefined {
  const shape = MONTGOMERY[group];
  if (shape === undefined) return undefined;
  const { crv, bytes } = shape;
  // As JWK a key is read six times as fast as out of DER. Its public half is not looked at, and is asked for afterwards.
  return responding((random) => {
    const privateKey = createPrivateKey({ key: { kty: 'OKP', crv, x: '', d: base64(random(bytes)) }, format: 'jwk' });
    return {
      publicValue: octets(Buffer.from(privateKey.export({ format: 'jwk' }).x ?? '', 'base64url')),
      finish: (peer) => {
        if (peer.length !== bytes) throw new KeyExchangeError('length');
        const publicKey = createPublicKey({ key: { kty: 'OKP', crv, x: base64(peer) }, format: 'jwk' });
        try {
          return octets(diffieHellman({ privateKey, publicKey }));
        } catch {
          throw new KeyExchangeError('low-order');
        }
      },
    };
  });
}

const base64 = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.length).toString('base64url');
