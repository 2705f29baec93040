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
import type { LogLine } from '../../log-lines.ts';
import { type Fault, structure } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import { type Bench, groupNames, ipsecName } from './bench.ts';
import { LONGEST_LIFE, NOTIFY } from './sa.ts';
import { type Block, readStructure, type TransformLayout } from './structure.ts';

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
  if (fault) faults.push(headerFault(fault, id, body !== undefined, place));
  if (!body) return { ...NOTHING, faults, number, id };
  if (number <= place.previous) faults.push(fatal(path, PLUTO.write('numbers')));
  const chain = chainFault(values.next, place.last);
  if (chain) faults.push(fatal(path, chain));

  const attributes = body.bytes.subarray(body.at, body.end);
  const found = new Map<number, Seen>();
  const life = new Lifetime(bench);
  const { faults: own, seen } = walkAttributes(body, {
    layout: bench.dialect.phase2.attributes,
    path,
    syntax: SYNTAX,
    repeated: (attribute) => PLUTO.write('repeated', { attribute: shownAttribute(attribute, bench), number }),
    judge: (attribute, before, clean) => {
      const wrong = judgeValue(attribute, place, bench) ?? life.judge(attribute, before) ?? judgeType(attribute, place, bench);
      if (wrong) return wrong;
      found.set(attribute.type, attribute);
      if (ipcomp && attribute.type === IPSEC.group && clean && faults.length === 0) bench.ledger.log(PLUTO.write('groupInIpcomp'));
      return undefined;
    },
  });
  faults.push(...own);
  const group = found.get(IPSEC.group)?.value ?? 0;
  if (faults.length === 0) faults.push(...groupFault(group, place, common, bench));
  if (!seen.has(IPSEC.encapsulation) && !ipcomp) {
    const reason: Reason = { code: 'attribute-missing', attributes: [IPSEC.encapsulation], path };
    faults.push({ reason, line: PLUTO.write('noEncapsulation'), notify: SYNTAX });
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

function fatal(path: Path, line: LogLine, reason: Reason = structure(line.text, path)): Fault {
  return { reason, line, notify: SYNTAX };
}

function shownAttribute({ form }: Seen, { dialect }: Bench): string {
  return names.show(dialect.names.ipsecAttribute, form);
}

/** An id without a name is an algorithm that is not known; anything else is a flaw of the form. */
function headerFault(line: LogLine, id: number, whole: boolean, { path, protocol }: Place): Fault {
  const slot = OWN_SLOT[protocol] ?? 'encryption';
  return whole && line.text.startsWith('transform ID')
    ? fatal(path, line, { code: 'algorithm-unknown', offered: { slot, id, path } })
    : fatal(path, line);
}

function chainFault(next: number, last: boolean): LogLine | undefined {
  if (next === NEXT_TRANSFORM) return last ? PLUTO.write('moreTransforms') : undefined;
  if (next === 0) return last ? undefined : PLUTO.write('fewerTransforms');
  return PLUTO.write('notTransform', { payload: names.show(names.PAYLOAD, next) });
}

/** An enumerated value must have a name. */
function judgeValue(attribute: Seen, { protocol }: Place, bench: Bench): Fault | undefined {
  const { type, value, path } = attribute;
  const known = bench.dialect.names.ipsecValue.get(type);
  if (!known || known.has(value)) return undefined;
  // The algorithm of AH is its transform's; there the attribute only repeats it.
  const slot = protocol === AH && type === IPSEC.auth ? undefined : SLOT_OF.get(type);
  const reason: Reason = slot
    ? { code: 'algorithm-unknown', offered: { slot, id: value, path } }
    : { code: 'value-invalid', attribute: type, value, path };
  return fatal(path, PLUTO.write('invalid', { value, attribute: shownAttribute(attribute, bench) }), reason);
}

/** Whether the attribute may stand here, the mode, and the PFS group. */
function judgeType(attribute: Seen, { protocol }: Place, bench: Bench): Fault | undefined {
  const { type, path } = attribute;
  const { traits, dialect } = bench;
  const ipcomp = protocol === IPCOMP;
  const shown = { attribute: shownAttribute(attribute, bench) };
  const unsupported: Reason = { code: 'attribute-unsupported', attribute: type, path };
  const inappropriate = (): Fault => fatal(path, PLUTO.write('inappropriate', shown), unsupported);
  switch (type) {
    case IPSEC.lifeType:
    case IPSEC.lifeDuration:
      return undefined;
    case IPSEC.encapsulation:
      return dialect.phase2.natTraversal ? judgeMode(attribute, bench) : undefined;
    case IPSEC.keyRounds:
      if (!dialect.phase2.keyRounds) return fatal(path, PLUTO.write('unsupported', shown), unsupported);
      return ipcomp ? inappropriate() : undefined;
    case IPSEC.auth:
    case IPSEC.keyLength:
      return ipcomp ? inappropriate() : undefined;
    case IPSEC.group:
      return ipcomp && !traits.groupInIpcomp ? inappropriate() : judgePfsGroup(attribute, bench);
    default:
      return fatal(path, PLUTO.write('unsupported', shown), unsupported);
  }
}

function judgePfsGroup({ value, path }: Seen, { dialect }: Bench): Fault | undefined {
  const { groups: allowed, namedGroups = allowed, phase2 } = dialect;
  if (allowed.some(({ id }) => id === value)) return undefined;
  const reason: Reason = { code: 'algorithm-not-configured', offered: { slot: 'group', id: value, path }, allowed };
  const line =
    phase2.pfsComplaint === 'onlyPfsGroups'
      ? PLUTO.write('onlyPfsGroups', { groups: groupNames(namedGroups) })
      : PLUTO.write('pfsGroupNotSupported', { group: value });
  return fatal(path, line, reason);
}

/** The modes of NAT traversal, in the numbers of the RFC and of the drafts. @see RFC 3947 §5.1 */
const UDP_TUNNEL: ReadonlySet<number> = new Set([3, 61_443]);
const UDP_TRANSPORT: ReadonlySet<number> = new Set([4, 61_444]);

/** Here no NAT was seen. */
function judgeMode({ type, value, path }: Seen, bench: Bench): Fault | undefined {
  const reason: Reason = { code: 'value-invalid', attribute: type, value, path };
  if (UDP_TRANSPORT.has(value)) return fatal(path, PLUTO.write('transportDisabled'), reason);
  if (UDP_TUNNEL.has(value)) return fatal(path, PLUTO.write('needsNat', { mode: ipsecName(bench, type, value) }), reason);
  return undefined;
}

/** All transforms of an SA must agree, those of other proposals too, and having no group counts. IPCOMP need not have one. */
function groupFault(group: number, { path, protocol }: Place, common: Common, { connection }: Bench): readonly Fault[] {
  if (protocol === IPCOMP && group === 0) return [];
  common.group ??= group;
  if (common.group === group) return [];
  const other = connection.initiatorCheck ? 'the Proposal' : 'a previous Transform';
  return [fatal(path, PLUTO.write('groupInconsistent', { other }))];
}

/** Type, then duration. More than a day is silently a day here, while the answer still carries the offer. */
class Lifetime {
  seconds = DEFAULT_LIFE;
  readonly #bench: Bench;
  readonly #types = new Set<number>();
  #type = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  judge(attribute: Seen, seen: Set<number>): Fault | undefined {
    const { type, value, path } = attribute;
    if (type === IPSEC.lifeType) {
      if (this.#types.has(value)) {
        const reason: Reason = { code: 'attribute-repeated', attribute: type, path };
        return fatal(path, PLUTO.write('lifeRepeated', { value: ipsecName(this.#bench, type, value) }), reason);
      }
      this.#types.add(value);
      this.#type = value;
    }
    if (type === IPSEC.lifeDuration) {
      // Pluto's check for a type before the duration tests the wrong bit: without a type the duration is taken for anything.
      seen.delete(IPSEC.lifeType);
      seen.delete(IPSEC.lifeDuration);
      if (this.#type === 0 && this.#bench.dialect.phase2.refusesLifeType0) {
        return fatal(path, PLUTO.write('invalidLifeType', { type: 0 }), { code: 'lifetime-without-type', path });
      }
      if (this.#type === SECONDS) this.seconds = Math.min(durationOf(attribute), LONGEST_LIFE);
    }
    return undefined;
  }
}

function choiceOf({ type, value, path }: Seen): Choice[] {
  const slot = SLOT_OF.get(type);
  return slot ? [{ slot, id: value, path }] : [];
}
