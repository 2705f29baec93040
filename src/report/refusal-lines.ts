/**
 * The refusals of one exchange as lines: a summary, with `-v` one line per reason, with `-vv` every box and suite.
 *
 * @module
 */
import type { ExchangeReport, ReasonView, RejectedBox } from '../probe/result.ts';
import { lookup, type NumberSpace, spaceOf } from '../proposals/algorithms.ts';
import type { Slot } from '../proposals/model.ts';
import { describeChange, slotName } from './explain.ts';
import { boxText, groupRefusals, suitesOf, summarize } from './refusals.ts';
import type { RefusalGroup, ValueRefusal } from './refusals.ts';
import { count, safe, wrap } from './terminal.ts';
import { grounds, more, seen, title } from './page.ts';
import type { Page } from './page.ts';

/** With `-v`: more reasons than this, of values and of combinations, are counted instead. */
const MOST_REASONS = 16;

/** Why the rest is refused. */
export function refusedLines(report: ExchangeReport, page: Page): string[] {
  const { rejected, coverage, accepted, exchange } = report;
  const total = rejected.reduce((sum, box) => sum + box.count, 0);
  if (total === 0) return [];
  const undecided = coverage.undecided > 0 ? `, ${count(coverage.undecided)} undecided` : '';
  const head = `Refused: ${combinations(total)}${undecided}`;
  if (accepted.length === 0) {
    return [
      title(head, page),
      ...refusal('Nothing here is known to be accepted, so no single value can be blamed.', page),
      ...boxes(rejected, page),
    ];
  }
  return [
    title(`${head}; one can have several reasons`, page),
    ...(page.verbose === 0 ? summary(rejected, exchange, page) : reasons(rejected, exchange, page)),
    ...boxes(rejected, page),
  ];
}

function summary(rejected: readonly RejectedBox[], exchange: string, page: Page): string[] {
  const { values, together } = summarize(rejected);
  const left = Math.round(together);
  const words = `${combinations(left)} of accepted values: the suites above are the only ones that go together`;
  return [...values.flatMap((line) => valueLines(line, exchange, page)), ...(left > 0 ? refusal(words, page) : [])];
}

function reasons(rejected: readonly RejectedBox[], exchange: string, page: Page): string[] {
  const groups = groupRefusals(rejected);
  const values = groups.filter((group) => group.code !== 'combination-not-accepted');
  const kinds = groups.filter((group) => group.code === 'combination-not-accepted');
  const most = page.verbose > 1 ? Infinity : MOST_REASONS;
  const left = Math.max(0, values.length - most) + Math.max(0, kinds.length - most);
  return [
    ...values.slice(0, most).flatMap((group) => valueLines(group, exchange, page)),
    ...kinds.slice(0, most).flatMap((group) => kindLines(group, page)),
    ...(left > 0 ? more(left, 'reason', page, 'reasons', '-vv') : []),
  ];
}

function valueLines(group: ValueRefusal & Partial<RefusalGroup>, exchange: string, page: Page): string[] {
  const values =
    group.offered.map((name) => safe(readable(name, exchange))).join(', ') ||
    (group.slot === null ? 'the rest' : `no ${slotName(group.slot)}`);
  const here =
    group.accepted.length > 0 ? `; accepted here: ${group.accepted.map((name) => safe(readable(name, exchange))).join(', ')}` : '';
  const why = group.code === 'no-reason' ? ', no reason found' : group.code === 'key-length-not-accepted' ? ' for the key length' : '';
  const ground = grounds(group.basis) + seen(group.evidence ?? [], page);
  return refusal(`${values} ${page.style.marks.dash} refused in all ${combinations(Math.round(group.count))}${why}${here}${ground}`, page);
}

function kindLines(group: RefusalGroup, page: Page): string[] {
  const edits = group.changes.map(describeChange).map(safe);
  const change = edits.length > 0 ? `; change ${edits.join(', or ')}` : '';
  const named = group.boxes.map(({ box }) => safe(boxText(box, 6))).slice(0, 3);
  const rest = group.boxes.length > 3 ? ` and ${group.boxes.length - 3} more` : '';
  const ground = grounds(group.basis) + seen(group.evidence, page);
  const text = `${named.join(' ')}${rest} ${page.style.marks.dash} refused together (${count(Math.round(group.count))})${change}${ground}`;
  return refusal(text, page);
}

/** `-vv`: every box with its reasons and packets, and every suite of it. */
function boxes(rejected: readonly RejectedBox[], page: Page): string[] {
  if (page.verbose < 2) return [];
  return rejected.flatMap(({ box, count: size, reasons: why }) => [
    ...wrap(`${safe(boxText(box)).replaceAll(',', ', ')} (${count(size)})`, page.columns, `    ${page.style.marks.dot} `, '        '),
    ...why.flatMap((reason) => reasonLines(reason, page)),
    ...[...suitesOf(box)].map((suite) => `          ${safe(suite)}`),
  ]);
}

/** One reason in full. */
export function reasonLines(reason: ReasonView, page: Page): string[] {
  const label = reason.slot === null ? '' : `${slotName(reason.slot)}: `;
  return wrap(`${label}${safe(reason.text)}${grounds(reason.basis)}${seen(reason.evidence, page)}`, page.columns, '        ', '          ');
}

/** Unescaped: a keyword that is only a number by the name of its algorithm: `encryption:5/128` is `IDEA/128` in IKEv2. */
export function readable(keyword: string, exchange: string): string {
  if (exchange === 'ikev1-quick' || exchange === 'ikev2-child') {
    if (keyword === 'none') return 'no group';
    if (keyword === 'esp' || keyword === 'ah') return keyword.toUpperCase();
  }
  const [, slot, id, bits = ''] = /^([a-z]+[1-7]?):(\d+)(\/\d+)?$/.exec(keyword) ?? [];
  const row = slot === undefined ? undefined : lookup(slot as Slot, spaceOfExchange(exchange, slot as Slot), Number(id));
  return row === undefined ? keyword : row.name + bits;
}

function spaceOfExchange(exchange: string, slot: Slot): NumberSpace {
  return spaceOf(slot, exchange === 'ikev1-quick' ? 'ikev1-phase2' : exchange.startsWith('ikev1') ? 'ikev1-phase1' : 'ikev2-ike', ESP);
}

const ESP = 3;

function refusal(text: string, page: Page): string[] {
  return wrap(text, page.columns, `    ${page.style.bad(page.style.marks.no)} `);
}

function combinations(n: number): string {
  return `${count(n)} combination${n === 1 ? '' : 's'}`;
}
