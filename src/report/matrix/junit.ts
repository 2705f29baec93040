/**
 * A matrix run as JUnit XML: a suite per pair, a test per case. CI systems show it beside their other tests.
 *
 * Rule 1: a disagreement that nobody has explained is a failure, an explained one is skipped with its explanation.
 * Rule 2: characters that XML cannot carry are written as the other reports write them.
 *
 * @module
 */
import { explainSteps } from '../explain-matrix.ts';
import { safe } from '../terminal.ts';
import type { MatrixCell, MatrixReport } from './result.ts';
import { pairsOf, titleIn } from './tally.ts';

/** The document, ending in a newline. */
export function toJunit(report: MatrixReport): string {
  const suites = pairsOf(report).map(({ initiator, responder, cells }) => {
    const name = `${titleIn(report.implementations, initiator)} → ${titleIn(report.implementations, responder)}`;
    const open = tag('testsuite', { name, ...counts(cells), timestamp: report.started.replace(/(?:\.\d+)?Z$/, '') });
    return [`  ${open}`, ...cells.map((cell) => test(cell, name)), '  </testsuite>'].join('\n');
  });
  const all = tag('testsuites', { name: 'interop matrix', ...counts(report.cells) });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[all, ...suites, '</testsuites>'].join('\n')}\n`;
}

function counts(cells: readonly MatrixCell[]): Readonly<Record<string, string>> {
  const results = cells.map(resultOf);
  const number = (kind: Result): string => String(results.filter((one) => one === kind).length);
  return {
    tests: String(cells.length),
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped'),
    time: seconds(cells.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

type Result = 'passed' | 'failure' | 'error' | 'skipped';

function resultOf({ outcome, known }: MatrixCell): Result {
  switch (outcome) {
    case 'works':
    case 'refuses':
      return 'passed';
    case 'disagrees':
      return known === undefined ? 'failure' : 'skipped';
    case 'unsupported':
      return 'skipped';
    case 'error':
      return 'error';
    default:
      return outcome satisfies never;
  }
}

function test(cell: MatrixCell, pair: string): string {
  const open = tag('testcase', { classname: pair, name: cell.case, time: seconds(cell.durationMs) });
  const result = resultOf(cell);
  if (result === 'passed') return `    ${open.replace(/>$/, '/>')}`;
  const message = cell.known === undefined ? cell.reason : `${cell.reason} Known: ${cell.known}`;
  if (result === 'skipped') return `    ${open}${tag('skipped', { message }).replace(/>$/, '/>')}</testcase>`;
  const lines = [
    `foretold: ${explainSteps(cell.predicted, 'nothing')}`,
    `was: ${explainSteps(cell.actual, 'nothing ran')}`,
    `again: ${cell.rerun}`,
  ];
  const body = lines.map((line) => escaped(line)).join('\n');
  return `    ${open}\n      ${tag(result, { message, type: cell.outcome })}${body}</${result}>\n    </testcase>`;
}

function tag(name: string, attributes: Readonly<Record<string, string>>): string {
  return `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('')}>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** XML has no way to write most control characters and lone surrogates; U+FFFE and U+FFFF neither. */
function escaped(text: string): string {
  return safe(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');
}
