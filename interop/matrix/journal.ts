/**
 * What a run has done so far, as lines of JSON that are written as cells finish: `--resume` goes on where they end.
 *
 * Rule: a line that was cut off counts as not written; a cell's file is there before its line is.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellDetails, MatrixCell, MatrixImplementation } from '../../src/report/index.ts';
import type { CaseDefinition } from '../cases/index.ts';
import type { Pair } from './pairs.ts';

/** The first line: everything that decides what is run. */
export interface Selection {
  readonly implementations: readonly MatrixImplementation[];
  readonly cases: readonly CaseDefinition[];
  readonly pairs: readonly Pair[];
}

interface Head extends Selection {
  readonly journal: typeof FORMAT;
  /** ISO 8601. */
  readonly started: string;
}

interface Done {
  readonly cell: MatrixCell;
  /** Milliseconds after its session began. */
  readonly at: number;
}

/** What is known of a run that was begun. */
export interface Journal extends Selection {
  readonly started: string;
  readonly cells: readonly MatrixCell[];
  /** Milliseconds of all sessions so far. */
  readonly spent: number;
  /** Whether every cell is there. */
  readonly complete: boolean;
}

const FORMAT = 'ike-probe matrix/1';
const FILE = 'journal.ndjson';
const CELLS = 'cells';

/** Begins a journal in a directory, and removes what an earlier run has left there. */
export function beginJournal(directory: string, selection: Selection, started: string): void {
  mkdirSync(directory, { recursive: true });
  rmSync(join(directory, CELLS), { recursive: true, force: true });
  mkdirSync(join(directory, CELLS));
  writeFileSync(join(directory, FILE), `${JSON.stringify({ journal: FORMAT, started, ...selection } satisfies Head)}\n`);
}

/** The journal of a directory; nothing when there is none that can be read. */
export function readJournal(directory: string): Journal | undefined {
  const file = join(directory, FILE);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const [first, ...rest] = whole.split('\n').filter((line) => line !== '');
  const head = parsed(first ?? '') as Head | undefined;
  if (head?.journal !== FORMAT) return undefined;
  const lines = rest.flatMap((line) => (parsed(line) as Done | undefined) ?? []);
  const { started, implementations, cases, pairs } = head;
  const cells = [...new Map(lines.map(({ cell }) => [cell.id, cell])).values()];
  return { started, implementations, cases, pairs, cells, spent: spentIn(lines), complete: cells.length >= cases.length * pairs.length };
}

/** Each session counts from nothing. */
function spentIn(lines: readonly Done[]): number {
  return lines.reduce((sum, { at }, i) => sum + ((lines[i + 1]?.at ?? 0) > at ? 0 : at), 0);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Writes down a cell and what lies behind it. */
export function keepCell(directory: string, cell: MatrixCell, details: CellDetails | undefined, at: number): void {
  if (cell.details !== null && details !== undefined) writeFileSync(join(directory, cell.details), JSON.stringify(details));
  appendFileSync(join(directory, FILE), `${JSON.stringify({ cell, at } satisfies Done)}\n`);
}

/** Where a cell's details are, relative to the directory. */
export const detailsFile = (id: string): string => `${CELLS}/${id.replaceAll('/', '+')}.json`;

/** What lies behind a cell; nothing when the file is gone. */
export function readDetails(directory: string, { details }: MatrixCell): CellDetails | undefined {
  if (details === null || !existsSync(join(directory, details))) return undefined;
  return parsed(readFileSync(join(directory, details), 'utf8')) as CellDetails | undefined;
}
