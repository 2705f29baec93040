/**
 * A matrix run: how it stands, the filters, the grid of pairs, the cells, and the drawer with what lies behind one.
 *
 * @module
 */
import { useMemo, useState } from 'preact/hooks';
import type { MatrixPayload } from '../../html/payload.ts';
import { changesBetween } from '../../matrix/diff.ts';
import type { MatrixReport } from '../../matrix/result.ts';
import { detailsIn } from '../embedded.ts';
import { filtered, filterOf, indexCells } from '../filter.ts';
import { useFragment } from '../fragment.ts';
import { CellList } from './cells.tsx';
import { Comparison } from './comparison.tsx';
import { Drawer } from './drawer.tsx';
import { FilterBar } from './filters.tsx';
import { PairGrid } from './grid.tsx';
import { Heading } from './heading.tsx';
import { CaseList, ImplementationList } from './lists.tsx';

export function MatrixPage({ payload }: { readonly payload: MatrixPayload }) {
  const { report } = payload;
  const [fragment, change] = useFragment();
  const [baseline, compareWith] = useState<MatrixReport | null>(payload.baseline);
  const cells = useMemo(() => indexCells(report), [report]);
  const changes = useMemo(() => (baseline === null ? undefined : changesBetween(baseline, report)), [baseline, report]);
  const changed = useMemo(() => changes && new Map(changes.map((one) => [one.id, one])), [changes]);
  const detailsOf = useMemo(() => detailsIn(payload), [payload]);
  const filter = filterOf(fragment);
  const shown = useMemo(() => filtered(cells, filter, changed), [cells, JSON.stringify(filter), changed]);
  const openCell = (id: string): void => change({ cell: id, pair: '' }, true);
  const openPair = (initiator: string, responder: string): void => change({ pair: `${initiator}/${responder}`, cell: '' }, true);
  return (
    <>
      <Heading report={report} fragment={fragment} change={change} onCompare={compareWith} />
      <main>
        {baseline !== null && changes !== undefined && (
          <Comparison
            before={baseline}
            changes={changes}
            fragment={fragment}
            change={change}
            onEnd={() => compareWith(null)}
            onOpen={openCell}
          />
        )}
        <FilterBar report={report} fragment={fragment} change={change} shown={shown.length} comparing={baseline !== null} />
        <PairGrid report={report} cells={cells} shown={shown} filter={filter} changed={changed} onCell={openCell} onPair={openPair} />
        <CellList report={report} shown={shown} filter={filter} onOpen={openCell} />
        <CaseList report={report} change={change} />
        <ImplementationList report={report} />
      </main>
      <Drawer report={report} shown={shown} fragment={fragment} change={change} changed={changed} detailsOf={detailsOf} />
    </>
  );
}
