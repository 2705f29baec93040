/** `schema/matrix.json` and `schema/matrix-require.json` against generated runs, the details of their cells, and files that are not as they must be. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { readRequirements } from '../../../src/report/matrix/require.ts';
import { sampleDetails } from '../../support/matrix-details.ts';
import { sampleRun } from '../../support/matrix-run.ts';
import { hostileRun, smallRun } from '../../support/small-matrix.ts';

const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../../schema/${name}.json`, import.meta.url), 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
ajv.addSchema(schemaOf('matrix'), 'matrix').addSchema(schemaOf('matrix-require'), 'matrix-require');
const validator = (reference: string): ReturnType<typeof ajv.compile> => ajv.compile({ $ref: reference });

function expectValid(valid: ReturnType<typeof validator>, value: unknown): void {
  expect(valid(JSON.parse(JSON.stringify(value))), JSON.stringify(valid.errors?.slice(0, 3))).to.equal(true);
}

describe('schema/matrix.json', () => {
  const report = validator('matrix#');
  const details = validator('matrix#/$defs/details');

  for (const [name, run] of Object.entries({
    small: smallRun,
    hostile: hostileRun,
    sample: sampleRun(),
    cut: sampleRun({ complete: false }),
  }))
    it(`describes the ${name} run`, () => expectValid(report, run));

  it('describes the details of its cells', () => {
    for (const cell of smallRun.cells) expectValid(details, sampleDetails(cell));
    for (const cell of smallRun.cells.slice(0, 4)) expectValid(details, sampleDetails(cell, { hostile: true }));
  });

  it('refuses fields that it does not name', () => {
    expect(report({ ...smallRun, more: 1 })).to.equal(false);
    expect(report({ ...smallRun, cells: smallRun.cells.map((cell) => ({ ...cell, outcome: 'perhaps' })) })).to.equal(false);
  });
});

describe('schema/matrix-require.json', () => {
  const valid = validator('matrix-require#');
  const head = { schema: 'ike-probe/1', kind: 'matrix-require' };
  const rule = { case: 'v2-*', initiator: ['a', 'b'], outcomes: ['works'], except: [{ case: 'v2-x', because: 'it is new' }] };

  const good: readonly unknown[] = [
    { ...head, rules: [{}] },
    { ...head, $schema: './matrix-require.json', rules: [rule] },
    { ...head, rules: [{ case: '*' }, { responder: '*', outcomes: ['works', 'refuses', 'unsupported'] }] },
  ];
  for (const file of good) {
    it(`and the reader take ${JSON.stringify(file)}`, () => {
      expectValid(valid, file);
      expect(readRequirements(file)).to.equal(file);
    });
  }

  it('describe the example in docs/matrix-report.md', () => {
    const docs = readFileSync(new URL('../../../docs/matrix-report.md', import.meta.url), 'utf8');
    const file = JSON.parse(/```json\n([\s\S]*?)```/.exec(docs)?.[1] ?? '') as unknown;
    expectValid(valid, file);
    expect(readRequirements(file)).to.equal(file);
  });

  const bad: readonly [place: string, file: unknown][] = [
    ['the file', null],
    ['the file', []],
    ['schema', { kind: 'matrix-require', rules: [{}] }],
    ['kind', { ...head, kind: 'matrix', rules: [{}] }],
    ['rules', { ...head, rules: [] }],
    ['rules', head],
    ['rule', { ...head, rule: [], rules: [{}] }],
    ['rules[0]', { ...head, rules: ['*'] }],
    ['rules[1].cases', { ...head, rules: [{}, { cases: 'v2-*' }] }],
    ['rules[0].case', { ...head, rules: [{ case: [] }] }],
    ['rules[0].case', { ...head, rules: [{ case: '' }] }],
    ['rules[0].initiator', { ...head, rules: [{ initiator: ['a', 1] }] }],
    ['rules[0].outcomes', { ...head, rules: [{ outcomes: ['work'] }] }],
    ['rules[0].outcomes', { ...head, rules: [{ outcomes: [] }] }],
    ['rules[0].except', { ...head, rules: [{ except: {} }] }],
    ['rules[0].except[1].because', { ...head, rules: [{ except: [{ because: 'x' }, { case: 'y' }] }] }],
    ['rules[0].except[0].responder', { ...head, rules: [{ except: [{ because: 'x', responder: 5 }] }] }],
  ];
  for (const [place, file] of bad) {
    it(`and the reader refuse ${JSON.stringify(file)}`, () => {
      expect(valid(file)).to.equal(false);
      expect(readRequirements(file)).to.include({ place });
    });
  }
});
