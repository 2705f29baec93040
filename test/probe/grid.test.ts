import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Grid, type Mask, sameAlgorithm, valueKey } from '../../src/probe/grid.ts';
import type { Algorithm, Box } from '../../src/proposals/model.ts';
import { universe } from '../../src/proposals/universes.ts';

const algorithms = fc
  .array(fc.record({ id: fc.integer({ min: 1, max: 4 }), bits: fc.constantFrom(undefined, 128, 256) }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map(({ id, bits }): Algorithm => (bits === undefined ? { id } : { id, keyBits: bits })));
const classic = fc.record({ encryption: algorithms, integrity: algorithms, prf: algorithms, group: algorithms });
const aead = fc.record({ encryption: algorithms, prf: algorithms, group: algorithms });
/** Boxes as a universe file may hold them: overlapping, and with words said twice. */
const boxes: fc.Arbitrary<Box[]> = fc.array(fc.oneof(classic, aead), { minLength: 1, maxLength: 3 });

/** A grid and some of its combinations. */
const gridAndMask = boxes.chain((all) => {
  const grid = new Grid(all);
  const members = grid.combinations();
  return fc
    .array(fc.boolean(), { minLength: grid.size, maxLength: grid.size })
    .map((picked) => ({ grid, mask: members.map((m, i) => (m === 1 && picked[i] ? 1 : 0)) }));
});

function countOf(mask: Mask): number {
  return mask.reduce((sum, member) => sum + member, 0);
}

describe('grid', () => {
  it('has a cell for every suite, and the suite back', () => {
    fc.assert(
      fc.property(boxes, (all) => {
        const grid = new Grid(all);
        grid.combinations().forEach((member, cell) => {
          if (member === 1) expect(grid.cell(grid.suite(cell))).to.equal(cell);
        });
      }),
    );
  });

  it('counts what the universe counts', () => {
    for (const space of ['ikev1-phase1', 'ikev2-ike'] as const) {
      const { boxes: all, combinations } = universe('common', space);
      expect(countOf(new Grid(all).combinations())).to.equal(combinations);
    }
  });

  it('knows no cell for a suite with a value of its own', () => {
    const grid = new Grid([{ encryption: [{ id: 12, keyBits: 128 }], prf: [{ id: 5 }], group: [{ id: 14 }] }]);
    expect(grid.cell({ encryption: { id: 12, keyBits: 256 }, prf: { id: 5 }, group: { id: 14 } })).to.equal(undefined);
    expect(grid.cell({ encryption: { id: 12, keyBits: 128 }, prf: { id: 5 }, group: { id: 14 }, auth: { id: 3 } })).to.equal(0);
  });

  it('decompose: disjoint blocks that hold exactly the members', () => {
    fc.assert(
      fc.property(gridAndMask, ({ grid, mask }) => {
        const times = new Uint8Array(grid.size);
        for (const block of grid.decompose(mask)) grid.each(block, (cell) => times.set([(times[cell] ?? 0) + 1], cell));
        expect([...times]).to.deep.equal([...mask]);
      }),
    );
  });

  it('decompose: one block for a product', () => {
    const { boxes: all } = universe('common', 'ikev2-ike');
    const grid = new Grid(all);
    expect(grid.decompose(grid.combinations())).to.have.length(2);
  });

  it('cover: contains what must be, avoids what may not, stays inside the universe', () => {
    fc.assert(
      fc.property(gridAndMask, fc.array(fc.nat(), { maxLength: 6 }), ({ grid, mask }, picks) => {
        const inside = [...mask.keys()].filter((cell) => mask[cell] === 1);
        const avoid = inside.length === 0 ? [] : [...new Set(picks.map((pick) => inside[pick % inside.length] ?? 0))];
        const must = mask.slice();
        for (const cell of avoid) must[cell] = 0;
        const covered = new Uint8Array(grid.size);
        for (const block of grid.cover(must, avoid)) grid.each(block, (cell) => (covered[cell] = 1));
        const members = grid.combinations();
        for (let cell = 0; cell < grid.size; cell++) {
          if (must[cell] === 1) expect(covered[cell], 'must').to.equal(1);
          if (covered[cell] === 1) expect(members[cell], 'inside').to.equal(1);
        }
        for (const cell of avoid) expect(covered[cell], 'avoid').to.equal(0);
      }),
    );
  });

  it('says a block as a box and finds the same cells in it', () => {
    fc.assert(
      fc.property(gridAndMask, ({ grid, mask }) => {
        for (const block of grid.decompose(mask)) {
          const again = new Grid([grid.box(block)]);
          grid.each(block, (cell) => expect(again.cell(grid.suite(cell))).not.to.equal(undefined));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('tells algorithms apart by number and key length', () => {
    fc.assert(
      fc.property(algorithms, (all) => {
        for (const a of [...all, undefined])
          for (const b of [...all, undefined]) expect(sameAlgorithm(a, b)).to.equal(valueKey(a) === valueKey(b));
      }),
    );
  });
}).timeout(20_000);
