/** Five thousand cells: how long until the grid is there, and how long a filter takes. */
import { expect } from 'chai';
import { it } from 'mocha';
import { largeRun } from '../support/matrix-run.ts';
import { matrixHtml } from '../support/pages.ts';
import { describeBrowser } from './lab.ts';

describeBrowser('a page of 5,000 cells', (lab) => {
  it('is there within seconds, filters within a blink, and opens a cell', async () => {
    const report = largeRun(5000);
    const html = await matrixHtml(report, { lines: 30 });
    const opened = await lab.open('large', html);
    const { page, complaints } = opened;
    const grid = await opened.since('.grid .pair');
    const type = async (text: string): Promise<number> =>
      page.evaluate(async (value) => {
        const box = document.querySelector<HTMLInputElement>('.search input');
        const begun = performance.now();
        if (box !== null) box.value = value;
        box?.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return performance.now() - begun;
      }, text);
    const latencies: number[] = [];
    for (const text of ['p', 'pf', 'pfs', 'pfs l', 'pfs li', '', 'strongswan', 'no_proposal_chosen']) latencies.push(await type(text));
    const opening = await page.evaluate(
      async (id) => {
        const begun = performance.now();
        location.hash = `#cell=${encodeURIComponent(id)}`;
        while (document.querySelector('.cell-view .tabs') === null) await new Promise((resolve) => setTimeout(resolve, 5));
        return performance.now() - begun;
      },
      report.cells.findLast(({ details }) => details !== null)?.id ?? '',
    );
    const worst = Math.max(...latencies);
    const middle = latencies.toSorted((a, b) => a - b)[latencies.length >> 1] ?? NaN;
    const ms = (n: number): string => `${Math.round(n)} ms`;
    console.log(
      `      ${report.cells.length} cells, ${(html.length / 2 ** 20).toFixed(1)} MiB: grid after ${ms(grid)}; filters ${ms(middle)}, worst ${ms(worst)}; cell opened in ${ms(opening)}`,
    );
    expect(grid, 'time to the first grid').to.be.lessThan(8000);
    expect(worst, 'filter latency').to.be.lessThan(1500);
    expect(complaints).to.deep.equal([]);
    await lab.picture(page, 'matrix-large');
  });
});
