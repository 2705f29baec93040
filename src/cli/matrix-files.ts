/**
 * What a matrix run leaves on the disk beside `results.json`, and what `--require` reads from it.
 *
 * @module
 */
import { matrixPage } from '../report/html/document.ts';
import type { MatrixPageOptions } from '../report/html/document.ts';
import { toJunit } from '../report/matrix/junit.ts';
import { toMarkdown } from '../report/matrix/markdown.ts';
import { readRequirements } from '../report/matrix/require.ts';
import type { Requirements } from '../report/matrix/require.ts';
import type { MatrixReport } from '../report/matrix/result.ts';
import { toSarif } from '../report/matrix/sarif.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** Writes `index.html`, `summary.md`, `junit.xml` and `results.sarif` into a directory that is there. */
export async function writeMatrixFiles(directory: string, report: MatrixReport, options: MatrixPageOptions, io: Io): Promise<void> {
  const template = await io.readBuilt('report/page.html');
  const page: string[] = [];
  for await (const part of matrixPage(template, report, options)) page.push(part);
  await io.writeFile(`${directory}/index.html`, page.join(''));
  await io.writeFile(`${directory}/summary.md`, toMarkdown(report));
  await io.writeFile(`${directory}/junit.xml`, toJunit(report));
  await io.writeFile(`${directory}/results.sarif`, toSarif(report, `${directory}/results.json`));
}

/** A file of requirements. @throws UsageError with the place when it is none */
export async function readRequirementsFile(path: string, io: Io): Promise<Requirements> {
  let value: unknown;
  try {
    value = JSON.parse(await io.readText(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError('ERR_USAGE_FILE', `${path}: not valid JSON`, HINT);
  }
  const read = readRequirements(value);
  if ('wanted' in read) throw new UsageError('ERR_USAGE_FILE', `${path}: ${read.place}: expected ${read.wanted}`, HINT);
  return read;
}

const HINT = 'schema/matrix-require.json describes the file';
