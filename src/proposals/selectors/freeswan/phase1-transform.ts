/**
 * One transform of phase 1. A value that will not do refuses the transform, a flaw of the form the whole SA.
 *
 * Order of the checks: FreeS/WAN 2.0x `spdb.c`, `parse_isakmp_sa_body`.
 *
 * @module
 */
import { type Algorithm, type Choice, OAKLEY, type Path, type Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { durationOf, type Seen, walkAttributes } from './attributes.ts';
import { type Bench, groupNames, groupsOf } from './bench.ts';
import type { Fault } from './ledger.ts';
import * as names from './names.ts';
import type { Traits } from './releases.ts';
import { LONGEST_LIFE, NOTIFY } from './sa.ts';
import { type Block, left, OAKLEY_ATTRIBUTE } from './structure.ts';

const SYNTAX = NOTIFY.badProposalSyntax;
const DES = 1;
const TRIPLE_DES: readonly Algorithm[] = [{ id: 5 }];
const HASHES: readonly Algorithm[] = [{ id: 1 }, { id: 2 }];
const PSK = 1;
const RSA_SIG = 3;
const DEFAULT_LIFE = 3600;
const SECONDS = 1;

/** The attributes that a transform must have. */
export const MANDATORY: readonly { readonly type: number; readonly slot: Slot }[] = [
  { type: OAKLEY.encryption, slot: 'encryption' },
  { type: OAKLEY.hash, slot: 'hash' },
  { type: OAKLEY.auth, slot: 'auth' },
  { type: OAKLEY.group, slot: 'group' },
];
const SLOT_OF: ReadonlyMap<number, Slot> = new Map(MANDATORY.map(({ type, slot }) => [type, slot]));

/** A transform, read; good when it has no faults. */
export interface OakleyTransform {
  readonly faults: readonly Fault[];
  readonly chosen: ReadonlyMap<Slot, Choice>;
  readonly lifeSeconds: number;
}

/** Reads one transform's attributes. */
export function readOakleyTransform(block: Block, number: number, path: Path, bench: Bench): OakleyTransform {
  const chosen = new Map<Slot, Choice>();
  let keyBits: number | undefined;
  const life = new Lifetime(bench.traits);
  const { faults, seen } = walkAttributes(block, {
    layout: OAKLEY_ATTRIBUTE,
    path,
    syntax: SYNTAX,
    repeated: ({ form }) => `repeated ${names.show(names.OAKLEY_ATTRIBUTE, form)} attribute in Oakley Transform ${number}`,
    judge: (attribute, before) => {
      if (attribute.type === OAKLEY.keyLength) keyBits ??= attribute.value;
      const fault = refuseUnknownValue(attribute, bench) ?? life.judge(attribute, before);
      if (fault) return fault;
      const slot = SLOT_OF.get(attribute.type);
      if (slot) {
        const choice: Choice = { slot, id: attribute.value, path: attribute.path };
        chosen.set(slot, choice);
        return judgeChoice(choice, attribute, bench);
      }
      return attribute.type === OAKLEY.lifeType || attribute.type === OAKLEY.lifeDuration
        ? undefined
        : refuse(attribute, 'unsupported OAKLEY attribute', {
            code: 'attribute-unsupported',
            attribute: attribute.type,
            path: attribute.path,
          });
    },
  });
  const missing = MANDATORY.filter(({ type }) => !seen.has(type)).map(({ type }) => type);
  if (missing.length > 0 && left(block) === 0) faults.push(missingAttributes(missing, number, path));
  return { faults: faults.map((fault) => withKeyBits(fault, keyBits)), chosen, lifeSeconds: life.seconds };
}

/** The key length belongs to the cipher, wherever it stands. */
function withKeyBits(fault: Fault, keyBits: number | undefined): Fault {
  const { reason } = fault;
  if (keyBits === undefined || reason.code !== 'algorithm-not-configured' || reason.offered.slot !== 'encryption') return fault;
  return { ...fault, reason: { ...reason, offered: { ...reason.offered, keyBits } } };
}

/** Pluto's names are off by one here: it calls a missing group "group type". The reason has the true numbers. */
function missingAttributes(missing: readonly number[], number: number, path: Path): Fault {
  const shifted = missing.map((type) => names.show(names.OAKLEY_ATTRIBUTE, (type + 1) | names.TV));
  return {
    reason: { code: 'attribute-missing', attributes: missing, path },
    text: `missing mandatory attribute(s) ${shifted.join('+')} in Oakley Transform ${number}`,
    notify: SYNTAX,
  };
}

/** Refuses the transform, not the SA. */
function refuse({ form }: Seen, why: string, reason: Reason): Fault {
  return { reason, text: `${why}.  Attribute ${names.show(names.OAKLEY_ATTRIBUTE, form)}` };
}

/** Up to 1.96 a value without a name ended the SA. */
function refuseUnknownValue({ type, form, value, path }: Seen, { traits }: Bench): Fault | undefined {
  if (!traits.unknownValueIsFatal) return undefined;
  const known = names.OAKLEY_VALUE.get(type);
  const lacking = traits.aesNamed ? undefined : NAMED_WITH_AES.get(type);
  if (!known || (known.has(value) && lacking?.includes(value) !== true)) return undefined;
  const slot = SLOT_OF.get(type);
  return {
    reason: slot
      ? { code: 'algorithm-unknown', offered: { slot, id: value, path } }
      : { code: 'value-invalid', attribute: type, value, path },
    text: `invalid value ${value} for attribute ${names.show(names.OAKLEY_ATTRIBUTE, form)} in Oakley Transform`,
    notify: SYNTAX,
  };
}

/** Values by attribute type that have names since AES has one: AES-CBC; SHA2. */
const NAMED_WITH_AES: ReadonlyMap<number, readonly number[]> = new Map([
  [OAKLEY.encryption, [7]],
  [OAKLEY.hash, [4, 5, 6]],
]);

/** One of the four algorithms. */
function judgeChoice(offered: Choice, attribute: Seen, bench: Bench): Fault | undefined {
  const shown = names.show(names.OAKLEY_VALUE.get(attribute.type) ?? new Map<number, string>(), offered.id);
  const among = (allowed: readonly Algorithm[], why: string): Fault | undefined => {
    if (allowed.some(({ id }) => id === offered.id)) return undefined;
    return refuse(attribute, why, { code: 'algorithm-not-configured', offered, allowed });
  };
  switch (attribute.type) {
    case OAKLEY.encryption:
      if (offered.id !== DES) return among(TRIPLE_DES, `${shown} is not supported`);
      return refuse(attribute, `${shown} is not supported`, { code: 'algorithm-forbidden', offered, by: 'FreeS/WAN' });
    case OAKLEY.hash:
      return among(HASHES, `${shown} is not supported`);
    case OAKLEY.auth:
      return judgeAuth(offered, attribute, shown, bench, among);
    default: {
      const groups = groupsOf(bench.traits);
      return among(groups, `only ${groupNames(groups)} supported`);
    }
  }
}

type Among = (allowed: readonly Algorithm[], why: string) => Fault | undefined;

function judgeAuth(offered: Choice, attribute: Seen, shown: string, { connection, traits }: Bench, among: Among): Fault | undefined {
  const { policy, pskKnown, ourId, peerId } = connection;
  const allowed: Algorithm[] = [];
  if (policy.has('psk')) allowed.push({ id: PSK });
  if (policy.has('rsasig') && traits.rsaSignatures) allowed.push({ id: RSA_SIG });
  const supported = offered.id === PSK || (offered.id === RSA_SIG && traits.rsaSignatures);
  if (!supported) return among(allowed, `Pluto does not support ${shown} authentication`);
  const fault = among(allowed, `policy does not allow ${shown} authentication`);
  if (fault || offered.id !== PSK || pskKnown) return fault;
  return refuse(attribute, `Can't authenticate: no preshared key found for \`${ourId}' and \`${peerId}'`, {
    code: 'no-credential',
    offered,
  });
}

/** Pairs of life type and duration; any number of pairs, each type once. */
class Lifetime {
  seconds = DEFAULT_LIFE;
  readonly #traits: Traits;
  readonly #types = new Set<number>();
  #type = 0;

  constructor(traits: Traits) {
    this.#traits = traits;
  }

  judge(attribute: Seen, seen: Set<number>): Fault | undefined {
    if (attribute.type === OAKLEY.lifeType) return this.#judgeType(attribute);
    if (attribute.type === OAKLEY.lifeDuration) return this.#judgeDuration(attribute, seen);
    return undefined;
  }

  #judgeType(attribute: Seen): Fault | undefined {
    const { type, value, path } = attribute;
    const known = names.OAKLEY_VALUE.get(type) ?? new Map<number, string>();
    const shown = names.show(known, value);
    if (!known.has(value)) return refuse(attribute, `unknown value ${shown}`, { code: 'value-invalid', attribute: type, value, path });
    if (this.#types.has(value)) {
      const reason: Reason = { code: 'attribute-repeated', attribute: type, path };
      return { reason, text: `attribute OAKLEY_LIFE_TYPE value ${shown} repeated`, notify: SYNTAX };
    }
    this.#types.add(value);
    this.#type = value;
    return undefined;
  }

  #judgeDuration(attribute: Seen, seen: Set<number>): Fault | undefined {
    const { path } = attribute;
    if (!seen.has(OAKLEY.lifeType) && this.#traits.durationNeedsType) {
      const why = 'OAKLEY_LIFE_DURATION attribute not preceded by OAKLEY_LIFE_TYPE attribute';
      return refuse(attribute, why, { code: 'lifetime-without-type', path });
    }
    seen.delete(OAKLEY.lifeType);
    seen.delete(OAKLEY.lifeDuration);
    if (this.#type !== SECONDS) return undefined;
    const seconds = durationOf(attribute);
    if (seconds > LONGEST_LIFE) {
      const why = `peer requested ${seconds} seconds which exceeds our limit ${LONGEST_LIFE} seconds`;
      return refuse(attribute, why, { code: 'lifetime-too-long', seconds, limit: LONGEST_LIFE, path });
    }
    this.seconds = seconds;
    return undefined;
  }
}
