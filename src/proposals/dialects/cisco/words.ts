/**
 * The words of Cisco's policy lines, for each kind of block.
 *
 * Sources: Cisco IOS Security Command Reference (crypto isakmp policy, crypto ikev2 proposal, crypto ipsec transform-set); Cisco ASA Series
 * CLI Configuration Guide (IKEv1 and IKEv2 policy keywords, crypto ipsec ikev2 ipsec-proposal).
 *
 * @module
 */
import { ALGORITHMS, type NumberSpace } from '../../algorithms.ts';
import { nearest } from '../../notation/nearest.ts';
import { quoted } from '../../notation/quoted.ts';
import { DialectError, type Token } from '../scanner.ts';
import type { CiscoParameter } from './model.ts';

/** An algorithm by its row of the registry. */
export interface CiscoWord {
  readonly row: string;
  readonly keyBits?: number;
}

/** Words → algorithms. */
export type Vocabulary = ReadonlyMap<string, CiscoWord>;

/** A parameter of a block that names algorithms. */
export type AlgorithmParameter = Exclude<CiscoParameter, 'auth' | 'lifetime'>;

/** A kind of block. */
export interface Block {
  readonly ike: 1 | 2;
  /** IKEv2 lines hold several words, the best first. */
  readonly several: boolean;
  readonly words: Readonly<Partial<Record<AlgorithmParameter, Vocabulary>>>;
  readonly auth?: ReadonlyMap<string, readonly number[]>;
  readonly lifetime?: { readonly least: number; readonly most: number; readonly none?: true; readonly unit?: true };
  /** What a missing line means, in the words of the block. */
  readonly defaults: Readonly<Partial<Record<AlgorithmParameter, string>>>;
  readonly defaultAuth?: string;
}

const HASHES = 'md5 hash-md5;sha hash-sha1;sha256 hash-sha2-256;sha384 hash-sha2-384;sha512 hash-sha2-512';
const PRFS = 'md5 prf-md5;sha prf-sha1;sha256 prf-sha2-256;sha384 prf-sha2-384;sha512 prf-sha2-512';
const INTEGRITY =
  'md5 integ-hmac-md5-96;sha integ-hmac-sha1-96;sha256 integ-hmac-sha2-256-128;sha384 integ-hmac-sha2-384-192;sha512 integ-hmac-sha2-512-256';
const ASA_AES = 'aes aes-cbc/128;aes-192 aes-cbc/192;aes-256 aes-cbc/256';
const ASA_GCM = 'aes-gcm aes-gcm-16/128;aes-gcm-192 aes-gcm-16/192;aes-gcm-256 aes-gcm-16/256';
const ASA_GMAC = 'aes-gmac null-auth-aes-gmac/128;aes-gmac-192 null-auth-aes-gmac/192;aes-gmac-256 null-auth-aes-gmac/256';
const DAY = 86_400;

const AUTH: ReadonlyMap<string, readonly number[]> = new Map([
  ['pre-share', [1]],
  ['rsa-sig', [3]],
  ['rsa-encr', [4]],
  ['ecdsa-sig', [9, 10, 11]],
]);
const ASA_AUTH: ReadonlyMap<string, readonly number[]> = new Map([
  ['pre-share', [1]],
  ['rsa-sig', [3]],
  ['crack', [128]],
]);

/** The blocks of IKE policies, by what the reader calls them. */
export const BLOCKS = {
  'ios-isakmp': {
    ike: 1,
    several: false,
    words: {
      encryption: wordsIn('des des;3des 3des;aes aes-cbc/128;aes 128 aes-cbc/128;aes 192 aes-cbc/192;aes 256 aes-cbc/256'),
      hash: wordsIn(HASHES),
      group: groups([1, 2, 5, 14, 15, 16, 19, 20, 21, 24]),
    },
    auth: AUTH,
    lifetime: { least: 60, most: DAY },
    defaults: { encryption: 'des', hash: 'sha', group: '1' },
    defaultAuth: 'rsa-sig',
  },
  'ios-ikev2': {
    ike: 2,
    several: true,
    words: {
      encryption: wordsIn(
        'des des;3des 3des;aes-cbc-128 aes-cbc/128;aes-cbc-192 aes-cbc/192;aes-cbc-256 aes-cbc/256;' +
          'aes-gcm-128 aes-gcm-16/128;aes-gcm-256 aes-gcm-16/256',
      ),
      integrity: wordsIn(INTEGRITY.replace('sha ', 'sha1 ')),
      prf: wordsIn(PRFS.replace('sha ', 'sha1 ')),
      group: groups([1, 2, 5, 14, 15, 16, 19, 20, 21, 24]),
    },
    defaults: {},
  },
  'asa-ikev1': {
    ike: 1,
    several: false,
    words: {
      encryption: wordsIn(`des des;3des 3des;${ASA_AES}`),
      hash: wordsIn('md5 hash-md5;sha hash-sha1'),
      group: groups([1, 2, 5, 14]),
    },
    auth: ASA_AUTH,
    lifetime: { least: 120, most: 2_147_483_647, none: true },
    defaults: { encryption: '3des', hash: 'sha', group: '2' },
    defaultAuth: 'pre-share',
  },
  'asa-ikev2': {
    ike: 2,
    several: true,
    words: {
      encryption: wordsIn(`null null;des des;3des 3des;${ASA_AES};${ASA_GCM}`),
      integrity: wordsIn(`${INTEGRITY};null integ-none`),
      prf: wordsIn(PRFS),
      group: groups([1, 2, 5, 14, 15, 16, 19, 20, 21, 24, 31]),
    },
    lifetime: { least: 120, most: 2_147_483_647, none: true, unit: true },
    defaults: { encryption: '3des', integrity: 'sha', prf: 'sha', group: '2' },
  },
} as const satisfies Readonly<Record<string, Block>>;

/** The name of a kind of block. */
export type BlockName = keyof typeof BLOCKS;

/** The lifetime that a policy without one has, in seconds. */
export const DEFAULT_LIFETIME = DAY;

/** The words of `crypto ipsec transform-set`; which protocol a word belongs to is in its first letters. */
export const SET_WORDS: Vocabulary = wordsIn(
  'ah-md5-hmac integ-hmac-md5-96;ah-sha-hmac integ-hmac-sha1-96;ah-sha256-hmac integ-hmac-sha2-256-128;' +
    'ah-sha384-hmac integ-hmac-sha2-384-192;ah-sha512-hmac integ-hmac-sha2-512-256;' +
    'esp-des des;esp-3des 3des;esp-null null;esp-aes aes-cbc/128;esp-aes 128 aes-cbc/128;esp-aes 192 aes-cbc/192;esp-aes 256 aes-cbc/256;' +
    'esp-aes-192 aes-cbc/192;esp-aes-256 aes-cbc/256;esp-gcm aes-gcm-16/128;esp-gcm 128 aes-gcm-16/128;esp-gcm 192 aes-gcm-16/192;' +
    'esp-gcm 256 aes-gcm-16/256;esp-gmac null-auth-aes-gmac/128;esp-gmac 128 null-auth-aes-gmac/128;esp-gmac 192 null-auth-aes-gmac/192;' +
    'esp-gmac 256 null-auth-aes-gmac/256;esp-md5-hmac integ-hmac-md5-96;esp-sha-hmac integ-hmac-sha1-96;' +
    'esp-sha256-hmac integ-hmac-sha2-256-128;esp-sha384-hmac integ-hmac-sha2-384-192;esp-sha512-hmac integ-hmac-sha2-512-256;' +
    'comp-lzs ipcomp-lzs',
);

/** The words of ASA's `protocol esp encryption` and `protocol esp integrity`. */
export const IPSEC_PROPOSAL_WORDS: Readonly<Record<'encryption' | 'integrity', Vocabulary>> = {
  encryption: wordsIn(`des des;3des 3des;${ASA_AES};${ASA_GCM};${ASA_GMAC};null null`),
  integrity: wordsIn(
    'md5 integ-hmac-md5-96;sha-1 integ-hmac-sha1-96;sha-256 integ-hmac-sha2-256-128;sha-384 integ-hmac-sha2-384-192;' +
      'sha-512 integ-hmac-sha2-512-256;null integ-none',
  ),
};

/** The candidate that a word is, or is an unambiguous beginning of, as the command line takes it. */
export function abbreviated(word: string, candidates: Iterable<string>): string | undefined {
  const text = word.toLowerCase();
  const begun = [...candidates].filter((candidate) => candidate.startsWith(text));
  return begun.includes(text) ? text : begun.length === 1 ? begun[0] : undefined;
}

/** The algorithm that a word names, or two together (`aes 256`), and how many words it took. @throws DialectError */
export function readWord(
  what: string,
  words: readonly Token[],
  at: number,
  vocabulary: Vocabulary,
): { readonly word: CiscoWord; readonly taken: number } {
  const first = words[at] ?? { text: '', offset: 0 };
  const second = words[at + 1];
  const two = second === undefined ? undefined : vocabulary.get(`${first.text} ${second.text}`.toLowerCase());
  if (two !== undefined) return { word: two, taken: 2 };
  const whole = vocabulary.get(first.text.toLowerCase());
  if (whole !== undefined) return { word: whole, taken: 1 };
  const singles = [...vocabulary.keys()].filter((name) => !name.includes(' '));
  const word = /^\d/.test(first.text) ? undefined : vocabulary.get(abbreviated(first.text, singles) ?? '');
  if (word !== undefined) return { word, taken: 1 };
  // A number is nobody's slip for another.
  const hint = /^\d+$/.test(first.text) ? undefined : nearest(first.text, vocabulary.keys());
  throw new DialectError('unknown-word', `unknown ${what} ${quoted(first.text)}`, first, hint);
}

/** The number of an algorithm in a space, which every word of a block has there. */
export function numberOf(row: string, space: NumberSpace): number | undefined {
  return ALGORITHMS.find(({ id }) => id === row)?.numbers[space];
}

/** The shortest word of a vocabulary that names an algorithm. */
export function wordFor(vocabulary: Vocabulary, { row, keyBits }: CiscoWord): string | undefined {
  const found = [...vocabulary].filter(([, word]) => word.row === row && word.keyBits === keyBits).map(([name]) => name);
  return found.sort((a, b) => a.length - b.length)[0];
}

/** `name row/bits;…` */
function wordsIn(text: string): Vocabulary {
  return new Map(
    text.split(';').map((entry): [string, CiscoWord] => {
      const at = entry.lastIndexOf(' ');
      const [row = '', bits] = entry.slice(at + 1).split('/');
      return [entry.slice(0, at), bits === undefined ? { row } : { row, keyBits: Number(bits) }];
    }),
  );
}

function groups(numbers: readonly number[]): Vocabulary {
  return new Map(
    numbers.map((number): [string, CiscoWord] => {
      const row = ALGORITHMS.find(({ slot, numbers: { ikev2 } }) => slot === 'group' && ikev2 === number);
      return [String(number), { row: row?.id ?? '' }];
    }),
  );
}
