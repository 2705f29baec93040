import { expect } from 'chai';
import { describe, it } from 'mocha';
import { nearest } from '../../src/proposals/notation/nearest.ts';

describe('the word that was meant', () => {
  const cases: [word: string, candidates: readonly string[], meant: string | undefined][] = [
    ['slect', ['probe', 'select'], 'select'],
    ['porbe', ['demo', 'probe'], 'probe'],
    ['AES265', ['aes128', 'aes256'], 'aes256'],
    ['gateway', ['probe', 'select', 'demo'], undefined],
    ['x'.repeat(100_000), ['probe'], undefined],
  ];
  for (const [word, candidates, meant] of cases) {
    it(`${word.slice(0, 10)}: ${meant ?? 'none'}`, () => expect(nearest(word, candidates)).to.equal(meant));
  }
});
