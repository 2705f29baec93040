/**
 * The results of the whole matrix that are kept with the project, under `interop/results`: every outcome, and of what lies behind a cell the
 * configurations, what was said on the wire, both daemons' status and the ends of their logs. No capture and no keys.
 *
 *     node --import tsx interop/kept-results.ts keep <directory of a run>
 *     node --import tsx interop/kept-results.ts page <file.html>
 *
 * The second makes the page of them again; `npm run build` comes first. Tests hold today's predictions against these outcomes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type CellDetails, type MatrixReport, matrixPage, toMarkdown } from '../src/report/index.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RESULTS = at('results/results.json.gz');
const BEHIND = at('results/cells.ndjson.gz');
const SUMMARY = at('results/summary.md');
const TEMPLATE = at('../dist/report/page.html');
/** Of each log. */
const LAST_LINES = 4;

/** The run that is kept. */
export function keptReport(): MatrixReport {
  return JSON.parse(gunzipSync(readFileSync(RESULTS)).toString()) as MatrixReport;
}

/** What is kept of what lies behind its cells, by their ids. */
export function keptDetails(): ReadonlyMap<string, CellDetails> {
  const lines = gunzipSync(readFileSync(BEHIND)).toString().trimEnd().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as CellDetails).map((details) => [details.id, details]));
}

function keep(directory: string): void {
  const report = JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')) as MatrixReport;
  if (!report.complete) throw new Error(`${directory}: the run was cut short`);
  const behind = report.cells.flatMap(({ details }) => {
    if (details === null || !existsSync(join(directory, details))) return [];
    return [JSON.stringify(trimmed(JSON.parse(readFileSync(join(directory, details), 'utf8')) as CellDetails))];
  });
  mkdirSync(at('results'), { recursive: true });
  writeFileSync(RESULTS, gzipSync(JSON.stringify(report), { level: 9 }));
  writeFileSync(BEHIND, gzipSync(`${behind.join('\n')}\n`, { level: 9 }));
  writeFileSync(SUMMARY, toMarkdown(report));
}

function trimmed({ id, initiator, responder, messages }: CellDetails): CellDetails {
  const side = ({ configuration, log, status }: CellDetails['initiator']): CellDetails['initiator'] => ({
    configuration,
    log: log.trimEnd().split('\n').slice(-LAST_LINES).join('\n'),
    status,
  });
  return {
    id,
    initiator: side(initiator),
    responder: side(responder),
    messages: messages.map((message) => ({ ...message, lines: [] })),
    capture: null,
    keys: [],
    trace: [],
  };
}

async function page(file: string): Promise<void> {
  const details = keptDetails();
  const parts: string[] = [];
  const options = { details: ({ id }: { readonly id: string }) => Promise.resolve(details.get(id)) };
  for await (const part of matrixPage(readFileSync(TEMPLATE, 'utf8'), keptReport(), options)) parts.push(part);
  writeFileSync(file, parts.join(''));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, path] = process.argv.slice(2);
  if (what === 'keep' && path !== undefined) keep(path);
  else if (what === 'page' && path !== undefined) await page(path);
  else throw new Error('wanted: keep <directory of a run>, or page <file.html>');
}
