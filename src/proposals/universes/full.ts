import { type AlgorithmRow, type NumberSpace, rowsIn } from '../algorithms.ts';
import type { Algorithm, Box, Slot } from '../model.ts';
import { childBoxes } from './common.ts';

/** Every registered number and key length of phase 1. */
export function fullPhase1(): { readonly boxes: readonly Box[]; readonly auth: readonly Algorithm[] } {
  const all = (slot: Slot): Algorithm[] => choices(slot, 'ikev1-phase1', () => true);
  return { boxes: [{ encryption: all('encryption'), hash: all('hash'), group: all('group') }], auth: all('auth') };
}

/** Every registered number and key length of an IKEv2 IKE SA; classic ciphers and AEAD apart, explicit NONE left out. */
export function fullIke(): { readonly boxes: readonly Box[] } {
  const some = (slot: Slot, keep: (row: AlgorithmRow) => boolean): Algorithm[] => choices(slot, 'ikev2', keep);
  const real = (row: AlgorithmRow): boolean => row.numbers.ikev2 !== 0;
  const [prf, group] = [some('prf', real), some('group', real)];
  return {
    boxes: [
      { encryption: some('encryption', (row) => !row.aead), integrity: some('integrity', real), prf, group },
      { encryption: some('encryption', (row) => row.aead === true), prf, group },
    ],
  };
}

/** Every registered number and key length of ESP and AH; the values without protection among them, for a peer that takes these is a finding. */
export function fullChild(): { readonly boxes: readonly Box[] } {
  const some = (slot: Slot, keep: (row: AlgorithmRow) => boolean = () => true): Algorithm[] => choices(slot, 'ikev2', keep);
  const integrity = some('integrity', (row) => row.numbers.ikev2 !== 0);
  const parts = [
    { encryption: some('encryption', (row) => !row.aead), integrity },
    { encryption: some('encryption', (row) => !row.aead) },
    { encryption: some('encryption', (row) => row.aead === true) },
    { integrity },
  ];
  const groups = some('group', (row) => row.numbers.ikev2 !== 0);
  return { boxes: childBoxes(parts, groups, [[{ id: 0 }, { id: 1 }]]) };
}

/** Every registered number and key length of IKEv1's phase 2. */
export function fullPhase2(): { readonly boxes: readonly Box[] } {
  const all = () => true;
  const ciphers = (aead: boolean): Algorithm[] => choices('encryption', 'ikev1-esp', (row) => (row.aead === true) === aead);
  const parts = [
    { encryption: ciphers(false), integrity: choices('integrity', 'ikev1-auth', all) },
    { encryption: ciphers(false) },
    { encryption: ciphers(true) },
    { integrity: choices('integrity', 'ikev1-ah', all) },
  ];
  return { boxes: childBoxes(parts, choices('group', 'ikev1-phase1', all), [undefined, [{ id: 1 }]]) };
}

function choices(slot: Slot, space: NumberSpace, keep: (row: AlgorithmRow) => boolean): Algorithm[] {
  return rowsIn(slot, space)
    .filter(keep)
    .flatMap((row) =>
      lengthsOf(row).map((keyBits): Algorithm => {
        const id = row.numbers[space] ?? 0;
        return keyBits === undefined ? { id } : { id, keyBits };
      }),
    );
}

/** Key Length attributes to try: each allowed one, and for a range none, its default and its ends. */
function lengthsOf({ keyBits }: AlgorithmRow): readonly (number | undefined)[] {
  if (keyBits?.allowed !== undefined) return keyBits.allowed;
  if (keyBits?.range === undefined) return [undefined];
  return [undefined, ...new Set([keyBits.range[0], keyBits.default ?? keyBits.range[1], keyBits.range[1]])];
}
