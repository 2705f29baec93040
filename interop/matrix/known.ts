/** Disagreements that are understood and left as they are, each with its explanation. */
import type { MatrixCell } from '../../src/report/index.ts';

interface Known {
  readonly explanation: string;
  readonly fits: (cell: Pick<MatrixCell, 'case' | 'initiator' | 'responder'>) => boolean;
}

const KNOWN: readonly Known[] = [];

/** The explanation, if this one is known. */
export function explanationOf(cell: Pick<MatrixCell, 'case' | 'initiator' | 'responder'>): string | undefined {
  return KNOWN.find(({ fits }) => fits(cell))?.explanation;
}
