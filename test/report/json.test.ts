import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { toJson } from '../../src/report/json.ts';
import { SAMPLES, threeSuites } from './samples.ts';

const schema = JSON.parse(readFileSync(new URL('../../schema/probe.json', import.meta.url), 'utf8')) as object;
const valid = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

describe('the JSON report', () => {
  for (const [name, report] of Object.entries(SAMPLES)) {
    it(`${name} follows the schema and reads back whole`, () => {
      const text = toJson(report);
      expect(JSON.parse(text)).to.deep.equal(report);
      expect(valid(JSON.parse(text)), JSON.stringify(valid.errors)).to.equal(true);
      expect(text).to.not.match(/[\p{Cf}\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
    });
  }
  const broken: [what: string, report: object][] = [
    ['a field too many', { ...threeSuites, extra: 1 }],
    ['a state that does not exist', { ...threeSuites, reachability: { state: 'maybe', evidence: [] } }],
    ['a missing part', { ...threeSuites, traffic: undefined }],
    ['a slot that does not exist', { ...threeSuites, exchanges: [{ ...threeSuites.exchanges[0], policy: [{ cipher: ['des'] }] }] }],
  ];
  for (const [what, report] of broken) it(`refuses ${what}`, () => expect(valid(JSON.parse(JSON.stringify(report)))).to.equal(false));
});
