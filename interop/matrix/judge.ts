/** What was foretold beside what happened: the outcome of a cell, and the facts that its reason is made of. */
import { isDeepStrictEqual } from 'node:util';
import { type CellFacts, type CellOutcome, explainCell, type StepOutcome, type TraceSection } from '../../src/report/index.ts';
import type { CaseDefinition } from '../cases/index.ts';
import type { Role } from '../daemons/connection.ts';
import type { Ran } from './cell.ts';
import { observe } from './observe.ts';
import type { Foretold } from './predict.ts';

/** A cell as far as it does not hang on its place in a run. */
export interface Judged {
  readonly outcome: CellOutcome;
  readonly reason: string;
  readonly predicted: readonly StepOutcome[] | null;
  readonly actual: readonly StepOutcome[] | null;
}

/** Something in the way of the run itself. */
export interface Failure {
  readonly kind: 'failure';
  readonly what: Extract<CellFacts, { kind: 'error' }>['what'];
  readonly title: string;
  readonly words: string;
}

/** Judges a cell. `titles` are those of the two sides. */
export function judge(one: CaseDefinition, foretold: Foretold, ran: Ran | Failure, titles: { readonly [R in Role]: string }): Judged {
  const predicted = foretold.kind === 'steps' ? foretold.steps : null;
  const judged = (outcome: CellOutcome, facts: CellFacts, actual: readonly StepOutcome[] | null): Judged => {
    return { outcome, reason: explainCell(facts), predicted: outcome === 'unsupported' ? null : predicted, actual };
  };
  if (ran.kind === 'failure') return judged('error', { ...ran, kind: 'error' }, null);
  if (ran.kind === 'unsupported') return judged('unsupported', { kind: 'unsupported', title: titles[ran.by], words: ran.words }, null);
  const actual = observe(ran.phases, { childless: one.initiator?.childless === true });
  if (foretold.kind === 'cannot')
    return judged('disagrees', { kind: 'unforeseen', title: titles[foretold.by], words: foretold.words, actual }, actual);
  const { steps } = foretold;
  const agree = isDeepStrictEqual(ran.cannot === undefined ? steps : steps.slice(0, actual.length), actual);
  if (agree && ran.cannot !== undefined)
    return judged('unsupported', { kind: 'unsupported', title: titles.initiator, words: ran.cannot, what: 'rekey' }, actual);
  const facts: CellFacts = { kind: 'ran', predicted: steps, actual, agree, because: becauseOf(foretold.trace, actual) };
  if (!agree) return judged('disagrees', facts, actual);
  return judged(actual.every(({ state }) => state === 'established') ? 'works' : 'refuses', facts, actual);
}

/** What the selector says first against the offer of the step that was refused. */
function becauseOf(trace: readonly TraceSection[], actual: readonly StepOutcome[]): string | undefined {
  const refused = actual.find(({ state }) => state !== 'established');
  const section = trace.findLast(({ step, judgedBy }) => step === refused?.step && judgedBy === refused.refusal?.by);
  if (section === undefined) return undefined;
  const proposals = section.groups.flatMap(({ proposals: each }) => each);
  if (proposals.some(({ state }) => state === 'chosen')) return undefined;
  const sentences = [
    ...section.reasons,
    ...proposals.flatMap(({ reasons, transforms }) => [...reasons, ...transforms.flatMap((each) => each.reasons)]),
  ];
  return sentences[0];
}
