/**
 * Outcomes as shapes: a full square works, a hollow one is refused as foretold, a triangle disagrees, a dot cannot be done, a cross went wrong.
 *
 * Rule: each outcome has a shape of its own beside its colour, and a letter where there is room.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';
import { OUTCOME_WORDS } from '../explain-matrix.ts';
import type { CellOutcome, MatrixCell } from '../matrix/result.ts';

/** What a cell looks like; an explained disagreement is hollow. */
export type Look = CellOutcome | 'known';

export function lookOf({ outcome, known }: Pick<MatrixCell, 'outcome' | 'known'>): Look {
  return outcome === 'disagrees' && known !== undefined ? 'known' : outcome;
}

/** A shape inside a square of `size` at (x, y), as SVG path commands. */
export function shapePath(look: Look, x: number, y: number, size: number): string {
  const [right, bottom, middle] = [x + size, y + size, x + size / 2];
  const square = (inset: number): string => {
    const side = size - 2 * inset;
    return `M${x + inset} ${y + inset}h${side}v${side}h${-side}z`;
  };
  switch (look) {
    case 'works':
      return square(0);
    case 'refuses':
      return square(0) + hole(x, y, size, Math.max(1, size * 0.2));
    case 'disagrees':
      return `M${middle} ${y - size * 0.1}L${right + size * 0.1} ${bottom}L${x - size * 0.1} ${bottom}z`;
    case 'known':
      return `M${middle} ${y - size * 0.1}L${right + size * 0.1} ${bottom}L${x - size * 0.1} ${bottom}zM${middle} ${y + size * 0.4}L${x + size * 0.26} ${bottom - size * 0.2}L${right - size * 0.26} ${bottom - size * 0.2}z`;
    case 'unsupported':
      return square(size * 0.32);
    case 'error': {
      const arm = size * 0.3;
      return `M${x} ${y}h${arm}L${middle} ${y + size / 2 - arm / 1.6}L${right - arm} ${y}h${arm}L${middle + arm / 1.6} ${y + size / 2}L${right} ${bottom}h${-arm}L${middle} ${y + size / 2 + arm / 1.6}L${x + arm} ${bottom}h${-arm}L${middle - arm / 1.6} ${y + size / 2}z`;
    }
    default:
      return look satisfies never;
  }
}

/** A square drawn the other way round, so that it is a hole. */
function hole(x: number, y: number, size: number, inset: number): string {
  const side = size - 2 * inset;
  return `M${x + inset} ${y + inset}v${side}h${side}v${-side}z`;
}

/** One shape by itself. Its word stands beside it, or is said by `title`. */
export function Glyph({ look, size = 12, title }: { readonly look: Look; readonly size?: number; readonly title?: string }) {
  return (
    <svg
      class={`glyph ${look}`}
      width={size}
      height={size}
      viewBox="-1 -1 14 14"
      role={title === undefined ? 'presentation' : 'img'}
      aria-label={title}
    >
      <path d={shapePath(look, 0, 0, 12)} />
    </svg>
  );
}

/** An outcome as shape and word. */
export function OutcomeBadge({ cell }: { readonly cell: Pick<MatrixCell, 'outcome' | 'known'> }) {
  const look = lookOf(cell);
  return (
    <span class={`outcome ${look}`}>
      <Glyph look={look} />
      {look === 'known' ? 'disagrees, explained' : OUTCOME_WORDS[cell.outcome].word}
    </span>
  );
}

/** A line icon of 16 by 16. */
export function Icon({ path, size = 16 }: { readonly path: string; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const ICONS = {
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  download: 'M8 2v8.5M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a2.8 2.8 0 014 4L11 8.5M9 11.5L7.5 13a2.8 2.8 0 01-4-4L5 7.5',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  search: 'M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.5 10.5l3 3',
  sun: 'M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 016.5 3a5.5 5.5 0 106.5 6.5z',
  print: 'M4.5 6V2.5h7V6M4.5 11.5h-2v-5h11v5h-2M4.5 9.5h7v4h-7z',
  compare: 'M5.5 2.5v11M2.5 5.5l3-3 3 3M10.5 13.5v-11M7.5 10.5l3 3 3-3',
} as const;

/** A button with an icon and its word. */
export function IconButton(props: {
  readonly icon: keyof typeof ICONS;
  readonly onClick: () => void;
  readonly label: string;
  readonly children?: ComponentChildren;
  readonly disabled?: boolean;
}) {
  const { icon, onClick, label, children, disabled = false } = props;
  return (
    <button
      type="button"
      class={children === undefined ? 'button bare' : 'button'}
      onClick={onClick}
      aria-label={label}
      title={label}
      disabled={disabled}
    >
      <Icon path={ICONS[icon]} />
      {children}
    </button>
  );
}
