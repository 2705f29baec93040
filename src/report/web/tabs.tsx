/**
 * Tabs, as the keyboard knows them: arrows go from one to the next. The one that is open is the one that is printed.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { count } from '../terminal.ts';

export interface Tab {
  /** As it stands in the fragment; the first is empty. */
  readonly id: string;
  readonly title: string;
  readonly figure?: number;
  readonly body: () => ComponentChildren;
}

interface Props {
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function Tabs({ tabs, chosen, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const name = useId();
  const at = Math.max(
    0,
    tabs.findIndex(({ id }) => id === chosen),
  );
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    onChoose(next.id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[tabs.indexOf(next)]?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" ref={list} onKeyDown={move}>
        {tabs.map(({ id, title, figure }, i) => (
          <button
            type="button"
            role="tab"
            id={`${name}-tab-${i}`}
            aria-selected={i === at}
            aria-controls={`${name}-panel-${i}`}
            tabIndex={i === at ? 0 : -1}
            onClick={() => onChoose(id)}
          >
            {title}
            {figure !== undefined && <span class="tab-figure">{count(figure)}</span>}
          </button>
        ))}
      </div>
      {tabs.map(({ body }, i) => (
        <div role="tabpanel" id={`${name}-panel-${i}`} aria-labelledby={`${name}-tab-${i}`} hidden={i !== at}>
          {i === at && body()}
        </div>
      ))}
    </div>
  );
}
