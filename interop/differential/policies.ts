/** Random policies that a daemon's build can load, in its own words and as the product's own data. */
import type { PeerKind } from '../daemons/peer.ts';
import type { Algorithm, Box, Negotiation } from '../../src/proposals/index.ts';
import { type Policy, wantOf } from '../../src/proposals/policy.ts';
import type { Random } from './random.ts';
import { type Vocabulary, vocabularyOf, type Word } from './vocabulary.ts';

/** Who is asked: a release of a daemon, in one version of IKE. */
export interface Subject {
  readonly kind: PeerKind;
  readonly release: string;
  readonly version: 1 | 2;
}

/** What a subject is configured to accept. */
export interface Configured {
  /** One entry for each proposal, in the daemon's own words. */
  readonly texts: readonly string[];
  readonly policy: Policy;
}

/** One proposal: words for each type. */
export interface Bundle {
  readonly encryption: readonly Word[];
  readonly integrity: readonly Word[];
  readonly prf: readonly Word[];
  readonly groups: readonly Word[];
}

/** "strongswan@5.9.8" */
export const specOf = ({ kind, release }: Pick<Subject, 'kind' | 'release'>): string => `${kind}@${release}`;

export const negotiationOf = ({ version }: Pick<Subject, 'version'>): Negotiation => (version === 1 ? 'ikev1-phase1' : 'ikev2-ike');

/** One to three proposals. */
export function randomBundles(subject: Subject, chance: Random): Bundle[] {
  const words = vocabularyOf(subject.kind, subject.release, subject.version);
  // libreswan joins words with "+" in IKEv2 only.
  if (subject.kind === 'libreswan' && subject.version === 1) {
    const one = (list: readonly Word[]): Word[] => [chance.pick(list)];
    return Array.from({ length: chance.pick([1, 1, 2, 3, 5]) }, () => {
      return { encryption: one(words.ciphers), integrity: one(words.integrity), prf: [], groups: one(words.groups) };
    });
  }
  return Array.from({ length: chance.pick([1, 1, 1, 2, 2, 3]) }, () => randomBundle(words, subject, chance));
}

function randomBundle(words: Vocabulary, { kind, version }: Subject, chance: Random): Bundle {
  const few = (list: readonly Word[]): Word[] => chance.shuffle(chance.some(list, chance.pick([1, 1, 1, 2, 2, 3])));
  const aead = words.aead.length > 0 && chance.chance(0.35);
  const integrity = few(words.integrity);
  const groups = few(words.groups);
  if (version === 1) return { encryption: few(words.ciphers), integrity, prf: [], groups };
  // libreswan's PRF words stand for the integrity as well.
  if (kind === 'libreswan') {
    const prf = words.prf.filter(({ word }) => integrity.some((each) => each.word === word));
    const ordered = integrity.flatMap(({ word }) => prf.filter((each) => each.word === word));
    return { encryption: few(aead ? words.aead : words.ciphers), integrity: aead ? [] : integrity, prf: ordered, groups };
  }
  return { encryption: few(aead ? words.aead : words.ciphers), integrity: aead ? [] : integrity, prf: few(words.prf), groups };
}

/** In the daemon's words, and in ours. */
export function configuredOf(subject: Subject, bundles: readonly Bundle[]): Configured {
  return { texts: bundles.map((bundle) => TEXTS[subject.kind](bundle)), policy: policyOf(subject, bundles) };
}

function policyOf({ version }: Subject, bundles: readonly Bundle[]): Policy {
  const numbers = (words: readonly Word[]): Algorithm[] =>
    words.map(({ id, keyBits }) => (keyBits === undefined ? { id } : { id, keyBits }));
  return bundles.map(({ encryption, integrity, prf, groups }) => {
    const both: Box = { encryption: numbers(encryption), group: numbers(groups) };
    if (version === 1) return [wantOf(1, { ...both, hash: numbers(integrity) })];
    return [wantOf(1, { ...both, ...(integrity.length > 0 && { integrity: numbers(integrity) }), prf: numbers(prf) })];
  });
}

const say = (words: readonly Word[], separator: string): string => words.map(({ word }) => word).join(separator);

const TEXTS: { readonly [K in PeerKind]: (bundle: Bundle) => string } = {
  strongswan: ({ encryption, integrity, prf, groups }) => say([...encryption, ...integrity, ...prf, ...groups], '-'),
  libreswan: ({ encryption, integrity, prf, groups }) =>
    [encryption, prf.length > 0 ? prf : integrity, groups].map((words) => say(words, '+')).join('-'),
  openiked: ({ encryption, integrity, prf, groups }) =>
    [
      ...encryption.map(({ word }) => `enc ${word}`),
      ...prf.map(({ word }) => `prf ${word}`),
      ...integrity.map(({ word }) => `auth ${word}`),
      ...groups.map(({ word }) => `group ${word}`),
    ].join(' '),
};
