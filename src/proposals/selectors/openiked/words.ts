/**
 * The words of iked.conf for transforms, in the daemon's own order. Of two words for one transform the first is printed.
 *
 * @see OpenIKED parse.y
 * @module
 */
import type { Algorithm, Slot } from '../../model.ts';

/** What a word stands for. `implicit`: the cipher protects integrity itself. */
export interface Word extends Algorithm {
  readonly word: string;
  readonly implicit?: true;
}

/** Ciphers of `ikesa`. */
export const IKE_CIPHERS: readonly Word[] = [
  { word: '3des', id: 3 },
  { word: '3des-cbc', id: 3 },
  { word: 'aes-128', id: 12, keyBits: 128 },
  { word: 'aes-192', id: 12, keyBits: 192 },
  { word: 'aes-256', id: 12, keyBits: 256 },
  { word: 'aes-128-gcm', id: 20, keyBits: 128, implicit: true },
  { word: 'aes-256-gcm', id: 20, keyBits: 256, implicit: true },
  { word: 'aes-128-gcm-12', id: 19, keyBits: 128, implicit: true },
  { word: 'aes-256-gcm-12', id: 19, keyBits: 256, implicit: true },
];

/** Ciphers of `childsa`. iked always writes a Key Length for Blowfish, CAST and ChaCha20. */
export const CHILD_CIPHERS: readonly Word[] = [
  { word: '3des', id: 3 },
  { word: '3des-cbc', id: 3 },
  { word: 'aes-128', id: 12, keyBits: 128 },
  { word: 'aes-192', id: 12, keyBits: 192 },
  { word: 'aes-256', id: 12, keyBits: 256 },
  { word: 'aes-128-ctr', id: 13, keyBits: 128 },
  { word: 'aes-192-ctr', id: 13, keyBits: 192 },
  { word: 'aes-256-ctr', id: 13, keyBits: 256 },
  { word: 'aes-128-gcm', id: 20, keyBits: 128, implicit: true },
  { word: 'aes-192-gcm', id: 20, keyBits: 192, implicit: true },
  { word: 'aes-256-gcm', id: 20, keyBits: 256, implicit: true },
  { word: 'aes-128-gmac', id: 21, keyBits: 128, implicit: true },
  { word: 'aes-192-gmac', id: 21, keyBits: 192, implicit: true },
  { word: 'aes-256-gmac', id: 21, keyBits: 256, implicit: true },
  { word: 'blowfish', id: 7, keyBits: 160 },
  { word: 'cast', id: 6, keyBits: 128 },
  { word: 'chacha20-poly1305', id: 28, keyBits: 256, implicit: true },
  { word: 'null', id: 11 },
];

const AUTH: readonly Word[] = [
  { word: 'hmac-md5', id: 1 },
  { word: 'hmac-sha1', id: 2 },
  { word: 'hmac-sha2-256', id: 12 },
  { word: 'hmac-sha2-384', id: 13 },
  { word: 'hmac-sha2-512', id: 14 },
];

const PRF: readonly Word[] = [
  { word: 'hmac-md5', id: 1 },
  { word: 'hmac-sha1', id: 2 },
  { word: 'hmac-sha2-256', id: 5 },
  { word: 'hmac-sha2-384', id: 6 },
  { word: 'hmac-sha2-512', id: 7 },
];

/** Each numbered group has its number as a second word. */
const GROUP: readonly Word[] = [
  { word: 'none', id: 0 },
  ...(
    [
      [1, 'modp768'],
      [2, 'modp1024'],
      [5, 'modp1536'],
      [14, 'modp2048'],
      [15, 'modp3072'],
      [16, 'modp4096'],
      [17, 'modp6144'],
      [18, 'modp8192'],
      [19, 'ecp256'],
      [20, 'ecp384'],
      [21, 'ecp521'],
      [25, 'ecp192'],
      [26, 'ecp224'],
      [27, 'brainpool224'],
      [28, 'brainpool256'],
      [29, 'brainpool384'],
      [30, 'brainpool512'],
      [31, 'curve25519'],
    ] as const
  ).flatMap(([id, word]) => [
    { word, id },
    { word: `grp${id}`, id },
  ]),
  { word: 'sntrup761x25519', id: 1035 },
];

const ESN: readonly Word[] = [
  { word: 'esn', id: 1 },
  { word: 'noesn', id: 0 },
];

/** The words of a slot; for a slot that iked has no words for, none. */
export function wordsOf(slot: Slot, child: boolean): readonly Word[] {
  if (slot === 'encryption') return child ? CHILD_CIPHERS : IKE_CIPHERS;
  return slot === 'integrity' ? AUTH : slot === 'prf' ? PRF : slot === 'group' ? GROUP : slot === 'esn' ? ESN : [];
}

/** The word for an algorithm. */
export function wordFor(slot: Slot, { id, keyBits }: Algorithm, child: boolean): Word | undefined {
  return wordsOf(slot, child).find((each) => each.id === id && each.keyBits === keyBits);
}
