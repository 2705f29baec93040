/**
 * `ike-probe select --batch`: recorded cases in, one JSON line per case out, and how many agree.
 *
 * Rule 1: a line that cannot be understood is answered by a line with the error and its number; the others are judged all the same.
 * Rule 2: a kind that has no judge yet is said to be unsupported; it neither agrees nor disagrees.
 * Rule 3: one case is held at a time, and its line is printed before the next is read.
 *
 * @module
 */
import { jsonText } from '../../report/json.ts';
import { safe } from '../../report/terminal.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { judgeCase, type Result } from './batch-judges.ts';
import { Row } from './batch-row.ts';

/** Judges every case of a file. Exit code 2 when there were lines that cannot be understood, else 1 when cases disagree. */
export async function runBatch(path: string, io: Io): Promise<ExitCode> {
  const text = await io.readText(path);
  const tallies = new Map<string, Tally>();
  let broken = 0;
  for (const [line, number] of linesOf(text)) {
    const judged = judgeLine(line, `${path}:${number}`);
    if (judged.kind === undefined) {
      broken++;
      if (broken <= MOST_TOLD) io.stderr.write(`ike-probe: ${safe(judged.fault.message)}\n`);
      io.stdout.write(`${jsonText(errorLine(judged, number))}\n`);
      continue;
    }
    count(tallies, judged.kind, judged.result);
    io.stdout.write(`${jsonText(judged.result.line)}\n`);
  }
  if (broken > MOST_TOLD) io.stderr.write(`ike-probe: ${safe(path)}: ${broken - MOST_TOLD} more lines that cannot be understood\n`);
  if (broken > 0) io.stderr.write('  hint: one case per line, as in vectors/freeswan/selections.jsonl\n');
  writeTallies(tallies, io);
  if (broken > 0) return EXIT.usage;
  return [...tallies.values()].every(({ agree, compared }) => agree === compared) ? EXIT.yes : EXIT.no;
}

/** Errors, and kinds, that stderr tells one by one; stdout has them all. */
const MOST_TOLD = 20;
/** A kind is a word; of a longer one this is shown. */
const KIND_SHOWN = 60;

interface Broken {
  readonly kind: undefined;
  readonly id: string | null;
  readonly fault: UsageError;
}

function judgeLine(line: string, place: string): Broken | { readonly kind: string; readonly result: Result } {
  let id: string | null = null;
  try {
    const row = new Row(line, place);
    id = row.text('id');
    return { kind: row.text('kind'), result: judgeCase(row) };
  } catch (fault) {
    if (!(fault instanceof UsageError)) throw fault;
    return { kind: undefined, id, fault };
  }
}

function errorLine({ id, fault }: Broken, line: number): Readonly<Record<string, unknown>> {
  return { id, outcome: 'error', code: fault.code, message: fault.message, line };
}

interface Tally {
  cases: number;
  agree: number;
  compared: number;
  readonly unsupported: boolean;
}

function count(tallies: Map<string, Tally>, kind: string, { agrees, unsupported }: Result): void {
  const shown = kind.length > KIND_SHOWN ? `${kind.slice(0, KIND_SHOWN)}...` : kind;
  const name = unsupported !== true || tallies.has(shown) || tallies.size < MOST_TOLD ? shown : 'other kinds';
  const tally = tallies.get(name) ?? { cases: 0, agree: 0, compared: 0, unsupported: unsupported === true };
  tally.cases++;
  if (agrees !== undefined) tally.compared++;
  if (agrees === true) tally.agree++;
  tallies.set(name, tally);
}

function writeTallies(tallies: ReadonlyMap<string, Tally>, io: Io): void {
  for (const [kind, tally] of tallies) io.stderr.write(`${safe(kind)}: ${summary(tally)}\n`);
}

function summary({ cases, agree, compared, unsupported }: Tally): string {
  if (unsupported) return `${cases} not supported yet`;
  const rest = cases - compared;
  return `${agree} of ${compared} agree${rest > 0 ? `, ${rest} with nothing to compare` : ''}`;
}

/** The lines that are not blank, with their numbers from 1. */
function* linesOf(text: string): Generator<readonly [line: string, number: number]> {
  for (let start = 0, number = 1; start < text.length; number++) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end);
    if (line.trim() !== '') yield [number === 1 ? line.replace(/^\ufeff/, '') : line, number];
    start = end < 0 ? text.length : end + 1;
  }
}
