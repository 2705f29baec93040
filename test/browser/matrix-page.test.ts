/** The page of a matrix run in a real browser: loading, filters, the grid by mouse and keyboard, cells, links, comparison, paper, phones. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { it } from 'mocha';
import type { Download, Page } from 'playwright-core';
import { readCapture } from '../../src/net/index.ts';
import { tally } from '../../src/report/matrix/tally.ts';
import { sampleDetails } from '../support/matrix-details.ts';
import { sampleRun } from '../support/matrix-run.ts';
import { matrixHtml } from '../support/pages.ts';
import { smallRun } from '../support/small-matrix.ts';
import { describeBrowser } from './lab.ts';

const BOMB = 'v2-pfs-bomb/strongswan@5.9.8/libreswan@4.10';
const CELL = `#cell=${encodeURIComponent(BOMB)}`;

const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();
const found = (page: Page): Promise<string> => page.locator('.found').innerText();
const fragmentOf = (page: Page): string => new URL(page.url()).hash;

let sample: Promise<string> | undefined;
/** A run of three thousand cells, made once. */
function sampleHtml(): Promise<string> {
  sample ??= matrixHtml(sampleRun(), { lines: 12 });
  return sample;
}

async function saved(download: Promise<Download>): Promise<Buffer> {
  return readFileSync(await (await download).path());
}

describeBrowser('the page of a matrix run', (lab) => {
  it('opens from a file, asks for nothing else, and says how the run stands', async () => {
    const { page, complaints, requests } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    expect(await page.title()).to.equal('Interop matrix');
    expect(await page.locator('h1').innerText()).to.equal(
      'Of 36 cells 1 is not as foretold, 2 differ in a way that is explained and 1 could not be run.',
    );
    const counts = tally(smallRun.cells);
    expect(await texts(page, '.count .figure')).to.deep.equal(Object.values(counts).map(String));
    expect(await page.locator('.pair').count()).to.equal(9);
    expect(await page.locator('.void.gone').count(), 'libreswan 4.3 could not be had').to.equal(7);
    await lab.picture(page, 'matrix-small', true);
    expect(requests).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  });

  it('opens for a run of nothing and for a run of one cell', async () => {
    for (const cells of [[], smallRun.cells.slice(0, 1)]) {
      const { page, complaints } = await lab.open('few', await matrixHtml({ ...smallRun, cells }));
      await page.waitForSelector('.cells-section');
      expect(await found(page)).to.equal(`${cells.length} cells`.replace('1 cells', '1 cell'));
      expect(complaints).to.deep.equal([]);
    }
  });

  it('filters by text, outcome, area and daemon, and keeps the filters in its address', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    expect(await found(page)).to.equal('36 cells');
    await page.getByRole('searchbox', { name: 'Search' }).fill('pfs bomb');
    expect(await found(page)).to.equal('9 of 36 cells');
    expect(await page.locator('.tiles .letter').count(), 'one large tile for each pair').to.equal(9);
    await page.locator('.count.disagrees').click();
    expect(await found(page)).to.equal('3 of 36 cells');
    expect(fragmentOf(page)).to.equal('#q=pfs+bomb&outcome=disagrees');
    expect(await texts(page, '.cells .who')).to.deep.equal([
      'strongSwan 5.9.8 → libreswan 4.10',
      'libreswan 4.10 → libreswan 4.10',
      'OpenIKED 7.4 → libreswan 4.10',
    ]);
    await page.getByLabel('Daemon').selectOption('openiked');
    expect(await found(page)).to.equal('1 of 36 cells');
    await page.reload();
    await page.waitForSelector('.grid');
    expect(await found(page)).to.equal('1 of 36 cells');
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await found(page)).to.equal('36 cells');
    expect(fragmentOf(page)).to.equal('');
    await page.getByLabel('Version').selectOption('1');
    expect(await found(page)).to.equal('9 of 36 cells');
    await page.getByText('with their cells by outcome').click();
    await page.getByRole('button', { name: 'Only the key length differs' }).click();
    expect(fragmentOf(page)).to.equal('#version=1&case=v2-key-length');
    expect(await found(page)).to.equal('0 of 36 cells');
    expect(complaints).to.deep.equal([]);
  });

  it('opens a cell from its tile: outcome, reason, foretold beside actual, and all that lies behind', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    await page.getByLabel('Case').selectOption('v2-pfs-bomb');
    await page.getByRole('button', { name: /^strongSwan 5.9.8 to libreswan 4.10/ }).click();
    await page.waitForSelector('.cell-view .tabs');
    expect(await page.locator('.reason').innerText()).to.include('goes on where a refusal was foretold');
    const differing = page.locator('.steps .differs');
    expect((await differing.locator('th, td').allInnerTexts()).map((text) => text.trim())).to.deep.equal([
      'rekey of the child SA',
      'refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN',
      'aes256-sha256-modp2048',
    ]);
    expect(await texts(page, '.trace .chip.chosen .chip-text')).to.deep.equal(['aes256', 'prfsha256', 'sha256', 'modp2048']);
    await lab.picture(page, 'matrix-cell');
    await page.getByRole('tab', { name: 'Messages' }).click();
    expect(await page.locator('.ladder .message').count()).to.equal(6);
    await page.locator('.ladder summary').first().click();
    expect(await page.locator('.ladder details[open] li').first().innerText()).to.include('AES_CBC_256');
    await page.getByRole('tab', { name: 'Configuration' }).click();
    expect(await page.locator('.text figcaption').allInnerTexts()).to.deep.equal([
      "In this project's words",
      'swanctl.conf',
      "In this project's words",
      'ipsec.conf',
    ]);
    await page.getByRole('tab', { name: 'Logs' }).click();
    const [log = ''] = await texts(page, '.log');
    const details = sampleDetails(smallRun.cells.find(({ id }) => id === BOMB) ?? smallRun.cells[0]!);
    expect(log.trim()).to.equal(details.initiator.log.trim());
    await page.getByPlaceholder('Find in both logs…').fill('sending packet');
    expect(await page.locator('.log mark').count()).to.be.greaterThan(10);
    expect(fragmentOf(page)).to.include('tab=logs');
    expect(complaints).to.deep.equal([]);
  });

  it('gives the capture, the keys, everything as JSON, and the command that runs the cell again', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun), {
      fragment: CELL,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.waitForSelector('.downloads');
    const details = sampleDetails(smallRun.cells.find(({ id }) => id === BOMB) ?? smallRun.cells[0]!);
    const get = async (name: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name }).click();
      return saved(download);
    };
    const capture = await get('Save the capture');
    expect(capture.toString('base64')).to.equal(details.capture);
    expect(readCapture(capture).packets.length).to.equal(6);
    expect((await get('Save the keys')).toString()).to.equal(`${details.keys.join('\n')}\n`);
    expect(JSON.parse((await get('Save all')).toString())).to.deep.equal(JSON.parse(JSON.stringify(details)));
    await page.getByRole('button', { name: 'Copy the command' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).to.equal(
      'sudo ike-probe matrix --cases v2-pfs-bomb --initiators strongswan@5.9.8 --responders libreswan@4.10',
    );
    expect(complaints).to.deep.equal([]);
  });

  it('has a link to a cell that survives a reload; the way back closes it', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    await page.locator('.cells button').first().click();
    await page.waitForSelector('dialog[open] .tabs');
    expect(fragmentOf(page)).to.equal(CELL);
    await page.reload();
    await page.waitForSelector('dialog[open] .tabs');
    expect(await page.locator('.cell-view h2').innerText()).to.equal('PFS on one side, seen only at the first rekey');
    await page.goBack();
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(fragmentOf(page)).to.equal('');
    await page.evaluate(() => (location.hash = '#cell=no/such/cell'));
    await page.getByText('This run has no cell no/such/cell.').waitFor();
    expect(complaints).to.deep.equal([]);
  });

  it('can be used by keyboard alone', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = (): Promise<string> =>
      page.evaluate(() => (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent) || '');
    await press('/');
    expect(await focused()).to.equal('Search');
    await page.locator('.pair').first().focus();
    await press('ArrowRight', 'ArrowDown');
    expect(await focused()).to.include('libreswan 4.10 to libreswan 4.10: ');
    await press('Enter');
    await page.waitForSelector('dialog[open] .cells');
    expect(await page.locator('dialog h2').innerText()).to.equal('libreswan 4.10 → libreswan 4.10');
    await press('Tab', 'Tab', 'Enter');
    await page.waitForSelector('.cell-view .tabs');
    expect(await page.locator('.position').innerText()).to.equal('5 of 36');
    await press('j');
    expect(await page.locator('.position').innerText()).to.equal('6 of 36');
    await press('k', 'k');
    expect(await page.locator('.position').innerText()).to.equal('4 of 36');
    await page.getByRole('tab', { name: 'Judgement' }).focus();
    await press('ArrowRight');
    expect(await page.locator('[role=tab][aria-selected=true]').innerText()).to.match(/^Messages/);
    await press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await focused(), 'the focus goes back').to.include('libreswan 4.10 to libreswan 4.10: ');
    expect(complaints).to.deep.equal([]);
  });

  it('compares with another run: a file chosen by hand, the page of another run, or one that came with it', async () => {
    const before = {
      ...smallRun,
      started: '2026-11-20T08:00:00.000Z',
      cells: smallRun.cells
        .slice(1)
        .map((cell) => (cell.id === BOMB ? { ...cell, outcome: 'refuses' as const, actual: cell.predicted } : cell)),
    };
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun));
    await page.waitForSelector('.grid');
    for (const file of [lab.file('results.json', JSON.stringify(before)), lab.file('other.html', await matrixHtml(before))]) {
      await page.locator('input[type=file]').setInputFiles(file);
      await page.waitForSelector('.comparison');
      expect(await page.locator('.comparison h2').innerText()).to.include('20 November 2026, 08:00 UTC');
      expect(await texts(page, '.change-counts li')).to.deep.equal(['1 not as foretold any more', '1 new']);
      await page.getByRole('button', { name: 'End the comparison' }).click();
    }
    await page.locator('input[type=file]').setInputFiles(lab.file('broken.json', '{"schema":"ike-probe/1"}'));
    expect(await page.getByRole('alert').innerText()).to.equal('broken.json: it is no result of ike-probe matrix');

    const other = await lab.open('compared', await matrixHtml(smallRun, { baseline: before }));
    await other.page.waitForSelector('.comparison');
    await other.page.getByLabel('changed only').check();
    expect(await found(other.page)).to.equal('2 of 36 cells');
    await lab.picture(other.page, 'matrix-compared', true);
    await other.page.locator('.changes button').first().click();
    await other.page.waitForSelector('.steps');
    expect(await texts(other.page, '.steps thead th')).to.deep.equal(['Step', 'Foretold', 'Actual', 'In the other run']);
    expect([...complaints, ...other.complaints]).to.deep.equal([]);
  });

  it('fits a phone: nothing but the grid is wider than the screen', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun), {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
    });
    await page.waitForSelector('.grid');
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).to.equal(390);
    await lab.picture(page, 'matrix-390');
    await page.locator('.cells button').first().click();
    await page.waitForSelector('.cell-view .tabs');
    expect(await page.evaluate(() => document.querySelector('dialog')?.getBoundingClientRect().width)).to.equal(390);
    for (const tab of ['Messages', 'Configuration', 'Logs', 'Judgement']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await page.evaluate(() => document.querySelector('dialog')?.scrollWidth), tab).to.equal(390);
    }
    await lab.picture(page, 'matrix-390-cell');
    expect(complaints).to.deep.equal([]);
  });

  it('is dark when the system is, and turns by hand', async () => {
    const { page, complaints } = await lab.open('sample', await sampleHtml(), { colorScheme: 'dark' });
    await page.waitForSelector('.grid');
    const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).to.equal('rgb(21, 23, 27)');
    await lab.picture(page, 'matrix-1440-dark');
    await page.getByRole('button', { name: 'Turn light' }).click();
    expect(await ground()).to.equal('rgb(250, 249, 246)');
    await page.reload();
    await page.waitForSelector('.grid');
    expect(await ground(), 'it is remembered').to.equal('rgb(250, 249, 246)');
    await lab.picture(page, 'matrix-1440');
    await page.setViewportSize({ width: 1024, height: 900 });
    await lab.picture(page, 'matrix-1024');
    expect(complaints).to.deep.equal([]);
  });

  it('prints without its controls, in light colours, the open cell instead of the page', async () => {
    const { page, complaints } = await lab.open('small', await matrixHtml(smallRun), { colorScheme: 'dark' });
    await page.waitForSelector('.grid');
    await page.emulateMedia({ media: 'print' });
    const visible = (selector: string): Promise<boolean> => page.locator(selector).first().isVisible();
    expect([await visible('.filters'), await visible('.actions'), await visible('.grid')]).to.deep.equal([false, false, true]);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).to.equal('rgb(255, 255, 255)');
    await lab.picture(page, 'matrix-print');
    await page.emulateMedia({ media: 'screen' });
    await page.locator('.cells button').first().click();
    await page.waitForSelector('.cell-view .tabs');
    await page.emulateMedia({ media: 'print' });
    expect([await visible('.grid'), await visible('.cell-view'), await visible('.downloads')]).to.deep.equal([false, true, false]);
    expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString()).to.equal('%PDF-');
    expect(complaints).to.deep.equal([]);
  });

  it('is a text report where no script runs', async () => {
    const { page } = await lab.open('small', await matrixHtml(smallRun), { javaScriptEnabled: false });
    await page.waitForSelector('noscript pre');
    expect(await page.locator('noscript pre').innerText()).to.include('Not as foretold');
  });
});
