/**
 * The head of a probe: the peer, how its exchanges went, who it seems to be, what the probe cost.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import type { ExchangeReport, ProbeReport } from '../../../probe/result.ts';
import { exchangeTitle } from '../../explain.ts';
import { duration, plural } from '../../page.ts';
import { count, safe } from '../../terminal.ts';
import { REACHED, speaks } from '../../text.ts';
import { IconButton } from '../glyph.tsx';
import { dateText } from '../matrix/heading.tsx';
import { ThemeSwitch } from '../theme.tsx';
import { Ground } from './evidence.tsx';

export function ProbeHeading({ report }: { readonly report: ProbeReport }) {
  const { tool, target, started, durationMs, complete, reachability, exchanges } = report;
  const named = [target.address, `${target.address}:${target.port}`, `[${target.address}]:${target.port}`].includes(target.input);
  const tried = exchanges.filter(({ state }) => state !== 'not-tried');
  return (
    <header class="top">
      <div class="masthead">
        <p class="kicker">
          {safe(tool.name)} {safe(tool.version)} <span class="sep">·</span> probe
        </p>
        <div class="actions">
          <IconButton icon="print" onClick={() => print()} label="Print" />
          <ThemeSwitch />
        </div>
      </div>
      <h1>
        {safe(target.address)} <small>port {target.port}</small>
      </h1>
      {!complete && <p class="notice">The probe was cut short: what stands here is true, but not all.</p>}
      <p class="meta">
        {!named && <span>{safe(target.input)}</span>}
        <time dateTime={safe(started)}>{dateText(started)}</time>
        <span>{duration(durationMs)}</span>
        <span>
          {plural(report.traffic.sent, 'datagram')} sent, {count(report.traffic.received)} received
        </span>
      </p>
      {reachability.state !== 'answered' && (
        <p class="notice">
          Answers: {REACHED[reachability.state]}. <Ground evidence={reachability.evidence} />
        </p>
      )}
      {tried.length > 0 && (
        <ul class="speaks">
          {tried.map((exchange) => (
            <Spoken exchange={exchange} />
          ))}
        </ul>
      )}
      <Facts report={report} />
    </header>
  );
}

function Spoken({ exchange }: { readonly exchange: ExchangeReport }) {
  const { accepted, offers, universe, state } = exchange;
  const asked = accepted.length === 0 && offers.length > 0;
  const figure = asked ? offers.filter((offer) => offer.accepted).length : accepted.length;
  const answered = state === 'answered' || state === 'refused-all';
  return (
    <li class={figure > 0 ? 'yes' : answered ? 'no' : 'none'}>
      <a href={`#${exchange.exchange}`} onClick={(event) => jump(event, exchange.exchange)}>
        <span class="title">{exchangeTitle(exchange.exchange)}</span>
        <span class="figure">
          {answered ? count(figure) : '–'}
          {answered && <small> of {asked ? `${count(offers.length)} offered` : `${count(universe.combinations)} accepted`}</small>}
        </span>
        <span class="word">{speaks(exchange)}</span>
      </a>
    </li>
  );
}

/** The fragment says which packet is open: a jump within the page leaves it alone. */
function jump(event: MouseEvent, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.scrollIntoView();
}

function Facts({ report: { peer, traffic } }: { readonly report: ProbeReport }) {
  const is = peer.implementation;
  const facts: (readonly [label: string, value: ComponentChildren])[] = [
    ...(is === null
      ? []
      : [
          [
            'Looks like',
            <>
              {safe(is.name)} {safe(is.release ?? '')} <Ground basis={is.basis} evidence={is.evidence} />
            </>,
          ] as const,
        ]),
    ...(peer.vendorIds.length === 0
      ? []
      : [
          [
            'Vendor IDs',
            <ul class="plain">
              {peer.vendorIds.map(({ name, text, hex, tells, evidence }) => (
                <li>
                  {name === null ? 'unknown' : safe(name)}
                  {text !== null && text !== name && ` “${safe(text)}”`}
                  {tells !== undefined && <span class="aside"> {safe(tells)}</span>}
                  {name === null && <code class="aside"> {hex.slice(0, 48)}</code>} <Ground evidence={evidence} />
                </li>
              ))}
            </ul>,
          ] as const,
        ]),
    ['Traffic', trafficText(traffic)] as const,
  ];
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function trafficText({ requests, retransmitted, bytesSent, bytesReceived, halfOpen, ikeSas, childSas }: ProbeReport['traffic']): string {
  const sas = [
    ['half-open SAs', halfOpen],
    ['IKE SAs', ikeSas],
    ['child SAs', childSas],
  ] as const;
  const counts = sas.flatMap(([name, one]) =>
    one === undefined || one.opened === 0
      ? []
      : [`${name}: ${count(one.opened)} made, ${count(one.released)} given back, ${count(one.left)} left`],
  );
  const again = retransmitted > 0 ? [`${count(retransmitted)} sent again`] : [];
  return [
    `${plural(requests, 'request')}, ${count(bytesSent)} octets out, ${count(bytesReceived)} in`,
    ...again,
    ...(counts.length > 0 ? counts : ['no half-open SA made']),
  ].join('; ');
}
