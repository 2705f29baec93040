/** Third-party cases by family: how many a profile explains, and why the others are not explained. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { corpusIsHere, type Family } from './family.ts';
import { libreswanConsoles } from './libreswan-consoles.ts';
import { selectionPairs } from './selection-pairs.ts';
import { strongswanEvaltests } from './strongswan-evaltest.ts';

const FAMILIES: readonly (() => Family)[] = [selectionPairs, strongswanEvaltests, libreswanConsoles];

(corpusIsHere ? describe : describe.skip)(`third-party cases${corpusIsHere ? '' : ' (skipped: ../shared/corpus is not here)'}`, () => {
  if (!corpusIsHere) return;
  for (const family of FAMILIES) {
    const { title, cases, unexplained } = family();
    const count = cases.filter(({ by }) => by.length > 0).length;
    describe(`${title}: ${count} of ${cases.length} explained`, () => {
      for (const { id, by, detail = '' } of cases) {
        const why = Object.hasOwn(unexplained, id) ? unexplained[id] : undefined;
        if (why === undefined) it(`${id}: ${by.length > 0 ? by.join(', ') : 'nobody'}`, () => expect(by, detail).not.to.deep.equal([]));
        else it(`${id}: not explained (${why})`, () => expect(by, 'explained now: take it off the list').to.deep.equal([]));
      }
      it('lists as unexplained only what is there', () => {
        const ids = cases.map(({ id }) => id);
        expect(Object.keys(unexplained).filter((id) => !ids.includes(id))).to.deep.equal([]);
      });
    });
  }
});
