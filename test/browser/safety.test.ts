/** What a daemon, a peer or a user said stays text: nothing of it runs, becomes markup, breaks out, hides or turns around. And everybody can read it. */
import { type AxeResults, source as axe } from 'axe-core';
import { expect } from 'chai';
import { it } from 'mocha';
import type { Page } from 'playwright-core';
import type { ProbeReport } from '../../src/probe/result.ts';
import { SAMPLES, threeSuites } from '../report/samples.ts';
import { HOSTILE } from '../support/hostile-strings.ts';
import { builtTemplate, matrixHtml, probeHtml } from '../support/pages.ts';
import { hostileRun, smallRun } from '../support/small-matrix.ts';
import { describeBrowser, type OpenedPage } from './lab.ts';

/** Every string of a report made hostile, structure and numbers kept. */
function poisoned(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((one) => poisoned(one, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && FREE.has(key) ? `${inner} ${text}` : poisoned(inner, text),
    ]),
  );
}
/** Fields that a peer or a user fills. */
const FREE = new Set(['input', 'text', 'name', 'suite', 'offered', 'seen', 'asks', 'fix', 'reference', 'release', 'tells']);

/** What would have come into being had a string been taken for markup, and characters that move or hide others. */
async function expectHarmless({ page, complaints, requests }: OpenedPage): Promise<void> {
  expect(await page.title()).to.not.match(/^(?:1|2|owned)$/);
  expect(await page.locator('img, iframe, object, embed, form, #app script, #app style, #app a:not([href^="#"])').count()).to.equal(0);
  expect(await page.locator('[onerror], [onmouseover]').count()).to.equal(0);
  const shown = await page.evaluate(() => document.body.innerText);
  expect(shown).to.not.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b\ufeff]/);
  expect(requests).to.deep.equal([]);
  expect(complaints).to.deep.equal([]);
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: { run(root: Document): Promise<AxeResults> } };
    const { violations: found } = await checker.run(document);
    return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`));
  });
}

describeBrowser('hostile words on a page', (lab) => {
  it('stay words in the grid, in lists and behind every cell', async () => {
    const opened = await lab.open('hostile', await matrixHtml(hostileRun, { hostile: true }));
    const { page } = opened;
    await page.waitForSelector('.cells');
    await expectHarmless(opened);
    expect(await page.locator('body').innerText()).to.include('<img src=x onerror="document.title=1"><b>bold</b>');
    for (const cell of hostileRun.cells.filter(({ id }, i) => i % 5 === 0 && !/\p{Cs}/u.test(id))) {
      for (const tab of ['', 'messages', 'configuration', 'logs']) {
        await page.evaluate((to) => (location.hash = to), `#${new URLSearchParams({ cell: cell.id, tab }).toString()}`);
        await page.waitForSelector('.cell-view [role=tabpanel]:not([hidden]) > *');
      }
      await expectHarmless(opened);
    }
    const log = await page.locator('.log').first().innerText();
    expect(log)
      .to.include('\\x1b[2J\\x1b[31mred')
      .and.include('</script><script>document.title="owned"</script>')
      .and.include('ab\\u{202e}cod.exe');
    await lab.picture(page, 'hostile-log');
  });

  it('stay words on the page of a probe, and in the text for those without scripts', async () => {
    const text = Object.values(HOSTILE).join(' ');
    const report = poisoned(
      { ...SAMPLES['named'], exchanges: [...(SAMPLES['gcmPeer']?.exchanges ?? []), ...(SAMPLES['interrupted']?.exchanges ?? [])] },
      text,
    );
    const datagram = { at: 1, direction: 'sent', summary: text, lines: [text], hex: '00ff' } as const;
    const html = await probeHtml(report as ProbeReport, [datagram, datagram]);
    const opened = await lab.open('poisoned', html, { fragment: '#packet=1' });
    await opened.page.waitForSelector('.inside');
    for (const fold of await opened.page.locator('.fold summary').all()) await fold.click();
    await expectHarmless(opened);
    const still = await lab.open('poisoned', html, { javaScriptEnabled: false });
    expect(await still.page.locator('img, b, noscript script').count()).to.equal(0);
    expect(await still.page.locator('noscript pre').innerText()).to.include('<img src=x onerror="document.title=1">');
  });

  it('stay words when a run is chosen by hand', async () => {
    const opened = await lab.open('empty', await builtTemplate());
    await opened.page.waitForSelector('.empty');
    await opened.page.locator('input[type=file]').setInputFiles(lab.file('hostile.json', JSON.stringify(hostileRun)));
    await opened.page.waitForSelector('.cells');
    await expectHarmless(opened);
  });

  it('could not run anyway: the policy of the page refuses other scripts, styles and addresses', async () => {
    const { page, complaints, requests } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "ran"';
      const style = document.createElement('style');
      style.textContent = 'body { opacity: 0.5 }';
      document.body.append(script, style);
      const image = new Image();
      image.src = 'http://192.0.2.9/x.png';
      const fetched = await fetch('http://192.0.2.9/').then(
        () => true,
        () => false,
      );
      return { title: document.title, opacity: getComputedStyle(document.body).opacity, fetched };
    });
    expect(ran).to.deep.equal({ title: 'Interop matrix', opacity: '1', fetched: false });
    expect(requests).to.deep.equal([]);
    expect(complaints.filter((complaint) => !complaint.includes('Content Security Policy'))).to.deep.equal([]);
  });
});

/** Which probes are looked at in which theme: together they have every part of a page. */
const PROBES = { light: ['threeSuites', 'unknownPeer'], dark: ['gcmPeer', 'interrupted', 'named'] } as const;

describeBrowser('the accessibility of the page', (lab) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing to complain of for axe: the run and every tab of a cell, ${colorScheme}`, async () => {
      const { page } = await lab.open('small', await matrixHtml(smallRun, { baseline: { ...smallRun, cells: smallRun.cells.slice(4) } }), {
        colorScheme,
      });
      await page.waitForSelector('.comparison');
      await page.locator('.count.works').click();
      expect(await violations(page)).to.deep.equal([]);
      await page
        .locator('.pair')
        .first()
        .click({ position: { x: 3, y: 3 } });
      await page.waitForSelector('dialog .cells');
      expect(await violations(page)).to.deep.equal([]);
      for (const tab of ['', 'messages', 'configuration', 'logs']) {
        await page.evaluate(
          (to) => (location.hash = to),
          `#${new URLSearchParams({ cell: 'v2-pfs-bomb/openiked@7.4/libreswan@4.10', tab }).toString()}`,
        );
        await page.waitForSelector('.cell-view [role=tabpanel]:not([hidden]) > *');
        expect(await violations(page), tab).to.deep.equal([]);
      }
    });

    it(`has nothing to complain of for axe: probes, ${colorScheme}`, async () => {
      const packet = { at: 1, direction: 'sent', summary: 'IKE_SA_INIT request: SA', lines: ['SA: proposal 1'], hex: '00ff' } as const;
      for (const name of PROBES[colorScheme]) {
        const report = SAMPLES[name] ?? threeSuites;
        const { page } = await lab.open(
          name,
          await probeHtml(
            report,
            Array.from({ length: 6 }, () => packet),
          ),
          { colorScheme, fragment: '#packet=3' },
        );
        await page.waitForSelector('.inside');
        for (const fold of await page.locator('.fold summary').all()) await fold.click();
        expect(await violations(page), name).to.deep.equal([]);
        await page.context().close();
      }
    });
  }
});
