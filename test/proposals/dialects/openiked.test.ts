import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { printOpeniked, readOpeniked } from '../../../src/proposals/dialects/openiked.ts';
import { DialectError } from '../../../src/proposals/dialects/scanner.ts';
import type { Algorithm, Slot } from '../../../src/proposals/model.ts';
import { type Policy, wantOf } from '../../../src/proposals/policy.ts';
import { type Word, wordsOf } from '../../../src/proposals/selectors/openiked/words.ts';

/** `encryption 12-256 | group 14`, one line per want. */
function lines(policy: Policy): string[] {
  return policy.flat().map(({ slots }) =>
    [...slots]
      .map(([slot, list]) => [slot, ...list.map(({ id, keyBits }) => (keyBits === undefined ? id : `${id}-${keyBits}`))].join(' '))
      .sort()
      .join(' | '),
  );
}

describe('the dialect of iked.conf', () => {
  const PRFS = 'prf 5 6 7 2';
  const GROUPS = 'group 31 21 20 19 16 15 14 5 2';
  const cases: [text: string, ike: readonly string[], child: readonly string[]][] = [
    ['ikesa enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048', ['encryption 12-256 | group 14 | integrity 12 | prf 5'], []],
    [
      'ikesa auth hmac-sha1 group grp14 enc 3des enc aes-128 prf hmac-md5 \\\n  ikesa enc aes-256-gcm-12 prf hmac-sha1 group ecp256 # last',
      ['encryption 3 12-128 | group 14 | integrity 2 | prf 1', 'encryption 19-256 | group 19 | prf 2'],
      [],
    ],
    ['ikesa enc aes-128', [`encryption 12-128 | ${GROUPS} | integrity 12 13 14 2 | ${PRFS}`], []],
    [
      'ikesa group modp2048',
      [`encryption 20-128 20-256 | group 14 | ${PRFS}`, `encryption 12-256 12-192 12-128 3 | group 14 | integrity 12 13 14 2 | ${PRFS}`],
      [],
    ],
    ['childsa enc aes-256 auth hmac-sha2-512', [], ['encryption 12-256 | esn 0 | group 0 | integrity 14']],
    ['childsa enc null auth hmac-md5 esn noesn', [], ['encryption 11 | esn 1 0 | group 0 | integrity 1']],
    [
      'childsa enc blowfish enc cast enc blowfish group none group grp5',
      [],
      ['encryption 7-160 6-128 | esn 0 | group 0 5 | integrity 13 14 2'],
    ],
    ['childsa enc aes-256-gcm', [], []],
  ];
  for (const [text, ike, child] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const lists = readOpeniked(text);
      expect({ ike: lines(lists.ike), child: lines(lists.child) }).to.deep.equal({ ike, child });
    });
  }

  it('keeps combined ciphers of children where the system has them', () => {
    const { child } = readOpeniked('childsa enc aes-256-gcm', { system: 'openbsd' });
    expect(lines(child)).to.deep.equal(['encryption 20-256 | esn 1 0 | group 0']);
  });

  const faults: [text: string, code: DialectError['code'], offset: number, hint?: string][] = [
    ['', 'empty', 0],
    ['  # nothing', 'empty', 11],
    ['iksa enc aes-256', 'unknown-word', 0, 'ikesa'],
    ['ikesa enc aes-265', 'unknown-word', 10, 'aes-256'],
    ['ikesa encr aes-256', 'unknown-word', 6, 'enc'],
    ['ikesa enc aes-256 group', 'missing', 23],
    ['ikesa enc aes-256-ctr', 'unknown-word', 10, 'aes-256-gcm'],
    ['ikesa enc aes-256 enc aes-256-gcm', 'not-allowed', 0],
    ['ikesa enc aes-256 childsa enc aes-256-gcm auth hmac-sha1', 'not-allowed', 18],
    ['ikesa group none', 'not-allowed', 0],
    ['ikesa esn', 'not-allowed', 0],
    ['ikesa enc aes-256; group modp2048', 'unexpected', 17],
  ];
  for (const [text, code, offset, hint] of faults) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      let caught: unknown;
      try {
        readOpeniked(text);
      } catch (error) {
        caught = error;
      }
      expect(caught).to.be.instanceOf(DialectError);
      const { code: got, offset: at, hint: near } = caught as DialectError;
      expect({ code: got, offset: at, hint: near }).to.deep.equal({ code, offset, hint });
    });
  }

  it('prints a clause per want', () => {
    const policy = [[wantOf(1, { integrity: [{ id: 12 }], encryption: [{ id: 12, keyBits: 256 }, { id: 3 }], group: [{ id: 14 }] })]];
    expect(printOpeniked(policy, 'ikesa')).to.deep.equal(['ikesa enc aes-256 enc 3des auth hmac-sha2-256 group modp2048']);
  });

  it('has no word for what iked does not know', () => {
    expect(() => printOpeniked([[wantOf(1, { encryption: [{ id: 2 }] })]], 'ikesa')).to.throw(RangeError, 'encryption 2');
  });

  it('reads what it prints', () => {
    const some = (slot: Slot, child: boolean, suits: (word: Word) => boolean = () => true): fc.Arbitrary<Algorithm[]> => {
      const words = wordsOf(slot, child).filter(suits);
      const algorithms = words.map(({ id, keyBits }): Algorithm => (keyBits === undefined ? { id } : { id, keyBits }));
      return fc.uniqueArray(fc.constantFrom(...algorithms), { minLength: 1, selector: ({ id, keyBits }) => `${id}-${keyBits}` });
    };
    const ike = fc.boolean().chain((combined) =>
      fc.record({
        ...(!combined && { integrity: some('integrity', false) }),
        encryption: some('encryption', false, ({ implicit }) => (implicit === true) === combined),
        group: some('group', false, ({ id }) => id !== 0),
        prf: some('prf', false),
      }),
    );
    const child = fc.record({
      integrity: some('integrity', true),
      encryption: some('encryption', true, ({ implicit }) => implicit !== true),
      group: some('group', true),
      esn: some('esn', true),
    });
    fc.assert(
      fc.property(fc.array(ike, { minLength: 1, maxLength: 4 }), fc.array(child, { maxLength: 4 }), (ikes, children) => {
        const policies = { ike: ikes.map((box) => [wantOf(1, box)]), child: children.map((box) => [wantOf(3, box)]) };
        const text = [...printOpeniked(policies.ike, 'ikesa'), ...printOpeniked(policies.child, 'childsa')].join('\n');
        expect(readOpeniked(text)).to.deep.equal(policies);
      }),
    );
  });

  it('answers every text with a policy or a DialectError', () => {
    const words = fc.constantFrom(
      'ikesa',
      'childsa',
      'enc',
      'auth',
      'prf',
      'group',
      'aes-256',
      'hmac-sha1',
      'none',
      'esn',
      '\\',
      '#',
      ';',
      '"',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          readOpeniked(given);
        } catch (error) {
          expect(error).to.be.instanceOf(DialectError);
        }
      }),
    );
  });
});
