import type { Slot } from '../model.ts';

/** A column of the registry: one algorithm has another number in each. `ikev1-auth` is the phase 2 Authentication Algorithm attribute. */
export type NumberSpace = 'ikev1-phase1' | 'ikev1-esp' | 'ikev1-ah' | 'ikev1-auth' | 'ikev1-ipcomp' | 'ikev2';

/** Where a configuration name comes from. */
export type Dialect =
  | 'strongswan' | 'libreswan' | 'iked' | 'racoon' | 'ikeScan' | 'ciscoIos'
  | 'ciscoAsa' | 'junos' | 'fortios' | 'panos' | 'routeros' | 'windows';

/** The key lengths of a cipher, in bits, and what the Key Length attribute has to be. `absent`: the RFC defines no attribute at all. */
export interface KeyBits {
  readonly fixed?: number;
  readonly allowed?: readonly number[];
  /** Smallest and largest. */
  readonly range?: readonly [number, number];
  readonly attribute: 'required' | 'optional' | 'forbidden' | 'absent';
  /** Meant when an optional attribute is missing. */
  readonly default?: number;
}

/** Sizes in octets. */
export interface ByteSizes {
  readonly block?: number;
  readonly iv?: number;
  readonly icv?: number;
  readonly salt?: number;
  readonly key?: number;
  readonly output?: number;
}

/** One algorithm: its number in every space, its names in every dialect, and what is known of it. */
export interface AlgorithmRow {
  readonly id: string;
  readonly slot: Exclude<Slot, `ake${number}`>;
  /** As IANA names it, without the prefix of the transform type. */
  readonly name: string;
  /** Our word; `#` is the place of the key length: `aes#gcm16` prints as `aes256gcm16`, or `aesgcm16` without a length. */
  readonly keyword: string;
  /** The word is read, but the canonical form is `<slot>:<number>`. */
  readonly numeric?: true;
  readonly numbers: Readonly<Partial<Record<NumberSpace, number>>>;
  readonly aead?: true;
  readonly keyBits?: KeyBits;
  readonly bytes?: ByteSizes;
  /** Octets of the initiator's public value. */
  readonly publicValueBytes?: number;
  readonly quantumSafe?: true;
  /** Estimated strength in bits, at the longest key; for sorting and rough judgement only. */
  readonly securityBits?: number;
  readonly status?: { readonly level: string; readonly reference: string };
  readonly weak?: { readonly level: 'broken' | 'deprecated'; readonly code: string };
  readonly names: Readonly<Partial<Record<Dialect, readonly string[]>>>;
}
