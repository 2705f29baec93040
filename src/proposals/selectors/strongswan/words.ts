/**
 * The words of charon's proposals: all that can be configured, and since when.
 *
 * @see strongSwan proposal_keywords_static.txt; key_exchange.c for `ke1_…`
 * @module
 */
import { type CharonTransform, TYPE } from './algebra.ts';
import type { ReleaseLike } from './releases.ts';

/** A word and what it means. `from` is the first release that knows it, `before` the first that no longer does. */
export interface Word {
  readonly word: string;
  readonly type: number;
  readonly id: number;
  readonly keyBits: number;
  readonly from?: string;
  readonly before?: string;
}

const SIZES = [128, 192, 256];

/** The first word of an algorithm is the one that is printed. */
export const WORDS: readonly Word[] = [
  ...plain(TYPE.encryption, { null: 11, des: 2, '3des': 3 }),
  ...sized('aes', 12, '', 'aes'),
  ...sized('aes', 13, 'ctr'),
  ...sized('aes', 14, 'ccm8 ccm64'),
  ...sized('aes', 15, 'ccm12 ccm96'),
  ...sized('aes', 16, 'ccm16 ccm128'),
  ...sized('aes', 16, 'ccm').map((each) => ({ ...each, from: '5.9.2' })),
  ...sized('aes', 18, 'gcm8 gcm64'),
  ...sized('aes', 19, 'gcm12 gcm96'),
  ...sized('aes', 20, 'gcm16 gcm128'),
  ...sized('aes', 20, 'gcm').map((each) => ({ ...each, from: '5.9.2' })),
  ...sized('aes', 21, 'gmac'),
  { word: 'chacha20poly1305', type: TYPE.encryption, id: 28, keyBits: 0 },
  { word: 'chacha20poly1305compat', type: TYPE.encryption, id: 28, keyBits: 256 },
  ...sized('blowfish', 7, '', 'blowfish'),
  ...sized('camellia', 23, '', 'camellia'),
  ...sized('camellia', 24, 'ctr'),
  ...sized('camellia', 25, 'ccm8 ccm64'),
  ...sized('camellia', 26, 'ccm12 ccm96'),
  ...sized('camellia', 27, 'ccm16 ccm128'),
  { word: 'cast128', type: TYPE.encryption, id: 6, keyBits: 128 },
  { word: 'serpent', type: TYPE.encryption, id: 1026, keyBits: 128 },
  ...sized('serpent', 1026, ''),
  { word: 'twofish', type: TYPE.encryption, id: 1027, keyBits: 128 },
  ...sized('twofish', 1027, ''),
  ...plain(TYPE.integrity, {
    sha1: 2,
    sha: 2,
    sha1_160: 7,
    sha256: 12,
    sha2_256: 12,
    sha256_96: 1026,
    sha2_256_96: 1026,
    sha384: 13,
    sha2_384: 13,
    sha512: 14,
    sha2_512: 14,
    md5: 1,
    md5_128: 6,
    aesxcbc: 5,
    camelliaxcbc: 1030,
    aescmac: 8,
  }),
  ...plain(TYPE.prf, {
    prfsha1: 2,
    prfsha256: 5,
    prfsha384: 6,
    prfsha512: 7,
    prfmd5: 1,
    prfaesxcbc: 4,
    prfcamelliaxcbc: 1028,
    prfaescmac: 8,
  }),
  { word: 'none', type: TYPE.group, id: 0, keyBits: 0, from: '5.9.7' },
  ...plain(TYPE.group, {
    modpnone: 0,
    modpnull: 1024,
    modp768: 1,
    modp1024: 2,
    modp1536: 5,
    modp2048: 14,
    modp3072: 15,
    modp4096: 16,
    modp6144: 17,
    modp8192: 18,
    ecp192: 25,
    ecp224: 26,
    ecp256: 19,
    ecp384: 20,
    ecp521: 21,
    modp1024s160: 22,
    modp2048s224: 23,
    modp2048s256: 24,
    ecp224bp: 27,
    ecp256bp: 28,
    ecp384bp: 29,
    ecp512bp: 30,
    curve25519: 31,
    x25519: 31,
    curve448: 32,
    x448: 32,
  }),
  ...plain(TYPE.group, { ntru112: 1030, ntru128: 1031, ntru192: 1032, ntru256: 1033, newhope128: 1040 }).map((each) => ({
    ...each,
    before: '6.0',
  })),
  ...plain(TYPE.group, { gost256: 33, gost512: 34, mlkem512: 35, mlkem768: 36, mlkem1024: 37 }).map((each) => ({ ...each, from: '6.0' })),
  ...plain(TYPE.esn, { noesn: 0, esn: 1 }),
];

const BY_WORD: ReadonlyMap<string, Word> = new Map(WORDS.map((each) => [each.word, each]));
const BY_MEANING: ReadonlyMap<string, readonly Word[]> = groupedByMeaning();
const PLAIN_KEY_BITS: ReadonlyMap<number, number> = new Map(
  WORDS.filter(({ type, keyBits, word }) => type === TYPE.encryption && keyBits === 128 && /^[a-z]+$|^cast128$/.test(word)).map(
    ({ id, keyBits }) => [id, keyBits],
  ),
);

const GMAC_WORDS: ReadonlyMap<number, string> = new Map([
  [9, 'aes128gmac'],
  [10, 'aes192gmac'],
  [11, 'aes256gmac'],
]);

/** What a word means to a release; `ke1_…` to `ke7_…` are additional key exchanges. Words are case-sensitive. */
export function wordMeaning(word: string, release: ReleaseLike): Word | undefined {
  const additional = /^[kK][eE]([1-7])_(.{1,255})$/.exec(word);
  if (additional) {
    const method = release.since('6.0') ? wordMeaning(additional[2] ?? '', release) : undefined;
    return method?.type === TYPE.group ? { ...method, word, type: TYPE.additional + Number(additional[1]) - 1 } : undefined;
  }
  const known = BY_WORD.get(word);
  return known && isKnown(known, release) ? known : undefined;
}

/** The words of a release, for what is near a misspelt one. */
export function wordsOf(release: ReleaseLike): readonly string[] {
  return WORDS.filter((each) => isKnown(each, release)).map(({ word }) => word);
}

/** Whether a release has a word for this, and so can be configured to want it. */
export function isWord(transform: CharonTransform, release: ReleaseLike): boolean {
  return wordFor(transform, release) !== undefined;
}

/** The word for an algorithm. */
export function wordFor(transform: CharonTransform, release: ReleaseLike): string | undefined {
  const { type, id, keyBits } = transform;
  if (type >= TYPE.additional && type <= TYPE.lastAdditional) {
    const method = release.since('6.0') ? wordFor({ type: TYPE.group, id, keyBits }, release) : undefined;
    return method === undefined ? undefined : `ke${type - TYPE.additional + 1}_${method}`;
  }
  // In AH a GMAC is written as the cipher that it is made of.
  const gmac = type === TYPE.integrity ? GMAC_WORDS.get(id) : undefined;
  return gmac ?? BY_MEANING.get(meaning(transform))?.find((each) => isKnown(each, release))?.word;
}

/** The key length that a cipher's word without one means: `aes` is `aes128`. */
export function plainKeyBits(encryption: number): number {
  return PLAIN_KEY_BITS.get(encryption) ?? 0;
}

function meaning({ type, id, keyBits }: Pick<CharonTransform, 'type' | 'id' | 'keyBits'>): string {
  return `${type} ${id} ${keyBits}`;
}

function groupedByMeaning(): Map<string, Word[]> {
  const groups = new Map<string, Word[]>();
  for (const word of WORDS) groups.set(meaning(word), [...(groups.get(meaning(word)) ?? []), word]);
  return groups;
}

function isKnown({ from, before }: Word, release: ReleaseLike): boolean {
  return (from === undefined || release.since(from)) && (before === undefined || !release.since(before));
}

function plain(type: number, words: Readonly<Record<string, number>>): Word[] {
  return Object.entries(words).map(([word, id]) => ({ word, type, id, keyBits: 0 }));
}

/** `aes` 14 `ccm8 ccm64` → aes128ccm8, aes128ccm64, aes192ccm8, …; `bare` is one more word for the first size. */
function sized(cipher: string, id: number, modes: string, bare?: string): Word[] {
  const words = SIZES.flatMap((keyBits) =>
    modes.split(' ').map((mode): Word => ({ word: `${cipher}${keyBits}${mode}`, type: TYPE.encryption, id, keyBits })),
  );
  return bare === undefined ? words : [...words, { word: bare, type: TYPE.encryption, id, keyBits: 128 }];
}
