/**
 * The sentences of a matrix run: what an outcome means, what became of a step, how the whole run stands, what a required cell lacks.
 *
 * Rule: a mark or a letter stands beside every colour, so that no report needs colours to be read.
 *
 * @module
 */
import type { CellOutcome, MatrixArea, MatrixReport, MatrixStep, StepOutcome } from './matrix/result.ts';
import type { Unmet } from './matrix/require.ts';
import { attention } from './matrix/tally.ts';
import { count } from './terminal.ts';

/** An outcome for people: a letter for small places, a word for the others, and what it says. */
export interface OutcomeWords {
  readonly letter: string;
  readonly word: string;
  readonly meaning: string;
}

export const OUTCOME_WORDS: Readonly<Record<CellOutcome, OutcomeWords>> = {
  works: { letter: 'W', word: 'works', meaning: 'every step came about, as foretold' },
  refuses: { letter: 'R', word: 'refuses', meaning: 'a step was refused, as foretold' },
  disagrees: { letter: 'D', word: 'disagrees', meaning: 'something else happened than was foretold' },
  unsupported: { letter: 'U', word: 'unsupported', meaning: 'this pair cannot do the case' },
  error: { letter: 'E', word: 'error', meaning: 'the run itself went wrong' },
};

const STEPS: Readonly<Record<MatrixStep, string>> = {
  ike: 'IKE SA',
  child: 'child SA',
  'rekey-child': 'rekey of the child SA',
  'rekey-ike': 'rekey of the IKE SA',
};

/** What people call a step. */
export function stepTitle(step: MatrixStep): string {
  return STEPS[step];
}

const AREAS: Readonly<Record<MatrixArea, string>> = {
  'ikev1-main': 'IKEv1 main mode',
  'ikev1-aggressive': 'IKEv1 aggressive mode',
  'ikev1-quick': 'IKEv1 quick mode',
  'ikev2-init': 'IKEv2 IKE_SA_INIT',
  'ikev2-auth': 'IKEv2 IKE_AUTH',
  'ikev2-child': 'IKEv2 child SA',
  'ikev2-rekey': 'IKEv2 rekey',
};

/** What people call an area. */
export function areaTitle(area: MatrixArea): string {
  return AREAS[area];
}

/** What became of a step, without its name: `aes256-sha256`, `refused by the responder in IKE_AUTH with NO_PROPOSAL_CHOSEN`. */
export function explainStepOutcome({ state, suite, refusal }: StepOutcome): string {
  if (state === 'established') return suite ?? 'established';
  if (state === 'silent') return 'no answer';
  if (refusal === null) return 'refused';
  return `refused by the ${refusal.by} in ${refusal.exchange}${refusal.notify === null ? ', without a word' : ` with ${refusal.notify}`}`;
}

/** All steps in one line. */
export function explainSteps(steps: readonly StepOutcome[] | null, none: string): string {
  if (steps === null) return none;
  if (steps.length === 0) return 'nothing began';
  return steps.map((step) => `${stepTitle(step.step)}: ${explainStepOutcome(step)}`).join('; ');
}

/** How the run stands, in one sentence. */
export function explainRun({ cells }: Pick<MatrixReport, 'cells'>): string {
  const { unexplained, known, errors } = attention(cells);
  if (cells.length === 0) return 'Nothing was run.';
  const stand = [
    ...(unexplained.length > 0 ? [`${several(unexplained.length, 'is', 'are')} not as foretold`] : []),
    ...(known.length > 0 ? [`${several(known.length, 'differs', 'differ')} in a way that is explained`] : []),
    ...(errors.length > 0 ? [`${count(errors.length)} could not be run`] : []),
  ];
  const all = cells.length === 1 ? 'The only cell' : `All ${count(cells.length)} cells`;
  if (stand.length === 0) return `${all} came out as foretold, or cannot be done by the pair.`;
  return `Of ${count(cells.length)} ${cells.length === 1 ? 'cell' : 'cells'} ${listed(stand)}.`;
}

const several = (n: number, one: string, many: string): string => `${count(n)} ${n === 1 ? one : many}`;

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Why a requirement does not hold. */
export function explainUnmet(unmet: Unmet): string {
  switch (unmet.kind) {
    case 'cell': {
      const { id, outcome, reason } = unmet.cell;
      return `${id} must be ${unmet.wanted.join(' or ')}, and is ${outcome}: ${reason}`;
    }
    case 'no-cell':
      return `rule ${unmet.rule + 1}: no cell of this run has the ${unmet.part} ${unmet.pattern}.`;
    case 'no-cells':
      return `rule ${unmet.rule + 1}: no cell of this run fits it.`;
    case 'incomplete':
      return 'The run was cut short: what is required may not have been run.';
    default:
      return unmet satisfies never;
  }
}
