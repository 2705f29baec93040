/**
 * How vpnc judges the transform that answers it: by its tables, not by what it offered.
 *
 * @see vpnc vpnc.c do_phase1_am, do_phase2_qm
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import { type Choice, OAKLEY, type Slot } from '../../model.ts';
import type { Reason } from '../../verdict.ts';
import type { Setup } from '../profile.ts';
import { book } from './book.ts';
import type { VpncAttribute, VpncTransform } from './payload.ts';
import { type Cipher, CIPHERS, HASHES, METHODS } from './table.ts';

/** What ends an answer: the notification type that vpnc has for it. */
export interface Refused {
  readonly reject: number;
  readonly reason: Reason;
}

/** What stood in an answer, or the first thing that ends it. */
export interface Seen {
  readonly reject: number;
  readonly reason: Reason;
  readonly logs: readonly LogLine[];
  readonly cipher?: Cipher;
  readonly hash?: number;
  /** An assertion fails, or a pointer leads nowhere. */
  readonly crash?: Reason;
}

/**
 * Attributes until one is wrong; then what was seen by that time is judged, and the last fault found is the one that counts.
 */
export function seenInPhase1({ attributes, path }: VpncTransform, ownGroup: number): Seen {
  const seen: Partial<Record<number, number>> = {};
  const logs: LogLine[] = [];
  let fault: Refused | undefined;
  for (const [i, attribute] of attributes.entries()) {
    const { type, value } = attribute;
    if (type === OAKLEY.lifeType) {
      const crash = lifeCrash(attribute, attributes[i + 1], OAKLEY.lifeDuration);
      if (crash) return { reject: 0, reason: crash, logs, crash };
      if (attributes[i + 1]?.type !== OAKLEY.lifeDuration) fault = invalid(attribute);
    } else if (type === OAKLEY.lifeDuration) continue;
    else if (!PHASE1_TYPES.has(type)) {
      logs.push(book.write('unknownAttribute', { type }));
      fault = { reject: 13, reason: { code: 'attribute-unsupported', attribute: type, path: attribute.path } };
    } else if (value === undefined || (type === OAKLEY.group && value !== ownGroup)) fault = invalid(attribute);
    else seen[type] = value;
    if (fault) break;
  }
  const of = (type: number): number => seen[type] ?? 0;
  const needed = [OAKLEY.group, OAKLEY.auth, OAKLEY.hash, OAKLEY.encryption].filter((type) => of(type) === 0);
  if (needed.length > 0) fault = { reject: SYNTAX, reason: fault?.reason ?? { code: 'attribute-missing', attributes: needed, path } };
  const cipher = CIPHERS.find(({ ike, keyBits = 0 }) => ike === of(OAKLEY.encryption) && keyBits === of(OAKLEY.keyLength));
  const hash = HASHES.find(({ id }) => id === of(OAKLEY.hash));
  const method = METHODS[of(OAKLEY.auth)];
  const unknown: [Slot, number][] = [
    ...(method === undefined ? ([['auth', of(OAKLEY.auth)]] as const) : []),
    ...(hash === undefined ? ([['hash', of(OAKLEY.hash)]] as const) : []),
    ...(cipher === undefined ? ([['encryption', of(OAKLEY.encryption)]] as const) : []),
  ].map(([slot, id]) => [slot, id]);
  const [first] = unknown;
  if (first) {
    const [slot, id] = first;
    fault = { reject: 14, reason: fault?.reason ?? { code: 'algorithm-not-configured', offered: { slot, id, path }, allowed: [] } };
  }
  if (fault) return { ...fault, logs };
  const names = { auth: method ?? '', cipher: cipher?.name ?? '', hash: hash?.name ?? '' };
  return { ...NOTHING, logs: [...logs, book.write('ikeSelected', names)], ...(cipher && { cipher }), ...(hash && { hash: hash.id }) };
}

/** The first attribute that is wrong ends it. */
export function seenInPhase2({ id, attributes, path }: VpncTransform, setup: Setup): Seen {
  const seen: Partial<Record<number, number>> = {};
  for (const [i, attribute] of attributes.entries()) {
    const { type, value } = attribute;
    let fault: Refused | undefined;
    if (type === IPSEC.lifeType) {
      const crash = lifeCrash(attribute, attributes[i + 1], IPSEC.lifeDuration);
      if (crash) return { reject: 0, reason: crash, logs: [], crash };
      if (attributes[i + 1]?.type !== IPSEC.lifeDuration) fault = invalid(attribute);
    } else if (type === IPSEC.lifeDuration) continue;
    else if (!PHASE2_TYPES.has(type)) {
      fault = { reject: 13, reason: { code: 'attribute-unsupported', attribute: type, path: attribute.path } };
    } else if (value === undefined) fault = invalid(attribute);
    else if (type === IPSEC.mode && value !== (setup.mode ?? 1)) fault = invalid(attribute);
    else if (type === IPSEC.group && value !== setup.pfsGroup) fault = invalid(attribute);
    else seen[type] = value;
    if (fault) return { ...fault, logs: [] };
  }
  const required = [IPSEC.integrity, IPSEC.mode, ...(setup.pfsGroup === undefined ? [] : [IPSEC.group])];
  const needed = required.filter((type) => (seen[type] ?? 0) === 0);
  if (needed.length > 0) return { reject: SYNTAX, reason: { code: 'attribute-missing', attributes: needed, path }, logs: [] };
  const hash = HASHES.find((each) => each.id === seen[IPSEC.integrity]);
  const cipher = CIPHERS.find(({ esp, keyBits = 0 }) => esp === id && keyBits === (seen[IPSEC.keyLength] ?? 0));
  if (hash && cipher) {
    const line = book.write('ipsecSelected', { cipher: cipher.name, hash: hash.name });
    return { ...NOTHING, logs: [line], cipher, hash: hash.id };
  }
  const offered: Choice = hash ? { slot: 'encryption', id, path } : { slot: 'integrity', id: seen[IPSEC.integrity] ?? 0, path };
  return { reject: SYNTAX, reason: { code: 'algorithm-not-configured', offered, allowed: [] }, logs: [] };
}

function invalid({ type, value = 0, path }: VpncAttribute): Refused {
  return { reject: SYNTAX, reason: { code: 'value-invalid', attribute: type, value, path } };
}

/** A life type at the end, in the long form, or of a unit that it does not know ends the program. */
function lifeCrash({ value, path }: VpncAttribute, next: VpncAttribute | undefined, duration: number): Reason | undefined {
  if (next !== undefined && (next.type !== duration || value === 1 || value === 2)) return undefined;
  return { code: 'structure', detail: 'a life type that vpnc does not survive', path };
}

/** What it is told to bear: DES and 3DES, MD5, no encryption. */
export interface Borne {
  readonly encryption: boolean;
  readonly authentication: boolean;
  readonly plain: boolean;
}

/** Why something is not borne. */
export interface Weakness {
  readonly reason: Reason;
  readonly log: LogLine;
}

/** Algorithms that it offers and then does not bear, unless told to. */
export function weakness({ cipher, hash }: Seen, phase: 1 | 2, told: Borne): Weakness | undefined {
  const forbidden = (slot: Slot, id: number): Reason => ({ code: 'algorithm-forbidden', offered: { slot, id, path: [] }, by: 'vpnc' });
  const id = (phase === 1 ? cipher?.ike : cipher?.esp) ?? 0;
  const name = cipher?.name ?? '';
  const plain = name === 'null' && !told.plain;
  if (plain) return { reason: forbidden('encryption', id), log: book.write('weakCipher', { name: 'NULL' }) };
  if ((name === 'des' || name === '3des') && !told.encryption) {
    return { reason: forbidden('encryption', id), log: book.write('weakCipher', { name }) };
  }
  if (hash !== MD5 || told.authentication) return undefined;
  return { reason: forbidden(phase === 1 ? 'hash' : 'integrity', MD5), log: book.write('weakHash', { name: 'md5' }) };
}

const SYNTAX = 15;
const MD5 = 1;
const NOTHING: Refused = { reject: 0, reason: { code: 'structure', detail: '', path: [] } };
const PHASE1_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 4, OAKLEY.keyLength]);
const PHASE2_TYPES: ReadonlySet<number> = new Set([IPSEC.group, IPSEC.mode, IPSEC.integrity, IPSEC.keyLength]);
