/** The README shows real output: it is made again and compared. `UPDATE_GOLDEN=1` writes it anew; read it before it is committed. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { run } from '../src/cli/program.ts';
import type { ProbeReport } from '../src/probe/result.ts';
import { universe } from '../src/proposals/universes.ts';
import { testIo } from './cli/test-io.ts';

const README = new URL('../README.md', import.meta.url);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What differs from run to run, and with the machine's load: the port of the demonstration, times, and how many packets it took. */
function masked(text: string): string {
  return text
    .replace(/(127\.0\.0\.1(?::| port ))\d+/g, '$1PORT')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\d+ requests?;[\s\S]*?\d+\s+left/g, 'TRAFFIC')
    .replace(/\d+ half-open SAs?/g, 'N half-open SAs')
    .replace(/ \(\d+ times?\)/g, '')
    .replace(/"(port|evidence)": (?:\d+|\[[\d, ]*\])/g, '"$1": N')
    .replace(/\s+/g, ' ');
}

async function output(...argv: string[]): Promise<string> {
  const io = testIo();
  await run(argv, io);
  return io.out();
}

/** The text between a mark and the next `<!-- end -->`. */
function block(mark: string): string {
  const text = readFileSync(README, 'utf8');
  const start = text.indexOf(`<!-- ${mark} -->`);
  expect(start, `README.md has no mark ${mark}`).to.be.at.least(0);
  return text.slice(start, text.indexOf('<!-- end -->', start));
}

function same(mark: string, wanted: string, mask: (text: string) => string = (text) => text): void {
  const now = `<!-- ${mark} -->\n${wanted}`;
  const shown = block(mark);
  if (mask(shown) !== mask(now) && process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(
      README,
      readFileSync(README, 'utf8').replace(shown, () => now),
    );
  } else expect(mask(shown)).to.equal(mask(now));
}

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;

describe('the README', function () {
  this.timeout(20_000);
  const marks = [...readFileSync(README, 'utf8').matchAll(/<!-- output: (.*) -->/g)].map(([, command = '']) => command);
  for (const command of marks) {
    it(`shows what ${command.split(' ', 1)[0]} prints`, async () =>
      same(`output: ${command}`, fenced('text', await output(...command.split(' '))), masked));
  }

  it('shows a part of the JSON of the demonstration', async () => {
    const { schema, complete, target, exchanges } = JSON.parse(await output('demo', '--json')) as ProbeReport;
    const [main] = exchanges;
    const [box] = main?.rejected.filter(({ box: { encryption = [] } }) => encryption.includes('des')) ?? [];
    const reasons = box?.reasons
      .filter(({ offered }) => offered === 'des')
      .map((reason) => ({ ...reason, evidence: reason.evidence.slice(0, 2) }));
    const rejected = [{ count: box?.count, reasons }];
    const excerpt = { exchange: main?.exchange, state: main?.state, accepted: main?.accepted.slice(0, 1), rejected };
    const json = JSON.stringify({ schema, complete, target, exchanges: [excerpt] }, undefined, 2);
    const inline = json.replace(/\[\s+([\d",a-z\s]+?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`);
    same('json', fenced('json', inline), masked);
  });

  it('has the figures of the universes', () => {
    const text = readFileSync(README, 'utf8');
    for (const name of ['common', 'full'] as const) {
      const sizes = (['ikev1-phase1', 'ikev2-ike'] as const).map((negotiation) =>
        universe(name, negotiation).combinations.toLocaleString('en'),
      );
      expect(text).to.match(new RegExp(`^\\| \`${name}\`[^|]*\\| ${sizes.join(' \\| ')} \\|`, 'm'));
    }
  });

  describe('the library example', () => {
    const path = 'examples/ask-pluto.ts';
    let said = '';
    before(() => {
      const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', path], { cwd: ROOT, encoding: 'utf8' });
      expect(status, stderr).to.equal(0);
      said = stdout;
    });
    it('is the program, and what it prints', () => {
      const program = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replace(/^\/\*\*.*?\*\/\n/s, '');
      same(`example: ${path}`, fenced('ts', program) + fenced('text', said));
    });
  });
});
