/** Random policies that a daemon's build can load, in its own words and as the product's own data. */
import type { PeerKind } from '../daemons/peer.ts';
import type { Negotiation } from '../../src/proposals/index.ts';
import type { Random } from './random.ts';
import { type Vocabulary, vocabularyOf, type Word } from './vocabulary.ts';

/** Who is asked: a release of a daemon, in one version of IKE. */
export interface Subject {
  readonly kind: PeerKind;
  readonly release: string;
  readonly version: 1 | 2;
  /** IKEv1: aggressive mode instead of main mode. */
  readonly aggressive?: boolean;
  /** The daemon's own settings, by the names that they have in its profile. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One proposal: words for each type. */
export interface Bundle {
  readonly encryption: readonly Word[];
  readonly integrity: readonly Word[];
  readonly prf: readonly Word[];
  readonly groups: readonly Word[];
  /** Additional key exchanges. */
  readonly additional?: readonly Word[];
  /** Types that the text does not name: the daemon completes them, or refuses the policy. */
  readonly omitted?: readonly Type[];
  /** A word of the daemon's own instead of all that. */
  readonly word?: string;
}

type Type = 'encryption' | 'integrity' | 'prf' | 'groups';

/** "strongswan@5.9.8" */
export const specOf = ({ kind, release }: Pick<Subject, 'kind' | 'release'>): string => `${kind}@${release}`;

/** "strongswan@5.9.8 IKEv1 aggressive" */
export const titleOf = (subject: Subject): string =>
  `${specOf(subject)} IKEv${subject.version}${subject.aggressive ? ' aggressive' : ''}${Object.entries(subject.settings ?? {})
    .map(([name, value]) => ` ${name}=${value}`)
    .join('')}`;

/** What the profile is told beside the policy. */
export function profileSettings({ kind, aggressive, settings = {} }: Subject): Record<string, string> {
  return { ...settings, ...(kind === 'strongswan' && aggressive && { aggressive_mode_psk: 'yes' }) };
}

export const negotiationOf = ({ version }: Pick<Subject, 'version'>): Negotiation => (version === 1 ? 'ikev1-phase1' : 'ikev2-ike');

/** One to five proposals; none is what the daemon does by default. */
export function randomBundles(subject: Subject, chance: Random): Bundle[] {
  const words = vocabularyOf(subject.kind, subject.release, subject.version);
  // libreswan's aggressive mode has to be told its algorithms.
  const needsWords = subject.kind === 'libreswan' && subject.aggressive === true;
  if (!needsWords && chance.chance(0.04)) return subject.kind === 'strongswan' ? [{ ...NO_WORDS, word: 'default' }] : [];
  const make = oneSuite(subject) ? randomSuite : randomBundle;
  const bundles = Array.from({ length: chance.pick(oneSuite(subject) ? [1, 1, 2, 3, 5] : [1, 1, 1, 2, 2, 3]) }, () =>
    make(words, subject, chance),
  );
  return bundles.map((bundle) => (chance.chance(0.15) ? { ...bundle, omitted: chance.some(TYPES, chance.pick([1, 1, 2])) } : bundle));
}

const TYPES: readonly Type[] = ['encryption', 'integrity', 'prf', 'groups'];
const NO_WORDS: Bundle = { encryption: [], integrity: [], prf: [], groups: [] };

/** libreswan joins words with "+" in IKEv2 only. */
const oneSuite = ({ kind, version }: Subject): boolean => kind === 'libreswan' && version === 1;

function randomSuite(words: Vocabulary, _: Subject, chance: Random): Bundle {
  const one = (list: readonly Word[]): Word[] => [chance.pick(list)];
  return { encryption: one(words.ciphers), integrity: one(words.integrity), prf: [], groups: one(words.groups) };
}

function randomBundle(words: Vocabulary, { kind, version }: Subject, chance: Random): Bundle {
  const few = (list: readonly Word[]): Word[] => chance.shuffle(chance.some(list, chance.pick([1, 1, 1, 2, 2, 3])));
  const aead = words.aead.length > 0 && chance.chance(0.35);
  const both = words.aead.length > 0 && chance.chance(0.04);
  const encryption = few(both ? [...words.ciphers, ...words.aead] : aead ? words.aead : words.ciphers);
  const integrity = few(words.integrity);
  const groups = few(words.groups);
  if (version === 1) return { encryption, integrity, prf: [], groups };
  // libreswan's PRF words stand for the integrity as well.
  if (kind === 'libreswan') return { encryption, integrity: [], prf: integrity, groups };
  const whole = { encryption, integrity: aead && !both ? [] : integrity, prf: few(words.prf), groups };
  if (!words.additional || !chance.chance(0.4)) return whole;
  const [first, second] = words.additional;
  return { ...whole, additional: [...few(first), ...(chance.chance(0.3) ? few(second) : [])] };
}

/** In the daemon's words. */
export function textsOf({ kind }: Subject, bundles: readonly Bundle[]): string[] {
  return bundles.map((bundle) => {
    const { word, omitted = [] } = bundle;
    const left: Bundle = { ...bundle, ...Object.fromEntries(omitted.map((type) => [type, []])) };
    return word ?? TEXTS[kind](left);
  });
}

const say = (words: readonly Word[], separator: string): string => words.map(({ word }) => word).join(separator);

const TEXTS: { readonly [K in PeerKind]: (bundle: Bundle) => string } = {
  strongswan: ({ encryption, integrity, prf, groups, additional = [] }) =>
    say([...encryption, ...integrity, ...prf, ...groups, ...additional], '-'),
  libreswan: ({ encryption, integrity, prf, groups }) =>
    [encryption, prf.length > 0 ? prf : integrity, groups].flatMap((words) => (words.length > 0 ? [say(words, '+')] : [])).join('-'),
  openiked: ({ encryption, integrity, prf, groups }) =>
    [
      ...encryption.map(({ word }) => `enc ${word}`),
      ...prf.map(({ word }) => `prf ${word}`),
      ...integrity.map(({ word }) => `auth ${word}`),
      ...groups.map(({ word }) => `group ${word}`),
    ].join(' '),
};
