/**
 * The page: one HTML file that needs nothing else. `scripts/page.mjs` builds the template (markup, style and script of
 * `src/report/web`, and a policy that allows no other); here the data goes in.
 *
 * Rule 1: what is written into the template is base64 or escaped text, nothing else.
 * Rule 2: whoever does not run scripts reads the text report instead.
 *
 * @module
 */
import type { ProbeReport } from '../../probe/result.ts';
import type { CellDetails, MatrixCell, MatrixReport } from '../matrix/result.ts';
import { renderMatrix } from '../matrix/text.ts';
import { renderProbe } from '../text.ts';
import { safe } from '../terminal.ts';
import { pack } from './pack.ts';
import type { DetailsBlock, MatrixPayload, PageDatagram, ProbePayload } from './payload.ts';

/** What a matrix page is made of beside the run. */
export interface MatrixPageOptions {
  /** An earlier run to compare with. */
  readonly baseline?: MatrixReport;
  /** What lies behind a cell; it is asked for one cell after the other. */
  readonly details: (cell: MatrixCell) => Promise<CellDetails | undefined>;
}

/** The page of a matrix run in pieces, in the order in which they are written: that of a large run need not be in memory at once. */
export async function* matrixPage(template: string, report: MatrixReport, options: MatrixPageOptions): AsyncGenerator<string> {
  const behind = report.cells.map(({ details }) => details !== null);
  let seen = 0;
  const blocks = behind.map((has) => (has ? Math.floor(seen++ / CELLS_PER_BLOCK) : -1));
  const payload: MatrixPayload = { kind: 'matrix', report, baseline: options.baseline ?? null, blocks };
  const [head, tail] = parts(template, 'Interop matrix', renderMatrix(report, PLAIN), await pack(payload));
  yield head;
  for (let block = 0; block * CELLS_PER_BLOCK < seen; block++) {
    const found: Record<string, CellDetails> = {};
    for (const cell of report.cells.filter((_, i) => blocks[i] === block)) {
      const details = await options.details(cell);
      if (details !== undefined) found[cell.id] = details;
    }
    yield element(`details-${block}`, await pack(found satisfies DetailsBlock));
  }
  yield tail;
}

/** The page of one probe. `datagrams` are those that `evidence` counts. */
export async function probePage(template: string, report: ProbeReport, datagrams: readonly PageDatagram[]): Promise<string> {
  const payload: ProbePayload = { kind: 'probe', report, datagrams };
  const text = renderProbe(report, { ...PLAIN, verbose: 1 });
  return parts(template, `${report.target.address} port ${report.target.port}`, text, await pack(payload)).join('');
}

/** The template around the details: title, text and run stand before them, the rest behind. */
function parts(template: string, title: string, text: string, run: string): readonly [head: string, tail: string] {
  const [start = '', afterTitle = ''] = split(template, '<!--title-->');
  const [untilText = '', afterText = ''] = split(afterTitle, '<!--text-->');
  const [untilRun = '', afterRun = ''] = split(afterText, '<!--run-->');
  const [untilDetails = '', end = ''] = split(afterRun, '<!--details-->');
  return [[start, escaped(safe(title)), untilText, escaped(text), untilRun, element('run', run), untilDetails].join(''), end];
}

function split(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the template of the page has no ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** An element that the browser neither shows nor runs. */
function element(id: string, packed: string): string {
  return `<script type="application/x-ike-probe" id="${id}">${packed}</script>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? '');
}

/** Neighbours have the same case and much of their text in common; few enough that opening one cell is quick. */
const CELLS_PER_BLOCK = 8;
const PLAIN = { columns: 100, color: false, ascii: false, verbose: 0, quiet: false } as const;
