/**
 * One cell: what it came to beside what was foretold, and what lies behind it in tabs.
 *
 * @module
 */
import { useEffect, useState } from 'preact/hooks';
import { areaTitle } from '../../explain-matrix.ts';
import type { CellChange } from '../../matrix/diff.ts';
import type { CellDetails, MatrixCell, MatrixReport } from '../../matrix/result.ts';
import { titleIn } from '../../matrix/tally.ts';
import { duration } from '../../page.ts';
import { safe } from '../../terminal.ts';
import type { DetailsOf } from '../embedded.ts';
import { OutcomeBadge } from '../glyph.tsx';
import { CopyLine, Downloads } from './downloads.tsx';
import { Ladder } from './ladder.tsx';
import { Configurations, Logs } from './sides.tsx';
import { Steps } from './steps.tsx';
import { Tabs } from '../tabs.tsx';
import { TraceTree } from '../tree.tsx';

interface Props {
  readonly report: MatrixReport;
  readonly cell: MatrixCell;
  readonly change: CellChange | undefined;
  readonly tab: string;
  readonly onTab: (tab: string) => void;
  readonly detailsOf: DetailsOf;
}

type Loaded = CellDetails | 'loading' | 'none';

export function CellView({ report, cell, change, tab, onTab, detailsOf }: Props) {
  const [details, setDetails] = useState<Loaded>('loading');
  useEffect(() => {
    let current = true;
    const show = (found: Loaded): void => {
      if (current) setDetails(found);
    };
    detailsOf(cell.id).then(
      (found) => show(found ?? 'none'),
      () => show('none'),
    );
    return () => {
      current = false;
    };
  }, [cell.id]);
  const one = report.cases.find(({ id }) => id === cell.case);
  const name = (id: string): string => safe(titleIn(report.implementations, id));
  return (
    <article class="cell-view">
      <header>
        <p class="cell-pair">
          {name(cell.initiator)} <span class="arrow">→</span> {name(cell.responder)}
        </p>
        <h2>{safe(one?.title ?? cell.case)}</h2>
        <p class="cell-meta">
          <OutcomeBadge cell={cell} />
          <code>{safe(cell.case)}</code>
          {one !== undefined && <span>{areaTitle(one.area)}</span>}
          {one !== undefined && <span>{safe(one.reference)}</span>}
          {cell.durationMs > 0 && <span>{duration(cell.durationMs)}</span>}
        </p>
        <p class="reason">{safe(cell.reason)}</p>
        {cell.known !== undefined && (
          <p class="known-why">
            <b>Explained:</b> {safe(cell.known)}
          </p>
        )}
      </header>
      <Steps cell={cell} before={change?.before ?? null} />
      {details === 'loading' && <p class="missing">Opening…</p>}
      {details === 'none' && (
        <p class="missing">
          {cell.details === null ? 'Nothing ran, so there is nothing behind this cell.' : 'What lies behind this cell is not in this file.'}
        </p>
      )}
      {typeof details === 'object' && (
        <Tabs
          chosen={tab}
          onChoose={onTab}
          tabs={[
            { id: '', title: 'Judgement', body: () => <Judgements details={details} /> },
            {
              id: 'messages',
              title: 'Messages',
              figure: details.messages.length,
              body: () => <Ladder messages={details.messages} initiator={name(cell.initiator)} responder={name(cell.responder)} />,
            },
            {
              id: 'configuration',
              title: 'Configuration',
              body: () => <Configurations details={details} one={one} initiator={name(cell.initiator)} responder={name(cell.responder)} />,
            },
            {
              id: 'logs',
              title: 'Logs',
              body: () => <Logs details={details} initiator={name(cell.initiator)} responder={name(cell.responder)} />,
            },
          ]}
        />
      )}
      <footer class="cell-foot">
        {one !== undefined && <p class="about">{safe(one.about)}</p>}
        <CopyLine label="Run this cell again" text={safe(cell.rerun)} />
        {typeof details === 'object' && <Downloads details={details} />}
      </footer>
    </article>
  );
}

function Judgements({ details }: { readonly details: CellDetails }) {
  if (details.trace.length === 0) return <p class="missing">No profile judges what this case offers.</p>;
  return (
    <>
      {details.trace.map((section) => (
        <TraceTree section={section} />
      ))}
    </>
  );
}
