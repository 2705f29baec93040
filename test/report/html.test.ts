/** The page as a file: what is packed comes out again, and nothing that goes in can end the element it stands in. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { pack, unpack } from '../../src/report/html/pack.ts';
import type { MatrixPayload } from '../../src/report/html/payload.ts';
import type { CellDetails } from '../../src/report/matrix/result.ts';
import { HOSTILE } from '../support/hostile-strings.ts';
import { sampleDetails } from '../support/matrix-details.ts';
import { builtTemplate, matrixHtml, payloadIn, probeHtml } from '../support/pages.ts';
import { hostileRun, smallRun } from '../support/small-matrix.ts';
import { hostile } from './samples.ts';

describe('data inside a page', () => {
  it('comes out as it went in', async () => {
    const value = { ...HOSTILE, surrogate: 'no lone ones in UTF-8', numbers: [0, -1, 1e300], long: 'x'.repeat(100_000) };
    const text = await pack(value);
    expect(text).to.match(/^[A-Za-z0-9+/]*=*$/);
    expect(await unpack(text)).to.deep.equal(value);
  });

  it('is the run, and the details of each cell in the block that the run names', async () => {
    const html = await matrixHtml(smallRun);
    const { report, blocks, baseline } = await payloadIn<MatrixPayload>(html);
    expect(report).to.deep.equal(smallRun);
    expect(baseline).to.equal(null);
    for (const [index, cell] of smallRun.cells.entries()) {
      const block = blocks[index] ?? -1;
      expect(block >= 0, cell.id).to.equal(cell.details !== null);
      if (block < 0) continue;
      const details = await payloadIn<Record<string, CellDetails>>(html, `details-${block}`);
      expect(details[cell.id]).to.deep.equal(JSON.parse(JSON.stringify(sampleDetails(cell))));
    }
  });
});

describe('the page as a file', () => {
  it('allows its own script and style by their digests, and nothing else', async () => {
    const template = await builtTemplate();
    const [policy = ''] = /(?<=http-equiv="Content-Security-Policy" content=")[^"]*/.exec(template) ?? [];
    expect(policy).to.match(
      /^default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; img-src data:; base-uri 'none'; form-action 'none'$/,
    );
    expect(template.match(/https?:\/\/[^"' )]*/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? []).to.deep.equal([]);
    expect(template.length).to.be.lessThan(200_000);
  });

  for (const [name, page] of Object.entries({
    run: () => matrixHtml(hostileRun, { hostile: true }),
    probe: () => probeHtml(hostile, [{ at: 0, direction: 'sent', summary: HOSTILE.script, lines: [HOSTILE.markup], hex: '' }]),
  })) {
    it(`has no more elements for hostile words (${name})`, async () => {
      const html = await page();
      const own = await builtTemplate();
      for (const tag of ['<script', '</script', '<style', '<img', '<b>', '<!--'])
        expect(html.replace(/<script type="application\/x-ike-probe" id="[\w-]+">[\w+/=]*<\/script>/g, '').split(tag).length, tag).to.equal(
          own.replace(/<!--(?:title|text|run|details)-->/g, '').split(tag).length,
        );
    });
  }
});
