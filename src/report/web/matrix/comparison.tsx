/**
 * What changed since another run.
 *
 * @module
 */
import { type CellChange, CHANGE_KINDS, type ChangeKind } from '../../matrix/diff.ts';
import type { MatrixReport } from '../../matrix/result.ts';
import { OUTCOME_WORDS } from '../../explain-matrix.ts';
import { titleIn } from '../../matrix/tally.ts';
import { count, safe } from '../../terminal.ts';
import type { ChangeFragment, Fragment } from '../fragment.ts';
import { Glyph, IconButton, lookOf } from '../glyph.tsx';
import { dateText } from './heading.tsx';

interface Props {
  readonly before: MatrixReport;
  readonly changes: readonly CellChange[];
  readonly fragment: Fragment;
  readonly change: ChangeFragment;
  readonly onEnd: () => void;
  readonly onOpen: (id: string) => void;
}

const WORDS: Readonly<Record<ChangeKind, string>> = {
  broken: 'not as foretold any more',
  mended: 'as foretold again',
  changed: 'otherwise than before',
  new: 'new',
  gone: 'gone',
};

export function Comparison({ before, changes, change, onEnd, onOpen }: Props) {
  const end = (): void => {
    change({ changed: '' });
    onEnd();
  };
  const shown = CHANGE_KINDS.flatMap((kind) => (kind === 'new' || kind === 'gone' ? [] : changes.filter((one) => one.kind === kind))).slice(
    0,
    MOST,
  );
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <div class="comparison-head">
        <h2 id="comparison-title">
          Compared with {dateText(before.started)} <small>{safe(`${before.tool.name} ${before.tool.version}`)}</small>
        </h2>
        <IconButton icon="close" label="End the comparison" onClick={end} />
      </div>
      <ul class="change-counts">
        {changes.length === 0 && <li>Nothing has changed.</li>}
        {CHANGE_KINDS.map((kind) => {
          const n = changes.filter((one) => one.kind === kind).length;
          return n === 0 ? null : (
            <li class={kind}>
              <b>{count(n)}</b> {WORDS[kind]}
            </li>
          );
        })}
      </ul>
      <ul class="changes">
        {shown.map((one) => (
          <Change key={one.id} one={one} before={before} onOpen={onOpen} />
        ))}
      </ul>
      {shown.length === MOST && <p class="hint">The others stand in the list below, with “changed only”.</p>}
    </section>
  );
}

function Change({
  one: { before: was, after, id, kind },
  before,
  onOpen,
}: {
  readonly one: CellChange;
  readonly before: MatrixReport;
  readonly onOpen: (id: string) => void;
}) {
  const cell = after ?? was;
  if (cell === null) return null;
  const name = (each: string): string => safe(titleIn(before.implementations, each));
  return (
    <li>
      <button type="button" class={`cell change ${kind}`} onClick={() => onOpen(id)}>
        <span class="turn">
          {was !== null && <Glyph look={lookOf(was)} title={OUTCOME_WORDS[was.outcome].word} />}
          <span class="arrow">→</span>
          {after !== null && <Glyph look={lookOf(after)} title={OUTCOME_WORDS[after.outcome].word} />}
        </span>
        <code>{safe(cell.case)}</code>
        <span class="who">
          {name(cell.initiator)} <span class="arrow">→</span> {name(cell.responder)}
        </span>
        <span class="why">{safe(cell.reason)}</span>
      </button>
    </li>
  );
}

const MOST = 12;
