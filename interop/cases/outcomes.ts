/** Outcomes in few words, for the cases that have a right one. */
import type { MatrixStep, StepOutcome } from '../../src/report/index.ts';

/** A step that came about. */
export function established(step: MatrixStep, suite: string): StepOutcome {
  return { step, state: 'established', suite, refusal: null };
}

/** A step that one side refused. */
export function refused(step: MatrixStep, by: 'initiator' | 'responder', exchange: string, notify: string | null): StepOutcome {
  return { step, state: 'refused', suite: null, refusal: { by, exchange, notify } };
}
