/**
 * The cells that the filters let through, as a list: what is not as foretold first.
 *
 * @module
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { CellOutcome, MatrixReport } from '../../matrix/result.ts';
import { titleIn } from '../../matrix/tally.ts';
import { count, safe } from '../../terminal.ts';
import { type Filter, type IndexedCell, isFiltered } from '../filter.ts';
import { OutcomeBadge } from '../glyph.tsx';

interface Props {
  readonly report: MatrixReport;
  readonly shown: readonly IndexedCell[];
  readonly filter: Filter;
  readonly onOpen: (id: string) => void;
}

export function CellList({ report, shown, filter, onOpen }: Props) {
  const [limit, setLimit] = useState(PAGE);
  useEffect(() => setLimit(PAGE), [shown]);
  const everything = isFiltered(filter);
  const sorted = useMemo(
    () => (everything ? shown : shown.filter(({ cell }) => URGENCY[cell.outcome] < 2)).toSorted(byUrgency),
    [shown, everything],
  );
  const left = sorted.length - limit;
  return (
    <section class="cells-section" aria-labelledby="cells-title">
      <h2 id="cells-title">
        {everything ? 'Cells' : 'What to look at'} <small>{everything ? count(sorted.length) : attentionText(sorted.length)}</small>
      </h2>
      {sorted.length > 0 && (
        <ul class="cells">
          {sorted.slice(0, limit).map((one) => (
            <CellRow key={one.cell.id} report={report} one={one} onOpen={onOpen} />
          ))}
        </ul>
      )}
      {left > 0 && (
        <button type="button" class="button more" onClick={() => setLimit(limit + PAGE)}>
          {count(Math.min(PAGE, left))} more of {count(left)}
        </button>
      )}
    </section>
  );
}

function attentionText(n: number): string {
  return n === 0 ? 'nothing: all is as foretold' : `${count(n)} disagree or went wrong`;
}

/** One cell as a line: outcome, case, who with whom, why. */
export function CellRow({
  report,
  one,
  onOpen,
  bare = false,
}: {
  readonly report: MatrixReport;
  readonly one: IndexedCell;
  readonly onOpen: (id: string) => void;
  readonly bare?: boolean;
}) {
  const { cell } = one;
  const name = (id: string): string => safe(titleIn(report.implementations, id));
  return (
    <li>
      <button type="button" class={bare ? 'cell bare' : 'cell'} onClick={() => onOpen(cell.id)}>
        <OutcomeBadge cell={cell} />
        <span class="what">
          <b>{safe(one.case?.title ?? cell.case)}</b>
          <code>{safe(cell.case)}</code>
        </span>
        {!bare && (
          <span class="who">
            {name(cell.initiator)} <span class="arrow">→</span> {name(cell.responder)}
          </span>
        )}
        <span class="why">{safe(cell.reason)}</span>
      </button>
    </li>
  );
}

const PAGE = 60;
const URGENCY: Readonly<Record<CellOutcome, number>> = { disagrees: 0, error: 1, refuses: 2, works: 3, unsupported: 4 };

/** Unexplained disagreements, explained ones, errors, the others; within these as they were run. */
function byUrgency(a: IndexedCell, b: IndexedCell): number {
  const rank = ({ cell }: IndexedCell): number => URGENCY[cell.outcome] + (cell.known === undefined ? 0 : 0.5);
  return rank(a) - rank(b);
}
