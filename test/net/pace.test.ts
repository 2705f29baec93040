import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pace, type PaceLimits } from '../../src/net/pace.ts';
import { VirtualTime } from '../../src/net/virtual-time.ts';

describe('pace', () => {
  const cases: [what: string, limits: PaceLimits, times: (number | 'spent')[]][] = [
    ['spaces datagrams evenly', { perSecond: 50, budget: 10 }, [0, 20, 40, 60]],
    ['lets a burst through, then spaces', { perSecond: 100, budget: 10, burst: 3 }, [0, 0, 0, 10, 20]],
    ['ends with the budget', { perSecond: 1000, budget: 2 }, [0, 1, 'spent', 'spent']],
  ];
  for (const [what, limits, times] of cases) {
    it(what, async () => {
      const time = new VirtualTime();
      const paced = pace({ ...limits, clock: time });
      const granted = await Promise.all(times.map(async () => ((await paced.grant()) ? time.clock() : 'spent')));
      expect(granted).to.deep.equal(times);
      expect(paced.granted + paced.left).to.equal(limits.budget);
    });
  }

  it('fills the bucket again in a pause, not beyond the burst', async () => {
    const time = new VirtualTime();
    const paced = pace({ perSecond: 100, budget: 99, burst: 2, clock: time });
    await paced.grant();
    await time.sleepUntil(1000);
    const times: number[] = [];
    for (let i = 0; i < 4; i++) if (await paced.grant()) times.push(time.clock());
    expect(times).to.deep.equal([1000, 1000, 1010, 1020]);
  });
});
