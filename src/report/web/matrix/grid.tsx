/**
 * The grid of pairs: initiators down, responders across. In each place the cases as tiles, always in the same order, so that what
 * fails alike looks alike.
 *
 * @module
 */
import { useMemo, useRef, useState } from 'preact/hooks';
import { OUTCOME_WORDS } from '../../explain-matrix.ts';
import type { CellChange } from '../../matrix/diff.ts';
import type { MatrixCell, MatrixReport } from '../../matrix/result.ts';
import { OUTCOMES, pairsOf, tally, titleIn } from '../../matrix/tally.ts';
import { count, safe } from '../../terminal.ts';
import { type Filter, type IndexedCell, isFiltered, nameParts } from '../filter.ts';
import { Glyph } from '../glyph.tsx';
import { tileAt, Tiles } from './tiles.tsx';

interface Props {
  readonly report: MatrixReport;
  readonly cells: readonly IndexedCell[];
  readonly shown: readonly IndexedCell[];
  readonly filter: Filter;
  readonly changed: ReadonlyMap<string, CellChange> | undefined;
  readonly onCell: (id: string) => void;
  readonly onPair: (initiator: string, responder: string) => void;
}

export function PairGrid({ report, cells, shown, filter, changed, onCell, onPair }: Props) {
  const pairs = useMemo(() => byPair(report), [report]);
  const axes = useMemo(() => axesOf(report, filter), [report, filter.initiator, filter.responder, filter.daemon]);
  const cases = useMemo(() => casesOf(report, shown), [report, shown]);
  const lit = useMemo(() => (shown.length === cells.length ? undefined : new Set(shown.map(({ cell }) => cell.id))), [shown, cells]);
  const [focus, setFocus] = useState<Place>([0, 0]);
  const table = useRef<HTMLTableElement>(null);
  const families = useMemo(
    () => new Map(report.implementations.map(({ id, family, kind }) => [id, kind === 'model' ? 'model' : family])),
    [report],
  );
  const begins = (at: number, ids: readonly string[]): boolean => at > 0 && families.get(ids[at] ?? '') !== families.get(ids[at - 1] ?? '');
  const isThere = ([row, column]: Place): boolean => pairs.has(key(axes.initiators[row] ?? '', axes.responders[column] ?? ''));
  const current = isThere(focus) ? focus : (places(axes).find(isThere) ?? focus);
  const move = (event: KeyboardEvent): void => {
    const step = MOVES[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = places(axes, current, step).find(isThere);
    if (next === undefined) return;
    setFocus(next);
    table.current?.querySelector<HTMLElement>(`[data-place="${next.join(',')}"]`)?.focus();
  };
  return (
    <section class="grid-section" aria-labelledby="grid-title">
      <h2 id="grid-title">
        Pairs <small>initiators down, responders across; arrow keys move, Enter opens</small>
      </h2>
      <Legend />
      <div class="grid-frame">
        <table class="grid" role="grid" aria-label="Pairs" ref={table} onKeyDown={move} style={{ '--responders': axes.responders.length }}>
          <thead>
            <tr>
              <td class="corner" />
              {axes.responders.map((id, column) => (
                <AxisHead report={report} id={id} scope="col" begins={begins(column, axes.responders)} />
              ))}
            </tr>
          </thead>
          <tbody>
            {axes.initiators.map((initiator, row) => (
              <tr class={begins(row, axes.initiators) ? 'begins' : undefined}>
                <AxisHead report={report} id={initiator} scope="row" />
                {axes.responders.map((responder, column) => (
                  <td class={`${initiator === responder ? 'same' : ''} ${begins(column, axes.responders) ? 'begins' : ''}`}>
                    <PairCell
                      report={report}
                      pair={[initiator, responder]}
                      all={pairs.get(key(initiator, responder)) ?? NONE}
                      cases={cases}
                      lit={lit}
                      filtering={isFiltered(filter)}
                      changed={changed}
                      place={`${row},${column}`}
                      tabbable={row === current[0] && column === current[1]}
                      onFocus={() => setFocus([row, column])}
                      onCell={onCell}
                      onPair={onPair}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface PairProps {
  readonly report: MatrixReport;
  readonly pair: readonly [initiator: string, responder: string];
  readonly all: ReadonlyMap<string, MatrixCell>;
  readonly cases: readonly string[];
  readonly lit: ReadonlySet<string> | undefined;
  readonly filtering: boolean;
  readonly changed: ReadonlyMap<string, CellChange> | undefined;
  readonly place: string;
  readonly tabbable: boolean;
  readonly onFocus: () => void;
  readonly onCell: (id: string) => void;
  readonly onPair: (initiator: string, responder: string) => void;
}

function PairCell(props: PairProps) {
  const { report, pair, all, cases, lit, filtering, changed, place, tabbable, onFocus, onCell, onPair } = props;
  const [initiator, responder] = pair;
  const mine = cases.map((id) => all.get(id));
  const bright = mine.filter((cell) => cell !== undefined && (lit === undefined || lit.has(cell.id))) as readonly MatrixCell[];
  const gone = report.implementations.find(({ id, unavailable }) => (id === initiator || id === responder) && unavailable !== null);
  if (all.size === 0)
    return <span class={gone === undefined ? 'void' : 'void gone'} title={gone === undefined ? 'not run' : safe(gone.unavailable ?? '')} />;
  const words = `${safe(titleIn(report.implementations, initiator))} to ${safe(titleIn(report.implementations, responder))}: ${counted(bright)}`;
  const under = (event: MouseEvent): MatrixCell | undefined => {
    const tiles = event.currentTarget instanceof Element ? event.currentTarget.firstElementChild : null;
    const at = tiles === null || (event.type === 'click' && event.detail === 0) ? undefined : tileAt(tiles, event, mine.length);
    return at === undefined ? undefined : mine[at];
  };
  const name = (event: MouseEvent): void => {
    const cell = under(event);
    const says = cell === undefined ? words : `${safe(cell.case)}: ${OUTCOME_WORDS[cell.outcome].word}`;
    if (event.currentTarget instanceof HTMLElement && event.currentTarget.title !== says) event.currentTarget.title = says;
  };
  const open = (event: MouseEvent): void => {
    const target = under(event) ?? (bright.length === 1 && filtering ? bright[0] : undefined);
    if (target === undefined) onPair(initiator, responder);
    else onCell(target.id);
  };
  return (
    <button
      type="button"
      class={bright.length === 0 ? 'pair dark' : 'pair'}
      data-place={place}
      tabIndex={tabbable ? 0 : -1}
      onFocus={onFocus}
      onClick={open}
      onMouseMove={name}
    >
      <Tiles cells={mine} lit={lit} changed={changed} />
      <span class="sr-only">{words}</span>
    </button>
  );
}

function counted(cells: readonly MatrixCell[]): string {
  const counts = tally(cells);
  const parts = OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${count(counts[outcome])} ${OUTCOME_WORDS[outcome].word}`,
  );
  return parts.join(', ') || 'none of the cells shown';
}

interface AxisProps {
  readonly report: MatrixReport;
  readonly id: string;
  readonly scope: 'row' | 'col';
  readonly begins?: boolean;
}

function AxisHead({ report, id, scope, begins = false }: AxisProps) {
  const one = report.implementations.find((each) => each.id === id);
  const [name, release] = nameParts(report.implementations, id);
  const gone = one?.unavailable ?? null;
  const says = gone === null ? (one?.origin ?? '') : `Could not be had: ${gone}`;
  return (
    <th scope={scope} class={`axis ${one?.kind ?? 'daemon'}${gone === null ? '' : ' gone'}${begins ? ' begins' : ''}`} title={safe(says)}>
      <span class="name">{safe(name)}</span>
      {release !== '' && <span class="release">{safe(release)}</span>}
      {one?.kind === 'model' && <span class="kind">model</span>}
      {gone !== null && <span class="kind">not to be had</span>}
    </th>
  );
}

function Legend() {
  return (
    <ul class="legend">
      {OUTCOMES.map((outcome) => (
        <li title={OUTCOME_WORDS[outcome].meaning}>
          <Glyph look={outcome} /> {OUTCOME_WORDS[outcome].word}
        </li>
      ))}
      <li title="something else happened than was foretold, and it is understood why">
        <Glyph look="known" /> explained
      </li>
    </ul>
  );
}

const key = (initiator: string, responder: string): string => JSON.stringify([initiator, responder]);
const NONE: ReadonlyMap<string, MatrixCell> = new Map();

/** Of each pair its cells by case. */
function byPair(report: MatrixReport): ReadonlyMap<string, ReadonlyMap<string, MatrixCell>> {
  return new Map(
    pairsOf(report).map(({ initiator, responder, cells }) => [key(initiator, responder), new Map(cells.map((cell) => [cell.case, cell]))]),
  );
}

/** Who stands on the axes: whoever has cells, and whoever could not be had. */
function axesOf(
  { implementations, cells }: MatrixReport,
  filter: Filter,
): { initiators: readonly string[]; responders: readonly string[] } {
  const side = (of: 'initiator' | 'responder'): readonly string[] => {
    const used = new Set(cells.map((cell) => cell[of]));
    const listed = implementations.filter(
      ({ id, unavailable, kind }) => used.has(id) || (unavailable !== null && (kind !== 'model' || of === 'responder')),
    );
    const ids = [...new Set([...listed.map(({ id }) => id), ...used])];
    return filter[of] === '' ? ids : ids.filter((id) => id === filter[of]);
  };
  return { initiators: side('initiator'), responders: side('responder') };
}

/** The cases of which something is shown, in the order of the run. */
function casesOf({ cases, cells }: MatrixReport, shown: readonly IndexedCell[]): readonly string[] {
  const used = new Set(shown.map(({ cell }) => cell.case));
  const listed = cases.map(({ id }) => id);
  const unlisted = cells.map((cell) => cell.case).filter((id) => !listed.includes(id));
  return [...new Set([...listed, ...unlisted])].filter((id) => used.has(id));
}

type Place = readonly [row: number, column: number];

/** Where a key leads: so many places on, or to the end of the row or column (then the nearest to that end is taken). */
const MOVES: Readonly<Record<string, Place>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -Infinity],
  End: [0, Infinity],
  PageUp: [-Infinity, 0],
  PageDown: [Infinity, 0],
};

/** The places that a step comes to, in its order; without a step all of them. Pairs that were not run are passed over. */
function places({ initiators, responders }: ReturnType<typeof axesOf>, from?: Place, [down, right]: Place = [0, 0]): readonly Place[] {
  const rows = initiators.map((_, row) => row);
  const columns = responders.map((_, column) => column);
  if (from === undefined) return rows.flatMap((row) => columns.map((column): Place => [row, column]));
  const along = (numbers: readonly number[], at: number, step: number): readonly number[] => {
    const ahead = numbers.filter((n) => (step > 0 ? n > at : n < at));
    return step === -1 || step === Infinity ? ahead.toReversed() : ahead;
  };
  if (down !== 0) return along(rows, from[0], down).map((row): Place => [row, from[1]]);
  return along(columns, from[1], right).map((column): Place => [from[0], column]);
}
