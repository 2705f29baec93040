/**
 * One transform of phase 1. A value that will not do refuses the transform, a flaw of the form the whole SA.
 *
 * Order of the checks: libreswan `parse_isakmp_sa_body`.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type Choice, OAKLEY, type Path, type Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import { CIPHERS, type Cipher, type Group, GROUPS, hasKeyBits, type Prf, PRFS } from './algorithms.ts';
import { walkAttributes } from './attributes.ts';
import { judgeMethod } from './authentication.ts';
import type { Bench } from './bench.ts';
import { type Fault, NOTIFY } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { policyFaults } from './oakley-policy.ts';
import { type Block, OAKLEY_ATTRIBUTE } from './packet.ts';
import type { Seen } from './sa.ts';

const SYNTAX = NOTIFY.badProposalSyntax;
/** A day; more is taken for a day. */
const LONGEST_LIFE = 86_400;
const SECONDS = 1;

const SLOT_OF: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [OAKLEY.encryption, 'encryption'],
  [OAKLEY.hash, 'hash'],
  [OAKLEY.auth, 'auth'],
  [OAKLEY.group, 'group'],
]);

/** What has been settled so far. */
export interface Settled {
  cipher?: Cipher;
  /** Of the Key Length; the cipher's default without one. */
  keyBits: number;
  /** Whether there was one. */
  keyed: boolean;
  prf?: Prf;
  group?: Group;
  readonly choices: Map<Slot, Choice>;
  lifeType: number;
  readonly lifeTypes: Set<number>;
}

/** A transform, read; good when it has no faults. */
export interface OakleyTransform {
  readonly faults: readonly Fault[];
  readonly choices: readonly Choice[];
  readonly group: number;
}

/** Reads one transform's attributes and compares them with the policy. */
export function readOakleyTransform(block: Block, number: number, path: Path, bench: Bench): OakleyTransform {
  const settled: Settled = { keyBits: 0, keyed: false, choices: new Map(), lifeType: 0, lifeTypes: new Set() };
  const walk = {
    layout: OAKLEY_ATTRIBUTE,
    path,
    corrupt: ({ text }: { text: string }) => book.write('invalidTransform', { fault: text }),
    repeated: (attribute: Seen) => book.write('repeated', { attribute: repeatedName(attribute, bench), transform: number }),
    judge: (attribute: Seen, seen: Set<number>) => judgeAttribute(attribute, seen, settled, bench),
  };
  const { faults, seen } = walkAttributes(block, walk, bench);
  faults.push(...policyFaults(settled, path, faults, bench));
  const missing = [...SLOT_OF.keys()].filter((type) => !seen.has(type));
  if (missing.length > 0) faults.push(missingAttributes(missing, number, path, bench));
  const choices = [...SLOT_OF.values()].flatMap((slot) => settled.choices.get(slot) ?? []);
  return {
    faults: faults.map((fault) => withKeyBits(fault, settled)),
    choices: choices.map((choice) => keyed(choice, settled)),
    group: settled.group?.id ?? 0,
  };
}

/** 4.x names the form with the type, 5.1 and later behind it; there a type has a name only if it may be long. */
function repeatedName({ type, form }: Seen, { release }: Bench): string {
  if (!release.since('5.1')) return names.longName(names.OAKLEY_ATTRIBUTE, form, release);
  return `${names.longName(names.OAKLEY_ATTRIBUTE, type, release)}(${(form & names.TV) !== 0 ? 'TV' : 'TLV'})`;
}

/** The key length belongs to the cipher, wherever it stands. */
export function keyed(choice: Choice, settled: Pick<Settled, 'keyBits' | 'keyed'>): Choice {
  return choice.slot === 'encryption' && settled.keyed ? { ...choice, keyBits: settled.keyBits } : choice;
}

function withKeyBits(fault: Fault, settled: Settled): Fault {
  const { reason } = fault;
  if (reason.code !== 'algorithm-not-configured' && reason.code !== 'algorithm-unknown') return fault;
  return { ...fault, reason: { ...reason, offered: keyed(reason.offered, settled) } };
}

function missingAttributes(types: readonly number[], transform: number, path: Path, { release }: Bench): Fault {
  const attributes = types.map((type) => names.longName(names.OAKLEY_ATTRIBUTE, type | names.TV, release)).join('+');
  const reason: Reason = { code: 'attribute-missing', attributes: types, path };
  return { reason, line: book.write('missingMandatory', { attributes, transform }), notify: SYNTAX };
}

function judgeAttribute(seenNow: Seen, seen: Set<number>, settled: Settled, bench: Bench): Fault | undefined {
  const { type, value, path } = seenNow;
  const slot = SLOT_OF.get(type);
  if (slot) settled.choices.set(slot, { slot, id: value, path });
  switch (type) {
    case OAKLEY.encryption:
    case OAKLEY.hash:
    case OAKLEY.group:
      return judgeAlgorithm(seenNow, settled, bench);
    case OAKLEY.auth:
      return judgeMethod({ slot: 'auth', id: value, path }, attributeName(seenNow, bench), bench);
    case OAKLEY.lifeType:
      return judgeLifeType(seenNow, settled, bench);
    case OAKLEY.lifeDuration:
      return judgeDuration(seenNow, seen, settled, bench);
    case OAKLEY.keyLength:
      return judgeKeyLength(seenNow, seen, settled, bench);
    default: {
      const reason: Reason = { code: 'attribute-unsupported', attribute: type, path };
      return { reason, line: book.write('unsupportedAttribute', { attribute: attributeName(seenNow, bench) }) };
    }
  }
}

function attributeName({ form }: Seen, { release }: Bench): string {
  return names.longName(names.OAKLEY_ATTRIBUTE, form, release);
}

function judgeAlgorithm(seenNow: Seen, settled: Settled, bench: Bench): Fault | undefined {
  const { type, value, path } = seenNow;
  const attribute = attributeName(seenNow, bench);
  const slot = SLOT_OF.get(type) ?? 'encryption';
  const unknown: Reason = { code: 'algorithm-unknown', offered: { slot, id: value, path } };
  if (type === OAKLEY.encryption) {
    const cipher = CIPHERS.find((each) => each.oakley === value && each.kernelOnly !== true);
    if (cipher === undefined) return { reason: unknown, line: notSupported(names.OAKLEY_ENCRYPTION) };
    settled.cipher = cipher;
    settled.keyBits = cipher.defaultBits;
    return undefined;
  }
  if (type === OAKLEY.hash) {
    const prf = PRFS.find((each) => each.oakley === value);
    if (prf === undefined) return { reason: unknown, line: notSupported(names.OAKLEY_HASH) };
    settled.prf = prf;
    return undefined;
  }
  const group = GROUPS.find((each) => each.id === value);
  if (group !== undefined) {
    settled.group = group;
    return undefined;
  }
  const shown = bench.release.since('5.1') ? names.longName(names.GROUP, value, bench.release) : value;
  return { reason: unknown, line: book.write('groupNotSupported', { group: shown, attribute }) };

  function notSupported(table: names.Names): LogLine {
    return book.write('notSupported', { algorithm: names.longName(table, value, bench.release), attribute });
  }
}

function judgeLifeType(seenNow: Seen, settled: Settled, bench: Bench): Fault | undefined {
  const { type, value, path } = seenNow;
  const shown = names.longName(names.OAKLEY_LIFE, value, bench.release);
  if (!names.known(names.OAKLEY_LIFE, value)) {
    const line = book.write('unknownLifeType', { value: shown, attribute: attributeName(seenNow, bench) });
    return { reason: { code: 'value-invalid', attribute: type, value, path }, line };
  }
  if (settled.lifeTypes.has(value)) {
    const reason: Reason = { code: 'attribute-repeated', attribute: type, path };
    return { reason, line: book.write('lifeTypeRepeated', { value: shown }), notify: SYNTAX };
  }
  settled.lifeTypes.add(value);
  settled.lifeType = value;
  return undefined;
}

/** A type and its duration may come again, with another type. */
function judgeDuration(seenNow: Seen, seen: Set<number>, settled: Settled, bench: Bench): Fault | undefined {
  const { value, path } = seenNow;
  if (!seen.has(OAKLEY.lifeType)) {
    const line = book.write('durationFirst', { attribute: attributeName(seenNow, bench) });
    return { reason: { code: 'lifetime-without-type', path }, line };
  }
  seen.delete(OAKLEY.lifeType);
  seen.delete(OAKLEY.lifeDuration);
  if (settled.lifeType === SECONDS && value > LONGEST_LIFE) {
    bench.ledger.log(book.write('lifetimeCapped', { seconds: seenNow.digits, limit: LONGEST_LIFE }));
  }
  return undefined;
}

function judgeKeyLength(seenNow: Seen, seen: Set<number>, settled: Settled, bench: Bench): Fault | undefined {
  const { type, value, path } = seenNow;
  const attribute = attributeName(seenNow, bench);
  if (!seen.has(OAKLEY.encryption)) {
    return {
      reason: { code: 'attribute-missing', attributes: [OAKLEY.encryption], path },
      line: book.write('keyLengthFirst', { attribute }),
    };
  }
  const { cipher } = settled;
  // Only behind another fault: an unknown cipher has refused the transform.
  if (cipher === undefined) return undefined;
  if (!hasKeyBits(cipher, value)) {
    const offered = settled.choices.get('encryption');
    const reason: Reason = offered
      ? { code: 'key-length-mismatch', offered: { ...offered, keyBits: value }, allowed: cipher.keyBits }
      : { code: 'value-invalid', attribute: type, value, path };
    return { reason, line: book.write('badKeyLength', { attribute }) };
  }
  settled.keyBits = value;
  settled.keyed = true;
  return undefined;
}
