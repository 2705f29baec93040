/**
 * The outcomes of the whole matrix that are kept with the project: what real daemons did once. Today's predictions are held against them, so
 * that a change to a selector or a habit shows here, on any machine, before it shows in a run of an hour.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { CASES } from '../../../interop/cases/index.ts';
import { keptDetails, keptReport } from '../../../interop/kept-results.ts';
import { implementations, partyOf } from '../../../interop/matrix/implementations.ts';
import { wholePlan } from '../../../interop/matrix/pairs.ts';
import { predict } from '../../../interop/matrix/predict.ts';
import { type MatrixCell, type MatrixReport, toMarkdown } from '../../../src/report/index.ts';

const SCHEMA = new URL('../../../schema/matrix.json', import.meta.url);
const SUMMARY = new URL('../../../interop/results/summary.md', import.meta.url);

/** Whether what was foretold today is what happened then; where a daemon could not go on, only the steps until there count. */
function agrees({ case: id, initiator, responder, outcome, actual, known }: MatrixCell): boolean {
  if (actual === null || known !== undefined) return true;
  const one = CASES.find((each) => each.id === id);
  const [from, to] = [initiator, responder].map((name) => implementations().find((each) => each.id === name));
  if (!one || !from || !to) return false;
  const foretold = predict(one, partyOf(from), partyOf(to));
  if (foretold.kind !== 'steps') return false;
  const { steps } = foretold;
  return isDeepStrictEqual(outcome === 'unsupported' ? steps.slice(0, actual.length) : steps, actual);
}

describe('the results of the whole matrix that are kept', () => {
  let report: MatrixReport;
  before(() => {
    report = keptReport();
  });

  it('are whole: every case of every pair of the plan', () => {
    expect(report.complete).to.equal(true);
    const pairs = wholePlan(implementations());
    expect(report.cells).to.have.length(pairs.length * CASES.length);
    expect(report.implementations.filter(({ unavailable }) => unavailable !== null)).to.deep.equal([]);
  });

  it('are what the schema describes, and the summary is theirs', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: false });
    const check = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);
    expect(check(report), JSON.stringify(check.errors?.slice(0, 3))).to.equal(true);
    expect(readFileSync(SUMMARY, 'utf8')).to.equal(toMarkdown(report));
  });

  it('have no errors, and no disagreement without an explanation', () => {
    const strange = report.cells.filter(({ outcome, known }) => outcome === 'error' || (outcome === 'disagrees' && known === undefined));
    expect(strange.map(({ id, reason }) => `${id}: ${reason}`)).to.deep.equal([]);
  });

  it('are what is foretold today', () => {
    expect(report.cells.filter((cell) => !agrees(cell)).map(({ id }) => id)).to.deep.equal([]);
  }).timeout(120_000);

  it('have the configurations of both sides behind each cell that was played, and no secret', () => {
    const behind = keptDetails();
    const played = report.cells.filter(({ actual }) => actual !== null);
    const bare = played.filter(({ id }) => {
      const details = behind.get(id);
      return !details || details.initiator.configuration.length === 0 || details.responder.configuration.length === 0;
    });
    expect(bare.map(({ id }) => id)).to.deep.equal([]);
    expect([...behind.values()].filter((details) => /lab-key-that/.test(JSON.stringify(details)))).to.deep.equal([]);
  });
});
