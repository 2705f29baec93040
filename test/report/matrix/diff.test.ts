/** Which cells of two runs differ, and how. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { changesBetween } from '../../../src/report/matrix/diff.ts';
import type { CellOutcome, MatrixCell, StepOutcome } from '../../../src/report/matrix/result.ts';

const ike = (suite: string | null): StepOutcome => ({
  step: 'ike',
  state: suite === null ? 'silent' : 'established',
  suite,
  refusal: null,
});

function cell(id: string, outcome: CellOutcome, actual: readonly StepOutcome[] | null = [ike('a')]): MatrixCell {
  return {
    id,
    case: id,
    initiator: 'x',
    responder: 'y',
    outcome,
    reason: '',
    predicted: actual,
    actual,
    durationMs: 1,
    rerun: '',
    details: null,
  };
}

describe('two matrix runs', () => {
  const cases: [name: string, before: MatrixCell | undefined, after: MatrixCell | undefined, kind: string | undefined][] = [
    ['the same outcome and steps', cell('a', 'works'), { ...cell('a', 'works'), durationMs: 9, reason: 'other words' }, undefined],
    ['works, then disagrees', cell('a', 'works'), cell('a', 'disagrees'), 'broken'],
    ['refuses, then error', cell('a', 'refuses'), cell('a', 'error', null), 'broken'],
    ['disagrees, then refuses', cell('a', 'disagrees'), cell('a', 'refuses'), 'mended'],
    ['works, then refuses', cell('a', 'works'), cell('a', 'refuses'), 'changed'],
    ['error, then disagrees', cell('a', 'error', null), cell('a', 'disagrees'), 'changed'],
    ['unsupported, then works', cell('a', 'unsupported', null), cell('a', 'works'), 'changed'],
    ['another suite', cell('a', 'works'), cell('a', 'works', [ike('b')]), 'changed'],
    ['one step more', cell('a', 'works'), cell('a', 'works', [ike('a'), { ...ike('b'), step: 'child' }]), 'changed'],
    ['not there before', undefined, cell('a', 'works'), 'new'],
    ['not there any more', cell('a', 'works'), undefined, 'gone'],
  ];
  const list = (one: MatrixCell | undefined): { cells: MatrixCell[] } => ({ cells: one === undefined ? [] : [one] });
  for (const [name, before, after, kind] of cases)
    it(`${name}: ${kind ?? 'no change'}`, () =>
      expect(changesBetween(list(before), list(after)).map((one) => one.kind)).to.deep.equal(kind === undefined ? [] : [kind]));

  it('are listed in the order of the later one, what is gone at the end', () => {
    const before = { cells: [cell('gone', 'works'), cell('b', 'works'), cell('a', 'works')] };
    const after = { cells: [cell('a', 'error', null), cell('new', 'works'), cell('b', 'refuses')] };
    expect(changesBetween(before, after).map(({ id, kind }) => `${id} ${kind}`)).to.deep.equal([
      'a broken',
      'new new',
      'b changed',
      'gone gone',
    ]);
  });
});
