/**
 * Counting a matrix run: outcomes in all and by pair, and the cells that somebody should look at.
 *
 * @module
 */
import type { CellOutcome, MatrixCell, MatrixReport } from './result.ts';

/** In the order in which reports show them. */
export const OUTCOMES: readonly CellOutcome[] = ['works', 'refuses', 'disagrees', 'unsupported', 'error'];

/** Cells by outcome. */
export type Tally = Readonly<Record<CellOutcome, number>>;

export function tally(cells: readonly MatrixCell[]): Tally {
  const counts: Record<CellOutcome, number> = { works: 0, refuses: 0, disagrees: 0, unsupported: 0, error: 0 };
  for (const { outcome } of cells) counts[outcome] += 1;
  return counts;
}

/** All cases of one initiator with one responder. */
export interface Pair {
  readonly initiator: string;
  readonly responder: string;
  readonly cells: readonly MatrixCell[];
}

/** The pairs that have cells, in the order in which the implementations are listed. */
export function pairsOf({ implementations, cells }: Pick<MatrixReport, 'implementations' | 'cells'>): readonly Pair[] {
  const place = new Map(implementations.map(({ id }, index) => [id, index]));
  const pairs = new Map<string, { initiator: string; responder: string; cells: MatrixCell[] }>();
  for (const cell of cells) {
    const { initiator, responder } = cell;
    const key = JSON.stringify([initiator, responder]);
    const pair = pairs.get(key) ?? { initiator, responder, cells: [] };
    pair.cells.push(cell);
    pairs.set(key, pair);
  }
  const at = (id: string): number => place.get(id) ?? implementations.length;
  return [...pairs.values()].toSorted((a, b) => at(a.initiator) - at(b.initiator) || at(a.responder) - at(b.responder));
}

/** What a run leaves to do: disagreements that nobody has explained, those that somebody has, and cells that went wrong. */
export interface Attention {
  readonly unexplained: readonly MatrixCell[];
  readonly known: readonly MatrixCell[];
  readonly errors: readonly MatrixCell[];
}

export function attention(cells: readonly MatrixCell[]): Attention {
  const disagreeing = cells.filter(({ outcome }) => outcome === 'disagrees');
  return {
    unexplained: disagreeing.filter(({ known }) => known === undefined),
    known: disagreeing.filter(({ known }) => known !== undefined),
    errors: cells.filter(({ outcome }) => outcome === 'error'),
  };
}

/** The title of an implementation or of a case by its id; the id itself when it is not listed. */
export function titleIn(list: readonly { readonly id: string; readonly title: string }[], id: string): string {
  return list.find((one) => one.id === id)?.title ?? id;
}
