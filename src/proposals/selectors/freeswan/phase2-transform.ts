/**
 * One transform of a phase 2 proposal. Whatever is wrong with it ends the whole SA.
 *
 * Order of the checks: FreeS/WAN 2.0x `spdb.c`, `parse_ipsec_transform`.
 *
 * @module
 */
import type { Choice, Path, Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { durationOf, type Seen, walkAttributes } from './attributes.ts';
import { type Fault, structure } from './ledger.ts';
import * as names from './names.ts';
import { type Bench, groupNames, groupsOf } from './bench.ts';
import { LONGEST_LIFE, NOTIFY } from './sa.ts';
import { type Block, IPSEC_ATTRIBUTE, readStructure, type TransformLayout } from './structure.ts';

const SYNTAX = NOTIFY.badProposalSyntax;

/** IPsec DOI attribute types. @see RFC 2407 §4.5 */
export const IPSEC = { lifeType: 1, lifeDuration: 2, group: 3, encapsulation: 4, auth: 5, keyLength: 6, keyRounds: 7 } as const;
const SLOT_OF: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [IPSEC.group, 'group'],
  [IPSEC.encapsulation, 'mode'],
  [IPSEC.auth, 'integrity'],
]);

export const AH = 2;
export const ESP = 3;
export const IPCOMP = 4;
/** What the transform identifier says. */
export const OWN_SLOT: Readonly<Record<number, Slot>> = { [AH]: 'integrity', [ESP]: 'encryption', [IPCOMP]: 'compression' };

const TRANSPORT = 2;
const DEFAULT_LIFE = 28_800;
const SECONDS = 1;
const NEXT_TRANSFORM = 3;

/** What the transforms of one SA share: the PFS group of the first one that was read; 0 is none. */
export interface Common {
  group: number | undefined;
}

/** Where a transform stands. */
export interface Place {
  readonly path: Path;
  /** By the count of its proposal. */
  readonly last: boolean;
  /** The number of the transform before it, -1 for the first. */
  readonly previous: number;
  readonly layout: TransformLayout;
  /** 2 AH, 3 ESP, 4 IPCOMP. */
  readonly protocol: number;
}

/** A transform, read. Absent attributes are 0 (`auth`, `group`, `encapsulation`, `keyBits`). */
export interface IpsecTransform {
  readonly faults: Fault[];
  readonly number: number;
  readonly id: number;
  readonly auth: number;
  readonly group: number;
  readonly encapsulation: number;
  readonly keyBits: number;
  readonly lifeSeconds: number;
  readonly choices: readonly Choice[];
  /** Verbatim, for the answer. */
  readonly attributes: Uint8Array;
}

export function readIpsecTransform(block: Block, place: Place, common: Common, bench: Bench): IpsecTransform {
  const { path } = place;
  const ipcomp = place.protocol === IPCOMP;
  const { values, body, fault } = readStructure(block, place.layout);
  const number = values.number ?? 0;
  const id = values.id ?? 0;
  const faults: Fault[] = [];
  if (fault !== undefined) faults.push(headerFault(fault, id, body !== undefined, place));
  if (!body) return { ...NOTHING, faults, number, id };
  if (number <= place.previous) faults.push(fatal(path, 'Transform Numbers in Proposal are not monotonically increasing'));
  const chain = chainFault(values.next, place.last);
  if (chain !== undefined) faults.push(fatal(path, chain));

  const attributes = body.bytes.subarray(body.at, body.end);
  const found = new Map<number, Seen>();
  const life = new Lifetime();
  const { faults: own, seen } = walkAttributes(body, {
    layout: IPSEC_ATTRIBUTE,
    path,
    syntax: SYNTAX,
    repeated: ({ form }) => `repeated ${names.show(names.IPSEC_ATTRIBUTE, form)} attribute in IPsec Transform ${number}`,
    judge: (attribute, before, clean) => {
      const wrong = judgeValue(attribute, place) ?? life.judge(attribute, before) ?? judgeType(attribute, place, bench);
      if (wrong) return wrong;
      found.set(attribute.type, attribute);
      if (ipcomp && attribute.type === IPSEC.group && clean && faults.length === 0) bench.ledger.log(GROUP_IN_IPCOMP);
      return undefined;
    },
  });
  faults.push(...own);
  const group = found.get(IPSEC.group)?.value ?? 0;
  if (faults.length === 0) faults.push(...groupFault(group, place, common, bench));
  if (!seen.has(IPSEC.encapsulation) && !ipcomp) {
    const reason: Reason = { code: 'attribute-missing', attributes: [IPSEC.encapsulation], path };
    faults.push({ reason, text: 'IPsec Transform must specify ENCAPSULATION_MODE', notify: SYNTAX });
  }
  return {
    faults,
    number,
    id,
    group,
    attributes,
    auth: found.get(IPSEC.auth)?.value ?? 0,
    encapsulation: found.get(IPSEC.encapsulation)?.value ?? (ipcomp ? TRANSPORT : 0),
    keyBits: found.get(IPSEC.keyLength)?.value ?? 0,
    lifeSeconds: life.seconds,
    choices: [...found.values()].flatMap(choiceOf),
  };
}

const NOTHING: IpsecTransform = {
  faults: [],
  number: 0,
  id: 0,
  auth: 0,
  group: 0,
  encapsulation: 0,
  keyBits: 0,
  lifeSeconds: 0,
  choices: [],
  attributes: new Uint8Array(0),
};
/** Sic. */
const GROUP_IN_IPCOMP = 'IPCA (IPcomp SA) contains GROUP_DESCRIPTION.  Ignoring inapproprate attribute.';

function fatal(path: Path, text: string, reason: Reason = structure(text, path)): Fault {
  return { reason, text, notify: SYNTAX };
}

/** An id without a name is an algorithm that is not known; anything else is a flaw of the form. */
function headerFault(text: string, id: number, whole: boolean, { path, protocol }: Place): Fault {
  const slot = OWN_SLOT[protocol] ?? 'encryption';
  return whole && text.startsWith('transform ID')
    ? fatal(path, text, { code: 'algorithm-unknown', offered: { slot, id, path } })
    : fatal(path, text);
}

function chainFault(next: number, last: boolean): string | undefined {
  if (next === NEXT_TRANSFORM) return last ? 'Proposal Payload has more Transforms than specified' : undefined;
  if (next === 0) return last ? undefined : 'Proposal Payload has fewer Transforms than specified';
  return `expecting Transform Payload, but found ${names.show(names.PAYLOAD, next)} in Proposal`;
}

/** An enumerated value must have a name. */
function judgeValue({ type, form, value, path }: Seen, { protocol }: Place): Fault | undefined {
  const known = names.IPSEC_VALUE.get(type);
  if (!known || known.has(value)) return undefined;
  // The algorithm of AH is its transform's; there the attribute only repeats it.
  const slot = protocol === AH && type === IPSEC.auth ? undefined : SLOT_OF.get(type);
  const reason: Reason = slot
    ? { code: 'algorithm-unknown', offered: { slot, id: value, path } }
    : { code: 'value-invalid', attribute: type, value, path };
  return fatal(path, `invalid value ${value} for attribute ${names.show(names.IPSEC_ATTRIBUTE, form)} in IPsec Transform`, reason);
}

/** Whether the attribute may stand here, and the PFS group. */
function judgeType({ type, form, value, path }: Seen, { protocol }: Place, { traits }: Bench): Fault | undefined {
  const ipcomp = protocol === IPCOMP;
  const shown = names.show(names.IPSEC_ATTRIBUTE, form);
  const unsupported: Reason = { code: 'attribute-unsupported', attribute: type, path };
  const inappropriate = `IPsec attribute ${shown} inappropriate for IPCOMP`;
  switch (type) {
    case IPSEC.lifeType:
    case IPSEC.lifeDuration:
    case IPSEC.encapsulation:
      return undefined;
    case IPSEC.auth:
    case IPSEC.keyLength:
    case IPSEC.keyRounds:
      return ipcomp ? fatal(path, inappropriate, unsupported) : undefined;
    case IPSEC.group: {
      if (ipcomp && !traits.groupInIpcomp) return fatal(path, inappropriate, unsupported);
      const allowed = groupsOf(traits);
      if (allowed.some(({ id }) => id === value)) return undefined;
      const reason: Reason = { code: 'algorithm-not-configured', offered: { slot: 'group', id: value, path }, allowed };
      return fatal(path, `only ${groupNames(allowed)} supported for PFS`, reason);
    }
    default:
      return fatal(path, `unsupported IPsec attribute ${shown}`, unsupported);
  }
}

/** All transforms of an SA must agree, those of other proposals too, and having no group counts. IPCOMP need not have one. */
function groupFault(group: number, { path, protocol }: Place, common: Common, { connection }: Bench): readonly Fault[] {
  if (protocol === IPCOMP && group === 0) return [];
  common.group ??= group;
  if (common.group === group) return [];
  const other = connection.initiatorCheck ? 'the Proposal' : 'a previous Transform';
  return [fatal(path, `GROUP_DESCRIPTION inconsistent with that of ${other} in IPsec SA`)];
}

/** Type, then duration. More than a day is silently a day here, while the answer still carries the offer. */
class Lifetime {
  seconds = DEFAULT_LIFE;
  readonly #types = new Set<number>();
  #type = 0;

  judge(attribute: Seen, seen: Set<number>): Fault | undefined {
    const { type, value, path } = attribute;
    if (type === IPSEC.lifeType) {
      if (this.#types.has(value)) {
        const shown = names.show(names.IPSEC_VALUE.get(type) ?? new Map(), value);
        const reason: Reason = { code: 'attribute-repeated', attribute: type, path };
        return fatal(path, `attribute SA_LIFE_TYPE value ${shown} repeated in message`, reason);
      }
      this.#types.add(value);
      this.#type = value;
    }
    if (type === IPSEC.lifeDuration) {
      // Pluto's check for a type before the duration tests the wrong bit: without a type the duration is taken for anything.
      seen.delete(IPSEC.lifeType);
      seen.delete(IPSEC.lifeDuration);
      if (this.#type === SECONDS) this.seconds = Math.min(durationOf(attribute), LONGEST_LIFE);
    }
    return undefined;
  }
}

function choiceOf({ type, value, path }: Seen): Choice[] {
  const slot = SLOT_OF.get(type);
  return slot ? [{ slot, id: value, path }] : [];
}
