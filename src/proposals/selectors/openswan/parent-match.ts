/**
 * How Openswan holds one combination of algorithms against its list, for IKEv2 and, since 3.0, for phase 1 of IKEv1.
 *
 * Rule 1: the list is gone through in its order; a cipher without a key length in the list suits every key length.
 * Rule 2: since 3.0 what an entry matched is not forgotten at the next, so that one entry's cipher and another's group will do.
 *
 * @see Openswan 3.0.0 and 2.6.52.3 `spdb_v2_struct.c`, `spdb_v2_match_parent`
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Suite } from '../../model.ts';
import { show } from '../freeswan/names.ts';
import { OPENSWAN } from './log.ts';
import { ENCR_NAMES, GROUP_NAMES, integrityNames, PRF_NAMES } from './names.ts';

/** One combination, in the numbers of IKEv2. A key length of -1 was not given. */
export interface Combination {
  readonly encryption: number;
  readonly keyBits: number;
  readonly integrity: number;
  readonly prf: number;
  readonly group: number;
}

/** The verdict, with the lines of the debug log. */
export interface ParentMatch {
  readonly matched: boolean;
  readonly logs: readonly LogLine[];
}

const CHECKED = ['encryption', 'prf', 'integrity', 'group'] as const;
type Checked = (typeof CHECKED)[number];

/** Lines about one proposal number and one list that were written before: combinations share most of theirs. */
export type Written = Map<number, LogLine>;

interface Book {
  readonly logs: LogLine[];
  readonly written: Written;
}

/** Holds a combination against the list (suites of encryption, prf, integrity and group). */
export function matchParent(
  offered: Combination,
  list: readonly Suite[],
  number: number,
  since3: boolean,
  written: Written = new Map(),
): ParentMatch {
  const logs: LogLine[] = [];
  const matched = runThrough(offered, list, number, since3, { logs, written });
  return { matched, logs };
}

/** The same without its log. */
export function matchesParent(offered: Combination, list: readonly Suite[], since3: boolean): boolean {
  return runThrough(offered, list, 0, since3, undefined);
}

function runThrough(offered: Combination, list: readonly Suite[], number: number, since3: boolean, book: Book | undefined): boolean {
  const matched = new Set<Checked>();
  for (const [i, entry] of list.entries()) {
    if (!since3) matched.clear();
    for (const slot of CHECKED) {
      if (suits(slot, offered, entry)) matched.add(slot);
      if (matched.size < CHECKED.length) continue;
      book?.logs.push(selectedLine(offered, entry, slot, number, since3));
      return true;
    }
    if (book) tellVerdict(offered, entry, matched, { number, alternative: since3 ? 0 : i, attempt: i + 1, since3 }, book);
  }
  return false;
}

function suits(slot: Checked, offered: Combination, entry: Suite): boolean {
  const own = entry[slot];
  if (own?.id !== offered[slot]) return false;
  return slot !== 'encryption' || (own.keyBits ?? ANY) === ANY || own.keyBits === offered.keyBits;
}

/** Names are those of the entry at which the last part fell into place; what stands behind it is not yet read. */
function selectedLine(offered: Combination, entry: Suite, last: Checked, number: number, since3: boolean): LogLine {
  const read = (slot: Checked): number => (CHECKED.indexOf(slot) <= CHECKED.indexOf(last) ? (entry[slot]?.id ?? 0) : 0);
  return OPENSWAN.write('selected', {
    number,
    encryption: named(ENCR_NAMES, read('encryption')),
    keyBits: offered.keyBits,
    integrity: named(integrityNames(since3), read('integrity')),
    prf: named(PRF_NAMES, read('prf')),
    group: named(GROUP_NAMES, read('group')),
  });
}

interface Place {
  readonly number: number;
  readonly alternative: number;
  readonly attempt: number;
  readonly since3: boolean;
}

function tellVerdict(offered: Combination, entry: Suite, matched: ReadonlySet<Checked>, place: Place, { logs, written }: Book): void {
  for (const [i, slot] of TOLD.entries()) {
    const fits = matched.has(slot);
    const keyBits = slot === 'encryption' ? offered.keyBits + 1 : 0;
    const key = (((place.attempt * TOLD.length + i) * 2 + Number(fits)) * OCTETS_2 + offered[slot]) * (OCTETS_2 + 1) + keyBits;
    let line = written.get(key);
    if (line === undefined) written.set(key, (line = verdictLine(slot, offered, entry, fits, place)));
    logs.push(line);
  }
}

function verdictLine(slot: Checked, offered: Combination, entry: Suite, fits: boolean, place: Place): LogLine {
  const { number, alternative, attempt, since3 } = place;
  const names = { encryption: ENCR_NAMES, integrity: integrityNames(since3), prf: PRF_NAMES, group: GROUP_NAMES }[slot];
  const values = {
    number,
    result: fits ? '  succ' : 'failed',
    policy: named(names, entry[slot]?.id ?? 0).padStart(20),
    offered: show(names, offered[slot]),
  };
  if (slot !== 'encryption') return OPENSWAN.write(slot, values);
  return OPENSWAN.write(slot, {
    ...values,
    offeredBits: offered.keyBits,
    policyBits: entry.encryption?.keyBits ?? ANY,
    alternative,
    attempt,
  });
}

/** In the order of the log. */
const TOLD = ['encryption', 'integrity', 'prf', 'group'] as const;
/** How many values two octets have. */
const OCTETS_2 = 65_536;

/** A number without a name prints as C prints no text at all. */
function named(names: ReadonlyMap<number, string>, id: number): string {
  return names.get(id) ?? '(null)';
}

const ANY = -1;
