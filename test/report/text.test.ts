import { expect } from 'chai';
import { describe, it } from 'mocha';
import { width } from '../../src/report/terminal.ts';
import { renderProbe } from '../../src/report/text.ts';
import { golden as expectGolden } from '../support/golden.ts';
import { hostile, named, SAMPLES, threeSuites } from './samples.ts';

const PLAIN = { columns: 80, color: false, ascii: false, verbose: 0, quiet: false } as const;

const golden = (name: string, text: string): void => expectGolden(new URL(`golden/${name}.txt`, import.meta.url), text);

describe('the text report', () => {
  for (const [name, report] of Object.entries(SAMPLES)) {
    it(`prints ${name}`, () => golden(name, renderProbe(report, PLAIN)));
  }
  it('prints each reason with its packets on -v', () => golden('threeSuites-verbose', renderProbe(threeSuites, { ...PLAIN, verbose: 1 })));
  it('prints each odd request with its packets on -v', () => golden('named-verbose', renderProbe(named, { ...PLAIN, verbose: 1 })));
  it('prints only what is accepted on -q', () => golden('threeSuites-quiet', renderProbe(threeSuites, { ...PLAIN, quiet: true })));

  for (const columns of [40, 80, 100, 200]) {
    it(`keeps within ${columns} columns`, () => {
      for (const report of Object.values(SAMPLES)) {
        for (const line of renderProbe(report, { ...PLAIN, columns }).split('\n')) expect(width(line), line).to.be.at.most(columns);
      }
    });
  }
  it('says the same with colour as without', () => {
    for (const report of Object.values(SAMPLES)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of it
      const plain = renderProbe(report, { ...PLAIN, color: true }).replace(/\u001b\[\d+m/g, '');
      expect(plain).to.equal(renderProbe(report, PLAIN));
    }
  });
  it('is pure ASCII when asked', () => {
    for (const report of Object.values(SAMPLES)) expect(renderProbe(report, { ...PLAIN, ascii: true })).to.match(/^[\n -~]*$/);
  });
  it('lets nothing of the peer move the cursor', () => {
    for (const verbose of [0, 1, 2] as const)
      expect(renderProbe(hostile, { ...PLAIN, verbose })).to.not.match(/[\p{Cf}\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
  });
  it('prints each suite on -vv', () =>
    expect(renderProbe(threeSuites, { ...PLAIN, verbose: 2 })).to.include('\n          des-md5-modp768\n'));
});
