/**
 * The portable backend: pure JavaScript (noble), for the browser, and to check the fast one against.
 *
 * It has no Camellia, no 3DES, no EC2N groups and does not sign with RSA: those are `undefined`.
 *
 * @module
 */
import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';
import { ccm } from './ccm.ts';
import { curve } from './curves.ts';
import { kem } from './kem.ts';
import { bigModp } from './modp.ts';
import { type Aead, concat, type CryptoProvider, type HashName, sameOctets } from './provider.ts';
import { signerPortably, verifyPortably } from './signatures.ts';

const HASHES: Readonly<Record<HashName, CHash>> = { md5, sha1, sha256, sha384, sha512 };

/** The backend that runs anywhere. */
export const portable: CryptoProvider = {
  name: 'portable',
  hash: (name, ...parts) => HASHES[name](concat(...parts)),
  hmac: (name, key, ...parts) => hmac(HASHES[name], key, concat(...parts)),
  cbc: (cipher, key) => {
    if (cipher !== 'aes') return undefined;
    aesKey(key);
    return {
      encrypt: (iv, data) => cbc(key, iv, { disablePadding: true }).encrypt(data),
      decrypt: (iv, data) => cbc(key, iv, { disablePadding: true }).decrypt(data),
    };
  },
  ctr: (cipher, key) => {
    if (cipher !== 'aes') return undefined;
    aesKey(key);
    return (counter, data) => (data.length === 0 ? data : ctr(key, counter).encrypt(data));
  },
  aead: (cipher, key, tagBytes) => {
    switch (cipher) {
      case 'aes-gcm':
        aesKey(key);
        return shortened((nonce, aad) => gcm(key, nonce, aad), key, tagBytes);
      case 'aes-ccm':
        return ccm(portable, 'aes', key, tagBytes);
      case 'camellia-ccm':
        return undefined;
      case 'chacha20-poly1305':
        return tagBytes === 16 ? opened((nonce, aad) => chacha20poly1305(key, nonce, aad)) : undefined;
      default:
        return cipher satisfies never;
    }
  },
  keyExchange: (group) => bigModp(group) ?? curve(group) ?? kem(group),
  verify: (...what) => verifyPortably(portable, ...what),
  signer: (pkcs8) => signerPortably(portable, pkcs8),
};

function aesKey({ length }: Uint8Array): void {
  if (length !== 16 && length !== 24 && length !== 32) throw new RangeError(`AES has no key of ${length} octets`);
}

/** As noble gives it: the tag of 16 octets behind, an exception when it is wrong. */
type Sealed = (nonce: Uint8Array, aad: Uint8Array) => { encrypt(plain: Uint8Array): Uint8Array; decrypt(sealed: Uint8Array): Uint8Array };

function opened(cipher: Sealed): Aead {
  return {
    seal: (nonce, aad, plain) => cipher(nonce, aad).encrypt(plain),
    open: (nonce, aad, sealed) => {
      try {
        return cipher(nonce, aad).decrypt(sealed);
      } catch {
        return undefined;
      }
    },
  };
}

/** GCM with a shorter tag. To open is to decrypt by counter mode, seal again and compare what there is of the tag. */
function shortened(cipher: Sealed, key: Uint8Array, tagBytes: number): Aead | undefined {
  if (tagBytes === 16) return opened(cipher);
  if (tagBytes !== 8 && tagBytes !== 12) return undefined;
  const seal: Aead['seal'] = (nonce, aad, plain) =>
    cipher(nonce, aad)
      .encrypt(plain)
      .subarray(0, plain.length + tagBytes);
  return {
    seal,
    open: (nonce, aad, sealed) => {
      const length = sealed.length - tagBytes;
      if (length < 0) return undefined;
      const counter = concat(nonce, Uint8Array.of(0, 0, 0, 2));
      const plain = length === 0 ? new Uint8Array() : ctr(key, counter).decrypt(sealed.subarray(0, length));
      return sameOctets(seal(nonce, aad, plain), sealed) ? plain : undefined;
    },
  };
}
