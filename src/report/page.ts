/**
 * What the sections of the text report share: the page's size and style, and how grounds and packets are written.
 *
 * @module
 */
import type { Basis, Evidence } from '../probe/result.ts';
import { count, pad, width, wrap } from './terminal.ts';
import type { Style } from './terminal.ts';

/** What every section needs to print itself. */
export interface Page {
  readonly columns: number;
  readonly verbose: 0 | 1 | 2;
  readonly style: Style;
}

/** ` (inferred)`, ` (assumed)`; nothing for what was observed. */
export function grounds(basis: Basis): string {
  return basis === 'observed' ? '' : ` (${basis})`;
}

/** The datagrams behind a claim, from `-v` on: ` [#3 #4]`. */
export function seen(evidence: Evidence, page: Page): string {
  if (page.verbose === 0 || evidence.length === 0) return '';
  const shown = evidence.slice(0, 6).map((n) => `#${n}`);
  return ` [${shown.join(' ')}${evidence.length > 6 ? ` and ${evidence.length - 6} more` : ''}]`;
}

/** The heading of a part of a section. */
export function title(text: string, page: Page): string {
  return wrap(text, page.columns, '  ').map(page.style.bold).join('\n');
}

/** A label and what is to say under it. */
export function item(label: string, text: string, page: Page): string[] {
  return wrap(text, page.columns, `  ${pad(page.style.bold(label), 10)}`, ' '.repeat(12));
}

/** How much was left out, and what shows it. */
export function more(left: number, what: string, page: Page, many = `${what}s`, flag = '-v'): string[] {
  return [page.style.dim(`      and ${count(left)} more ${left === 1 ? what : many} (${flag} shows all)`)];
}

/** A heading with a rule, and a figure at its right end. */
export function ruled(heading: string, figure: string, page: Page): string[] {
  const { bold, dim, marks } = page.style;
  const room = page.columns - width(heading) - width(figure) - (figure === '' ? 1 : 2);
  if (room < 1) return [bold(heading), `  ${figure}`];
  const rule = dim(marks.rule.repeat(room));
  return [`${bold(heading)} ${rule}${figure === '' ? '' : ` ${figure}`}`];
}

/** `1 request`, `1,080 requests`. */
export function plural(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`;
}

/** `412 ms`, `3.5 s`, `12 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
