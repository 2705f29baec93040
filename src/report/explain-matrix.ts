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
  if (state === 'silent') return refusal === null ? 'no answer' : `no answer in ${refusal.exchange}`;
  if (refusal === null) return 'refused';
  return `refused by the ${refusal.by} in ${refusal.exchange}${refusal.notify === null ? ', without a word' : ` with ${refusal.notify}`}`;
}

/** All steps in one line. */
export function explainSteps(steps: readonly StepOutcome[] | null, none: string): string {
  if (steps === null) return none;
  if (steps.length === 0) return 'nothing began';
  return steps.map((step) => `${stepTitle(step.step)}: ${explainStepOutcome(step)}`).join('; ');
}

/** What is known of a cell when its reason is put into words. */
export type CellFacts =
  /** It ran. `because`: what a selector says against the offer that was refused. */
  | {
      readonly kind: 'ran';
      readonly predicted: readonly StepOutcome[];
      readonly actual: readonly StepOutcome[];
      readonly agree: boolean;
      readonly because?: string | undefined;
    }
  /** It ran although it was foretold that it could not. */
  | { readonly kind: 'unforeseen'; readonly title: string; readonly words: string; readonly actual: readonly StepOutcome[] }
  | { readonly kind: 'unsupported'; readonly title: string; readonly words: string; readonly what?: 'rekey' }
  /** A daemon ended, did not start or did not answer. */
  | {
      readonly kind: 'error';
      readonly what: 'ended' | 'not-started' | 'too-slow' | 'failed';
      readonly title: string;
      readonly words: string;
    };

/** Why a cell is as it is, in one sentence. */
export function explainCell(facts: CellFacts): string {
  switch (facts.kind) {
    case 'ran': {
      const { predicted, actual, agree, because } = facts;
      if (!agree) return `Foretold: ${explainSteps(predicted, 'nothing')}. It came to: ${explainSteps(actual, 'nothing')}.`;
      const refused = actual.find(({ state }) => state !== 'established');
      if (refused === undefined) return `They settle on ${actual.map(settled).join(', ')}.`;
      return `${refusalSentence(refused)}${because === undefined ? '.' : `: ${because}`}`;
    }
    case 'unforeseen':
      return `Foretold: ${facts.title} cannot be configured so (${facts.words}). It came to: ${explainSteps(facts.actual, 'nothing')}.`;
    case 'unsupported':
      return facts.what === 'rekey'
        ? `${facts.title} cannot be told to rekey: ${facts.words}`
        : `${facts.title} cannot be configured so: ${facts.words}`;
    case 'error':
      return `${facts.title} ${ERRORS[facts.what]}${facts.words === '' ? '.' : `: ${facts.words}`}`;
    default:
      return facts satisfies never;
  }
}

const ERRORS = {
  ended: 'ended by itself during the case',
  'not-started': 'could not be started',
  'too-slow': 'did not come to an end with the case in time',
  failed: 'could not be driven',
} as const;

function settled(step: StepOutcome): string {
  const { suite } = step;
  return suite === null ? `the ${stepTitle(step.step)}` : `${suite} for the ${stepTitle(step.step)}`;
}

/** `The responder refuses the child SA in IKE_AUTH with NO_PROPOSAL_CHOSEN`, without its full stop. */
function refusalSentence({ step, state, refusal }: StepOutcome): string {
  const what = stepTitle(step);
  if (refusal === null) return `The ${what} does not come about`;
  const { by, exchange, notify } = refusal;
  if (state === 'silent') return `The ${by} does not answer in ${exchange}: there is no ${what}`;
  return `The ${by} refuses the ${what} in ${exchange} ${notify === null ? 'without a word' : `with ${notify}`}`;
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
