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

/** Where they go when not beside `results.json`. */
export interface MatrixPaths {
  readonly html?: string;
  readonly markdown?: string;
  readonly junit?: string;
  readonly sarif?: string;
}

/** Writes `index.html`, `summary.md`, `junit.xml` and `results.sarif`, into the directory of the run unless a path says otherwise. */
export async function writeMatrixFiles(
  { directory, paths }: { readonly directory: string; readonly paths: MatrixPaths },
  report: MatrixReport,
  options: MatrixPageOptions,
  io: Io,
): Promise<void> {
  const { html, markdown, junit, sarif } = paths;
  const template = await io.readBuilt('report/page.html');
  const page: string[] = [];
  for await (const part of matrixPage(template, report, options)) page.push(part);
  await io.writeFile(html ?? `${directory}/index.html`, page.join(''));
  await io.writeFile(markdown ?? `${directory}/summary.md`, toMarkdown(report));
  await io.writeFile(junit ?? `${directory}/junit.xml`, toJunit(report));
  await io.writeFile(sarif ?? `${directory}/results.sarif`, toSarif(report, `${directory}/results.json`));
}

/** A file of requirements. @throws UsageError with the place when it is none */
export async function readRequirementsFile(path: string, io: Io): Promise<Requirements> {
  const read = readRequirements(await readJson(path, HINT, io));
  if ('wanted' in read) throw new UsageError('ERR_USAGE_FILE', `${path}: ${read.place}: expected ${read.wanted}`, HINT);
  return read;
}

const HINT = 'schema/matrix-require.json describes the file';

/** A file of JSON. @throws UsageError when it is none; `hint` says what it should be */
export async function readJson(path: string, hint: string, io: Io): Promise<unknown> {
  const text = await io.readText(path);
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('ERR_USAGE_FILE', `${path}: not valid JSON`, hint);
  }
}
