/** A small run as text, Markdown, JUnit and SARIF, whole; and that nothing a daemon says breaks out of any of them. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { toJunit } from '../../../src/report/matrix/junit.ts';
import { toMarkdown } from '../../../src/report/matrix/markdown.ts';
import type { MatrixReport } from '../../../src/report/matrix/result.ts';
import { toSarif } from '../../../src/report/matrix/sarif.ts';
import { renderMatrix } from '../../../src/report/matrix/text.ts';
import { width } from '../../../src/report/terminal.ts';
import { golden } from '../../support/golden.ts';
import { HOSTILE } from '../../support/hostile-strings.ts';
import { largeRun, sampleRun } from '../../support/matrix-run.ts';
import { hostileRun, smallRun } from '../../support/small-matrix.ts';

const PLAIN = { columns: 80, color: false, ascii: false, verbose: 0, quiet: false } as const;
const RUNS: Readonly<Record<string, MatrixReport>> = {
  small: smallRun,
  hostile: hostileRun,
  sample: sampleRun(),
  large: largeRun(5000),
  empty: { ...smallRun, cells: [], implementations: [], cases: [] },
};

describe('a matrix run', () => {
  const at = (name: string): URL => new URL(`golden/${name}`, import.meta.url);

  it('is counted and explained as text', () => golden(at('small.txt'), renderMatrix(smallRun, PLAIN)));
  it('has its foretold and actual steps on -v', () => golden(at('small-verbose.txt'), renderMatrix(smallRun, { ...PLAIN, verbose: 1 })));
  it('is one line per cell on -q', () => golden(at('small-quiet.txt'), renderMatrix(smallRun, { ...PLAIN, quiet: true })));
  it('is a page of Markdown', () => golden(at('small.md'), toMarkdown(smallRun)));
  it('is JUnit XML', () => golden(at('small.xml'), toJunit(smallRun)));
  it('is SARIF', () => golden(at('small.sarif'), toSarif(smallRun)));

  for (const columns of [40, 80, 100, 200]) {
    it(`keeps within ${columns} columns`, () => {
      for (const report of Object.values(RUNS)) {
        for (const line of renderMatrix(report, { ...PLAIN, columns, verbose: 1 }).split('\n'))
          expect(width(line), line).to.be.at.most(Math.min(columns, 120));
      }
    });
  }

  it('is pure ASCII when asked', () => {
    for (const report of Object.values(RUNS)) expect(renderMatrix(report, { ...PLAIN, ascii: true })).to.match(/^[\n -~]*$/);
  });

  it('lets nothing of a daemon move the cursor', () => {
    for (const verbose of [0, 1] as const)
      expect(renderMatrix(hostileRun, { ...PLAIN, verbose })).to.not.match(/[\p{Cf}\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
  });
});

describe('a hostile run', () => {
  it('has all its strings', () => {
    const shown = JSON.stringify(hostileRun.cells);
    for (const text of Object.values(HOSTILE)) expect(shown).to.include(JSON.stringify(text).slice(1, -1));
  });

  it('leaves Markdown only code spans: no markup, link, mention or end of a table', () => {
    const text = toMarkdown(hostileRun);
    const outside = text.replace(/(`+)(?:(?!\1(?!`))[\s\S])*?\1(?!`)/g, 'CODE');
    expect(outside).to.not.match(/[<>`@\\]|\]\(|https?:/);
    expect(outside.split('\n').filter((line) => line.startsWith('#'))).to.deep.equal([
      '# Interop matrix',
      '## Pairs',
      '## Not as foretold',
      '## Otherwise than foretold, and explained',
      '## Errors',
    ]);
  });

  it('is well-formed XML of permitted characters', () => {
    const text = toJunit(hostileRun);
    expect(text).to.match(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/);
    expect(unclosed(text)).to.deep.equal([]);
    const reasons = [...text.matchAll(/ message="([^"]*)"/g)].map(([, message = '']) => message);
    expect(reasons.some((reason) => reason.includes('&lt;/script&gt;&lt;script&gt;'))).to.equal(true);
  });

  it('is SARIF with URIs and without links of a daemon', () => {
    const { runs } = JSON.parse(toSarif(hostileRun)) as { runs: [{ results: { message: { text: string }; locations: Location[] }[] }] };
    for (const { message, locations } of runs[0].results) {
      expect(message.text.replace(/\\./g, '')).to.not.match(/[[\]]/);
      for (const { physicalLocation } of locations) expect(physicalLocation.artifactLocation.uri).to.match(/^[\w.~%/!'()*-]*$/);
    }
  });
});

interface Location {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
}

/** Tags that do not nest, and ampersands that begin nothing. */
function unclosed(xml: string): string[] {
  const open: string[] = [];
  const bad = [...xml.matchAll(/&(?!(?:amp|lt|gt|quot|apos);)/g)].map(({ index }) => `ampersand at ${index}`);
  const body = xml.replace(/^<\?xml[^?]*\?>/, '');
  for (const [, end, name = '', , empty] of body.matchAll(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g)) {
    if (end === '/') bad.push(...(open.pop() === name ? [] : [`</${name}>`]));
    else if (empty !== '/') open.push(name);
  }
  const outside = body.replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g, '');
  return [...bad, ...open, ...(/[<>]/.test(outside) ? ['a stray bracket'] : [])];
}
