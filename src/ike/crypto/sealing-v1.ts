/**
 * The encryption of IKEv1: everything behind the header, in CBC, each message chained to the one before it.
 *
 * @see RFC 2409 Appendix B
 * @module
 */
import { decodePayloadChain } from '../message.ts';
import type { BlockCipher, Cbc, CryptoProvider } from './provider.ts';

/** Oakley ciphers that a backend may have; DES (1) is never among them. Key octets: fixed, or by the Key Length attribute. */
const CIPHERS: ReadonlyMap<number, { readonly cipher: BlockCipher; readonly blockBytes: number; readonly keyBytes?: number }> = new Map([
  [5, { cipher: '3des', blockBytes: 8, keyBytes: 24 }],
  [7, { cipher: 'aes', blockBytes: 16 }],
  [8, { cipher: 'camellia', blockBytes: 16 }],
] as const);

/** A phase 1 cipher: its sizes in octets, and CBC under a key. */
export interface OakleyCipher {
  readonly blockBytes: number;
  readonly keyBytes: number;
  withKey(key: Uint8Array): Cbc;
}

/** By the Oakley number and key length (128 for AES and Camellia without one); nothing when the backend lacks it. */
export function oakleyCipher(provider: CryptoProvider, id: number, keyBits?: number): OakleyCipher | undefined {
  const row = CIPHERS.get(id);
  if (row === undefined) return undefined;
  const keyBytes = row.keyBytes ?? (keyBits ?? 128) / 8;
  if (![16, 24, 32].includes(keyBytes) || !provider.cbc(row.cipher, new Uint8Array(keyBytes))) return undefined;
  return { blockBytes: row.blockBytes, keyBytes, withKey: (key) => provider.cbc(row.cipher, key) as Cbc };
}

/** Encrypted octets and what the next message of the exchange begins with. */
export interface Chained {
  readonly data: Uint8Array;
  readonly nextIv: Uint8Array;
}

/** Padded with zeros to whole blocks. @see RFC 2409 Appendix B */
export function encryptChain(cbc: Cbc, iv: Uint8Array, payloads: Uint8Array): Chained {
  const length = Math.ceil(payloads.length / iv.length) * iv.length;
  const padded = new Uint8Array(length);
  padded.set(payloads);
  const data = cbc.encrypt(iv, padded);
  return { data, nextIv: data.slice(-iv.length) };
}

/** Nothing when it is not whole blocks. The padding stays: only the payloads themselves say where they end. */
export function decryptChain(cbc: Cbc, iv: Uint8Array, data: Uint8Array): Chained | undefined {
  if (data.length === 0 || data.length % iv.length !== 0) return undefined;
  return { data: cbc.decrypt(iv, data), nextIv: data.slice(-iv.length) };
}

/** The payloads of a decrypted message; what follows the last one is padding. */
export function decryptedPayloads(plain: Uint8Array, first: number): ReturnType<typeof decodePayloadChain> {
  const decoded = decodePayloadChain(plain, first, 1);
  return { ...decoded, faults: decoded.faults.filter(({ code }) => code !== 'trailing-bytes') };
}
