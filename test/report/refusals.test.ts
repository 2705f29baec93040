import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { RejectedBox } from '../../src/probe/result.ts';
import { groupRefusals, suitesOf, summarize } from '../../src/report/refusals.ts';
import { threeSuites } from './samples.ts';

const rejected: readonly RejectedBox[] = threeSuites.exchanges[0]?.rejected ?? [];
const suites = rejected.flatMap(({ box }) => [...suitesOf(box)].map((suite) => suite.split('-')));

describe('refusals summed up', () => {
  const { values, together } = summarize(rejected);

  it('has one line per slot', () => expect(values.map(({ slot }) => slot)).to.deep.equal(['group', 'encryption', 'hash']));
  for (const { slot, offered, count } of values) {
    it(`counts every refused combination with a refused ${slot}`, () => {
      expect(count).to.equal(suites.filter((words) => words.some((word) => offered.includes(word))).length);
    });
  }
  it('counts what is left: accepted values that do not go together', () => {
    const strange = new Set(values.flatMap(({ offered }) => offered));
    expect(together).to.be.closeTo(suites.filter((words) => !words.some((word) => strange.has(word))).length, 1e-6);
  });
  it('names what is accepted anywhere instead', () => {
    expect(values.map(({ accepted }) => accepted)).to.deep.equal([
      ['modp2048', 'modp1024'],
      ['aes256', 'aes128', '3des'],
      ['sha256', 'sha1'],
    ]);
  });
  it('loses no box when it groups by reason', () => {
    expect([...new Set(groupRefusals(rejected).flatMap(({ boxes }) => boxes))]).to.have.members(rejected);
  });
});
