/**
 * The drawer: one cell, or all cells of a pair. The browser's way back closes it.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { CellChange } from '../../matrix/diff.ts';
import type { MatrixReport } from '../../matrix/result.ts';
import { titleIn } from '../../matrix/tally.ts';
import { count, safe } from '../../terminal.ts';
import type { DetailsOf } from '../embedded.ts';
import type { IndexedCell } from '../filter.ts';
import type { ChangeFragment, Fragment } from '../fragment.ts';
import { IconButton } from '../glyph.tsx';
import { CellRow } from './cells.tsx';
import { CellView } from './cell.tsx';

interface Props {
  readonly report: MatrixReport;
  readonly shown: readonly IndexedCell[];
  readonly fragment: Fragment;
  readonly change: ChangeFragment;
  readonly changed: ReadonlyMap<string, CellChange> | undefined;
  readonly detailsOf: DetailsOf;
}

export function Drawer({ report, shown, fragment, change, changed, detailsOf }: Props) {
  const { cell: id, pair, tab } = fragment;
  const close = (): void => change({ cell: '', pair: '', tab: '' }, true);
  if (id !== undefined) {
    const cell = report.cells.find((one) => one.id === id);
    const at = shown.findIndex((one) => one.cell.id === id);
    const go = (to: number): void => {
      const next = shown[to];
      if (next !== undefined) change({ cell: next.cell.id });
    };
    return (
      <Panel
        label={cell === undefined ? 'No such cell' : `Cell ${safe(id)}`}
        onClose={close}
        onKey={(key) => STEPS[key] !== undefined && at >= 0 && go(at + STEPS[key])}
      >
        <div class="drawer-bar">
          <IconButton icon="left" label="The cell before (k)" onClick={() => go(at - 1)} disabled={at <= 0} />
          <IconButton icon="right" label="The next cell (j)" onClick={() => go(at + 1)} disabled={at < 0 || at >= shown.length - 1} />
          <span class="position">{at < 0 ? '' : `${count(at + 1)} of ${count(shown.length)}`}</span>
        </div>
        {cell === undefined ? (
          <p class="missing">This run has no cell {safe(id)}.</p>
        ) : (
          <CellView
            key={id}
            report={report}
            cell={cell}
            change={changed?.get(id)}
            tab={tab ?? ''}
            onTab={(next) => change({ tab: next })}
            detailsOf={detailsOf}
          />
        )}
      </Panel>
    );
  }
  if (pair === undefined) return null;
  const [initiator = '', ...rest] = pair.split('/');
  const responder = rest.join('/');
  const mine = shown.filter(({ cell }) => cell.initiator === initiator && cell.responder === responder);
  return (
    <Panel label="Cells of a pair" onClose={close}>
      <h2 class="pair-title">
        {safe(titleIn(report.implementations, initiator))} <span class="arrow">→</span> {safe(titleIn(report.implementations, responder))}
      </h2>
      <ul class="cells">
        {mine.map((one) => (
          <CellRow key={one.cell.id} report={report} one={one} bare onOpen={(next) => change({ cell: next, pair: '' }, true)} />
        ))}
      </ul>
      {mine.length === 0 && <p class="missing">None of the cells shown is of this pair.</p>}
    </Panel>
  );
}

const STEPS: Readonly<Record<string, number>> = { j: 1, k: -1 };

interface PanelProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly onKey?: (key: string) => void;
  readonly children: ComponentChildren;
}

/** A modal dialog at the side: the browser keeps the focus inside, and Escape closes it. */
function Panel({ label, onClose, onKey, children }: PanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const back = document.activeElement;
    if (shown?.open === false) shown.showModal();
    return () => {
      shown?.close();
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, []);
  useEffect(() => {
    // What had the focus may be gone with what was shown before.
    if (dialog.current?.contains(document.activeElement) !== true) inner.current?.focus();
    dialog.current?.scrollTo(0, 0);
  }, [label]);
  const pressed = (event: KeyboardEvent): void => {
    const typing = event.target instanceof HTMLElement && /^(?:input|select|textarea)$/i.test(event.target.tagName);
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) onKey?.(event.key);
  };
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={label}
      onKeyDown={pressed}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="drawer-inner" ref={inner} tabIndex={-1} autofocus>
        <div class="drawer-close">
          <IconButton icon="close" label="Close (Esc)" onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
