import { expect } from 'chai';
import { describe, it } from 'mocha';
import { CELL, CellMap } from '../../src/probe/cell-map.ts';
import { Grid } from '../../src/probe/grid.ts';
import type { Answer } from '../../src/probe/question.ts';
import type { Box } from '../../src/proposals/model.ts';

const box = (...groups: number[]): Box => ({
  encryption: [{ id: 5 }, { id: 7, keyBits: 128 }],
  hash: [{ id: 2 }],
  group: groups.map((id) => ({ id })),
});
const answer = (evidence: number): Answer => ({
  kind: 'refused',
  notify: 14,
  form: { spiSize: 0, messageId: 0, responderSpi: false },
  evidence: [evidence],
  asked: { exchange: 'ikev1-main', offer: { negotiation: 'ikev1-phase1', groups: [] } },
});

describe('cell map', () => {
  it('starts undecided, and counts', () => {
    const map = new CellMap(new Grid([box(2, 14)]));
    expect(map.count(CELL.undecided)).to.equal(4);
    map.accept(0, map.keep(answer(1)));
    map.refuse(1, map.keep(answer(2)));
    expect([CELL.undecided, CELL.accepted, CELL.refused].map((state) => map.count(state))).to.deep.equal([2, 1, 1]);
    expect(map.accepted).to.deep.equal([0]);
  });

  it('leaves out what is no combination', () => {
    const map = new CellMap(
      new Grid([
        { encryption: [{ id: 5 }], group: [{ id: 2 }] },
        { encryption: [{ id: 7 }], group: [{ id: 14 }] },
      ]),
    );
    expect(map.count(CELL.invalid)).to.equal(2);
    expect(map.count(CELL.undecided)).to.equal(2);
  });

  it('says the same on a larger grid, with the same evidence', () => {
    const small = new CellMap(new Grid([box(14)]));
    small.accept(0, small.keep(answer(7)));
    small.alone.add(0);
    small.refuse(1, small.keep(answer(9)));
    const large = small.on(new Grid([box(2, 14)]));
    const cell = large.accepted[0] ?? -1;
    expect(large.grid.suite(cell)).to.deep.equal(small.grid.suite(0));
    expect(large.answers[large.settledBy[cell] ?? -1]?.evidence).to.deep.equal([7]);
    expect(large.alone.has(cell)).to.equal(true);
    expect(large.count(CELL.undecided)).to.equal(2);
  });

  it('adds maps of other parts without mixing up their answers', () => {
    const whole = new CellMap(new Grid([box(2, 14)]));
    for (const group of [2, 14]) {
      const part = new CellMap(new Grid([box(group)]));
      part.refuse(0, part.keep(answer(group)));
      whole.take(part);
    }
    const shown = [...whole.settledBy].filter((at) => at >= 0).map((at) => whole.answers[at]?.evidence[0]);
    expect(shown).to.have.members([2, 14]);
  });

  it('remembers why it was stopped', () => {
    const map = new CellMap(new Grid([box(2)])).stop('silence', answer(3));
    expect(map.notes).to.deep.equal([{ code: 'stopped', why: 'silence' }]);
    expect(map.answers).to.have.length(1);
  });
});
