/**
 * Which cells of a run are shown.
 *
 * @module
 */
import { areaTitle } from '../explain-matrix.ts';
import type { CellChange } from '../matrix/diff.ts';
import type { CellOutcome, MatrixCase, MatrixCell, MatrixImplementation, MatrixReport } from '../matrix/result.ts';
import { OUTCOMES, titleIn } from '../matrix/tally.ts';
import type { Fragment } from './fragment.ts';

/** An empty text asks for everything. */
export interface Filter {
  readonly text: string;
  readonly case: string;
  readonly area: string;
  readonly version: string;
  readonly initiator: string;
  readonly responder: string;
  /** A family or an implementation, on either side. */
  readonly daemon: string;
  readonly outcomes: readonly CellOutcome[];
  /** Only cells that differ from the run compared with. */
  readonly changed: boolean;
}

/** The names of the filters in the fragment. */
export const FILTER_WORDS = ['q', 'case', 'area', 'version', 'initiator', 'responder', 'daemon', 'outcome', 'changed'] as const;

export function filterOf(fragment: Fragment): Filter {
  const {
    q = '',
    case: one = '',
    area = '',
    version = '',
    initiator = '',
    responder = '',
    daemon = '',
    outcome = '',
    changed = '',
  } = fragment;
  const wanted = outcome.split(',');
  const outcomes = OUTCOMES.filter((each) => wanted.includes(each));
  return { text: q, case: one, area, version, initiator, responder, daemon, outcomes, changed: changed !== '' };
}

/** Whether anything is left out. */
export function isFiltered({ outcomes, changed, ...words }: Filter): boolean {
  return changed || outcomes.length > 0 || Object.values(words).some((word) => word !== '');
}

/** A cell with what the filters look at, put together once. */
export interface IndexedCell {
  readonly cell: MatrixCell;
  readonly case: MatrixCase | undefined;
  readonly families: readonly string[];
  /** All that a search for text looks through, in lower case. */
  readonly words: string;
}

export function indexCells({ cells, cases, implementations }: MatrixReport): readonly IndexedCell[] {
  const caseOf = new Map(cases.map((one) => [one.id, one]));
  const byId = new Map(implementations.map((one) => [one.id, one]));
  return cells.map((cell) => {
    const one = caseOf.get(cell.case);
    const sides = [byId.get(cell.initiator), byId.get(cell.responder)].filter((side) => side !== undefined);
    const suites = [...(cell.actual ?? []), ...(cell.predicted ?? [])].flatMap(({ suite, refusal }) => [suite, refusal?.notify]);
    const words = [
      cell.id,
      one?.title,
      one?.reference,
      one && areaTitle(one.area),
      ...sides.map(({ title }) => title),
      cell.reason,
      cell.known,
      ...suites,
    ];
    return { cell, case: one, families: sides.map(({ family }) => family), words: words.join('\n').toLowerCase() };
  });
}

/** The cells that the filter lets through; `changed` are those that differ from the run compared with. */
export function filtered(cells: readonly IndexedCell[], filter: Filter, changed?: ReadonlyMap<string, CellChange>): readonly IndexedCell[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return cells.filter(
    (one) =>
      isOfCase(one, filter) &&
      isOfPair(one, filter) &&
      (filter.outcomes.length === 0 || filter.outcomes.includes(one.cell.outcome)) &&
      (!filter.changed || changed?.has(one.cell.id) === true) &&
      words.every((word) => one.words.includes(word)),
  );
}

/** By what is the same in every pair: such cells keep their place in the grid. */
export function isOfCase({ cell, case: one }: Pick<IndexedCell, 'cell' | 'case'>, filter: Filter): boolean {
  if (filter.case !== '' && cell.case !== filter.case) return false;
  if (filter.area !== '' && one?.area !== filter.area) return false;
  return filter.version === '' || String(one?.version) === filter.version;
}

function isOfPair({ cell, families }: IndexedCell, { initiator, responder, daemon }: Filter): boolean {
  if (initiator !== '' && cell.initiator !== initiator) return false;
  if (responder !== '' && cell.responder !== responder) return false;
  return daemon === '' || cell.initiator === daemon || cell.responder === daemon || families.includes(daemon);
}

/** `strongSwan` and `5.9.8`: a title that ends in its release, in two parts. */
export function nameParts(list: readonly MatrixImplementation[], id: string): readonly [name: string, release: string] {
  const one = list.find((each) => each.id === id);
  const title = titleIn(list, id);
  const release = one?.release ?? '';
  return release !== '' && title.endsWith(` ${release}`) ? [title.slice(0, -release.length - 1), release] : [title, ''];
}
