/**
 * `ike-probe matrix`: real daemons against each other, what was foretold beside what happened, and reports of it.
 *
 * @module
 */
import type { Command } from 'commander';
import { availableParallelism } from 'node:os';
import { explainUnmet } from '../../report/explain-matrix.ts';
import { attention } from '../../report/matrix/tally.ts';
import { type Requirements, unmetRequirements } from '../../report/matrix/require.ts';
import type { MatrixReport } from '../../report/matrix/result.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { appearance, type Io } from '../io.ts';
import { readJson, readRequirementsFile, writeMatrixFiles } from '../matrix-files.ts';
import { matrixProgress } from '../matrix-progress.ts';
import type { MatrixProgram, MatrixSelection } from '../matrix-program.ts';
import { addCommonOptions, type CommonOptions, integer } from '../options.ts';
import type { CommandModule } from '../program.ts';
import { VERSION } from '../version.ts';

/** What the command is told. */
export interface MatrixOptions extends CommonOptions {
  readonly daemons?: string;
  readonly pairs?: string;
  readonly cases?: string;
  readonly out: string;
  readonly resume?: boolean;
  readonly require?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly junit?: string;
  readonly sarif?: string;
  readonly jobs?: number;
  readonly list?: boolean;
  readonly install?: boolean;
}

export const matrixCommand: CommandModule = {
  configure: configureMatrix,
  run: (_args, options, io) => runMatrix(options as unknown as MatrixOptions, io),
};

/** Most of the time a pair waits, iked for seconds. */
const JOBS_PER_PROCESSOR = 4;
const MOST_JOBS = 32;

export function configureMatrix(command: Command): void {
  addCommonOptions(command)
    .option('--daemons <ids>', 'every pair of these, in both roles: strongswan@5.9.8,libreswan@4.10,ike-probe')
    .option('--pairs <pairs>', 'these pairs, who begins before the slash: strongswan@5.9.8/libreswan@*')
    .option('--cases <ids|dir>', 'these cases (v2-rekey-*), or those of the JSON files of a directory')
    .option('--out <dir>', 'where the results go: results.json, what lies behind each cell, and the reports', 'matrix-results')
    .option('--resume', 'go on with the run that --out holds')
    .option('--require <file>', 'the cells that must hold; exit 1 when one does not')
    .option('--html <file>', 'where the page goes (default: index.html of --out)')
    .option('--markdown <file>', 'where the summary in Markdown goes (summary.md)')
    .option('--junit <file>', 'where JUnit XML goes (junit.xml)')
    .option('--sarif <file>', 'where SARIF goes (results.sarif)')
    .option('--jobs <n>', 'pairs side by side (default: four for each processor)', integer(1, MOST_JOBS))
    .option('--list', 'print the implementations and the cases, and run nothing')
    .option('--install', 'get the daemons first, and the releases that other Debians carry')
    .addHelpText('after', DESCRIPTION);
}

async function runMatrix(options: MatrixOptions, io: Io): Promise<ExitCode> {
  const program = (await io.loadBuilt('interop/matrix/index.cjs')) as { readonly matrix: MatrixProgram };
  const { matrix } = program;
  if (options.list === true) return list(matrix, options, io);
  const required = options.require === undefined ? undefined : await readRequirementsFile(options.require, io);
  if (options.install === true) await matrix.install((step) => io.stderr.write(`ike-probe: ${step}\n`));
  const here = matrix.available();
  if (!here.available) throw new UsageError('ERR_USAGE_ENVIRONMENT', `the matrix cannot run here: it ${here.reason}`, NEEDS);
  const selection = await selected(options, matrix, io);
  const progress = matrixProgress(io.stderr, options.quiet === true);
  const signal = io.interrupted();
  const { out, resume = false, jobs = Math.min(MOST_JOBS, JOBS_PER_PROCESSOR * availableParallelism()) } = options;
  const tool = { name: 'ike-probe', version: VERSION };
  let report: MatrixReport;
  try {
    report = await matrix.run({ selection, out, resume, jobs, tool, signal, progress: (event) => progress.show(event) });
  } finally {
    progress.end();
  }
  await writeMatrixFiles({ directory: out, paths: options }, report, { details: async (cell) => matrix.details(out, cell) }, io);
  await show(report, options, io);
  if (signal.aborted) return EXIT.interrupted;
  return verdict(report, required, io);
}

/** What was asked for, or what an unfinished run still has to do. */
async function selected(options: MatrixOptions, matrix: MatrixProgram, io: Io): Promise<MatrixSelection> {
  const { out, resume } = options;
  const begun = matrix.begun(out);
  if (resume === true) {
    if (begun === undefined) throw new UsageError('ERR_USAGE_FILE', `${out}: there is no run to go on with`, 'begin one without --resume');
    if (namesSome(options) && extentOf(await named(options, matrix, io)) !== extentOf(begun))
      throw new UsageError(
        'ERR_USAGE_CONFLICT',
        '--resume runs what was begun',
        'leave out --daemons, --pairs and --cases, or say them as then',
      );
    return begun;
  }
  if (begun?.complete === false)
    throw new UsageError('ERR_USAGE_FILE', `${out}: an unfinished run is there`, 'go on with --resume, choose another --out, or remove it');
  const selection = await named(options, matrix, io);
  if (selection.pairs.length > 0) return selection;
  const [missing] = selection.implementations.flatMap(({ unavailable }) => unavailable ?? []);
  throw new UsageError(
    'ERR_USAGE_ENVIRONMENT',
    `none of the pairs can be run here${missing === undefined ? '' : `: it ${missing}`}`,
    NEEDS,
  );
}

const namesSome = ({ daemons, pairs, cases }: MatrixOptions): boolean => [daemons, pairs, cases].some((each) => each !== undefined);

/** What the options name; what they leave out is everything. */
async function named({ daemons, pairs, cases }: MatrixOptions, matrix: MatrixProgram, io: Io): Promise<MatrixSelection> {
  const more = cases === undefined ? undefined : await casesOf(cases, matrix, io);
  return matrix.select({
    ...(daemons !== undefined && { daemons: words(daemons) }),
    ...(pairs !== undefined && { pairs: words(pairs) }),
    ...(more === undefined ? cases !== undefined && { cases: words(cases) } : { more }),
  });
}

/** The same for selections of the same cells. */
function extentOf({ cases, pairs }: MatrixSelection): string {
  return JSON.stringify([cases.map(({ id }) => id), pairs.map(({ initiator, responder }) => [initiator, responder])]);
}

const words = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

/** The cases of a directory; nothing when the word is no directory. */
async function casesOf(word: string, matrix: MatrixProgram, io: Io): Promise<MatrixSelection['cases'] | undefined> {
  const files = await io.list(word);
  if (files === undefined) return undefined;
  const found: { readonly id: string }[] = [];
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const path = `${word}/${file}`;
    const cases = matrix.readCases(await readJson(path, 'a case, or a list of cases', io));
    if ('place' in cases) throw new UsageError('ERR_USAGE_FILE', `${path}: ${cases.place} must be ${cases.wanted}`);
    found.push(...cases);
  }
  if (found.length === 0) throw new UsageError('ERR_USAGE_FILE', `${word}: there is no case in it`, 'a case is a JSON file');
  return found;
}

/** The report on standard output. */
async function show(report: MatrixReport, options: MatrixOptions, io: Io): Promise<void> {
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const { renderMatrix } = await import('../../report/matrix/text.ts');
  const { verbose, quiet = false } = options;
  io.stdout.write(renderMatrix(report, { ...appearance(io, options), verbose: verbose > 1 ? 2 : verbose > 0 ? 1 : 0, quiet }));
}

/** With requirements these decide; without, nothing may be left that nobody has explained. */
function verdict(report: MatrixReport, required: Requirements | undefined, io: Io): ExitCode {
  if (required === undefined) {
    const { unexplained, errors } = attention(report.cells);
    return unexplained.length + errors.length === 0 ? EXIT.yes : EXIT.no;
  }
  const unmet = unmetRequirements(report, required);
  for (const one of unmet) io.stderr.write(`ike-probe: required: ${explainUnmet(one)}\n`);
  return unmet.length === 0 ? EXIT.yes : EXIT.no;
}

function list(matrix: MatrixProgram, options: MatrixOptions, io: Io): ExitCode {
  const [implementations, cases] = [matrix.implementations(), matrix.cases()];
  if (options.json === true) io.stdout.write(`${JSON.stringify({ implementations, cases })}\n`);
  else {
    const width = Math.max(...[...implementations, ...cases].map(({ id }) => id.length)) + 2;
    for (const { id, title, origin, unavailable } of implementations)
      io.stdout.write(`${id.padEnd(width)}${title}, ${origin}${unavailable === null ? '' : ` (not here: ${unavailable})`}\n`);
    io.stdout.write('\n');
    for (const { id, title, reference } of cases) io.stdout.write(`${id.padEnd(width)}${title} (${reference})\n`);
  }
  return EXIT.yes;
}

const NEEDS = 'as root on Linux: ike-probe matrix --install gets the daemons from Debian, ike-probe matrix --list says which are here';

const DESCRIPTION = `
Starts real daemons in network namespaces, lets each pair play each case, and sets what happened beside what the selectors have foretold.
Without --daemons and --pairs each release meets the oldest and the newest of every family and our own machines: an hour and more.
Nothing leaves this machine; everything that was started is stopped and removed, also after Ctrl-C, and what a killed run has left
is removed by the next one. Results are kept as they come: --resume goes on where a run was cut short.

Examples:
  sudo ike-probe matrix --daemons strongswan@5.9.8,libreswan@4.10,openiked@7.2 --cases 'v2-rekey-*'
  sudo ike-probe matrix --pairs ike-probe/strongswan@6.1.0 --html report.html
  sudo ike-probe matrix --out results --require require.json --junit junit.xml
  sudo ike-probe matrix --out results --resume
  ike-probe matrix --list

Exit codes: 0 as foretold or explained (with --require: everything required holds), 1 not, 2 it cannot run here or the usage is wrong,
130 interrupted (the report so far is written).
`;
