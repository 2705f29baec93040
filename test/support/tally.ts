/**
 * The reporter of the tests: mocha's own "spec" report, then one line, "N passed, N failed", with the skipped ones behind it.
 *
 * When TALLY_FILE is set the counts go into that file instead, as JSON: scripts/test.mjs adds what else it checked and prints
 * the line, also when mocha never got as far as reporting.
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** mocha's reporter interface: it asks for a class as the default export. */
export default class Tally extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const file = process.env['TALLY_FILE'];
      if (file === undefined) process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
      else writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
    });
  }
}
