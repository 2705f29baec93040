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

/** Holds a combination against the list (suites of encryption, prf, integrity and group). */
export function matchParent(offered: Combination, list: readonly Suite[], number: number, since3: boolean): ParentMatch {
  const logs: LogLine[] = [];
  let matched = new Set<Checked>();
  for (const [i, entry] of list.entries()) {
    if (!since3) matched = new Set();
    for (const slot of CHECKED) {
      if (suits(slot, offered, entry)) matched.add(slot);
      if (matched.size < CHECKED.length) continue;
      return { matched: true, logs: [...logs, selectedLine(offered, entry, slot, number, since3)] };
    }
    logs.push(...verdictLines(offered, entry, matched, { number, alternative: since3 ? 0 : i, attempt: i + 1, since3 }));
  }
  return { matched: false, logs };
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

function verdictLines(offered: Combination, entry: Suite, matched: ReadonlySet<Checked>, place: Place): LogLine[] {
  const { number, alternative, attempt, since3 } = place;
  const integrity = integrityNames(since3);
  const result = (slot: Checked): string => (matched.has(slot) ? '  succ' : 'failed');
  const pair = (slot: Checked, names: ReadonlyMap<number, string>): { readonly policy: string; readonly offered: string } => ({
    policy: named(names, entry[slot]?.id ?? 0).padStart(20),
    offered: show(names, offered[slot]),
  });
  return [
    OPENSWAN.write('encryption', {
      ...pair('encryption', ENCR_NAMES),
      number,
      result: result('encryption'),
      offeredBits: offered.keyBits,
      policyBits: entry.encryption?.keyBits ?? ANY,
      alternative,
      attempt,
    }),
    OPENSWAN.write('integrity', { ...pair('integrity', integrity), number, result: result('integrity') }),
    OPENSWAN.write('prf', { ...pair('prf', PRF_NAMES), number, result: result('prf') }),
    OPENSWAN.write('group', { ...pair('group', GROUP_NAMES), number, result: result('group') }),
  ];
}

/** A number without a name prints as C prints no text at all. */
function named(names: ReadonlyMap<number, string>, id: number): string {
  return names.get(id) ?? '(null)';
}

const ANY = -1;
