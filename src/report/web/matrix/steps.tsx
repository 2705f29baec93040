/**
 * Foretold beside actual, step by step; what differs is marked. With another run beside it, what was then.
 *
 * @module
 */
import { explainStepOutcome, stepTitle } from '../../explain-matrix.ts';
import { sameStep } from '../../matrix/diff.ts';
import type { MatrixCell, MatrixStep, StepOutcome } from '../../matrix/result.ts';
import { safe } from '../../terminal.ts';

const ORDER: readonly MatrixStep[] = ['ike', 'child', 'rekey-child', 'rekey-ike'];

export function Steps({ cell, before }: { readonly cell: MatrixCell; readonly before: MatrixCell | null }) {
  const of = (steps: readonly StepOutcome[] | null, step: MatrixStep): StepOutcome | undefined => steps?.find((each) => each.step === step);
  const used = ORDER.filter((step) => [cell.predicted, cell.actual, before?.actual ?? null].some((steps) => of(steps, step) !== undefined));
  if (used.length === 0) return null;
  return (
    <div class="steps-frame">
      <table class="steps">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Foretold</th>
            <th scope="col">Actual</th>
            {before !== null && <th scope="col">In the other run</th>}
          </tr>
        </thead>
        <tbody>
          {used.map((step) => {
            const [foretold, actual] = [of(cell.predicted, step), of(cell.actual, step)];
            const differs = cell.predicted !== null && cell.actual !== null && !sameStep(foretold, actual);
            return (
              <tr class={differs ? 'differs' : undefined}>
                <th scope="row">{stepTitle(step)}</th>
                <Step label="Foretold" step={foretold} none={cell.predicted === null ? 'nothing' : '–'} />
                <Step label="Actual" step={actual} none={cell.actual === null ? 'did not run' : 'not reached'} />
                {before !== null && <Step label="Other run" step={of(before.actual, step)} none="–" />}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Step({ label, step, none }: { readonly label: string; readonly step: StepOutcome | undefined; readonly none: string }) {
  const text = step === undefined ? none : safe(explainStepOutcome(step));
  const isSuite = step?.state === 'established' && step.suite !== null;
  return (
    <td class={step === undefined ? 'none' : step.state} data-label={label}>
      {isSuite ? <code>{text}</code> : text}
    </td>
  );
}
