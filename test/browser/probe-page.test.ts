/** The page of one probe in a real browser: what is accepted and refused, offers as trees, and packets behind the claims. */
import { expect } from 'chai';
import { it } from 'mocha';
import { byStrength } from '../../src/report/strength.ts';
import { gcmPeer, SAMPLES, threeSuites } from '../report/samples.ts';
import { probeHtml } from '../support/pages.ts';
import { describeBrowser } from './lab.ts';

const PACKETS = Array.from({ length: 60 }, (_, i) => ({
  at: i * 3,
  direction: i % 2 === 0 ? ('sent' as const) : ('received' as const),
  summary: `main mode: SA ${i}`,
  lines: [`SA: proposal ${i}`],
  hex: '0102'.repeat(20),
}));

describeBrowser('the page of a probe', (lab) => {
  it('shows what is accepted, strongest first, and what is taken slot by slot', async () => {
    const { page, complaints, requests } = await lab.open('three', await probeHtml(threeSuites, PACKETS));
    await page.waitForSelector('.suites-list');
    expect(await page.title()).to.equal('192.0.2.7 port 500');
    const accepted = threeSuites.exchanges[0]?.accepted.map(({ suite }) => suite) ?? [];
    expect(await page.locator('.suites-list code').allInnerTexts()).to.deep.equal(accepted.toSorted(byStrength));
    expect(await page.locator('.board .accepted .value-text').allInnerTexts()).to.deep.equal([
      'aes256',
      'aes128',
      '3des',
      'sha256',
      'sha1',
      'modp2048',
      'modp1024',
    ]);
    expect(await page.locator('.findings li').count()).to.equal(threeSuites.findings.length);
    expect(await page.locator('.refusal-lines .portion').first().innerText(), '12 ciphers, 6 hashes, 13 groups').to.equal('936');
    await lab.picture(page, 'probe-1440', true);
    expect([...complaints, ...requests]).to.deep.equal([]);
  });

  it('draws an offer so that one sees at which attribute each suite failed', async () => {
    const { page, complaints } = await lab.open('offers', await probeHtml(gcmPeer), { viewport: { width: 390, height: 844 } });
    await page.waitForSelector('.offer-tree');
    const suites = await page.locator('.suite').evaluateAll((items) =>
      items.map((item) => ({
        state: item.querySelector('.state')?.textContent,
        failed: Array.from(item.querySelectorAll('.chip.refused .chip-text'), (chip) => chip.textContent),
        reasons: item.querySelectorAll('.reasons li').length,
      })),
    );
    expect(suites).to.deep.equal([
      { state: 'accepted', failed: [], reasons: 0 },
      { state: 'refused', failed: ['des', 'modp768'], reasons: 2 },
      { state: 'refused', failed: ['aes128gcm16'], reasons: 1 },
      { state: 'undecided: no answer came', failed: [], reasons: 0 },
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(390);
    await lab.picture(page, 'probe-390', true);
    expect(complaints).to.deep.equal([]);
  });

  it('leads from a claim to its packets, and by a link that survives a reload', async () => {
    const { page, complaints } = await lab.open('three', await probeHtml(threeSuites, PACKETS), { colorScheme: 'dark' });
    await page.waitForSelector('.suites-list');
    await page.locator('.suites-list li').first().getByRole('button', { name: 'packet 6' }).click();
    await page.waitForSelector('.inside');
    expect(await page.locator('.datagrams .open .number').innerText()).to.equal('#6');
    expect(await page.locator('.inside li').allInnerTexts()).to.deep.equal(['SA: proposal 6']);
    expect(await page.locator('.inside pre').innerText()).to.match(/^0000 {2}01 02 01 02/);
    await lab.picture(page, 'probe-packets-dark');
    await page.evaluate(() => (location.hash = '#packet=55'));
    await page.locator('.datagrams .open .number', { hasText: '#55' }).waitFor();
    await page.reload();
    await page.locator('.datagrams .open .number', { hasText: '#55' }).waitFor();
    expect(complaints).to.deep.equal([]);
  });

  for (const name of ['silentPeer', 'refusedPort', 'interrupted', 'named', 'unknownPeer'] as const) {
    it(`has a page for ${name}`, async () => {
      const report = SAMPLES[name] ?? threeSuites;
      const { page, complaints } = await lab.open(name, await probeHtml(report));
      await page.waitForSelector('.top h1');
      expect(await page.locator('.notice').count()).to.equal(
        (report.complete ? 0 : 1) + (report.reachability.state === 'answered' ? 0 : 1),
      );
      expect(await page.locator('section.exchange').count()).to.equal(report.exchanges.filter(({ state }) => state !== 'not-tried').length);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    });
  }
});
