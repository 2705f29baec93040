/**
 * Proposal → Clause[]: the one place where IKEv1 and IKEv2 differ.
 *
 * Rule 1: whatever depends on the IKE version in negotiation is here.
 * Rule 2: nothing here judges; an odd proposal becomes an odd clause, and a rule says so later. A repeated attribute is a second choice.
 *
 * @module
 */
import {
  type Attribute,
  type Choice,
  KEY_LENGTH_ATTRIBUTE,
  type Lifetime,
  type Negotiation,
  OAKLEY,
  type Path,
  type Proposal,
  type Slot,
  TRANSFORM_TYPE_SLOT,
} from './model.ts';

/** AND over slots, OR inside a slot: one question to a policy. */
export interface Clause {
  /** Of the transform (IKEv1) or the proposal (IKEv2). */
  readonly path: Path;
  readonly protocol: number;
  readonly slots: ReadonlyMap<Slot, readonly Choice[]>;
  readonly lifetimes: readonly Lifetime[];
  /** AH says its integrity twice: the Authentication Algorithm attribute, in the numbers of `ikev1-auth`. @see RFC 2407 §4.5 */
  readonly restated?: readonly Choice[];
  /** IKEv2 transforms of a type that fills no slot. */
  readonly unknown?: readonly UnknownChoice[];
}

/** A choice of a transform type that fills no slot. */
export interface UnknownChoice {
  readonly type: number;
  readonly id: number;
  readonly keyBits?: number;
  readonly path: Path;
}

/** IKEv1 phase 2 attribute classes. @see RFC 2407 §4.5, RFC 4304 */
export const IPSEC = {
  lifeType: 1,
  lifeDuration: 2,
  group: 3,
  mode: 4,
  integrity: 5,
  keyLength: 6,
  esn: 11,
} as const;

const [AH, ESP, IPCOMP] = [2, 3, 4];

interface Classes {
  readonly slots: ReadonlyMap<number, Slot>;
  readonly keyLength: number;
  readonly lifeType: number;
  readonly lifeDuration: number;
}

const PHASE1: Classes = {
  ...OAKLEY,
  slots: new Map<number, Slot>([
    [OAKLEY.encryption, 'encryption'],
    [OAKLEY.hash, 'hash'],
    [OAKLEY.auth, 'auth'],
    [OAKLEY.group, 'group'],
    [OAKLEY.prf, 'prf'],
  ]),
};
const PHASE2: Classes = {
  ...IPSEC,
  slots: new Map<number, Slot>([
    [IPSEC.integrity, 'integrity'],
    [IPSEC.group, 'group'],
    [IPSEC.mode, 'mode'],
    [IPSEC.esn, 'esn'],
  ]),
};

/** One clause per transform in IKEv1, exactly one in IKEv2; `at` is the path of the proposal. */
export function clauses(negotiation: Negotiation, proposal: Proposal, at: Path): readonly Clause[] {
  if (negotiation === 'ikev2-ike' || negotiation === 'ikev2-child') return [conjunction(proposal, at)];
  const classes = negotiation === 'ikev1-phase1' ? PHASE1 : PHASE2;
  return proposal.transforms.flatMap((transform, i) => {
    if (transform.kind !== 'suite') return [];
    const named = negotiation === 'ikev1-phase1' ? undefined : transformSlot(proposal.protocol);
    return [suiteClause(classes, proposal.protocol, transform.id, transform.attributes, [...at, i], named)];
  });
}

/** The number that an attribute carries, in either form; clamps at 2^53 - 1. */
export function attributeNumber(attribute: Attribute): number {
  if (attribute.form === 'TV') return attribute.value;
  let n = 0;
  for (const octet of attribute.value) n = Math.min(n * 256 + octet, Number.MAX_SAFE_INTEGER);
  return n;
}

/** What the transform identifier of phase 2 names. @see RFC 2407 §4.4 */
export function transformSlot(protocol: number): Slot | undefined {
  if (protocol === ESP) return 'encryption';
  if (protocol === AH) return 'integrity';
  return protocol === IPCOMP ? 'compression' : undefined;
}

function suiteClause(
  classes: Classes,
  protocol: number,
  id: number,
  attributes: readonly Attribute[],
  path: Path,
  named: Slot | undefined,
): Clause {
  const keyLength = attributes.find((a) => a.type === classes.keyLength);
  // The key length belongs to the cipher, wherever in the transform it stands.
  const keyed = (choice: Choice): Choice =>
    keyLength !== undefined && choice.slot === 'encryption' ? { ...choice, keyBits: attributeNumber(keyLength) } : choice;
  const slots = new Map<Slot, Choice[]>();
  const restated: Choice[] = [];
  if (named !== undefined) add(slots, keyed({ slot: named, id, path }));
  attributes.forEach((attribute, i) => {
    const slot = classes.slots.get(attribute.type);
    if (slot === undefined) return;
    const choice: Choice = { slot, id: attributeNumber(attribute), path: [...path, i] };
    if (slot === named) restated.push(choice);
    else add(slots, keyed(choice));
  });
  const clause = { path, protocol, slots, lifetimes: lifetimes(classes, attributes) };
  return restated.length > 0 ? { ...clause, restated } : clause;
}

/** A life type speaks for the durations after it, until the next life type. @see RFC 2407 §4.5 */
function lifetimes(classes: Classes, attributes: readonly Attribute[]): Lifetime[] {
  const found: Lifetime[] = [];
  let unit: Lifetime['unit'] | undefined;
  for (const attribute of attributes) {
    const value = attributeNumber(attribute);
    if (attribute.type === classes.lifeType) unit = value === 1 ? 'seconds' : value === 2 ? 'kilobytes' : value;
    else if (attribute.type === classes.lifeDuration && unit !== undefined) found.push({ unit, amount: value });
  }
  return found;
}

function conjunction(proposal: Proposal, at: Path): Clause {
  const slots = new Map<Slot, Choice[]>();
  const unknown: UnknownChoice[] = [];
  proposal.transforms.forEach((transform, i) => {
    if (transform.kind !== 'single') return;
    const slot = TRANSFORM_TYPE_SLOT.get(transform.type);
    const path = [...at, i];
    const keyLength = transform.attributes.find((a) => a.type === KEY_LENGTH_ATTRIBUTE);
    const keyBits = keyLength === undefined ? {} : { keyBits: attributeNumber(keyLength) };
    if (slot === undefined) unknown.push({ type: transform.type, id: transform.id, ...keyBits, path });
    else add(slots, { slot, id: transform.id, ...keyBits, path });
  });
  const clause = { path: at, protocol: proposal.protocol, slots, lifetimes: [] };
  return unknown.length > 0 ? { ...clause, unknown } : clause;
}

function add(slots: Map<Slot, Choice[]>, choice: Choice): void {
  const choices = slots.get(choice.slot);
  if (choices === undefined) slots.set(choice.slot, [choice]);
  else choices.push(choice);
}
