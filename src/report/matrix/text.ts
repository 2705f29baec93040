/**
 * A matrix run as text for people: the counts, one line per pair, and what is not as foretold with its reasons.
 *
 * Rule: nothing of a daemon, a configuration or an identity is printed unescaped.
 *
 * @module
 */
import { explainRun, explainSteps, OUTCOME_WORDS } from '../explain-matrix.ts';
import { duration, item, more, plural, ruled } from '../page.ts';
import type { Page } from '../page.ts';
import { asciiOnly, count, pad, safe, style, width, wrap } from '../terminal.ts';
import type { TextOptions } from '../text.ts';
import type { CellOutcome, MatrixCell, MatrixReport } from './result.ts';
import { attention, OUTCOMES, pairsOf, tally, titleIn } from './tally.ts';
import type { Tally } from './tally.ts';

/** Narrower than this nothing can be laid out; wider lines than this are hard to read. */
const MIN_COLUMNS = 40;
const MAX_COLUMNS = 120;
/** Without `-v`: more cells than this are counted instead. */
const SHORT_LIST = 20;

/** The whole summary, ending in a newline. `quiet` prints one line per cell that is not as foretold. */
export function renderMatrix(report: MatrixReport, options: TextOptions): string {
  const columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, Math.floor(options.columns) || 80));
  const page: Page = { columns, verbose: options.verbose, style: style(options) };
  const { unexplained, known, errors } = attention(report.cells);
  if (options.quiet) {
    const lines = [...unexplained, ...errors].map((cell) => `${safe(cell.id)} ${cell.outcome} ${safe(cell.reason)}\n`);
    return options.ascii ? asciiOnly(lines.join('')) : lines.join('');
  }
  const sections = [
    heading(report, page),
    pairLines(report, page),
    cellSection('Not as foretold', unexplained, report, page),
    cellSection('Otherwise than foretold, and explained', known, report, page),
    cellSection('Errors', errors, report, page),
    missing(report, page),
  ];
  const text = `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
  return options.ascii ? asciiOnly(text) : text;
}

function heading(report: MatrixReport, page: Page): string[] {
  const { bold, warn, marks } = page.style;
  const { tool, started, durationMs, cells, cases, complete } = report;
  const counts = tally(cells);
  const incomplete = 'Incomplete: the run was cut short. What stands here is true, but not all; --resume goes on.';
  return [
    ...wrap(explainRun(report), page.columns).map(bold),
    ...(complete ? [] : wrap(incomplete, page.columns, `${marks.warn} `).map(warn)),
    ...OUTCOMES.flatMap((outcome) => {
      const { word, meaning } = OUTCOME_WORDS[outcome];
      const figure = pad(count(counts[outcome]), 7);
      return wrap(meaning, page.columns, `  ${paint(outcome, page)(pad(word, 13))}${figure}`);
    }),
    ...wrap(
      `${plural(cases.length, 'case')} by ${safe(tool.name)} ${safe(tool.version)} at ${safe(started)}, in ${duration(durationMs)}`,
      page.columns,
      '  ',
    ),
  ];
}

function paint(outcome: CellOutcome, { style: { good, bad, warn, dim } }: Page): (text: string) => string {
  return { works: good, refuses: good, disagrees: warn, unsupported: dim, error: bad }[outcome];
}

/** A line per pair under its initiator, the counts in columns: by word where there is room, else by letter. */
function pairLines(report: MatrixReport, page: Page): string[] {
  const pairs = pairsOf(report);
  if (pairs.length === 0) return [];
  const names = pairs.map(({ responder }) => `    ${page.style.marks.above} ${safe(titleIn(report.implementations, responder))}`);
  const words = OUTCOMES.map((outcome) => OUTCOME_WORDS[outcome].word);
  const wide = Math.max(...names.map(width)) + words.join('  ').length + 2 <= page.columns;
  const heads = wide ? words : OUTCOMES.map((outcome) => OUTCOME_WORDS[outcome].letter);
  const widths = heads.map((head) => Math.max(head.length, wide ? 0 : 3));
  const room = page.columns - widths.reduce((sum, one) => sum + one + 2, 0);
  const name = Math.min(Math.max(...names.map(width)), room);
  const columns = heads.map((head, i) => `  ${head.padStart(widths[i] ?? 0)}`).join('');
  const lines = [...ruled('Pairs', String(pairs.length), page), page.style.dim(`${' '.repeat(name)}${columns}`)];
  let initiator: string | undefined;
  for (const [index, pair] of pairs.entries()) {
    if (pair.initiator !== initiator) {
      initiator = pair.initiator;
      lines.push(...wrap(safe(titleIn(report.implementations, initiator)), page.columns, '  '));
    }
    lines.push(`${pad(cut(names[index] ?? '', name), name)}${figures(tally(pair.cells), widths, page)}`);
  }
  return lines;
}

function figures(counts: Tally, widths: readonly number[], page: Page): string {
  return OUTCOMES.map((outcome, i) => {
    const n = counts[outcome];
    const text = (n === 0 ? page.style.marks.dot : count(n)).padStart(widths[i] ?? 0);
    return `  ${n === 0 ? page.style.dim(text) : paint(outcome, page)(text)}`;
  }).join('');
}

function cut(text: string, columns: number): string {
  return width(text) <= columns
    ? text
    : `${Array.from(text)
        .slice(0, columns - 1)
        .join('')}~`;
}

function cellSection(title: string, cells: readonly MatrixCell[], report: MatrixReport, page: Page): string[] {
  if (cells.length === 0) return [];
  const shown = page.verbose > 0 ? cells : cells.slice(0, SHORT_LIST);
  return [
    ...ruled(title, String(cells.length), page),
    ...shown.flatMap((cell) => cellLines(cell, report, page)),
    ...(shown.length < cells.length ? more(cells.length - shown.length, 'cell', page) : []),
  ];
}

function cellLines(cell: MatrixCell, { implementations }: MatrixReport, page: Page): string[] {
  const { marks, name, bad, warn } = page.style;
  const pair = `${safe(titleIn(implementations, cell.initiator))} ${marks.above} ${safe(titleIn(implementations, cell.responder))}`;
  const mark = cell.outcome === 'error' ? bad(marks.no) : warn(marks.warn);
  const lines = [...wrap(`${name(safe(cell.case))} ${pair}`, page.columns, `  ${mark} `), ...wrap(safe(cell.reason), page.columns, '    ')];
  const narrow = { ...page, columns: page.columns - 2 };
  const said = (label: string, text: string): string[] => item(label, safe(text), narrow).map((line) => `  ${line}`);
  if (cell.known !== undefined) lines.push(...wrap(`Known: ${safe(cell.known)}`, page.columns, '    '));
  if (cell.outcome === 'disagrees' || page.verbose > 0) {
    lines.push(...said('foretold', explainSteps(cell.predicted, 'nothing')), ...said('was', explainSteps(cell.actual, 'nothing ran')));
  }
  if (page.verbose > 0) lines.push(...said('again', cell.rerun));
  return lines;
}

function missing({ implementations }: MatrixReport, page: Page): string[] {
  const gone = implementations.filter(({ unavailable }) => unavailable !== null);
  if (gone.length === 0) return [];
  return [
    ...ruled('Could not be had', String(gone.length), page),
    ...gone.flatMap(({ title, unavailable }) => wrap(`${safe(title)}: ${safe(unavailable ?? '')}`, page.columns, '  ', '    ')),
  ];
}
