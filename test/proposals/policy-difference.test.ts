/** Two policies side by side: expected regions in our notation, and the law against brute force. */
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Algorithm, Slot } from '../../src/proposals/model.ts';
import { expandBox, formatPolicy, parsePolicy } from '../../src/proposals/notation.ts';
import { type Policy, wantOf } from '../../src/proposals/policy.ts';
import { comparePolicies, isWithinPolicy, type Region, regionsToPolicy } from '../../src/proposals/policy-difference.ts';

const words = (regions: readonly Region[]): string => formatPolicy(regionsToPolicy(regions), 'ikev2-child');
const esp = (text: string): Policy => (text === '' ? [] : parsePolicy(text, 'ikev2-child'));

const ROWS: readonly (readonly [first: string, second: string, both: string, onlyFirst: string, onlySecond: string])[] = [
  ['aes256-sha256', 'aes256-sha256', 'aes256-sha256', '', ''],
  ['aes256-aes128-sha256', 'aes256-sha256-sha512', 'aes256-sha256', 'aes128-sha256', 'aes256-sha512'],
  ['aes256-sha256', 'aes256gcm16', '', 'aes256-sha256', 'aes256gcm16'],
  ['aes256-sha256-modp2048', 'aes256-sha256', '', 'aes256-sha256-modp2048', 'aes256-sha256'],
  ['aes256-sha256,aes256-aes128-sha256', 'aes128-sha256', 'aes128-sha256', 'aes256-sha256', ''],
  ['esp:aes256-sha256', 'ah:sha256', '', 'aes256-sha256', 'ah:sha256'],
];

describe('two policies', () => {
  for (const [first, second, ...expected] of ROWS) {
    it(`${first} beside ${second}`, () => {
      const { both, onlyFirst, onlySecond } = comparePolicies(esp(first), esp(second));
      expect([words(both), words(onlyFirst), words(onlySecond)]).to.deep.equal(expected);
    });
  }

  it('one within the other', () => {
    expect(isWithinPolicy(esp('aes256-sha256'), esp('aes256-aes128-sha256'))).to.equal(true);
    expect(isWithinPolicy(esp('aes256-aes128-sha256'), esp('aes256-sha256'))).to.equal(false);
  });

  const algorithms = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }).map((ids) => ids.map((id): Algorithm => ({ id })));
  const slots: readonly Slot[] = ['encryption', 'integrity', 'group'];
  const want = fc
    .tuple(...slots.map(() => fc.option(algorithms, { nil: undefined })))
    .map((lists) => wantOf(3, Object.fromEntries(slots.flatMap((slot, i) => (lists[i] ? [[slot, lists[i]]] : [])))));
  const policy: fc.Arbitrary<Policy> = fc.array(
    want.map((each) => [each]),
    { maxLength: 4 },
  );
  const suitesOf = (boxes: readonly Region['box'][]): string[] => boxes.flatMap(expandBox).map((suite) => JSON.stringify(suite));

  it('are cut into disjoint parts whose union is theirs', () => {
    fc.assert(
      fc.property(policy, policy, (a, b) => {
        const all = (each: Policy): Set<string> => new Set(suitesOf(each.flat().map(({ slots: map }) => Object.fromEntries(map))));
        const [first, second] = [all(a), all(b)];
        const { both, onlyFirst, onlySecond } = comparePolicies(a, b);
        const expected = (keep: (suite: string) => boolean): string[] => [...new Set([...first, ...second])].filter(keep).toSorted();
        const got = (regions: readonly Region[]): string[] => suitesOf(regions.map(({ box }) => box)).toSorted();
        expect(got(both)).to.deep.equal(expected((suite) => first.has(suite) && second.has(suite)));
        expect(got(onlyFirst)).to.deep.equal(expected((suite) => !second.has(suite)));
        expect(got(onlySecond)).to.deep.equal(expected((suite) => !first.has(suite)));
      }),
      { numRuns: 300 },
    );
  });
});
