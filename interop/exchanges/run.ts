/**
 * Complete exchanges with real daemons, and the table of them:
 *
 *     sudo npm run exchanges -- [--daemons strongswan@5.9.8,libreswan@5.2] [--few] [--write]
 *
 * Ends with 1 when one failed for no known reason. `--few`: a handful of suites; `--write`: docs/exchanges.md.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { daemonsAvailable } from '../available.ts';
import { createLab } from '../daemons/lab.ts';
import { type PeerSpec, readSpec } from '../daemons/peer.ts';
import { withoutIkev1 } from '../daemons/releases.ts';
import { type Batch, runBatch } from './batch.ts';
import type { Row } from './row.ts';
import { certificatesFor, MODES, SHARED_KEY, SUBJECTS } from './subjects.ts';
import { fewSuites, plainSuites, suitesFor } from './suites.ts';
import { distinctSuites, exchangesPage, tallies, tallyText } from './table.ts';

const PAGE = fileURLToPath(new URL('../../docs/exchanges.md', import.meta.url));

/** Everything that is asked of a subject, in both roles. */
export function batchesFor(subject: PeerSpec, few: boolean): readonly Batch[] {
  const { kind, release = '' } = readSpec(subject);
  const spoken = MODES.filter((speaks) => speaks === 'ikev2' || withoutIkev1(kind, release) === undefined);
  return spoken.flatMap((speaks) => {
    const all = few ? fewSuites(speaks) : suitesFor(speaks);
    const provings = [SHARED_KEY, ...certificatesFor(speaks)];
    return provings.flatMap((proving) =>
      (['initiator', 'responder'] as const).map((role): Batch => {
        const suites = proving === SHARED_KEY ? all : plainSuites(speaks).slice(0, few ? 1 : 2);
        return { subject, speaks, role, proving, suites, rekeys: proving === SHARED_KEY };
      }),
    );
  });
}

/** Asks one subject everything, in a lab of its own. */
export async function runSubject(subject: PeerSpec, batches: readonly Batch[], tell: (row: Row) => void): Promise<void> {
  const lab = await createLab('exchanges');
  try {
    const own = await lab.own();
    const { kind, release } = readSpec(subject);
    const options = release === undefined ? {} : { release };
    // Many exchanges in a row are not an attack.
    const daemon =
      kind === 'strongswan'
        ? await lab.strongswan({ ...options, connections: [], dosProtection: false, aggressiveKeys: true })
        : await lab[kind]({ ...options, connections: [] });
    for (const batch of batches) await runBatch(batch, own, daemon, tell);
  } finally {
    await lab.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { daemons: { type: 'string' }, few: { type: 'boolean' }, write: { type: 'boolean' } } });
  const subjects = (values.daemons?.split(',') ?? SUBJECTS) as readonly PeerSpec[];
  const begun = Date.now();
  const rows: Row[] = [];
  for (const subject of subjects) {
    const available = daemonsAvailable([subject]);
    if (!available.available) {
      process.stderr.write(`${subject}: not tried, ${available.reason}\n`);
      continue;
    }
    const own: Row[] = [];
    await runSubject(subject, batchesFor(subject, values.few === true), (row) => {
      own.push(row);
      if (row.outcome.kind === 'failed' && row.outcome.because === undefined)
        process.stderr.write(`${JSON.stringify(row, undefined, 1)}\n`);
    });
    for (const tally of tallies(own)) {
      const [row] = tally.rows;
      if (row) process.stdout.write(`${[row.subject, row.speaks, row.role, row.proof].join(' ')}: ${tallyText(tally)}\n`);
    }
    rows.push(...own);
  }
  const minutes = Math.max(1, Math.round((Date.now() - begun) / 60_000));
  const failures = rows.flatMap(({ outcome }) => (outcome.kind === 'failed' ? outcome : []));
  const failed = failures.filter(({ because }) => because === undefined).length;
  const understood = failures.length - failed;
  process.stdout.write(
    `${distinctSuites(rows)} different suites, ${rows.length} rows, ${failed} failed, ${understood} for the daemon's reasons, ${minutes} minutes\n`,
  );
  if (values.write) writeFileSync(PAGE, exchangesPage(rows, new Date().toISOString().slice(0, 10), minutes));
  process.exitCode = failed > 0 ? 1 : 0;
}

if (import.meta.filename === process.argv[1]) await main();
