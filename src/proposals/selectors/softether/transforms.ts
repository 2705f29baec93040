/**
 * Which transforms SoftEther takes, and how it writes them back.
 *
 * Rule 1: of an attribute that is repeated the first counts; lifetimes are pairs by position. What it does not know it does not see.
 * Rule 2: the answer is made anew from what was understood: numbers are 1, and the key length is in whole octets.
 *
 * @see SoftEtherVPN Proto_IKE.c: TransformPayloadToTransformSettingForIkeSa, …ForIPsecSa, TransformSettingToTransformPayloadForIke, …ForIPsec
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import { type Algorithm, type Attribute, type Choice, OAKLEY, type Slot } from '../../model.ts';
import { duration } from '../../offers.ts';
import type { Reason } from '../../verdict.ts';
import type { OfferedTransform } from './packet.ts';

/** What was understood of a transform: the choices, and the answer's attributes when there is nothing against it. */
export interface Understood {
  readonly choices: readonly Choice[];
  readonly reasons: readonly Reason[];
  readonly attributes: readonly Attribute[];
}

const AES_BITS = [128, 192, 256];
const PRESHARED_KEY = 1;
const GROUPS = ids(1, 2, 5, 14, 15, 16);
/** In the numbers of phase 1. */
export const PHASE1 = {
  encryption: [...ids(1, 5), ...AES_BITS.map((keyBits) => ({ id: 7, keyBits }))],
  hash: ids(1, 2, 4, 5, 6),
  group: GROUPS,
  auth: ids(PRESHARED_KEY),
} as const;
/** In the numbers of phase 2. Plain tunnel and transport are taken only where ESP can be sent without UDP. */
export const PHASE2 = {
  encryption: [...ids(2, 3), ...AES_BITS.map((keyBits) => ({ id: 12, keyBits }))],
  integrity: ids(1, 2),
  mode: ids(3, 4, 61443, 61444),
} as const;
const PLAIN_MODES = ids(1, 2);

export function understandPhase1(transform: OfferedTransform): Understood {
  const look = looker(transform);
  const cipher = withKey(look('encryption', OAKLEY.encryption), transform, OAKLEY.keyLength, PHASE1.encryption);
  const [hash, auth, group] = [look('hash', OAKLEY.hash), look('auth', OAKLEY.auth), look('group', OAKLEY.group)];
  const lifetimes = readLifetimes(transform, OAKLEY.lifeType, OAKLEY.lifeDuration);
  const reasons = [
    ...(transform.id === 1 ? [] : [structure(transform, 'transform ID')]),
    ...unless(auth, PHASE1.auth),
    ...lifetimes.reasons,
    ...unless(cipher.choice, PHASE1.encryption),
    ...unless(hash, PHASE1.hash),
    ...unless(group, PHASE1.group),
    ...cipher.reasons,
  ];
  const attributes = [
    attribute(OAKLEY.encryption, cipher.choice.id),
    attribute(OAKLEY.hash, hash.id),
    attribute(OAKLEY.auth, PRESHARED_KEY),
    attribute(OAKLEY.group, group.id),
    ...lifetimes.attributes,
    ...cipher.keyLength,
  ];
  return { choices: [cipher.choice, hash, auth, group], reasons, attributes };
}

/** A group that it does not know is as none; without one there is no PFS. */
export function understandPhase2(transform: OfferedTransform, rawEsp: boolean): Understood {
  const look = looker(transform);
  const named: Choice = { slot: 'encryption', id: transform.id, path: transform.path };
  const cipher = withKey(named, transform, IPSEC.keyLength, PHASE2.encryption);
  const [integrity, group, mode] = [look('integrity', IPSEC.integrity), look('group', IPSEC.group), look('mode', IPSEC.mode)];
  const pfs = GROUPS.some(({ id }) => id === group.id);
  const lifetimes = readLifetimes(transform, IPSEC.lifeType, IPSEC.lifeDuration);
  const reasons = [
    ...lifetimes.reasons,
    ...unless(cipher.choice, PHASE2.encryption),
    ...unless(integrity, PHASE2.integrity),
    ...cipher.reasons,
    ...unless(mode, rawEsp ? [...PHASE2.mode, ...PLAIN_MODES] : PHASE2.mode),
  ];
  const attributes = [
    attribute(IPSEC.integrity, integrity.id),
    ...(pfs ? [attribute(IPSEC.group, group.id)] : []),
    ...lifetimes.attributes,
    ...cipher.keyLength,
    attribute(IPSEC.mode, mode.id),
  ];
  return { choices: [cipher.choice, integrity, ...(pfs ? [group] : []), mode], reasons, attributes };
}

/** The first value of a type, 0 when there is none. */
function looker(transform: OfferedTransform): (slot: Slot, type: number) => Choice {
  return (slot, type) => {
    const found = transform.values.find((each) => each.type === type);
    return { slot, id: found?.value ?? 0, path: found?.path ?? transform.path };
  };
}

/** AES has its key length in bits, of which whole octets count; other ciphers have theirs fixed, and the attribute is not looked at. */
function withKey(
  choice: Choice,
  transform: OfferedTransform,
  type: number,
  known: readonly Algorithm[],
): { readonly choice: Choice; readonly reasons: readonly Reason[]; readonly keyLength: readonly Attribute[] } {
  const allowed = known.flatMap(({ id, keyBits }) => (id === choice.id && keyBits !== undefined ? [keyBits] : []));
  if (allowed.length === 0) return { choice, reasons: [], keyLength: [] };
  const offered = transform.values.find((each) => each.type === type);
  if (offered === undefined) {
    return { choice, reasons: [{ code: 'attribute-missing', attributes: [type], path: transform.path }], keyLength: [] };
  }
  const keyed = { ...choice, keyBits: offered.value };
  const bits = offered.value - (offered.value % 8);
  const reasons: Reason[] = allowed.includes(bits) ? [] : [{ code: 'key-length-mismatch', offered: keyed, allowed }];
  return { choice: keyed, reasons, keyLength: [attribute(type, bits)] };
}

const UNLIMITED = 0xffffffff;

/** The n-th life type goes with the n-th duration, wherever they stand; the last of a unit counts. Seconds are answered first. */
function readLifetimes(
  { values }: OfferedTransform,
  lifeType: number,
  lifeDuration: number,
): { readonly reasons: readonly Reason[]; readonly attributes: readonly Attribute[] } {
  const durations = values.filter((each) => each.type === lifeDuration);
  const reasons: Reason[] = [];
  const amounts = new Map<number, number>();
  for (const [i, { value, path }] of values.filter((each) => each.type === lifeType).entries()) {
    if (value === 1 || value === 2) amounts.set(value, durations[i]?.value ?? 0);
    else if (reasons.length === 0) reasons.push({ code: 'value-invalid', attribute: lifeType, value, path });
  }
  const attributes = [1, 2].flatMap((unit) => {
    const amount = amounts.get(unit) ?? UNLIMITED;
    return amount === UNLIMITED ? [] : [attribute(lifeType, unit), attribute(lifeDuration, amount)];
  });
  return { reasons, attributes };
}

/** Ciphers with a key length are known by their number: the length is judged by itself. */
function unless(offered: Choice, known: readonly Algorithm[]): Reason[] {
  if (known.some(({ id }) => id === offered.id)) return [];
  if (offered.id === 0) return [{ code: 'slot-missing', slot: offered.slot, allowed: known }];
  return [{ code: 'algorithm-not-configured', offered, allowed: known }];
}

const structure = ({ path }: OfferedTransform, detail: string): Reason => ({ code: 'structure', detail, path });

/** In place when it has 16 bits, else four octets. */
function attribute(type: number, value: number): Attribute {
  return duration(type, value);
}

function ids(...numbers: readonly number[]): readonly Algorithm[] {
  return numbers.map((id) => ({ id }));
}
