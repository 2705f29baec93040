/**
 * What the RFCs have against an IKEv2 proposal and its transforms, before any policy is asked.
 *
 * Rule 1: an unknown transform type, or a mandatory one that is missing, refuses the proposal; an unknown transform ID or attribute, the
 *         transform only. @see RFC 7296 §3.3.6
 * Rule 2: what a proposal cannot be is said of the proposal; what a transform cannot be takes the transform away.
 *
 * @module
 */
import { lookup, spaceOf } from '../../algorithms.ts';
import { attributeNumber } from '../../clauses.ts';
import {
  type Choice,
  KEY_LENGTH_ATTRIBUTE,
  type Negotiation,
  type Path,
  type Proposal,
  type SingleTransform,
  type Slot,
  TRANSFORM_TYPE_SLOT,
} from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Request, Step } from '../profile.ts';

/** A transform that is as it must be, and its choice. */
export interface Sound {
  readonly choice: Choice;
  readonly transform: SingleTransform;
}

/** A proposal that was looked through. */
export interface LookedThrough {
  /** By slot, in the order of the offer; transforms that cannot be are left out. */
  readonly sound: ReadonlyMap<Slot, readonly Sound[]>;
  /** The types that are there, whatever of them can be. */
  readonly present: ReadonlySet<Slot>;
  /** Against the proposal. */
  readonly reasons: readonly Reason[];
  /** Against single transforms. */
  readonly refused: readonly { readonly path: Path; readonly reasons: readonly Reason[] }[];
}

const [IKE, AH, ESP] = [1, 2, 3];
const NONE = 0;
const ENCR_NULL = 11;
const INTERMEDIATE_EXCHANGE_SUPPORTED = 16438;

interface Types {
  readonly mandatory: readonly Slot[];
  readonly optional: readonly Slot[];
}

const ADDITIONAL: readonly Slot[] = ['ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7'];

/** @see RFC 7296 §3.3.3, RFC 9370 §2.2.1 */
const TYPES: ReadonlyMap<number, Types> = new Map([
  [IKE, { mandatory: ['encryption', 'prf', 'integrity', 'group'], optional: ADDITIONAL }],
  [ESP, { mandatory: ['encryption', 'esn'], optional: ['integrity', 'group', ...ADDITIONAL] }],
  [AH, { mandatory: ['integrity', 'esn'], optional: ['group', ...ADDITIONAL] }],
]);

/** Looks a proposal through. */
export function lookThrough(proposal: Proposal, path: Path, request: Request): LookedThrough {
  const { negotiation } = request;
  const protocols = negotiation === 'ikev2-ike' ? [IKE] : [AH, ESP];
  const types = TYPES.get(proposal.protocol);
  if (types === undefined || !protocols.includes(proposal.protocol)) {
    const reasons: Reason[] = [{ code: 'protocol-mismatch', offered: proposal.protocol, allowed: protocols }];
    return { sound: new Map(), present: new Set(), reasons, refused: [] };
  }
  const sound = new Map<Slot, Sound[]>();
  const refused: { path: Path; reasons: readonly Reason[] }[] = [];
  const reasons: Reason[] = [];
  const present = new Map<Slot, Choice[]>();
  for (const [t, transform] of proposal.transforms.entries()) {
    if (transform.kind !== 'single') continue;
    const slot = TRANSFORM_TYPE_SLOT.get(transform.type);
    const at = [...path, t];
    if (slot === undefined) reasons.push({ code: 'structure', detail: `RFC 7296 §3.3.6: transform type ${transform.type}`, path: at });
    else {
      const choice = choiceOf(slot, transform, at);
      push(present, slot, choice);
      const against = transformReasons(transform, choice, proposal.protocol, request);
      if (against.length === 0) push(sound, slot, { choice, transform });
      else refused.push({ path: at, reasons: against });
    }
  }
  reasons.push(...typeReasons(types, present, sound, negotiation), ...additionalReasons(present, request, path));
  return { sound: withoutMixing(sound, refused), present: new Set(present.keys()), reasons, refused };
}

/** Mandatory types that are missing, and types that have no place. Combined ciphers make integrity optional, or NONE. */
function typeReasons(
  { mandatory, optional }: Types,
  present: ReadonlyMap<Slot, readonly Choice[]>,
  sound: ReadonlyMap<Slot, readonly Sound[]>,
  negotiation: Negotiation,
): readonly Reason[] {
  const combined = sound.get('encryption')?.some(({ choice }) => isCombined(choice)) ?? false;
  const missing = mandatory.filter((slot) => !present.has(slot) && !(slot === 'integrity' && combined && negotiation === 'ikev2-ike'));
  const misplaced = [...present].filter(([slot]) => !mandatory.includes(slot) && !optional.includes(slot));
  return [
    ...missing.map((slot): Reason => ({ code: 'slot-missing', slot, allowed: [] })),
    ...misplaced.map(([slot, offered]): Reason => ({ code: 'slot-unexpected', slot, offered })),
  ];
}

/** Additional key exchanges need the peer's word that it can do IKE_INTERMEDIATE. @see RFC 9370 §2.2.1 */
function additionalReasons(present: ReadonlyMap<Slot, readonly Choice[]>, { step, notifies = [] }: Request, path: Path): readonly Reason[] {
  const additional = ADDITIONAL.some((slot) => present.has(slot));
  if (!additional || step !== 'sa-init' || notifies.includes(INTERMEDIATE_EXCHANGE_SUPPORTED)) return [];
  return [{ code: 'policy-requires', what: 'INTERMEDIATE_EXCHANGE_SUPPORTED', path }];
}

function transformReasons(
  { attributes }: SingleTransform,
  choice: Choice,
  protocol: number,
  { negotiation, step }: Request,
): readonly Reason[] {
  const { slot, id, path } = choice;
  const unknown = attributes.find(({ type }) => type !== KEY_LENGTH_ATTRIBUTE);
  if (unknown) return [{ code: 'attribute-unsupported', attribute: unknown.type, path }];
  if (attributes.some(({ form }) => form === 'TLV')) {
    return [{ code: 'structure', detail: 'RFC 7296 §3.3.5: Key Length has no length of its own', path }];
  }
  if (attributes.length > 1) return [{ code: 'attribute-repeated', attribute: KEY_LENGTH_ATTRIBUTE, path }];
  const by = forbids(choice, negotiation, step);
  if (by !== undefined) return [{ code: 'algorithm-forbidden', offered: choice, by }];
  return isNone(slot, id) ? [] : keyLengthReasons(choice, negotiation, protocol);
}

/** An IKE SA is always encrypted, and has a key exchange; IKE_AUTH has none. */
function forbids({ slot, id }: Choice, negotiation: Negotiation, step: Step): string | undefined {
  if (negotiation === 'ikev2-ike') {
    if (slot === 'encryption' && id === ENCR_NULL) return 'RFC 7296 §5';
    return slot === 'group' && id === NONE ? 'RFC 7296 §3.3.3' : undefined;
  }
  const exchange = slot === 'group' || ADDITIONAL.includes(slot);
  return exchange && step === 'auth' && id !== NONE ? 'RFC 7296 §1.2' : undefined;
}

/** Always with a cipher of many key lengths, and never with one of a single length or anything else. @see RFC 7296 §3.3.5 */
function keyLengthReasons(choice: Choice, negotiation: Negotiation, protocol: number): readonly Reason[] {
  const { slot, id, keyBits, path } = choice;
  const row = lookup(slot, spaceOf(slot, negotiation, protocol), id);
  if (row === undefined) return [{ code: 'algorithm-unknown', offered: choice }];
  const lengths = slot === 'encryption' ? row.keyBits : undefined;
  if (keyBits === undefined)
    return lengths?.attribute === 'required' ? [{ code: 'attribute-missing', attributes: [KEY_LENGTH_ATTRIBUTE], path }] : [];
  return lengths === undefined || lengths.fixed !== undefined ? [{ code: 'key-length-mismatch', offered: choice, allowed: [] }] : [];
}

/** A combined cipher wants no integrity and others want one: whatever fits to neither goes. @see RFC 7296 §3.3, RFC 5282 §8 */
function withoutMixing(
  sound: Map<Slot, Sound[]>,
  refused: { path: Path; reasons: readonly Reason[] }[],
): ReadonlyMap<Slot, readonly Sound[]> {
  const integrity = sound.get('integrity') ?? [];
  const real = integrity.filter(({ choice }) => choice.id !== NONE);
  const ciphers = sound.get('encryption');
  if (ciphers === undefined || real.length === 0) return sound;
  const plain = ciphers.filter(({ choice }) => !isCombined(choice));
  const offered = real.map(({ choice }) => choice);
  for (const { choice } of ciphers) {
    if (isCombined(choice)) refused.push({ path: choice.path, reasons: [{ code: 'slot-unexpected', slot: 'integrity', offered }] });
  }
  return new Map([...sound, ['encryption', plain]]);
}

/** Whether it encrypts and protects at once. */
export function isCombined({ slot, id }: Choice): boolean {
  return slot === 'encryption' && lookup('encryption', 'ikev2', id)?.aead === true;
}

/** NONE is a value of every type but ESN and the cipher. */
export function isNone(slot: Slot, id: number): boolean {
  return id === NONE && slot !== 'esn' && slot !== 'encryption' && slot !== 'prf';
}

function choiceOf(slot: Slot, { id, attributes }: SingleTransform, path: Path): Choice {
  const keyLength = attributes.find(({ type }) => type === KEY_LENGTH_ATTRIBUTE);
  return keyLength === undefined ? { slot, id, path } : { slot, id, keyBits: attributeNumber(keyLength), path };
}

function push<V>(map: Map<Slot, V[]>, slot: Slot, value: V): void {
  const values = map.get(slot);
  if (values) values.push(value);
  else map.set(slot, [value]);
}
