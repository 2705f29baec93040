/**
 * One exchange of the text report: accepted suites, methods, order, refusals, verdicts on what was offered, notes.
 *
 * @module
 */
import type { AcceptedSuite, ExchangeReport, OfferVerdict } from '../probe/result.ts';
import { boxText } from './refusals.ts';
import { reasonLines, refusedLines } from './refusal-lines.ts';
import { byStrength, remarks } from './strength.ts';
import { count, pad, safe, width, wrap } from './terminal.ts';
import { grounds, item, more, seen, title } from './page.ts';
import type { Page } from './page.ts';

/** Without `-v`: more undecided boxes than this are counted instead. */
const SHORT_LIST = 10;
/** Accepted suites are the result: all are printed up to here. */
const LONG_LIST = 40;

/** The lines below the heading of an exchange. */
export function exchangeLines(exchange: ExchangeReport, page: Page): string[] {
  return [
    ...whyLines(exchange, page),
    ...acceptedLines(exchange, page),
    ...methodLines(exchange, page),
    ...orderLines(exchange, page),
    ...policyLines(exchange, page),
    ...lifetimeLines(exchange, page),
    ...offerLines(exchange, page),
    ...refusedLines(exchange, page),
    ...undecidedLines(exchange, page),
    ...noteLines(exchange, page),
  ];
}

function whyLines({ why }: ExchangeReport, page: Page): string[] {
  if (why === null) return [];
  return wrap(`${safe(why.text)}${grounds(why.basis)}${seen(why.evidence, page)}`, page.columns, '  ');
}

function acceptedLines({ accepted, exchange }: ExchangeReport, page: Page): string[] {
  if (accepted.length === 0) return [];
  const sorted = accepted.toSorted((a, b) => byStrength(a.suite, b.suite));
  const shown = page.verbose > 0 ? sorted : sorted.slice(0, LONG_LIST);
  const column = Math.min(52, Math.max(...shown.map(({ suite }) => width(safe(suite)))));
  const methods = exchange.startsWith('ikev1') && new Set(accepted.map(authText)).size > 1;
  const lines = [title('Accepted, strongest first', page), ...shown.flatMap((suite) => acceptedLine(suite, column, methods, page))];
  if (shown.length < sorted.length) lines.push(...more(sorted.length - shown.length, 'accepted suite', page));
  return lines;
}

function acceptedLine(accepted: AcceptedSuite, column: number, methods: boolean, page: Page): string[] {
  const { marks, good, warn, name } = page.style;
  const weak = remarks(accepted.suite);
  const mark = weak.length > 0 ? warn(marks.warn) : good(marks.yes);
  const said = [...weak, ...(methods ? [authText(accepted)] : [])].join(', ') + grounds(accepted.basis) + seen(accepted.evidence, page);
  const suite = safe(accepted.suite);
  const first = `    ${mark} ${said === '' ? name(suite) : pad(name(suite), column)}`;
  return said === '' ? [first] : wrap(said.trim(), page.columns, `${first}  `, ' '.repeat(8 + column));
}

function authText({ auth }: { readonly auth: readonly string[] | '*' }): string {
  return auth === '*' ? 'any method' : auth.map(safe).join(', ');
}

function methodLines(exchange: ExchangeReport, page: Page): string[] {
  const text = methodsText(exchange);
  if (text === undefined) return [];
  const evidence = looksAtMethod(exchange) ? [] : (exchange.methods?.evidence ?? []);
  return item('Methods', safe(text) + seen(evidence, page), page);
}

function looksAtMethod({ methods, accepted }: ExchangeReport): boolean {
  return methods?.lookedAt !== false && accepted.some(({ auth }) => auth !== '*');
}

/** Which IKEv1 authentication methods are accepted; undefined where that is no question. */
export function methodsText(exchange: ExchangeReport): string | undefined {
  const { methods, accepted } = exchange;
  if (!exchange.exchange.startsWith('ikev1') || accepted.length === 0) return undefined;
  if (!looksAtMethod(exchange))
    return 'not looked at in this exchange: any is accepted here, and only a later message shows which would do';
  const seenMethods = [...new Set(accepted.flatMap(({ auth }) => (auth === '*' ? [] : auth)))];
  const refused = methods?.asked.filter((method) => !seenMethods.includes(method)) ?? [];
  return `${seenMethods.join(', ')}${refused.length > 0 ? `; not accepted: ${refused.join(', ')}` : ''}`;
}

function orderLines(exchange: ExchangeReport, page: Page): string[] {
  const text = orderText(exchange, page.verbose > 0 ? Infinity : 5, page.style.marks.above);
  return text === undefined
    ? []
    : item('Order', safe(text) + grounds(exchange.preference.order === 'unknown' ? 'observed' : exchange.preference.basis), page);
}

/** Whose order wins, with the first suites of the peer's own; undefined when there is nothing to order. */
export function orderText({ preference, accepted, exchange }: ExchangeReport, most: number, above: string): string | undefined {
  const asked = exchange !== 'ikev1-quick' && exchange !== 'ikev2-child';
  if (accepted.length < 2 || !asked) return undefined;
  const { order, ranking } = preference;
  if (order === 'ours') return 'our order wins: the peer takes the first acceptable of the offer';
  if (order === 'unknown') return 'not found out whose order wins';
  const rest = ranking.length > most ? `, and ${ranking.length - most} more` : '';
  return `the peer's own order wins${ranking.length > 0 ? `: ${ranking.slice(0, most).join(` ${above} `)}` : ''}${rest}`;
}

function policyLines({ policy }: ExchangeReport, page: Page): string[] {
  if (policy.length === 0 || page.verbose === 0) return [];
  return [
    title('Policy that explains this (inferred)', page),
    ...policy.flatMap((box) => wrap(safe(boxText(box)).replaceAll(',', ', '), page.columns, '    ')),
  ];
}

function lifetimeLines({ lifetimes = [] }: ExchangeReport, page: Page): string[] {
  return lifetimes.flatMap(({ unit, offered, answered, evidence }) => {
    const what = answered === null ? 'left out of the answer' : answered === offered ? 'echoed' : `answered with ${count(answered)}`;
    return item('Lifetime', `${count(offered)} ${unit} offered, ${what}${seen(evidence, page)}`, page);
  });
}

function offerLines({ offers }: ExchangeReport, page: Page): string[] {
  if (offers.length === 0) return [];
  return [title('What was offered', page), ...offers.flatMap((offer) => offerLine(offer, page))];
}

function offerLine(offer: OfferVerdict, page: Page): string[] {
  const { marks, good, bad, warn, name } = page.style;
  const [mark, word] = offer.undecided
    ? [warn(marks.unsure), warn('undecided')]
    : offer.accepted
      ? [good(marks.yes), good('accepted')]
      : [bad(marks.no), bad('refused')];
  const auth = offer.auth === '*' ? '' : ` by ${offer.auth.map(safe).join(', ')}`;
  const basis = offer.basis === undefined ? '' : grounds(offer.basis);
  const suite = safe(offer.suite);
  const lines = wrap(`${name(suite)}${auth}: ${word}${basis}${seen(offer.evidence ?? [], page)}`, page.columns, `    ${mark} `);
  for (const reason of offer.reasons) lines.push(...reasonLines(reason, page));
  return lines;
}

function undecidedLines({ undecided = [], coverage, rejected, offers }: ExchangeReport, page: Page): string[] {
  if (coverage.undecided === 0) return [];
  const shown = undecided.slice(0, page.verbose > 0 ? undecided.length : SHORT_LIST);
  if (shown.length === 0 && rejected.length > 0 && offers.length === 0) return [];
  return [
    title(`Undecided: ${count(coverage.undecided)} combinations; neither accepted nor refused, because no answer came`, page),
    ...shown.flatMap((box) =>
      wrap(
        safe(boxText(box, page.verbose > 0 ? Infinity : 6)).replaceAll(',', ', '),
        page.columns,
        `    ${page.style.warn(page.style.marks.unsure)} `,
      ),
    ),
    ...(shown.length < undecided.length ? more(undecided.length - shown.length, 'box', page, 'boxes') : []),
  ];
}

function noteLines({ notes = [] }: ExchangeReport, page: Page): string[] {
  if (notes.length === 0) return [];
  return [
    title('On the way', page),
    ...notes.flatMap((note) => wrap(safe(note.text) + seen(note.evidence, page), page.columns, `    ${page.style.marks.dot} `)),
  ];
}
