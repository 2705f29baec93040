/**
 * Pseudo-random functions, integrity algorithms and prf+, by their IKE numbers, on any backend.
 *
 * @module
 */
import { concat, type CryptoProvider, HASH_BYTES, type HashName } from './provider.ts';

/** A keyed function; lengths in octets. */
export interface Prf {
  /** The preferred length of its key: what SK_d and SK_p are cut to. */
  readonly keyBytes: number;
  readonly outputBytes: number;
  /** How much of each nonce goes into the key of SKEYSEED: 8 for those with fixed keys, else all. @see RFC 7296 §2.14 */
  readonly nonceBytes?: number;
  readonly compute: (key: Uint8Array, ...parts: readonly Uint8Array[]) => Uint8Array;
}

/** A MAC; lengths in octets. */
export interface Integrity {
  readonly keyBytes: number;
  readonly icvBytes: number;
  readonly compute: (key: Uint8Array, ...parts: readonly Uint8Array[]) => Uint8Array;
}

const PRF_HASHES: ReadonlyMap<number, HashName> = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [5, 'sha256'],
  [6, 'sha384'],
  [7, 'sha512'],
]);
const AES_XCBC = 4;
const AES_CMAC = 8;

/** IKEv2 transform type 2. Nothing for Tiger (3), GOST and unknown numbers. */
export function prf(provider: CryptoProvider, id: number): Prf | undefined {
  const hash = PRF_HASHES.get(id);
  if (hash !== undefined) return hmacPrf(provider, hash);
  if (id === AES_XCBC) return fixedKey((key, data) => xcbc(provider, key, data), 'padded');
  if (id === AES_CMAC) return fixedKey((key, data) => cmac(provider, key, data), 'hashed');
  return undefined;
}

/** IKEv1: HMAC with the negotiated hash, by the number of the Oakley hash attribute. */
export function oakleyHash(id: number): HashName | undefined {
  return OAKLEY_HASHES.get(id);
}

const OAKLEY_HASHES: ReadonlyMap<number, HashName> = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [4, 'sha256'],
  [5, 'sha384'],
  [6, 'sha512'],
]);

/** HMAC as a prf: its output is as long as its preferred key. */
export function hmacPrf(provider: CryptoProvider, hash: HashName): Prf {
  const outputBytes = HASH_BYTES[hash];
  return { keyBytes: outputBytes, outputBytes, compute: (key, ...parts) => provider.hmac(hash, key, ...parts) };
}

const BLOCK = 16;

/** AES-128 with a key of any length: another one is hashed with the zero key, by XCBC a shorter one padded with zeros. @see RFC 4434 §2, RFC 4615 §3 */
function fixedKey(mac: (key: Uint8Array, data: Uint8Array) => Uint8Array, short: 'padded' | 'hashed'): Prf {
  const keyOf = (key: Uint8Array): Uint8Array => {
    if (key.length === BLOCK) return key;
    if (key.length < BLOCK && short === 'padded') return concat(key, new Uint8Array(BLOCK - key.length));
    return mac(new Uint8Array(BLOCK), key);
  };
  return { keyBytes: BLOCK, outputBytes: BLOCK, nonceBytes: 8, compute: (key, ...parts) => mac(keyOf(key), concat(...parts)) };
}

const HMACS: ReadonlyMap<number, readonly [hash: HashName, icvBytes: number]> = new Map([
  [1, ['md5', 12]],
  [2, ['sha1', 12]],
  [6, ['md5', 16]],
  [7, ['sha1', 20]],
  [12, ['sha256', 16]],
  [13, ['sha384', 24]],
  [14, ['sha512', 32]],
]);

/** IKEv2 transform type 3. Nothing for those without a MAC of their own (GMAC, KPDK) and unknown numbers. */
export function integrity(provider: CryptoProvider, id: number): Integrity | undefined {
  const row = HMACS.get(id);
  if (row !== undefined) {
    const [hash, icvBytes] = row;
    return { keyBytes: HASH_BYTES[hash], icvBytes, compute: (key, ...parts) => provider.hmac(hash, key, ...parts).subarray(0, icvBytes) };
  }
  const mac = id === 5 ? xcbc : id === 8 ? cmac : undefined;
  return mac && { keyBytes: BLOCK, icvBytes: 12, compute: (key, ...parts) => mac(provider, key, concat(...parts)).subarray(0, 12) };
}

/** @see RFC 3566 §4 */
export function xcbc(provider: CryptoProvider, key: Uint8Array, data: Uint8Array): Uint8Array {
  const derive = (octet: number): Uint8Array => chained(provider, key, new Uint8Array(BLOCK).fill(octet));
  const whole = data.length > 0 && data.length % BLOCK === 0;
  return chained(provider, derive(1), lastBlockMasked(data, derive(whole ? 2 : 3)));
}

/** @see RFC 4493 §2 */
export function cmac(provider: CryptoProvider, key: Uint8Array, data: Uint8Array): Uint8Array {
  const first = doubled(chained(provider, key, new Uint8Array(BLOCK)));
  const whole = data.length > 0 && data.length % BLOCK === 0;
  return chained(provider, key, lastBlockMasked(data, whole ? first : doubled(first)));
}

/** The last block of AES-CBC with a zero IV. */
function chained(provider: CryptoProvider, key: Uint8Array, data: Uint8Array): Uint8Array {
  const cbc = provider.cbc('aes', key);
  if (!cbc) throw new RangeError('a backend without AES');
  return cbc.encrypt(new Uint8Array(BLOCK), data).slice(-BLOCK);
}

/** Padded with 80 00 … to whole blocks (at least one), its last block XORed with a mask. */
function lastBlockMasked(data: Uint8Array, mask: Uint8Array): Uint8Array {
  const length = Math.max(BLOCK, Math.ceil(data.length / BLOCK) * BLOCK);
  const padded = new Uint8Array(length);
  padded.set(data);
  if (data.length < length) padded[data.length] = 0x80;
  for (let i = 0; i < BLOCK; i++) padded[length - BLOCK + i] = (padded[length - BLOCK + i] as number) ^ (mask[i] as number);
  return padded;
}

/** Times x in GF(2^128). */
function doubled(block: Uint8Array): Uint8Array {
  const out = Uint8Array.from(block, (octet, i) => ((octet << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff);
  if (((block[0] as number) & 0x80) !== 0) out[BLOCK - 1] = (out[BLOCK - 1] as number) ^ 0x87;
  return out;
}

/** As many octets of prf+ as wanted, at most 255 outputs. @throws RangeError @see RFC 7296 §2.13 */
export function prfPlus({ compute, outputBytes }: Prf, key: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const count = Math.ceil(length / outputBytes);
  if (count > 255) throw new RangeError('prf+ ends after 255 blocks');
  const stream = new Uint8Array(count * outputBytes);
  let block = new Uint8Array();
  for (let i = 0; i < count; i++) {
    block = new Uint8Array(compute(key, block, seed, Uint8Array.of(i + 1)));
    stream.set(block, i * outputBytes);
  }
  return stream.subarray(0, length);
}
