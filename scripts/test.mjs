/**
 * `npm test`: install, build, check types, lint, format and dead code, then run the tests. Arguments go to mocha.
 *
 * The last line is always "N passed, N failed" (", N skipped" may follow). A check that fails, and a test run that breaks off, counts
 * as one failure. Needs no root, no daemon and no network once the packages are there.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run, say, setUp, tool } from './setup.mjs';

const CHECKS = [
  { name: 'types', argv: [['typescript', 'tsc'], '-p', 'tsconfig.test.json'] },
  { name: 'types of the page', argv: [['typescript', 'tsc'], '-p', 'src/report/web'] },
  { name: 'types of the browser tests', argv: [['typescript', 'tsc'], '-p', 'test/browser'] },
  { name: 'lint', argv: [['oxlint', 'oxlint'], '--type-aware', '--deny-warnings'] },
  { name: 'format', argv: [['@biomejs/biome', 'biome'], 'format', '.'] },
  { name: 'dead code', argv: [['knip', 'knip']] },
];

const tally = { passed: 0, failed: 0, skipped: 0 };
try {
  await setUp();
  for (const { name, ok, output } of await Promise.all(CHECKS.map(check))) {
    say(`${name}: ${ok ? 'ok' : 'FAILED'}`);
    if (ok) continue;
    process.stdout.write(output);
    tally.failed += 1;
  }
  const tests = await mocha(process.argv.slice(2));
  for (const key of Object.keys(tally)) tally[key] += tests[key];
} catch (error) {
  say(error.message);
  tally.failed += 1;
}
const { passed, failed, skipped } = tally;
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);

/** Runs one check with its output kept back: it is only shown when it fails. */
function check({ name, argv: [[packageName, command], ...args] }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tool(packageName, command), ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ name, ok: code === 0, output: Buffer.concat(output).toString() }));
  });
}

/** Runs the tests. A run that leaves no tally (a test file that cannot be imported) is a failure, and so is any other bad end. */
async function mocha(args) {
  const directory = mkdtempSync(join(tmpdir(), 'ike-probe-test-'));
  const file = join(directory, 'tally.json');
  try {
    const code = await run([process.execPath, tool('mocha', 'mocha'), ...args], { env: { ...process.env, TALLY_FILE: file } });
    const counts = read(file);
    if (code === 0 && counts.passed + counts.skipped === 0) say('no test was found');
    return { ...counts, failed: code !== 0 || counts.passed + counts.skipped === 0 ? Math.max(counts.failed, 1) : counts.failed };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
