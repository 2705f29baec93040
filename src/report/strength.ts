/**
 * How strong a keyword of the suite notation is, and what to remark about a weak one.
 *
 * Rule 1: bits are estimates of the work that a break takes; they only order a report.
 * Rule 2: a remark says what is wrong in a few words; the finding with its source is in `findings.ts`.
 *
 * @module
 */
import type { Slot } from '../proposals/model.ts';

/** One keyword of a suite, and the slot it fills. */
export interface SuitePart {
  readonly slot: Slot;
  readonly keyword: string;
}

const GROUP = /^(?:modp|ecp|ec2n|x25519$|x448$|mlkem|group:)/;
const EXPLICIT = /^(encryption|integrity|prf|hash|group|auth|mode|esn|compression|ake[1-7]):/;

/** A suite taken apart by the shapes of its keywords: the cipher first, PRFs by their prefix, groups by their names. */
export function suiteParts(suite: string, exchange: string): readonly SuitePart[] {
  const middle: Slot = exchange === 'ikev1-main' || exchange === 'ikev1-aggressive' ? 'hash' : 'integrity';
  return suite.split('-').map((keyword, index) => {
    const explicit = EXPLICIT.exec(keyword)?.[1] as Slot | undefined;
    const additional = /^ke([1-7])_/.exec(keyword)?.[1];
    if (explicit) return { slot: explicit, keyword };
    if (additional) return { slot: `ake${additional}` as Slot, keyword };
    if (keyword.startsWith('ah:')) return { slot: 'integrity', keyword: keyword.slice(3) };
    if (index === 0) return { slot: 'encryption', keyword };
    if (keyword.startsWith('prf')) return { slot: 'prf', keyword };
    if (keyword === 'esn') return { slot: 'esn', keyword };
    return { slot: GROUP.test(keyword) ? 'group' : middle, keyword };
  });
}

interface Grade {
  readonly bits: number;
  readonly remark?: string;
}

/** First match wins. The bits of ciphers with a key length come from the keyword itself. */
const GRADES: readonly (readonly [pattern: RegExp, grade: Grade])[] = [
  [/^null$/, { bits: 0, remark: 'no encryption' }],
  [/^des$/, { bits: 40, remark: 'DES, broken' }],
  [/^3des$/, { bits: 108, remark: '64-bit blocks' }],
  [/^(?:idea|cast|blowfish|rc5)/, { bits: 106, remark: '64-bit blocks' }],
  [/^(?:aes|camellia)(128)?(?:ctr|ccm|gcm|$)/, { bits: 128 }],
  [/^(?:aes|camellia)192/, { bits: 192 }],
  [/^(?:aes|camellia)256|^chacha20poly1305$/, { bits: 256 }],
  [/^(?:prf)?md5$/, { bits: 60, remark: 'MD5' }],
  [/^(?:prf)?sha1$/, { bits: 90, remark: 'SHA-1' }],
  [/^(?:prf)?tiger$/, { bits: 100, remark: 'Tiger' }],
  [/^(?:prf)?(?:sha256|aesxcbc|aescmac)$/, { bits: 128 }],
  [/^(?:prf)?sha384$/, { bits: 192 }],
  [/^(?:prf)?sha512$/, { bits: 256 }],
  [/^modp768$/, { bits: 55, remark: '768-bit group, broken' }],
  [/^modp1024s160$/, { bits: 70, remark: 'group 22, broken' }],
  [/^modp1024$/, { bits: 80, remark: '1024-bit group' }],
  [/^modp1536$/, { bits: 95, remark: '1536-bit group' }],
  [/^modp2048s/, { bits: 100, remark: 'group of unknown origin' }],
  [/^ec2n/, { bits: 75, remark: 'binary curve' }],
  [/^ecp192$/, { bits: 96, remark: '192-bit curve' }],
  [/^modp2048$|^ecp224/, { bits: 112 }],
  [/^modp3072$|^ecp256|^x25519$|^mlkem512$/, { bits: 128 }],
  [/^modp4096$/, { bits: 150 }],
  [/^modp6144$/, { bits: 175 }],
  [/^modp8192$|^ecp384|^mlkem768$/, { bits: 192 }],
  [/^x448$/, { bits: 224 }],
  [/^ecp5|^mlkem1024$/, { bits: 256 }],
];

function grade(keyword: string): Grade | undefined {
  const plain = keyword.replace(/^(?:ke[1-7]_|ah:|esp:)/, '');
  return GRADES.find(([pattern]) => pattern.test(plain))?.[1];
}

/** What is weak about this keyword, in a few words; undefined when nothing is known against it. */
export function remark(keyword: string): string | undefined {
  return grade(keyword)?.remark;
}

/** Bits of the weakest part of a suite; the group counts, an unknown keyword does not. */
export function weakestBits(suite: string): number {
  return Math.min(...suite.split('-').map((keyword) => grade(keyword)?.bits ?? Infinity));
}

/** Strongest first: by the weakest part, then by the sum of all, then by name. */
export function byStrength(a: string, b: string): number {
  const sum = (suite: string): number => suite.split('-').reduce((bits, keyword) => bits + (grade(keyword)?.bits ?? 0), 0);
  const weakest = weakestBits(b) - weakestBits(a);
  if (weakest !== 0 && !Number.isNaN(weakest)) return weakest;
  return sum(b) - sum(a) || (a < b ? -1 : a > b ? 1 : 0);
}

/** The remarks about a suite, each once. */
export function remarks(suite: string): readonly string[] {
  return [...new Set(suite.split('-').flatMap((keyword) => remark(keyword) ?? []))];
}
