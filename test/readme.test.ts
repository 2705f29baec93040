/** The README shows real output: it is made again and compared. `UPDATE_GOLDEN=1` writes it anew; read it before it is committed. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { run } from '../src/cli/program.ts';
import type { ProbeReport } from '../src/probe/result.ts';
import { universe } from '../src/proposals/universes.ts';
import { testIo } from './cli/test-io.ts';
import { expectShown, fenced, marksIn, programAndOutput } from './support/shown.ts';

const README = new URL('../README.md', import.meta.url);
const same = expectShown.bind(undefined, 'README.md');

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

describe('the README', function () {
  this.timeout(20_000);
  for (const command of marksIn('README.md', 'output')) {
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

  for (const path of marksIn('README.md', 'example')) {
    it(`shows ${path}, and what it prints`, () => same(`example: ${path}`, programAndOutput(path)));
  }
});
