/**
 * A real browser for the tests of the page: Debian's chromium, or the one that IKE_BROWSER names. Without one the tests are skipped, each
 * with the reason; IKE_BROWSER=required makes that a failure.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before, describe } from 'mocha';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const ASKED = process.env['IKE_BROWSER'];
const PROGRAM = ASKED === undefined || ASKED === 'required' ? '/usr/bin/chromium' : ASKED;
/** Where the pictures are left; git does not keep it. */
const SCREENSHOTS = fileURLToPath(new URL('../../screenshots/', import.meta.url));

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser with pages that were written for it. */
export interface BrowserLab {
  /** Writes a file and opens it, from file://. What the page does besides is kept. */
  open(name: string, html: string, options?: OpenOptions): Promise<OpenedPage>;
  /** Keeps a picture. */
  picture(page: Page, name: string, fullPage?: boolean): Promise<void>;
  /** A file for the browser to choose. */
  file(name: string, text: string): string;
}

export interface OpenOptions extends BrowserContextOptions {
  /** With its `#`. */
  readonly fragment?: string;
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught exceptions, dialogs. */
  readonly complaints: readonly string[];
  /** Every address that was asked for, the page's own left out. */
  readonly requests: readonly string[];
  /** Milliseconds of the page's own clock until a selector was there. */
  since(selector: string): Promise<number>;
}

/** A group of tests with one browser. */
export function describeBrowser(title: string, body: (lab: BrowserLab) => void): void {
  const missing = existsSync(PROGRAM) ? '' : `no ${PROGRAM}`;
  const skipped = missing !== '' && ASKED !== 'required';
  (skipped ? describe.skip : describe)(`${title}${skipped ? ` (skipped: ${missing})` : ''}`, function () {
    this.timeout(60_000);
    let browser: Browser;
    let directory: string;
    before(async () => {
      browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS });
      directory = mkdtempSync(join(tmpdir(), 'ike-probe-page-'));
      mkdirSync(SCREENSHOTS, { recursive: true });
    });
    after(async () => {
      await browser?.close();
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    });
    const file = (name: string, text: string): string => {
      const path = join(directory, name);
      writeFileSync(path, text);
      return path;
    };
    body({
      file,
      open: (name, html, options = {}) => open(browser, pathToFileURL(file(`${name}.html`, html)).href, options),
      async picture(page, name, fullPage = false) {
        await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
      },
    });
  });
}

async function open(browser: Browser, address: string, { fragment = '', ...options }: OpenOptions): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith(`${address}#`)) requests.push(request.url());
  });
  page.on('requestfailed', (request) => {
    // What the page's own policy stopped has asked nobody.
    if (request.failure()?.errorText === 'csp') requests.splice(requests.indexOf(request.url()), 1);
  });
  const begun = Date.now();
  await page.goto(`${address}${fragment}`, { waitUntil: 'commit' });
  return {
    page,
    complaints,
    requests,
    async since(selector) {
      await page.waitForSelector(selector);
      return Date.now() - begun;
    },
  };
}
