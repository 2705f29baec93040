/**
 * From charon's numbers back to a want in the numbers of a negotiation.
 *
 * Rule: what IKEv1 has no number for is left out, as no peer can ask for it; a slot that had nothing else stays, empty, and nothing suits it.
 *
 * @module
 */
import type { Algorithm, Negotiation, Slot } from '../../model.ts';
import type { Want } from '../../policy.ts';
import { type CharonTransform, PROTOCOL, TYPE } from './algebra.ts';
import { AH_INTEGRITY, ATTRIBUTE_INTEGRITY, ESP_ENCRYPTION, HASH_INTEGRITY, HASH_PRF, PHASE1_ENCRYPTION } from './numbers.ts';

/** A transform of a type that fills no slot. */
export interface UnknownTransform extends Algorithm {
  readonly type: number;
}

/** A want that may hold transforms of unknown types beside its slots. */
export interface StrongswanWant extends Want {
  readonly unknown?: readonly UnknownTransform[];
}

/** Slots and their types, in charon's order. */
export const SLOT_TYPES: readonly (readonly [Slot, number])[] = [
  ['encryption', TYPE.encryption],
  ['integrity', TYPE.integrity],
  ['prf', TYPE.prf],
  ['group', TYPE.group],
  ...([1, 2, 3, 4, 5, 6, 7] as const).map((n): [Slot, number] => [`ake${n}`, TYPE.additional + n - 1]),
  ['esn', TYPE.esn],
];

/** A want in the numbers of a negotiation. */
export function wantOf(protocol: number, transforms: readonly CharonTransform[], negotiation: Negotiation): StrongswanWant {
  if (negotiation === 'ikev1-phase1') return phase1Want(transforms);
  if (negotiation === 'ikev1-phase2') return phase2Want(protocol, transforms);
  const slots = new Map<Slot, readonly Algorithm[]>();
  for (const [slot, type] of SLOT_TYPES) {
    const own = ofType(transforms, type);
    if (own.length > 0) slots.set(slot, own);
  }
  const unknown = transforms
    .filter(({ type }) => !SLOT_TYPES.some(([, known]) => known === type))
    .map((each) => ({ type: each.type, ...algorithm(each) }));
  return unknown.length === 0 ? { protocol, slots } : { protocol, slots, unknown };
}

/** A hash is an integrity algorithm and its PRF; both must be there. */
function phase1Want(transforms: readonly CharonTransform[]): Want {
  const prfs = new Set(ofType(transforms, TYPE.prf).map(({ id }) => id));
  const hashes = ofType(transforms, TYPE.integrity).flatMap(({ id }): Algorithm[] => {
    const hash = HASH_INTEGRITY.toIkev1.get(id);
    const prf = hash === undefined ? undefined : HASH_PRF.toCharon.get(hash);
    return hash !== undefined && prf !== undefined && prfs.has(prf) ? [{ id: hash }] : [];
  });
  // What IKEv1 has no attribute for keeps a proposal from suiting anything.
  const others = SLOT_TYPES.filter(([, type]) => type > TYPE.group).map(([slot, type]) => [slot, ofType(transforms, type)] as const);
  const slots = new Map<Slot, readonly Algorithm[]>([
    ['encryption', renumbered(ofType(transforms, TYPE.encryption), PHASE1_ENCRYPTION.toIkev1)],
    ['hash', hashes],
    ['group', ofType(transforms, TYPE.group)],
    ...others.filter(([, algorithms]) => algorithms.length > 0),
  ]);
  return { protocol: PROTOCOL.ike, slots };
}

function phase2Want(protocol: number, transforms: readonly CharonTransform[]): Want {
  const slots = new Map<Slot, readonly Algorithm[]>();
  const ciphers = ofType(transforms, TYPE.encryption);
  const integrity = ofType(transforms, TYPE.integrity);
  const groups = ofType(transforms, TYPE.group);
  const numbers = ofType(transforms, TYPE.esn);
  const integrityMap = protocol === PROTOCOL.ah ? AH_INTEGRITY : ATTRIBUTE_INTEGRITY;
  if (ciphers.length > 0) slots.set('encryption', renumbered(ciphers, ESP_ENCRYPTION.toIkev1));
  if (integrity.length > 0) slots.set('integrity', renumbered(integrity, integrityMap.toIkev1));
  if (groups.length > 0) slots.set('group', groups);
  // What goes without saying in IKEv1.
  if (numbers.some(({ id }) => id !== 0) || numbers.length === 0) slots.set('esn', numbers);
  return { protocol, slots };
}

function renumbered(algorithms: readonly Algorithm[], map: ReadonlyMap<number, number>): readonly Algorithm[] {
  return algorithms.flatMap((each) => {
    const id = map.get(each.id);
    return id === undefined ? [] : [{ ...each, id }];
  });
}

function ofType(transforms: readonly CharonTransform[], type: number): readonly Algorithm[] {
  return transforms.filter((each) => each.type === type).map(algorithm);
}

function algorithm({ id, keyBits }: CharonTransform): Algorithm {
  return keyBits === 0 ? { id } : { id, keyBits };
}
