/**
 * CCM out of a backend's CBC and CTR, for nonces of 11 octets (IKE: 3 of salt, 8 of IV).
 *
 * @see RFC 3610, RFC 5282 §4
 * @module
 */
import { type Aead, concat, type CryptoProvider, sameOctets } from './provider.ts';

const BLOCK = 16;

/** Nothing when the backend lacks the block cipher, or the tag is not 8, 12 or 16 octets long. */
export function ccm(provider: CryptoProvider, cipher: 'aes' | 'camellia', key: Uint8Array, tagBytes: number): Aead | undefined {
  const [cbc, ctr] = [provider.cbc(cipher, key), provider.ctr(cipher, key)];
  if (!cbc || !ctr || ![8, 12, 16].includes(tagBytes)) return undefined;
  const zero = new Uint8Array(BLOCK);
  const tagOf = (nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Uint8Array => {
    const chain = cbc.encrypt(zero, concat(firstBlock(nonce, aad.length, plain.length, tagBytes), padded(prefixed(aad)), padded(plain)));
    return chain.subarray(-BLOCK);
  };
  const masked = (nonce: Uint8Array, tag: Uint8Array): Uint8Array => ctr(counter(nonce, 0), tag).subarray(0, tagBytes);
  return {
    seal: (nonce, aad, plain) => concat(ctr(counter(nonce, 1), plain), masked(nonce, tagOf(nonce, aad, plain))),
    open: (nonce, aad, sealed) => {
      if (sealed.length < tagBytes) return undefined;
      const plain = ctr(counter(nonce, 1), sealed.subarray(0, sealed.length - tagBytes));
      return sameOctets(masked(nonce, tagOf(nonce, aad, plain)), sealed.subarray(-tagBytes)) ? plain : undefined;
    },
  };
}

/** The octets that count the message. */
const lengthBytes = (nonce: Uint8Array): number => 15 - nonce.length;

/** Flags, nonce, length of the message. @see RFC 3610 §2.2 */
function firstBlock(nonce: Uint8Array, aadLength: number, length: number, tagBytes: number): Uint8Array {
  const size = lengthBytes(nonce);
  const block = new Uint8Array(BLOCK);
  block[0] = (aadLength > 0 ? 0x40 : 0) | (((tagBytes - 2) / 2) << 3) | (size - 1);
  block.set(nonce, 1);
  for (let i = 0, left = length; i < size; i++, left = Math.floor(left / 256)) block[BLOCK - 1 - i] = left % 256;
  return block;
}

function counter(nonce: Uint8Array, value: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block[0] = lengthBytes(nonce) - 1;
  block.set(nonce, 1);
  block[BLOCK - 1] = value;
  return block;
}

/** The length in front: 2 octets below 65280, else a marker and 4. */
function prefixed(aad: Uint8Array): Uint8Array {
  const { length } = aad;
  if (length === 0) return aad;
  if (length < 0xff00) return concat(Uint8Array.of(length >> 8, length & 0xff), aad);
  return concat(Uint8Array.of(0xff, 0xfe, (length >>> 24) & 0xff, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff), aad);
}

function padded(octets: Uint8Array): Uint8Array {
  const over = octets.length % BLOCK;
  return over === 0 ? octets : concat(octets, new Uint8Array(BLOCK - over));
}
