/**
 * The command as a person runs it, with real daemons: what it leaves on the disk, and that neither Ctrl-C nor a kill in the middle loses
 * a cell or leaves anything running.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from '../../../interop/cases/index.ts';
import { PLACES } from '../../../interop/daemons/places.ts';
import { readCapture } from '../../../src/net/index.ts';
import { type CellDetails, type MatrixReport, readRequirements } from '../../../src/report/index.ts';
import { describeDaemons } from '../../support/daemons.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const SCHEMA = new URL('../../../schema/matrix.json', import.meta.url);

interface Ended {
  readonly pid: number;
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `ike-probe matrix …`; `signal` comes once so many cells are in the journal. */
function matrix(out: string, args: readonly string[], signal?: { readonly name: NodeJS.Signals; readonly cells: number }): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, 'matrix', '--out', out, '--no-color', ...args]);
    const texts = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
    const timer = setInterval(() => {
      if (signal === undefined || cellsIn(out) < signal.cells) return;
      clearInterval(timer);
      child.kill(signal.name);
    }, 20);
    child.once('close', (code) => {
      clearInterval(timer);
      resolve({ pid: child.pid ?? 0, code, ...texts });
    });
  });
}

function cellsIn(out: string): number {
  const file = join(out, 'journal.ndjson');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').length - 1 : 0;
}

/** What a process has made that goes on without it: namespaces, what runs in them, and directories. */
function leftOf(pid: number): {
  readonly namespaces: readonly string[];
  readonly processes: readonly string[];
  readonly directories: readonly string[];
} {
  const ours = (name: string): boolean => name.startsWith(`matrix-${pid}-`);
  const namespaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter(ours);
  const processes = namespaces.flatMap((name) =>
    execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean),
  );
  return { namespaces, processes, directories: existsSync(PLACES.running) ? readdirSync(PLACES.running).filter(ours) : [] };
}

const NOTHING = { namespaces: [], processes: [], directories: [] };

const report = (out: string): MatrixReport => JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as MatrixReport;
/** Everything that has to be the same however often a run was cut short. */
const table = ({ cells }: MatrixReport) => cells.map((cell) => ({ ...cell, durationMs: 0 }));

describeDaemons('ike-probe matrix with real daemons', ['strongswan@5.9.8', 'libreswan@4.10'], () => {
  let directory = '';
  let whole: MatrixReport;
  const place = (name: string): string => join(directory, name);
  const WHAT = [
    '--pairs',
    'strongswan@5.9.8/ike-probe,ike-probe/libreswan@4.10',
    '--cases',
    'v1-main-same,v1-main-hash,v2-same,v2-group-retry,v2-cipher,v2-psk-wrong,v2-ecdsa256,v2-rekey-both',
  ];
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'matrix-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('plays every case of every pair, as foretold', async () => {
    const { code, out, err } = await matrix(place('whole'), WHAT);
    expect({ code, err: /not as foretold|with errors/.test(err) }, out).to.deep.equal({ code: 0, err: false });
    whole = report(place('whole'));
    expect(whole.complete).to.equal(true);
    const outcomes = whole.cells.map(({ case: id, outcome }) => `${id} ${outcome}`);
    expect(outcomes.filter((_, i) => i % 2 === 0)).to.deep.equal([
      'v1-main-same works',
      'v1-main-hash refuses',
      'v2-same works',
      'v2-group-retry works',
      'v2-cipher refuses',
      'v2-ecdsa256 works',
      'v2-psk-wrong refuses',
      'v2-rekey-both works',
    ]);
    expect(outcomes.filter((_, i) => i % 2 === 1)).to.deep.equal(outcomes.filter((_, i) => i % 2 === 0));
    expect(readdirSync(place('whole')).toSorted()).to.deep.equal(
      ['cells', 'index.html', 'journal.ndjson', 'junit.xml', 'results.json', 'results.sarif', 'summary.md'].toSorted(),
    );
  });

  it('writes what the schema describes, and behind each cell all that it needs', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
    ajv.addSchema(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object, 'matrix');
    const valid = (reference: string, value: unknown): void => {
      const check = ajv.compile({ $ref: reference });
      expect(check(value), JSON.stringify(check.errors?.slice(0, 3))).to.equal(true);
    };
    valid('matrix#', whole);
    for (const { id, details } of whole.cells) {
      const behind = JSON.parse(readFileSync(join(place('whole'), details ?? ''), 'utf8')) as CellDetails;
      valid('matrix#/$defs/details', behind);
      const { capture, messages, keys, initiator, responder, trace } = behind;
      expect(readCapture(Buffer.from(capture ?? '', 'base64')).packets.length, id).to.be.at.least(2);
      // Everything can be read: both of these pairs write their keys down on one side at least.
      expect(
        messages.filter(({ summary }) => summary.includes('no key opens it')),
        id,
      ).to.deep.equal([]);
      if (!/cipher|hash/.test(id)) expect(keys, id).not.to.deep.equal([]);
      for (const side of [initiator, responder]) {
        expect(side.log, id).not.to.equal('');
        expect(JSON.stringify(side.configuration), id).not.to.include('lab-key');
      }
      expect(trace, id).not.to.deep.equal([]);
    }
  });

  it('keeps what it has when Ctrl-C comes, and stops all that it started', async () => {
    const { code, pid } = await matrix(place('cut'), [...WHAT, '--jobs', '1'], { name: 'SIGINT', cells: 2 });
    expect(code).to.equal(130);
    expect(leftOf(pid)).to.deep.equal(NOTHING);
    const { complete, cells } = report(place('cut'));
    expect({ complete, some: cells.length >= 2 && cells.length < whole.cells.length }).to.deep.equal({ complete: false, some: true });
    expect(existsSync(join(place('cut'), 'index.html'))).to.equal(true);
  });

  it('goes on with --resume, is killed in the middle, and goes on once more: the table is the same, and nothing is left', async () => {
    const had = cellsIn(place('cut'));
    const killed = await matrix(place('cut'), ['--resume', '--jobs', '1'], { name: 'SIGKILL', cells: had + 3 });
    expect(killed.code).to.equal(null);
    expect(leftOf(killed.pid).processes).not.to.deep.equal([]);
    const { code, pid } = await matrix(place('cut'), ['--resume']);
    expect(code).to.equal(0);
    expect([leftOf(killed.pid), leftOf(pid)]).to.deep.equal([NOTHING, NOTHING]);
    expect(report(place('cut')).complete).to.equal(true);
    expect(table(report(place('cut')))).to.deep.equal(table(whole));
  });

  it('ends with 1 when a cell is not what is required', async () => {
    const args = ['--pairs', 'ike-probe/ike-probe', '--cases', 'v2-same,v2-cipher'];
    const head = { schema: 'ike-probe/1', kind: 'matrix-require' };
    const right = {
      ...head,
      rules: [
        { case: 'v2-same', outcomes: ['works'] },
        { case: 'v2-cipher', outcomes: ['refuses'] },
      ],
    };
    const doctored = { ...head, rules: [{ outcomes: ['works'] }] };
    for (const [name, rules, wanted] of [
      ['right', right, 0],
      ['doctored', doctored, 1],
    ] as const) {
      writeFileSync(place(`${name}.json`), JSON.stringify(rules));
      const { code, err } = await matrix(place(name), [...args, '--require', place(`${name}.json`)]);
      expect(code, err).to.equal(wanted);
      expect(err.includes('required: v2-cipher/ike-probe/ike-probe must be works, and is refuses')).to.equal(wanted === 1);
    }
  });
});

describeDaemons('ike-probe matrix where no daemon was installed', [], () => {
  it('plays what needs none, and says of the others why they are missing', () => {
    const home = mkdtempSync(join(tmpdir(), 'matrix-'));
    try {
      const out = join(home, 'out');
      const args = [MAIN, 'matrix', '--out', out, '--cases', 'v2-same', '--pairs', 'ike-probe/ike-probe,ike-probe/openiked@7.4'];
      execFileSync(process.execPath, args, { env: { ...process.env, IKE_PROBE_LAB: join(home, 'lab') }, stdio: 'pipe' });
      const { cells, implementations } = report(out);
      expect(cells.map(({ id, outcome }) => `${id} ${outcome}`)).to.deep.equal(['v2-same/ike-probe/ike-probe works']);
      expect(implementations.find(({ id }) => id === 'openiked@7.4')?.unavailable).to.match(/^needs openiked 7\.4/);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

describe('what the small matrix of .ci/run requires', () => {
  it('is of twelve cases that there are, and each of them is required of somebody', () => {
    const required = readRequirements(JSON.parse(readFileSync(new URL('../../../interop/ci-require.json', import.meta.url), 'utf8')));
    if ('wanted' in required) throw new Error(`${required.place}: ${required.wanted}`);
    const named = new Set(required.rules.flatMap((rule) => rule.case ?? []));
    const run = /--cases (\S+)/.exec(readFileSync(new URL('../../../.ci/run', import.meta.url), 'utf8'))?.[1]?.split(',');
    expect(run)
      .to.have.length(12)
      .and.to.have.members([...named]);
    expect(CASES.map(({ id }) => id)).to.include.members([...named]);
  });
});
