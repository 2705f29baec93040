/**
 * Real daemons against the profiles that mimic them: random policies, random offers, and every answer that was not predicted.
 *
 *     npm run differential -- --exchanges 2000 --seed 1 --daemons strongswan@5.9.8,libreswan@4.10,openiked@7.2
 *
 *     --version 1|2      one version of IKE only
 *     --aggressive       IKEv1 in aggressive mode instead of main mode
 *     --settings a=b,c=d settings of strongSwan: prefer_configured_proposals=no, accept_private_algs=yes
 *     --minimise N       how many disagreements of each pattern are made small (3)
 *     --write            adds the disagreements to vectors/differential
 *     --record           adds one exchange for each oddity and kind of answer
 *     --json             the numbers and the disagreements as JSON
 *
 * Needs root and `npm run lab:install -- --releases`. Progress goes to stderr; Ctrl-C prints the table so far.
 */
import { parseArgs } from 'node:util';
import { daemonsAvailable } from '../available.ts';
import { type PeerSpec, readSpec } from '../daemons/peer.ts';
import { createLab } from '../daemons/lab.ts';
import { RELEASES } from '../daemons/releases.ts';
import { notSpoken } from './bench.ts';
import { addSources, openClient } from './client.ts';
import { examine, type Examination } from './examine.ts';
import { type Subject, titleOf } from './policies.ts';
import { disagreementRows, sampleRows, writeRows } from './rows.ts';
import { jsonOf, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    daemons: { type: 'string' },
    version: { type: 'string', default: 'both' },
    settings: { type: 'string' },
    aggressive: { type: 'boolean', default: false },
    minimise: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const specs = (values.daemons?.split(',') ?? everyRelease()) as PeerSpec[];
const charonSettings = Object.fromEntries(
  (values.settings ?? '').split(',').flatMap((each) => (each ? [each.split('=') as [string, string]] : [])),
);
const subjects: Subject[] = [];
for (const spec of specs) {
  const { kind, release } = readSpec(spec);
  const state = daemonsAvailable([spec]);
  if (!state.available) say(`${spec}: left out: ${state.reason}`);
  else if (release === undefined) say(`${spec}: left out: which release? (${Object.keys(RELEASES[kind]).join(', ')})`);
  else {
    for (const version of [1, 2] as const)
      if (values.version === 'both' || values.version === String(version)) {
        subjects.push({
          kind,
          release,
          version,
          ...(version === 1 && values.aggressive && { aggressive: true }),
          ...(kind === 'strongswan' && { settings: charonSettings }),
        });
      }
  }
}

const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
const results: Examination[] = [];
const lab = await createLab('differential');
await addSources(lab);
const client = openClient(lab.client);
try {
  for (const subject of subjects) {
    if (stop.signal.aborted) break;
    const silent = notSpoken(subject);
    if (silent) say(`${titleOf(subject)}: left out: ${silent}`);
    else results.push(await examine(lab, client, subject, { ...settings(), signal: stop.signal, say }));
  }
} finally {
  client.close();
  await lab.close();
}
if (values.write) writeRows(disagreementRows(results));
if (values.record) writeRows(sampleRows(results));
process.stdout.write(values.json ? `${JSON.stringify(jsonOf(results), undefined, 1)}\n` : tableOf(results));
process.exitCode = results.every(({ left }) => left.length === 0) ? 0 : 1;

function settings(): { readonly exchanges: number; readonly seed: number; readonly minimised: number } {
  return { exchanges: Number(values.exchanges), seed: Number(values.seed), minimised: Number(values.minimise) };
}

function everyRelease(): string[] {
  return Object.entries(RELEASES).flatMap(([kind, releases]) => Object.keys(releases).map((release) => `${kind}@${release}`));
}
