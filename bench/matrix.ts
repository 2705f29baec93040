/**
 * The matrix of .ci/run beside a shell loop that drives the same pairs and cases one by one with the daemons' own programs.
 * Run: npm run build && sudo node --import tsx bench/matrix.ts [rounds]; it wants root and npm run lab:install -- --releases.
 *
 * The loop (matrix-loop.sh) has it easy: configurations, certificates and databases lie ready before its clock starts, its network stays,
 * it records nothing, and it knows from the logs at once what has failed. It is not given the cells of which an adapter says that the pair
 * cannot be configured so. Each round has the matrix as .ci/run has it, the matrix with one pair at a time, the loop, and the first again,
 * so that what else the machine does weighs on all alike.
 *
 * Both have to come to the same: whether both daemons have an IKE SA, a child, and what a rekeying makes. Where they do not, it is said.
 * What to read it with: most of the time is the daemons' own. iked begins two seconds after it was told to, and pluto repeats a request
 * that was refused without a proof until its patience is over; so the matrix gains by what it plays side by side.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { daemonsAvailable } from '../interop/available.ts';
import { CONNECTION, connectionOf, type CaseDefinition } from '../interop/cases/index.ts';
import { type Authority, labAuthority } from '../interop/daemons/authority.ts';
import type { Connection } from '../interop/daemons/connection.ts';
import { libreswanConfig } from '../interop/daemons/libreswan-config.ts';
import { nssDatabase } from '../interop/daemons/nss.ts';
import { openikedConfig } from '../interop/daemons/openiked-config.ts';
import { writeOpeniked } from '../interop/daemons/openiked.ts';
import { type PeerKind, type PeerSpec, readSpec } from '../interop/daemons/peer.ts';
import { PLACES } from '../interop/daemons/places.ts';
import { type Place, placeOf } from '../interop/daemons/releases.ts';
import { strongswanConfig } from '../interop/daemons/strongswan-config.ts';
import { strongswanSettings, writeSwanctl } from '../interop/daemons/strongswan.ts';
import { select } from '../interop/matrix/select.ts';
import { PATIENCE } from '../interop/matrix/stage.ts';
import type { MatrixCell, MatrixReport } from '../src/report/index.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const [CLI, LOOP, CI] = [at('../dist/cli/main.js'), at('matrix-loop.sh'), at('../.ci/run')];
/** The two namespaces of the loop. */
const WORD = `matrix-loop-${process.pid}`;
const ADDRESSES = {
  initiator: { address4: '10.99.0.2', address6: 'fd99:99::2' },
  responder: { address4: '10.99.0.3', address6: 'fd99:99::3' },
} as const;

/** What a cell came to, `-` where nothing was rekeyed, and how long it took. */
interface Finding {
  readonly ike: string;
  readonly child: string;
  readonly rekeyed: string;
  readonly ms: number;
}

/** One contestant's figures. */
interface Row {
  readonly name: string;
  readonly seconds: number[];
  readonly findings: Map<string, Finding>[];
}

const running = new Set<ChildProcess>();
const interruption = new AbortController();

/** What a program says, in a process group of its own: a signal reaches it once, and by us. @throws Error when its status is beyond 1 */
async function told(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  interruption.signal.throwIfAborted();
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  running.delete(child);
  if (status === null || status > 1) throw new Error(`${argv.join(' ')} ended with ${status}`);
  return Buffer.concat(said).toString();
}

/** The words behind an option of the command that .ci/run runs. */
function inCi(option: string): string {
  const words = new RegExp(`--${option} (\\S+)`).exec(readFileSync(CI, 'utf8'))?.[1];
  if (words === undefined) throw new Error(`.ci/run has no --${option}`);
  return words;
}

/** Runs the matrix; its cells. The time is that of the whole command. */
async function playMatrix(row: Row, out: string, options: readonly string[]): Promise<readonly MatrixCell[]> {
  rmSync(out, { recursive: true, force: true });
  const start = performance.now();
  const what = ['--daemons', inCi('daemons'), '--cases', inCi('cases')];
  await told([process.execPath, CLI, 'matrix', '--quiet', '--out', out, ...what, ...options]);
  row.seconds.push((performance.now() - start) / 1000);
  const { cells, complete } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as MatrixReport;
  if (!complete) throw new Error('the matrix is not complete');
  row.findings.push(new Map(cells.map((cell) => [cell.id, findingOf(cell)])));
  return cells;
}

function findingOf({ actual, outcome, durationMs: ms }: MatrixCell): Finding {
  if (outcome === 'error') return { ike: 'error', child: 'error', rekeyed: '-', ms };
  const came = (wanted: (step: string) => boolean): string | undefined => {
    const step = actual?.find((each) => wanted(each.step));
    return step && (step.state === 'established' ? 'yes' : 'no');
  };
  return {
    ike: came((step) => step === 'ike') ?? 'no',
    child: came((step) => step === 'child') ?? 'no',
    rekeyed: came((step) => step.startsWith('rekey-')) ?? '-',
    ms,
  };
}

/** Runs the loop over what is prepared. */
async function playLoop(row: Row, plan: string, users: string, ids: readonly string[]): Promise<void> {
  const programs = Object.fromEntries(specs().map((spec) => [readSpec(spec).kind.toUpperCase(), placeOfSpec(spec).programs]));
  const env = { ...programs, NO_ESP: PLACES.noEsp, NO_PFKEY: PLACES.noPfkey, USERS: users };
  const start = performance.now();
  const said = await told(['bash', LOOP, plan, WORD], env);
  row.seconds.push((performance.now() - start) / 1000);
  const lines = said.trim().split('\n');
  if (lines.length !== ids.length) throw new Error(`the loop has ${lines.length} of ${ids.length} cells`);
  row.findings.push(
    new Map(
      lines.map((line) => {
        const [number, ike = '', child = '', rekeyed = '', ms] = line.split(' ');
        return [ids[Number(number)] ?? '', { ike, child, rekeyed, ms: Number(ms) }];
      }),
    ),
  );
}

const specs = (): readonly PeerSpec[] => inCi('daemons').split(',') as PeerSpec[];

/** Where a release is; the loop drives none that lies in a root of its own. */
const placeOfSpec = (spec: PeerSpec): Place => {
  const { kind, release } = readSpec(spec);
  return placeOf(kind, release);
};

/** Everything that a side of a cell is configured with, below a directory. */
async function prepare(spec: PeerSpec, connection: Connection, directory: string, authority: Authority, begins: boolean): Promise<void> {
  const { kind, release = '' } = readSpec(spec);
  const file = (name: string): string => join(directory, name);
  mkdirSync(directory, { recursive: true });
  const prepared: Readonly<Record<PeerKind, () => Promise<void>>> = {
    async strongswan() {
      const settings = { patience: PATIENCE, dosProtection: false, aggressiveKeys: true };
      writeFileSync(file('strongswan.conf'), strongswanSettings(`unix://${file('vici')}`, file, settings));
      writeSwanctl(file('swanctl'), await strongswanConfig([connection], release, authority));
    },
    async libreswan() {
      const { files, roots, chains } = await libreswanConfig([connection], release, authority, PATIENCE);
      for (const { name, text } of files) writeFileSync(file(name), text, { mode: 0o600 });
      mkdirSync(file('ipsec.d'));
      await (await nssDatabase(file('nss'))).hold(roots, chains);
    },
    async openiked() {
      writeOpeniked(directory, await openikedConfig([connection], authority, begins ? [CONNECTION] : []));
    },
  };
  await prepared[kind]();
}

/** All cells that start something, ready for the loop: the file that it reads. */
async function preparePlan(cells: readonly MatrixCell[], cases: readonly CaseDefinition[], home: string): Promise<string> {
  const authority = labAuthority();
  const lines: string[] = [];
  for (const [number, { case: id, initiator, responder }] of cells.entries()) {
    const one = cases.find((each) => each.id === id);
    if (one === undefined) throw new Error(`no case ${id}`);
    const directory = join(home, String(number));
    for (const [role, spec] of Object.entries({ initiator, responder }) as ['initiator' | 'responder', PeerSpec][])
      await prepare(spec, connectionOf(one, role, ADDRESSES), join(directory, role.charAt(0)), authority, role === 'initiator');
    const kinds = [initiator, responder].map((spec) => readSpec(spec as PeerSpec).kind);
    lines.push([number, ...kinds, one.rekeys?.[0] ?? '-', directory].join(' '));
  }
  const plan = join(home, 'plan');
  writeFileSync(plan, `${lines.join('\n')}\n`);
  return plan;
}

/** The user that iked wants, and an empty directory for its children. */
function prepareUsers(home: string): string {
  const users = join(home, 'users');
  const empty = join(users, 'empty');
  mkdirSync(empty, { recursive: true });
  writeFileSync(join(users, 'passwd'), `${readFileSync('/etc/passwd', 'utf8')}_iked:x:65111:65111::${empty}:/usr/sbin/nologin\n`);
  writeFileSync(join(users, 'group'), `${readFileSync('/etc/group', 'utf8')}_iked:x:65111:\n`);
  return users;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const words = ({ ike, child, rekeyed }: Finding): string => `IKE SA ${ike}, child ${child}, rekeyed ${rekeyed}`;

/** The pair that takes longest: with enough of them side by side, a matrix takes no less. */
function longestPair(cells: readonly MatrixCell[]): string {
  const took = new Map<string, number>();
  for (const { initiator, responder, durationMs } of cells)
    took.set(`${initiator}/${responder}`, (took.get(`${initiator}/${responder}`) ?? 0) + durationMs);
  const [pair = '', ms = 0] = [...took].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return `${pair}, ${(ms / 1000).toFixed(1)} s`;
}

/** Where two of them have different findings: a line for the cell, and what each has found. */
function disagreements(ids: readonly string[], rows: readonly Row[]): readonly (readonly string[])[] {
  return ids.flatMap((id) => {
    const said = rows.flatMap(({ name, findings }) =>
      findings.map((found) => {
        const finding = found.get(id);
        return { name, text: finding ? words(finding) : 'nothing' };
      }),
    );
    const differ = new Set(said.map(({ text }) => text)).size > 1;
    return differ ? [[`    ${id}`, ...said.map(({ name, text }) => `      ${name}: ${text}`)]] : [];
  });
}

/** The cells for which the matrix with one pair at a time takes a second more than the loop, the worst first. */
function slower(ids: readonly string[], loop: Row, oneByOne: Row): readonly string[] {
  const msOf = ({ findings }: Row, id: string): number => mean(findings.map((found) => found.get(id)?.ms ?? Number.NaN));
  return ids
    .map((id) => ({ id, ours: msOf(oneByOne, id), loops: msOf(loop, id) }))
    .filter(({ ours, loops }) => ours - loops >= 1000)
    .toSorted((a, b) => b.ours - b.loops - (a.ours - a.loops))
    .map(({ id, ours, loops }) => `    ${id}: ${(ours / 1000).toFixed(1)} s, in the loop ${(loops / 1000).toFixed(1)} s`);
}

function report(loop: Row, asCi: Row, oneByOne: Row, ids: readonly string[]): void {
  const others = [asCi, oneByOne];
  for (const { name, seconds } of [loop, ...others]) {
    const each = seconds.length > 1 ? ` (${seconds.map((value) => value.toFixed(1)).join(', ')})` : '';
    const ratio = name === loop.name ? '' : `, ${(mean(seconds) / mean(loop.seconds)).toFixed(2)} of the loop's time`;
    console.log(`  ${name.padEnd(26)} ${ids.length} cells ${mean(seconds).toFixed(1).padStart(7)} s${ratio}${each}`);
  }
  const differing = disagreements(ids, [loop, ...others]);
  console.log(`  the same findings in ${ids.length - differing.length} of ${ids.length} cells`);
  for (const line of differing.flat()) console.log(line);
  const worse = slower(ids, loop, oneByOne);
  if (worse.length > 0) console.log('  cells on which the matrix, one pair at a time, spends a second more than the loop');
  for (const line of worse) console.log(line);
}

async function main(rounds: number): Promise<void> {
  const available = daemonsAvailable(specs());
  const elsewhere = available.available ? specs().find((spec) => placeOfSpec(spec).root !== '/') : undefined;
  if (!available.available || elsewhere !== undefined) {
    const reason = available.available ? `${elsewhere} is not the release that is installed` : available.reason;
    console.log(`the matrix beside a shell loop: not measured here: ${reason}`);
    return;
  }
  const home = mkdtempSync(join(tmpdir(), 'ike-bench-'));
  const stop = (): void => {
    interruption.abort();
    for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGINT');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  for (const directory of ['/usr/libexec/ipsec', '/etc/iked']) mkdirSync(directory, { recursive: true });
  try {
    await measure(home, rounds);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(home: string, rounds: number): Promise<void> {
  const { cases, pairs } = select({ daemons: specs(), cases: inCi('cases').split(',') });
  console.log(`the matrix beside a shell loop: ${cases.length} cases of ${pairs.length} pairs, ${cpus().length} processors`);
  const row = (name: string): Row => ({ name, seconds: [], findings: [] });
  const [loop, asCi, oneByOne] = [row('a shell loop'), row('ike-probe matrix'), row('ike-probe matrix --jobs 1')];
  const results = join(home, 'results');
  let ids: readonly string[] = [];
  for (let round = 0; round < rounds; round++) {
    const cells = await playMatrix(asCi, results, []);
    const begun = cells.filter(({ outcome, actual }) => outcome !== 'unsupported' || actual !== null);
    const left = cells.filter((cell) => !begun.includes(cell));
    if (round === 0) {
      console.log(`  ${left.length} cells that a pair cannot be configured for start nothing, and are not given to the loop`);
      console.log(`  the longest pair of the matrix: ${longestPair(begun)}`);
    }
    ids = begun.map(({ id }) => id);
    const prepared = join(home, String(round));
    const plan = await preparePlan(begun, cases, prepared);
    await playMatrix(oneByOne, results, ['--jobs', '1']);
    await playLoop(loop, plan, prepareUsers(prepared), ids);
    await playMatrix(asCi, results, []);
  }
  report(loop, asCi, oneByOne, ids);
}

await main(Number(process.argv[2] ?? 1));
