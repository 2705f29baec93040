/**
 * `ike-probe select --batch`: recorded cases in, one JSON line per case out, and how many agree.
 *
 * Rule 1: a file with a line that cannot be understood is refused as a whole, with the line's number.
 * Rule 2: a kind that has no judge yet is said to be unsupported; it neither agrees nor disagrees.
 *
 * @module
 */
import { safe } from '../../report/terminal.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { judgeCase } from './batch-judges.ts';
import { Row } from './batch-row.ts';

/** Judges every case of a file. */
export async function runBatch(path: string, io: Io): Promise<ExitCode> {
  const rows = parseRows(await io.readText(path), path);
  const tallies = new Map<string, Tally>();
  for (const row of rows) {
    const kind = row.text('kind');
    const { line, agrees, unsupported } = judgeCase(row);
    const tally = tallies.get(kind) ?? { cases: 0, agree: 0, compared: 0, unsupported: unsupported === true };
    tally.cases++;
    if (agrees !== undefined) tally.compared++;
    if (agrees === true) tally.agree++;
    tallies.set(kind, tally);
    io.stdout.write(`${JSON.stringify(line)}\n`);
  }
  for (const [kind, tally] of tallies) io.stderr.write(`${safe(kind)}: ${summary(tally)}\n`);
  return [...tallies.values()].every(({ agree, compared }) => agree === compared) ? EXIT.yes : EXIT.no;
}

interface Tally {
  cases: number;
  agree: number;
  compared: number;
  readonly unsupported: boolean;
}

function summary({ cases, agree, compared, unsupported }: Tally): string {
  if (unsupported) return `${cases} not supported yet`;
  const rest = cases - compared;
  return `${agree} of ${compared} agree${rest > 0 ? `, ${rest} with nothing to compare` : ''}`;
}

function parseRows(text: string, path: string): Row[] {
  return text.split(/\r?\n/).flatMap((line, i) => (line.trim() === '' ? [] : [new Row(line, `${path}:${i + 1}`)]));
}
