/**
 * Two matrix runs side by side: which cells came out otherwise than before.
 *
 * Rule: cells are the same by their id, so runs of other implementations and cases can be compared too.
 *
 * @module
 */
import type { MatrixCell, MatrixReport, StepOutcome } from './result.ts';

/** What became of a cell since the other run. */
export type ChangeKind =
  /** It is not as foretold any more, or does not run. */
  | 'broken'
  /** It is as foretold again. */
  | 'mended'
  /** Another outcome, or other steps with the same. */
  | 'changed'
  | 'new'
  | 'gone';

export interface CellChange {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly before: MatrixCell | null;
  readonly after: MatrixCell | null;
}

/** In the order in which reports show them. */
export const CHANGE_KINDS: readonly ChangeKind[] = ['broken', 'mended', 'changed', 'new', 'gone'];

/** The cells that differ, in the order of the later run, those that are gone at the end. */
export function changesBetween(before: Pick<MatrixReport, 'cells'>, after: Pick<MatrixReport, 'cells'>): readonly CellChange[] {
  const earlier = new Map(before.cells.map((cell) => [cell.id, cell]));
  const later = new Set(after.cells.map(({ id }) => id));
  const here = after.cells.flatMap((cell): readonly CellChange[] => {
    const was = earlier.get(cell.id);
    const kind = was === undefined ? 'new' : changeOf(was, cell);
    return kind === undefined ? [] : [{ kind, id: cell.id, before: was ?? null, after: cell }];
  });
  const gone = before.cells.filter(({ id }) => !later.has(id));
  return [...here, ...gone.map((cell): CellChange => ({ kind: 'gone', id: cell.id, before: cell, after: null }))];
}

function changeOf(before: MatrixCell, after: MatrixCell): ChangeKind | undefined {
  if (holds(before) && fails(after)) return 'broken';
  if (fails(before) && holds(after)) return 'mended';
  return before.outcome === after.outcome && sameSteps(before.actual, after.actual) ? undefined : 'changed';
}

const holds = ({ outcome }: MatrixCell): boolean => outcome === 'works' || outcome === 'refuses';
const fails = ({ outcome }: MatrixCell): boolean => outcome === 'disagrees' || outcome === 'error';

function sameSteps(a: readonly StepOutcome[] | null, b: readonly StepOutcome[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((step, i) => sameStep(step, b[i]));
}

/** Whether two steps came out alike. */
export function sameStep(a: StepOutcome | undefined, b: StepOutcome | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.step === b.step &&
    a.state === b.state &&
    a.suite === b.suite &&
    a.refusal?.by === b.refusal?.by &&
    a.refusal?.exchange === b.refusal?.exchange &&
    a.refusal?.notify === b.refusal?.notify
  );
}
