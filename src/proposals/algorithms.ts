/**
 * The registry of algorithms: the row is the algorithm, the columns are its numbers.
 *
 * Rule 1: an unknown number is a value; `lookup` answers `undefined`, `ianaName` names it by slot and number.
 * Rule 2: the data files under registry/ hold facts only; what is computed from them is here.
 *
 * @module
 */
import type { Negotiation, Slot } from './model.ts';
import { AUTH } from './registry/auth.ts';
import { ENCRYPTION } from './registry/encryption.ts';
import { GROUP } from './registry/group.ts';
import { HASH } from './registry/hash.ts';
import { INTEGRITY } from './registry/integrity.ts';
import { COMPRESSION, ESN, MODE } from './registry/other.ts';
import { PRF } from './registry/prf.ts';
import type { AlgorithmRow, NumberSpace } from './registry/row.ts';

export type { AlgorithmRow, ByteSizes, Dialect, KeyBits, NumberSpace } from './registry/row.ts';

/** Every algorithm, slot after slot. */
export const ALGORITHMS: readonly AlgorithmRow[] = [
  ...ENCRYPTION,
  ...INTEGRITY,
  ...PRF,
  ...HASH,
  ...GROUP,
  ...AUTH,
  ...ESN,
  ...COMPRESSION,
  ...MODE,
];

const AH = 2;
const rows = new Map<string, readonly AlgorithmRow[]>();
const columns = new Map<string, ReadonlyMap<number, AlgorithmRow>>();
const vocabularies = new Map<string, ReadonlyMap<string, AlgorithmRow>>();

/** The slot whose rows serve `slot`: additional key exchanges use groups. @see RFC 9370 §2.2 */
export function familyOf(slot: Slot): AlgorithmRow['slot'] {
  return slot.startsWith('ake') ? 'group' : (slot as AlgorithmRow['slot']);
}

/** The algorithm that has this number in this space, if any. Never throws. */
export function lookup(slot: Slot, space: NumberSpace, id: number): AlgorithmRow | undefined {
  const family = familyOf(slot);
  return remembered(columns, `${family} ${space}`, () => {
    return new Map(rowsIn(family, space).map((row): [number, AlgorithmRow] => [row.numbers[space] ?? -1, row]));
  }).get(id);
}

/** The rows of a slot that have a number in this space, in table order. */
export function rowsIn(slot: Slot, space: NumberSpace): readonly AlgorithmRow[] {
  const family = familyOf(slot);
  return remembered(rows, `${family} ${space}`, () => ALGORITHMS.filter((row) => row.slot === family && row.numbers[space] !== undefined));
}

/** The row that a word without a key length names, in any dialect and case; our own keywords go before aliases. */
export function algorithmByKeyword(slot: Slot, space: NumberSpace, word: string): AlgorithmRow | undefined {
  const family = familyOf(slot);
  const vocabulary = remembered(vocabularies, `${family} ${space}`, () => {
    const words = new Map<string, AlgorithmRow>();
    const add = (name: string, row: AlgorithmRow): void => {
      if (!words.has(name.toLowerCase())) words.set(name.toLowerCase(), row);
    };
    const own = rowsIn(family, space);
    for (const row of own) add(row.keyword.replace('#', ''), row);
    for (const row of own) for (const alias of aliases(row)) add(alias, row);
    for (const row of own) add(row.name, row);
    return words;
  });
  return vocabulary.get(word.toLowerCase());
}

/** Every name of a row in the dialects; ike-scan's bare numbers are left out, they mean nothing without their column. */
export function aliases(row: AlgorithmRow): readonly string[] {
  return Object.entries(row.names).flatMap(([dialect, names]) => (dialect === 'ikeScan' ? [] : names));
}

/** Which column the numbers of a slot come from. `protocol` matters in IKEv1 phase 2 only: AH numbers its integrity by transform. */
export function spaceOf(slot: Slot, negotiation: Negotiation, protocol?: number): NumberSpace {
  if (negotiation === 'ikev2-ike' || negotiation === 'ikev2-child') return 'ikev2';
  if (negotiation === 'ikev1-phase1' || familyOf(slot) === 'group' || slot === 'auth') return 'ikev1-phase1';
  if (slot === 'integrity') return protocol === AH ? 'ikev1-ah' : 'ikev1-auth';
  return slot === 'compression' ? 'ikev1-ipcomp' : 'ikev1-esp';
}

/** `AES_CBC_256`, `MODP_2048`; what the registry does not know is named `ENCRYPTION 65009`. */
export function ianaName(
  slot: Slot,
  negotiation: Negotiation,
  algorithm: { readonly id: number; readonly keyBits?: number },
  protocol?: number,
): string {
  const row = lookup(slot, spaceOf(slot, negotiation, protocol), algorithm.id);
  const name = row?.name ?? `${slot.toUpperCase()} ${algorithm.id}`;
  return algorithm.keyBits === undefined ? name : `${name}_${algorithm.keyBits}`;
}

/** Estimated strength in bits at this key length; `undefined` when nothing is known. */
export function strengthOf(row: AlgorithmRow, keyBits?: number): number | undefined {
  const length = keyBits ?? row.keyBits?.default ?? row.keyBits?.allowed?.[0];
  if (row.securityBits === undefined || length === undefined) return row.securityBits;
  return Math.min(row.securityBits, length);
}

function remembered<V>(store: Map<string, V>, key: string, make: () => V): V {
  let value = store.get(key);
  if (value === undefined) store.set(key, (value = make()));
  return value;
}
