/**
 * A picture of a page, for the README:
 *
 *     node scripts/picture.mjs <page.html[#fragment]> <picture.png> [width height [light|dark]]
 *
 * Needs chromium, or the program that IKE_BROWSER names.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [address = '', picture = '', width = '1440', height = '900', colorScheme = 'light'] = process.argv.slice(2);
const [file = '', fragment] = address.split('#');
if (!existsSync(file) || picture === '') throw new Error('wanted: <page.html[#fragment]> <picture.png> [width height [light|dark]]');
const browser = await chromium.launch({
  executablePath: process.env.IKE_BROWSER ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) }, deviceScaleFactor: 2, colorScheme });
  await page.goto(pathToFileURL(resolve(file)).href + (fragment === undefined ? '' : `#${fragment}`));
  await page.waitForSelector('#app h1');
  await page.waitForTimeout(500);
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
}
