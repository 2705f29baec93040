/**
 * One transform of phase 1. A value that will not do refuses the transform, a flaw of the form the whole SA.
 *
 * Order of the checks: FreeS/WAN 2.0x `spdb.c`, `parse_isakmp_sa_body`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type Algorithm, type Choice, OAKLEY, type Path, type Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { type Seen, walkAttributes } from './attributes.ts';
import { type Bench, groupNames, oakleyName } from './bench.ts';
import type { Cipher, OakleySuite } from './dialect.ts';
import type { Fault } from './ledger.ts';
import { PLUTO } from './log.ts';
import * as names from './names.ts';
import { OakleyLifetime } from './phase1-lifetime.ts';
import { NOTIFY } from './sa.ts';
import { type Block, left } from './structure.ts';

const SYNTAX = NOTIFY.badProposalSyntax;

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
  const { phase1, names: vocabulary } = bench.dialect;
  const chosen = new Map<Slot, Choice>();
  let said: number | undefined;
  let keyBits = 0;
  const life = new OakleyLifetime(bench);
  const { faults, seen } = walkAttributes(block, {
    layout: phase1.attributes,
    path,
    syntax: SYNTAX,
    repeated: ({ form }) => PLUTO.write('oakleyRepeated', { attribute: names.show(vocabulary.oakleyAttribute, form), number }),
    judge: (attribute, before) => {
      const { type, value } = attribute;
      if (type === OAKLEY.keyLength) said ??= value;
      const fault = refuseUnknownValue(attribute, bench) ?? life.judge(attribute, before);
      if (fault) return fault;
      const slot = SLOT_OF.get(type);
      // A name for the attribute in both forms does not mean that it is read in both.
      if (slot && (attribute.form & names.TV) !== 0) {
        const choice: Choice = { slot, id: value, path: attribute.path };
        chosen.set(slot, choice);
        if (slot === 'encryption') keyBits = cipherOf(value, bench)?.usual ?? 0;
        return judgeChoice(choice, attribute, bench);
      }
      if (type === OAKLEY.keyLength && phase1.keyLength !== undefined && (attribute.form & names.TV) !== 0) {
        const wrong = judgeKeyLength(attribute, chosen.get('encryption'), bench);
        if (!wrong) keyBits = value;
        return wrong;
      }
      if (type === OAKLEY.lifeType || type === OAKLEY.lifeDuration) return undefined;
      const reason: Reason = { code: 'attribute-unsupported', attribute: type, path: attribute.path };
      return { reason, line: PLUTO.write('unsupportedAttribute', { attribute: shownAttribute(attribute, bench) }) };
    },
  });
  const missing = MANDATORY.filter(({ type }) => !seen.has(type)).map(({ type }) => type);
  if (left(block) === 0) faults.push(...judgeWhole({ missing, chosen, keyBits, clean: faults.length === 0 }, number, path, bench));
  return { faults: faults.map((fault) => withKeyBits(fault, said)), chosen: keyed(chosen, said), lifeSeconds: life.seconds };
}

/** The cipher as it was offered, with its key length. */
function keyed(chosen: ReadonlyMap<Slot, Choice>, keyBits: number | undefined): ReadonlyMap<Slot, Choice> {
  const cipher = chosen.get('encryption');
  return cipher === undefined || keyBits === undefined ? chosen : new Map([...chosen, ['encryption', { ...cipher, keyBits }]]);
}

interface Whole {
  readonly missing: readonly number[];
  readonly chosen: ReadonlyMap<Slot, Choice>;
  readonly keyBits: number;
  /** No attribute was refused. */
  readonly clean: boolean;
}

/** What is missing, and what the dialect says to the transform as a whole. */
function judgeWhole({ missing, chosen, keyBits, clean }: Whole, number: number, path: Path, bench: Bench): Fault[] {
  const faults: Fault[] = [];
  const suite: Partial<OakleySuite> & { readonly keyBits: number } = { ...Object.fromEntries(chosen), keyBits };
  const wrong = clean ? bench.dialect.phase1.judgeSuite?.(suite, number, path, bench) : undefined;
  if (wrong) faults.push(wrong);
  if (missing.length > 0) faults.push(missingAttributes(missing, number, path, bench));
  return faults;
}

/** The key length belongs to the cipher, wherever it stands. */
function withKeyBits(fault: Fault, keyBits: number | undefined): Fault {
  const { reason } = fault;
  if (keyBits === undefined || reason.code !== 'algorithm-not-configured' || reason.offered.slot !== 'encryption') return fault;
  return { ...fault, reason: { ...reason, offered: { ...reason.offered, keyBits } } };
}

/** Pluto's names are off by one here: it calls a missing group "group type". The reason has the true numbers. */
function missingAttributes(missing: readonly number[], number: number, path: Path, { dialect }: Bench): Fault {
  const shift = dialect.phase1.missingShifted ? 1 : 0;
  const shown = missing.map((type) => names.show(dialect.names.oakleyAttribute, (type + shift) | names.TV));
  return {
    reason: { code: 'attribute-missing', attributes: missing, path },
    line: PLUTO.write('missing', { attributes: shown.join('+'), number }),
    notify: SYNTAX,
  };
}

/** The attribute's name, as the lines about its value end. */
export function shownAttribute({ form }: Seen, { dialect }: Bench): string {
  return names.show(dialect.names.oakleyAttribute, form);
}

/** Up to 1.96 a value without a name ended the SA. */
function refuseUnknownValue(attribute: Seen, bench: Bench): Fault | undefined {
  const { traits, dialect } = bench;
  const { type, value, path } = attribute;
  if (!traits.unknownValueIsFatal) return undefined;
  const known = dialect.names.oakleyValue.get(type);
  const lacking = traits.aesNamed ? undefined : NAMED_WITH_AES.get(type);
  if (!known || (known.has(value) && lacking?.includes(value) !== true)) return undefined;
  const slot = SLOT_OF.get(type);
  return {
    reason: slot
      ? { code: 'algorithm-unknown', offered: { slot, id: value, path } }
      : { code: 'value-invalid', attribute: type, value, path },
    line: PLUTO.write('oakleyInvalid', { value, attribute: shownAttribute(attribute, bench) }),
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
  const { phase1, groups } = bench.dialect;
  const shown = { value: oakleyName(bench, attribute.type, offered.id), attribute: shownAttribute(attribute, bench) };
  switch (attribute.type) {
    case OAKLEY.encryption: {
      const forbidden = phase1.judgeCipher?.(offered, attribute, bench);
      if (forbidden) return forbidden;
      return among(
        offered,
        phase1.ciphers.map(({ id }) => ({ id })),
        () => PLUTO.write(phase1.cipherComplaint, shown),
      );
    }
    case OAKLEY.hash:
      return among(offered, phase1.hashes, () => PLUTO.write('notSupported', shown));
    case OAKLEY.auth:
      return phase1.judgeAuth(offered, attribute, bench);
    default:
      return among(offered, groups, () => groupLine(offered.id, shown, bench));
  }
}

function groupLine(group: number, shown: { readonly value: string; readonly attribute: string }, { dialect }: Bench): LogLine {
  const { attribute } = shown;
  switch (dialect.phase1.groupComplaint) {
    case 'onlyGroups':
      return PLUTO.write('onlyGroups', { groups: groupNames(dialect.namedGroups ?? dialect.groups), attribute });
    case 'groupNotSupported':
      return PLUTO.write('groupNotSupported', { group, attribute });
    default:
      return PLUTO.write('notSupported', shown);
  }
}

/** Nothing when it is among the allowed. */
export function among(offered: Choice, allowed: readonly Algorithm[], line: () => LogLine): Fault | undefined {
  if (allowed.some(({ id }) => id === offered.id)) return undefined;
  return { reason: { code: 'algorithm-not-configured', offered, allowed }, line: line() };
}

/** A cipher of phase 1 by its number. */
export function cipherOf(id: number, { dialect }: Bench): Cipher | undefined {
  return dialect.phase1.ciphers.find((cipher) => cipher.id === id);
}

/** Behind its cipher, and within the cipher's range. */
function judgeKeyLength(seen: Seen, encryption: Choice | undefined, bench: Bench): Fault | undefined {
  const { phase1 } = bench.dialect;
  const attribute = shownAttribute(seen, bench);
  const { path, value } = seen;
  if (!encryption) {
    const reason: Reason = { code: 'attribute-missing', attributes: [OAKLEY.encryption], path };
    return { reason, line: PLUTO.write('keyLengthWithoutCipher', { attribute }) };
  }
  const cipher = cipherOf(encryption.id, bench);
  if (!cipher || phase1.keyLength === undefined) return undefined;
  const before = phase1.keyLengthRemark?.(cipher, value);
  if (before === undefined && (value === 0 || (value >= cipher.least && value <= cipher.most))) return undefined;
  const offered: Choice = { ...encryption, keyBits: value };
  const reason: Reason = { code: 'key-length-mismatch', offered, allowed: [...new Set([cipher.least, cipher.usual, cipher.most])] };
  return { reason, line: PLUTO.write(phase1.keyLength, { attribute }), ...(before && { before }) };
}
