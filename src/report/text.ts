/**
 * The probe report as text for people: what the peer is, what it accepts strongest first, why it refuses the rest.
 *
 * Rule 1: observed is printed plain; what is inferred or assumed says so.
 * Rule 2: silence and the unknown are named as such, never as a refusal.
 * Rule 3: nothing from the peer or the command line is printed unescaped.
 *
 * @module
 */
import type { ExchangeReport, ProbeFinding, ProbeReport, SaCount, SessionReport, Severity } from '../probe/result.ts';
import { exchangeTitle } from './explain.ts';
import { exchangeLines } from './exchange.ts';
import { fingerprintLines } from './fingerprint.ts';
import { duration, grounds, plural, ruled, seen } from './page.ts';
import type { Page } from './page.ts';
import { sessionFigure, sessionLines } from './session-lines.ts';
import { asciiOnly, count, pad, safe, style, wrap } from './terminal.ts';

/** How a report is to look. `verbose` 1 adds each reason with its packets, 2 each box and suite. */
export interface TextOptions {
  readonly columns: number;
  readonly color: boolean;
  readonly ascii: boolean;
  readonly verbose: 0 | 1 | 2;
  readonly quiet: boolean;
}

/** Narrower than this nothing can be laid out; wider lines than this are hard to read. */
const MIN_COLUMNS = 40;
const MAX_COLUMNS = 120;
/** Where the values of the heading begin. */
const LABEL = 14;

/** The whole report, ending in a newline. `quiet` prints only what is accepted: one line each. */
export function renderProbe(report: ProbeReport, options: TextOptions): string {
  if (options.quiet) return renderQuiet(report);
  const columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, Math.floor(options.columns) || 80));
  const page: Page = { columns, verbose: options.verbose, style: style(options) };
  const tried = report.exchanges.filter((exchange) => exchange.state !== 'not-tried');
  const sections = [
    heading(report, page),
    ...tried.map((exchange) => [...ruled(exchangeTitle(exchange.exchange), figures(exchange), page), ...exchangeLines(exchange, page)]),
    ...(report.sessions ?? []).map((session) => [
      ...ruled(sessionTitle(session), sessionFigure(session), page),
      ...sessionLines(session, page),
    ]),
    fingerprintSection(report, page),
    findingLines(report.findings, page),
    notTried(report, page),
    trafficLines(report, page),
  ];
  const text = `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
  return options.ascii ? asciiOnly(text) : text;
}

const sessionTitle = ({ version, exchange }: SessionReport): string =>
  version === 2 ? 'IKEv2 session' : `IKEv1 session, ${exchange === 'ikev1-aggressive' ? 'aggressive' : 'main'} mode`;

function renderQuiet(report: ProbeReport): string {
  const lines = report.exchanges.flatMap((exchange) => [
    ...exchange.accepted.map(({ suite }) => `${exchange.exchange} ${safe(suite)}`),
    ...exchange.offers.map(
      (offer) => `${exchange.exchange} ${safe(offer.suite)} ${offer.undecided ? 'undecided' : offer.accepted ? 'accepted' : 'refused'}`,
    ),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** Whether anything came back, and what that means. */
export const REACHED: Readonly<Record<ProbeReport['reachability']['state'], string>> = {
  answered: 'yes',
  refused: 'no: the port is closed (ICMP port unreachable)',
  prohibited: 'no: a filter says that it is forbidden (ICMP administratively prohibited)',
  unreachable: 'no: the network does not reach it (ICMP unreachable)',
  silent: 'nothing came back: filtered, lost, nobody there, or a peer that keeps silent; this cannot be told apart from here',
};

const SPEAKS: Readonly<Record<ExchangeReport['state'], string>> = {
  answered: 'accepts offers',
  'refused-all': 'answers, refuses every offer',
  'no-connection': 'answers, has no connection for us',
  'not-spoken': 'not spoken',
  silent: 'silent',
  'not-tried': 'not tried',
};

function heading(report: ProbeReport, page: Page): string[] {
  const { target, tool, peer, reachability } = report;
  const { bold, warn, marks } = page.style;
  const named = [target.address, `${target.address}:${target.port}`, `[${target.address}]:${target.port}`].includes(target.input)
    ? ''
    : ` (${safe(target.input)})`;
  const title = `${safe(target.address)} port ${target.port}${named}`;
  const lines = wrap(title, page.columns).map(bold);
  const cut = 'Incomplete: the probe was cut short. What stands here is true, but not all.';
  if (!report.complete) lines.push(...wrap(cut, page.columns, `${marks.warn} `).map(warn));
  const state = REACHED[reachability.state] + (reachability.state === 'answered' ? '' : '.');
  lines.push(...field('answers', state + seen(reachability.evidence, page), page));
  const tried = report.exchanges.filter((exchange) => exchange.state !== 'not-tried');
  tried.forEach((exchange, index) => {
    lines.push(...field(index === 0 ? 'speaks' : '', `${exchangeTitle(exchange.exchange)}: ${speaks(exchange)}`, page));
  });
  const is = peer.implementation;
  if (is) {
    lines.push(
      ...field(
        'looks like',
        `${safe(is.name)}${is.release === null ? '' : ` ${safe(is.release)}`}${grounds(is.basis)}${seen(is.evidence, page)}`,
        page,
      ),
    );
  }
  peer.vendorIds.forEach((vendor, index) => {
    const name = vendor.name ?? (vendor.text === null ? `unknown ${shortHex(vendor.hex)}` : `unknown "${vendor.text}"`);
    const text = vendor.name !== null && vendor.text !== null && vendor.text !== vendor.name ? ` "${safe(vendor.text)}"` : '';
    const hex = page.verbose > 0 ? ` ${shortHex(vendor.hex)}` : '';
    const tells = page.verbose > 0 && vendor.tells !== undefined ? `: ${safe(vendor.tells)}` : '';
    lines.push(...field(index === 0 ? 'vendor IDs' : '', safe(name) + text + tells + hex + seen(vendor.evidence, page), page));
  });
  lines.push(...field('asked by', `${safe(tool.name)} ${safe(tool.version)} at ${safe(report.started)}`, page));
  return lines;
}

/** How an exchange went, in a few words. */
export function speaks(exchange: ExchangeReport): string {
  if (exchange.state === 'answered' && exchange.accepted.length === 0 && exchange.offers.some((o) => !o.accepted)) return 'answers';
  return exchange.why?.code === 'mode-not-spoken' ? 'this mode is not answered' : SPEAKS[exchange.state];
}

function field(label: string, text: string, page: Page): string[] {
  return wrap(text, page.columns, `  ${pad(page.style.dim(label), LABEL)}`, ' '.repeat(LABEL + 2));
}

function shortHex(hex: string): string {
  return hex.length > 48 ? `${hex.slice(0, 48)}... (${hex.length / 2} octets)` : hex;
}

function figures({ state, universe, accepted, offers }: ExchangeReport): string {
  if (state !== 'answered' && state !== 'refused-all') return '';
  if (accepted.length === 0 && offers.length > 0)
    return `${count(offers.filter((o) => o.accepted).length)} of ${count(offers.length)} offered`;
  return `${count(accepted.length)} of ${count(universe.combinations)} accepted`;
}

function fingerprintSection({ peer: { fingerprint } }: ProbeReport, page: Page): string[] {
  if (fingerprint === undefined) return [];
  return [...ruled('Behaviour', plural(fingerprint.observations.length, 'odd request'), page), ...fingerprintLines(fingerprint, page)];
}

const TAG = 10;

function findingLines(findings: readonly ProbeFinding[], page: Page): string[] {
  if (findings.length === 0) return [];
  const lines = ruled('Findings', String(findings.length), page);
  for (const finding of findings) {
    const indent = ' '.repeat(TAG + 2);
    const text = `${safe(finding.text)}${finding.basis === undefined ? '' : grounds(finding.basis)}${seen(finding.evidence ?? [], page)}`;
    lines.push(...wrap(text, page.columns, `  ${pad(paint(finding.severity, page)(finding.severity), TAG)}`, indent));
    const source = finding.reference === '' ? '' : ` (${safe(finding.reference).replaceAll('§', page.style.marks.section)})`;
    lines.push(...wrap(`${safe(finding.fix)}${source}`, page.columns, indent, indent).map((line) => page.style.dim(line)));
  }
  return lines;
}

function paint(severity: Severity, { style: { bad, warn, dim, bold } }: Page): (text: string) => string {
  if (severity === 'critical') return (text) => bold(bad(text));
  if (severity === 'high') return bad;
  return severity === 'info' ? dim : warn;
}

function notTried({ exchanges }: ProbeReport, page: Page): string[] {
  const left = exchanges.filter((exchange) => exchange.state === 'not-tried');
  if (left.length === 0) return [];
  return [
    ...ruled('Not tried', '', page),
    ...left.flatMap((e) =>
      wrap(`${exchangeTitle(e.exchange)}: ${e.why === null ? 'no reason is known.' : safe(e.why.text)}`, page.columns, '  ', '    '),
    ),
  ];
}

function trafficLines({ traffic: t, durationMs }: ProbeReport, page: Page): string[] {
  const again = t.retransmitted > 0 ? ` (${count(t.retransmitted)} again)` : '';
  const { opened, released, left } = t.halfOpen;
  const halfOpen =
    opened === 0 ? 'no half-open SA made' : `half-open SAs: ${count(opened)} made, ${count(released)} given back, ${count(left)} left`;
  const sas = [saText('IKE SAs', t.ikeSas), saText('child SAs', t.childSas)].join('');
  const text =
    `${plural(t.requests, 'request')}; ${plural(t.sent, 'datagram')} sent${again}, ${count(t.received)} received; ` +
    `${count(t.bytesSent)} octets out, ${count(t.bytesReceived)} in; ${duration(durationMs)}; ${halfOpen}${sas}`;
  return wrap(text, page.columns, '', '  ').map((line) => page.style.dim(line));
}

function saText(what: string, sas: SaCount | undefined): string {
  if (sas === undefined || sas.opened === 0) return '';
  return `; ${what}: ${count(sas.opened)} made, ${sas.left === 0 ? 'all deleted' : `${count(sas.left)} may be left`}`;
}
