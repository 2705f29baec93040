/**
 * One probe: who the peer is, what is worth changing, what it takes in each exchange and why it refuses the rest, and the packets behind it.
 *
 * @module
 */
import type { ProbePayload } from '../../html/payload.ts';
import { exchangeTitle } from '../../explain.ts';
import { safe } from '../../terminal.ts';
import { useFragment } from '../fragment.ts';
import { Behaviour } from './behaviour.tsx';
import { Datagrams } from './datagrams.tsx';
import { EvidenceContext } from './evidence.tsx';
import { Exchange } from './exchange.tsx';
import { Findings } from './findings.tsx';
import { ProbeHeading } from './heading.tsx';
import { Sessions } from './sessions.tsx';

export function ProbePage({ payload: { report, datagrams } }: { readonly payload: ProbePayload }) {
  const [fragment, change] = useFragment();
  const tried = report.exchanges.filter(({ state }) => state !== 'not-tried');
  const left = report.exchanges.filter(({ state }) => state === 'not-tried');
  const open = (index: number): void => change({ packet: String(index) }, true);
  return (
    <EvidenceContext.Provider value={datagrams.length > 0 ? open : undefined}>
      <ProbeHeading report={report} />
      <main>
        <Findings findings={report.findings} />
        {tried.map((exchange) => (
          <Exchange key={exchange.exchange} exchange={exchange} />
        ))}
        <Sessions sessions={report.sessions ?? []} />
        {report.peer.fingerprint !== undefined && <Behaviour fingerprint={report.peer.fingerprint} />}
        {left.length > 0 && (
          <section class="part" aria-labelledby="left-title">
            <h2 id="left-title">Not tried</h2>
            <ul class="plain">
              {left.map(({ exchange, why }) => (
                <li>
                  {exchangeTitle(exchange)}: {why === null ? 'no reason is known.' : safe(why.text)}
                </li>
              ))}
            </ul>
          </section>
        )}
        {datagrams.length > 0 && <Datagrams datagrams={datagrams} chosen={fragment['packet']} onChoose={open} />}
      </main>
    </EvidenceContext.Provider>
  );
}
