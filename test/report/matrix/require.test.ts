/** Which cells `--require` asks for, and what does not hold. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { explainUnmet } from '../../../src/report/explain-matrix.ts';
import { type RequireRule, unmetRequirements } from '../../../src/report/matrix/require.ts';
import type { CellOutcome, MatrixReport } from '../../../src/report/matrix/result.ts';
import { smallRun } from '../../support/small-matrix.ts';

const OUTCOMES: Readonly<Record<string, CellOutcome>> = {
  'v1-a/x@1/y@2': 'works',
  'v1-a/y@2/x@1': 'disagrees',
  'v2-b/x@1/y@2': 'refuses',
  'v2-b/y@2/x@1': 'unsupported',
  'v2-c/x@1/y@2': 'error',
};
const [first] = smallRun.cells;
const cells = Object.entries(OUTCOMES).map(([id, outcome]) => {
  const [one = '', initiator = '', responder = ''] = id.split('/');
  if (first === undefined) throw new Error('the small run has no cell');
  return { ...first, id, case: one, initiator, responder, outcome, reason: 'so.' };
});
const run: MatrixReport = { ...smallRun, cells };

/** What does not hold, in short: ids of cells, or the pattern that fits nothing. */
function missing(rules: readonly RequireRule[], report = run): readonly string[] {
  return unmetRequirements(report, { schema: 'ike-probe/1', kind: 'matrix-require', rules }).map((one) => {
    if (one.kind === 'cell') return one.cell.id;
    return one.kind === 'no-cell' ? `${one.part} ${one.pattern}` : one.kind;
  });
}

describe('the requirements of a matrix run', () => {
  const cases: [rule: RequireRule, missing: readonly string[]][] = [
    [{ case: 'v1-a', initiator: 'x@1' }, []],
    [{ case: 'v1-*' }, ['v1-a/y@2/x@1']],
    [{ case: ['v1-a', 'v2-b'], initiator: 'x@*' }, []],
    [{}, ['v1-a/y@2/x@1', 'v2-b/y@2/x@1', 'v2-c/x@1/y@2']],
    [{ outcomes: ['works'] }, ['v1-a/y@2/x@1', 'v2-b/x@1/y@2', 'v2-b/y@2/x@1', 'v2-c/x@1/y@2']],
    [{ case: 'v2-*', outcomes: ['refuses', 'unsupported', 'error'] }, []],
    [
      {
        except: [
          { responder: 'x@1', because: 'it is new' },
          { case: 'v2-c', because: 'it is slow' },
        ],
      },
      [],
    ],
    [{ except: [{ responder: 'x@1', case: 'v1-*', because: 'it is new' }] }, ['v2-b/y@2/x@1', 'v2-c/x@1/y@2']],
    [{ case: 'v3-*' }, ['case v3-*']],
    [{ case: ['v1-a', 'v1-b'] }, ['case v1-b']],
    [{ initiator: 'z', responder: 'q*' }, ['initiator z', 'responder q*']],
    [{ case: 'v2-c', initiator: 'y@2' }, ['no-cells']],
    [{ case: '*-*' }, ['v1-a/y@2/x@1', 'v2-b/y@2/x@1', 'v2-c/x@1/y@2']],
    [{ case: 'v*-*b' }, ['v2-b/y@2/x@1']],
    [{ case: 'v1-a*a' }, ['case v1-a*a']],
    [{ case: 'v1.a' }, ['case v1.a']],
  ];
  for (const [rule, expected] of cases)
    it(`${JSON.stringify(rule)} lacks ${expected.join(', ') || 'nothing'}`, () => expect(missing([rule])).to.deep.equal(expected));

  it('are not fulfilled by a run that was cut short', () =>
    expect(missing([{ case: 'v1-a', initiator: 'x@1' }], { ...run, complete: false })).to.deep.equal(['incomplete']));

  it('say what is wrong in a sentence', () => {
    const all = unmetRequirements(
      { ...run, complete: false },
      { schema: 'ike-probe/1', kind: 'matrix-require', rules: [{ case: 'v2-c' }, { case: 'v9' }, { case: 'v2-c', initiator: 'y@2' }] },
    );
    expect(all.map(explainUnmet)).to.deep.equal([
      'The run was cut short: what is required may not have been run.',
      'v2-c/x@1/y@2 must be works or refuses, and is error: so.',
      'rule 2: no cell of this run has the case v9.',
      'rule 3: no cell of this run fits it.',
    ]);
  });
});
