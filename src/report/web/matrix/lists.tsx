/**
 * What was run: every case with its counts, and every implementation with where it was had from.
 *
 * @module
 */
import { useMemo } from 'preact/hooks';
import { areaTitle, OUTCOME_WORDS } from '../../explain-matrix.ts';
import type { MatrixCase, MatrixCell, MatrixImplementation, MatrixReport } from '../../matrix/result.ts';
import { OUTCOMES, tally } from '../../matrix/tally.ts';
import { count, safe } from '../../terminal.ts';
import type { ChangeFragment } from '../fragment.ts';
import { Glyph } from '../glyph.tsx';

export function CaseList({ report, change }: { readonly report: MatrixReport; readonly change: ChangeFragment }) {
  const byCase = useMemo(() => {
    const cells = new Map<string, MatrixCell[]>();
    for (const cell of report.cells) cells.set(cell.case, [...(cells.get(cell.case) ?? []), cell]);
    return cells;
  }, [report]);
  const choose = (id: string): void => {
    change({ case: id });
    document.getElementById('grid-title')?.scrollIntoView({ block: 'start' });
  };
  return (
    <details class="list">
      <summary>
        <h2>
          Cases <small>{count(report.cases.length)}, with their cells by outcome</small>
        </h2>
      </summary>
      <ul>
        {report.cases.map((one) => (
          <Case key={one.id} one={one} cells={byCase.get(one.id) ?? []} onChoose={choose} />
        ))}
      </ul>
    </details>
  );
}

function Case({
  one,
  cells,
  onChoose,
}: {
  readonly one: MatrixCase;
  readonly cells: readonly MatrixCell[];
  readonly onChoose: (id: string) => void;
}) {
  const counts = tally(cells);
  return (
    <li>
      <button type="button" class="case" onClick={() => onChoose(one.id)}>
        <span class="what">
          <b>{safe(one.title)}</b> <code>{safe(one.id)}</code>
        </span>
        <span class="where">
          {areaTitle(one.area)}, {safe(one.reference)}
        </span>
        <span class="by-outcome">
          {OUTCOMES.map((outcome) => (
            <span class={counts[outcome] === 0 ? 'nothing' : undefined}>
              <Glyph look={outcome} size={11} title={OUTCOME_WORDS[outcome].word} /> {count(counts[outcome])}
            </span>
          ))}
        </span>
      </button>
    </li>
  );
}

const KINDS: Readonly<Record<MatrixImplementation['kind'], string>> = {
  daemon: 'a real daemon',
  own: 'our own machines',
  model: 'a profile: no daemon ran',
};

export function ImplementationList({ report: { implementations } }: { readonly report: MatrixReport }) {
  return (
    <details class="list">
      <summary>
        <h2>
          Implementations <small>{count(implementations.length)}, and where they were had from</small>
        </h2>
      </summary>
      <ul>
        {implementations.map(({ id, title, kind, origin, versions, unavailable }) => (
          <li key={id} class="implementation">
            <span class="what">
              <b>{safe(title)}</b> <code>{safe(id)}</code>
            </span>
            <span class="where">
              {KINDS[kind]}; {versions.map((version) => `IKEv${version}`).join(', ') || 'no version'}
            </span>
            <span class="origin">{unavailable === null ? safe(origin) : `could not be had: ${safe(unavailable)}`}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
