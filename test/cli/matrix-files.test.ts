/** The files of a matrix run, and files of requirements that are none. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readRequirementsFile, writeMatrixFiles } from '../../src/cli/matrix-files.ts';
import type { MatrixPayload } from '../../src/report/html/payload.ts';
import { sampleDetails } from '../support/matrix-details.ts';
import { payloadIn } from '../support/pages.ts';
import { smallRun } from '../support/small-matrix.ts';
import { testIo } from './test-io.ts';

describe('the files of a matrix run', () => {
  it('are the page, the summary, JUnit and SARIF', async () => {
    const io = testIo();
    await writeMatrixFiles({ directory: 'out', paths: {} }, smallRun, { details: async (cell) => sampleDetails(cell) }, io);
    expect([...io.written.keys()].toSorted()).to.deep.equal(['out/index.html', 'out/junit.xml', 'out/results.sarif', 'out/summary.md']);
    expect((await payloadIn<MatrixPayload>(String(io.written.get('out/index.html')))).report).to.deep.equal(smallRun);
    expect(String(io.written.get('out/results.sarif'))).to.include('"uri": "out/cells/');
  });

  it('go where they are wanted', async () => {
    const io = testIo();
    const paths = { html: 'a.html', markdown: 'b.md', junit: 'c.xml', sarif: 'd.sarif' };
    await writeMatrixFiles({ directory: 'out', paths }, smallRun, { details: async (cell) => sampleDetails(cell) }, io);
    expect([...io.written.keys()].toSorted()).to.deep.equal(['a.html', 'b.md', 'c.xml', 'd.sarif']);
  });
});

describe('a file of requirements', () => {
  const head = '"schema": "ike-probe/1", "kind": "matrix-require"';
  it('is read', async () => {
    const io = testIo({ files: { good: `{ ${head}, "rules": [{ "case": "v2-*" }] }` } });
    expect((await readRequirementsFile('good', io)).rules).to.deep.equal([{ case: 'v2-*' }]);
  });

  const bad: readonly [text: string, message: string][] = [
    ['{', 'bad: not valid JSON'],
    ['[]', 'bad: the file: expected an object'],
    [
      `{ ${head}, "rules": [{ "cases": "x" }] }`,
      'bad: rules[0].cases: expected one of the fields case, initiator, responder, outcomes, except',
    ],
    [`{ ${head}, "rules": [{ "except": [{ "case": "x" }] }] }`, 'bad: rules[0].except[0].because: expected the reason, as text'],
  ];
  for (const [text, message] of bad) {
    it(`is refused: ${message}`, async () => {
      const error = await readRequirementsFile('bad', testIo({ files: { bad: text } })).catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: 'ERR_USAGE_FILE', message });
    });
  }
});
