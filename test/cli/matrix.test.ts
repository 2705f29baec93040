/** `ike-probe matrix` around a program that is not the real one: what it is asked to run, what is written, and how it ends. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { availableParallelism } from 'node:os';
import { progressText } from '../../src/cli/matrix-progress.ts';
import type { MatrixJob, MatrixProgram, MatrixSelection, MatrixWish } from '../../src/cli/matrix-program.ts';
import { run } from '../../src/cli/program.ts';
import type { MatrixReport } from '../../src/report/matrix/result.ts';
import { sampleDetails } from '../support/matrix-details.ts';
import { smallRun } from '../support/small-matrix.ts';
import { testIo, type TestIo, type TestIoOptions } from './test-io.ts';

const selection: MatrixSelection = {
  implementations: smallRun.implementations,
  cases: smallRun.cases,
  pairs: [{ initiator: 'a', responder: 'b' }],
};
/** Nothing is left that nobody has explained. */
const quiet: MatrixReport = { ...smallRun, cells: smallRun.cells.filter(({ outcome }) => outcome === 'works' || outcome === 'refuses') };

interface Asked {
  wish?: MatrixWish;
  job?: MatrixJob;
  installed?: boolean;
}

interface Called extends Asked {
  readonly code: number;
  readonly io: TestIo;
}

interface Given extends TestIoOptions {
  readonly program?: Partial<MatrixProgram>;
  readonly report?: MatrixReport;
  readonly during?: (job: MatrixJob, io: TestIo) => void;
}

async function call(argv: readonly string[], { program = {}, report = quiet, during, ...options }: Given = {}): Promise<Called> {
  const asked: Asked = {};
  const matrix: MatrixProgram = {
    available: () => ({ available: true }),
    install: async (say) => {
      asked.installed = true;
      say('libreswan 4.10');
    },
    implementations: () => smallRun.implementations,
    cases: () => smallRun.cases,
    readCases: (value) => (Array.isArray(value) ? value : { place: 'id', wanted: 'a text' }),
    select: (wish) => {
      asked.wish = wish;
      return selection;
    },
    begun: () => undefined,
    run: async (job) => {
      asked.job = job;
      during?.(job, io);
      return report;
    },
    details: (_directory, cell) => sampleDetails(cell),
    ...program,
  };
  const io = testIo({ ...options, built: { 'interop/matrix/index.cjs': { matrix } } });
  const code = await run(['matrix', ...argv], io);
  return { code, io, ...asked };
}

describe('ike-probe matrix', () => {
  it('runs everything side by side, writes the reports into its directory, and ends with 0 when all is as foretold', async () => {
    const { code, io, job, wish } = await call([]);
    expect(code).to.equal(0);
    expect(wish).to.deep.equal({});
    expect(job).to.include({ out: 'matrix-results', resume: false, jobs: Math.min(32, 4 * availableParallelism()), selection });
    expect([...io.written.keys()].toSorted()).to.deep.equal(
      ['index.html', 'junit.xml', 'results.sarif', 'summary.md'].map((name) => `matrix-results/${name}`),
    );
    expect(io.out()).to.match(/^All \d+ cells came out as foretold/);
  });

  it('hands on what is named', async () => {
    const { wish, job } = await call([
      '--daemons',
      'strongswan@5.9.8, ike-probe',
      '--pairs',
      'a/b',
      '--cases',
      'v2-*',
      '--jobs',
      '7',
      '--out',
      'x',
    ]);
    expect(wish).to.deep.equal({ daemons: ['strongswan@5.9.8', 'ike-probe'], pairs: ['a/b'], cases: ['v2-*'] });
    expect(job).to.include({ jobs: 7, out: 'x' });
  });

  it('reads cases from a directory', async () => {
    const files = { 'mine/a.json': '[{"id":"one"}]', 'mine/b.json': '[{"id":"two"}]', 'mine/README': 'no case' };
    const { wish } = await call(['--cases', 'mine'], { files });
    expect(wish).to.deep.equal({ more: [{ id: 'one' }, { id: 'two' }] });
  });

  it('writes reports where they are wanted, and JSON to standard output', async () => {
    const { io } = await call(['--html', 'a.html', '--markdown', 'b.md', '--junit', 'c.xml', '--sarif', 'd.sarif', '--json']);
    expect([...io.written.keys()]).to.have.members(['a.html', 'b.md', 'c.xml', 'd.sarif']);
    expect(JSON.parse(io.out())).to.deep.equal(quiet);
  });

  it('ends with 1 when something is not as foretold', async () => {
    const { code, io } = await call([], { report: smallRun });
    expect(code).to.equal(1);
    expect(io.out()).to.include('Not as foretold');
  });

  const head = '"schema": "ike-probe/1", "kind": "matrix-require"';
  it('with requirements, these decide', async () => {
    const files = {
      good: `{ ${head}, "rules": [{ "case": "v2-same-suite", "outcomes": ["works", "refuses", "unsupported", "disagrees", "error"] }] }`,
    };
    expect((await call(['--require', 'good'], { report: smallRun, files })).code).to.equal(0);
    const bad = { bad: `{ ${head}, "rules": [{ "case": "v2-pfs-bomb", "outcomes": ["works"] }] }` };
    const { code, io } = await call(['--require', 'bad'], { report: smallRun, files: bad });
    expect(code).to.equal(1);
    expect(io.err()).to.match(/ike-probe: required: v2-pfs-bomb\/\S+ must be works, and is /);
  });

  it('reads requirements before anything is started', async () => {
    const { code, job } = await call(['--require', 'bad'], { files: { bad: '{' } });
    expect({ code, job }).to.deep.equal({ code: 2, job: undefined });
  });

  it('goes on with a run that was cut short', async () => {
    const begun = { ...selection, complete: false, cells: [] };
    const { code, job, wish } = await call(['--resume', '--out', 'x'], { program: { begun: () => begun } });
    expect(code).to.equal(0);
    expect(wish).to.equal(undefined);
    expect(job).to.include({ resume: true, selection: begun });
  });

  it('goes on with it when the same is named again', async () => {
    const begun = { ...selection, complete: false, cells: [] };
    const { code, job } = await call(['--resume', '--cases', 'v2-*'], { program: { begun: () => begun } });
    expect(code).to.equal(0);
    expect(job).to.include({ resume: true, selection: begun });
  });

  it('keeps what it has when it is interrupted, and ends with 130', async () => {
    const during = (_job: MatrixJob, io: TestIo): void => io.interrupt();
    const { code, io, job } = await call(['--json'], { report: { ...quiet, complete: false }, during });
    expect(code).to.equal(130);
    expect(job?.signal.aborted).to.equal(true);
    expect(JSON.parse(io.out())).to.include({ complete: false });
    expect(io.written.has('matrix-results/index.html')).to.equal(true);
  });

  it('gets the daemons first where it is told to', async () => {
    const { installed, io } = await call(['--install']);
    expect(installed).to.equal(true);
    expect(io.err()).to.include('ike-probe: libreswan 4.10\n');
  });

  it('--list names implementations and cases, here or not, and runs nothing', async () => {
    const { code, io, job } = await call(['--list'], { program: { available: () => ({ available: false, reason: 'needs root' }) } });
    expect({ code, job }).to.deep.equal({ code: 0, job: undefined });
    for (const { id } of [...smallRun.implementations, ...smallRun.cases]) expect(io.out()).to.include(id);
    const json = await call(['--list', '--json']);
    expect(JSON.parse(json.io.out())).to.have.keys('implementations', 'cases');
  });

  const no: readonly [argv: readonly string[], given: Given, message: string][] = [
    [[], { program: { available: () => ({ available: false, reason: 'needs root' }) } }, 'the matrix cannot run here: it needs root'],
    [
      [],
      {
        program: {
          select: () => ({
            ...selection,
            pairs: [],
            implementations: smallRun.implementations.map((one) => ({ ...one, unavailable: 'needs libreswan' })),
          }),
        },
      },
      'none of the pairs can be run here: it needs libreswan',
    ],
    [['--resume'], {}, 'matrix-results: there is no run to go on with'],
    [
      ['--resume', '--cases', 'v2-*'],
      { program: { begun: () => ({ ...selection, pairs: [], complete: false, cells: [] }) } },
      '--resume runs what was begun',
    ],
    [[], { program: { begun: () => ({ ...selection, complete: false, cells: [] }) } }, 'matrix-results: an unfinished run is there'],
    [['--cases', 'mine'], { files: { 'mine/a.json': '{' } }, 'mine/a.json: not valid JSON'],
    [['--cases', 'mine'], { files: { 'mine/a.json': '{}' } }, 'mine/a.json: id must be a text'],
    [['--cases', 'mine'], { files: { 'mine/README': '' } }, 'mine: there is no case in it'],
    [['--jobs', '0'], {}, '--jobs'],
    [['peer.example'], {}, 'too many arguments'],
  ];
  for (const [argv, given, message] of no)
    it(`exit 2: ${message}`, async () => {
      const { code, io, job } = await call(argv, given);
      expect({ code, job }).to.deep.equal({ code: 2, job: undefined });
      expect(io.err()).to.include(message);
      expect(io.out()).to.equal('');
    });
});

describe('how far a matrix run is', () => {
  const at = { done: 123, total: 1716, disagreeing: 0, errors: 0, left: 12 * 60_000 };
  it('in one line', () => {
    expect(progressText(at)).to.equal('matrix: 123 of 1,716 cells, about 12 min left');
    expect(progressText({ ...at, disagreeing: 3, errors: 1, left: undefined })).to.equal(
      'matrix: 123 of 1,716 cells, 3 not as foretold, 1 with errors',
    );
    expect(progressText({ ...at, done: 1716 })).to.equal('matrix: 1,716 of 1,716 cells');
  });

  const tenths: Given = { during: ({ progress }) => [0, 100, 200, 201, 900].forEach((done) => progress({ ...at, done, total: 1000 })) };
  it('is a line for each tenth where nothing can be written over, and none with -q', async () => {
    const { io } = await call([], tenths);
    expect(io.err().match(/matrix: \d+ of/g)).to.deep.equal(['matrix: 100 of', 'matrix: 200 of', 'matrix: 900 of']);
    expect((await call(['-q'], tenths)).io.err()).to.equal('');
  });

  it('is one line that is written over on a terminal, and gone at the end', async () => {
    const { io } = await call([], { ...tenths, stderr: { isTTY: true, columns: 30 } });
    const lines = io.err().split('\r\x1b[2K');
    expect(lines).to.have.length(7);
    expect(lines.at(-1)).to.equal('');
    expect(lines.every((line) => line.length < 30)).to.equal(true);
  });
});
