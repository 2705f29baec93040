/**
 * The interop matrix as a program: what the command `matrix` loads when it is called.
 *
 * @module
 */
import { type Availability, daemonsAvailable, onPath } from '../available.ts';
import { CASES, shownCase } from '../cases/index.ts';
import { readCases } from '../cases/read.ts';
import { install } from '../daemons/install.ts';
import { implementations, withAvailability } from './implementations.ts';
import { readDetails, readJournal } from './journal.ts';
import { runMatrix } from './run.ts';
import { select } from './select.ts';

/** Everything that the command needs. */
export const matrix = {
  /** Whether labs can be made here at all, and what they say recorded; if not, why. */
  available: (): Availability => {
    const lab = daemonsAvailable([]);
    return lab.available && !onPath('tcpdump') ? { available: false, reason: 'needs the program tcpdump' } : lab;
  },
  install: (say: (step: string) => void) => install(say, true),
  implementations: () => withAvailability(implementations()),
  cases: () => CASES.map(shownCase),
  readCases,
  select,
  /** A run that was begun in a directory. */
  begun: readJournal,
  run: runMatrix,
  details: readDetails,
};
