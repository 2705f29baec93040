/**
 * The cases of a pair as tiles in one drawing: one path per outcome, so that thousands of tiles are a few hundred elements.
 *
 * @module
 */
import { OUTCOME_WORDS } from '../../explain-matrix.ts';
import type { CellChange } from '../../matrix/diff.ts';
import type { MatrixCell } from '../../matrix/result.ts';
import { lookOf, shapePath } from '../glyph.tsx';

interface Props {
  /** In the order of the cases; a place without a cell stays empty. */
  readonly cells: readonly (MatrixCell | undefined)[];
  /** The ids that the filters let through; all when left out. */
  readonly lit: ReadonlySet<string> | undefined;
  readonly changed: ReadonlyMap<string, CellChange> | undefined;
}

export function Tiles({ cells, lit, changed }: Props) {
  const { columns, pitch } = layoutFor(cells.length);
  const size = Math.round(pitch * 0.74 * 10) / 10;
  const rows = Math.max(1, Math.ceil(cells.length / columns));
  const [width, height] = [WIDTH + 2 * PADDING, rows * pitch + 2 * PADDING];
  const left = (width - columns * pitch) / 2;
  const places = cells.flatMap((cell, i) => {
    const x = left + (i % columns) * pitch + (pitch - size) / 2;
    const y = PADDING + Math.floor(i / columns) * pitch + (pitch - size) / 2;
    return cell === undefined ? [] : [{ cell, x: round(x), y: round(y) }];
  });
  const isDim = ({ id }: MatrixCell): boolean => (lit !== undefined && !lit.has(id)) || (changed !== undefined && !changed.has(id));
  const paths = new Map<string, string>();
  for (const { cell, x, y } of places) {
    const look = `${lookOf(cell)}${isDim(cell) ? ' dim' : ''}`;
    paths.set(look, (paths.get(look) ?? '') + shapePath(lookOf(cell), x, y, size));
  }
  const rings = changed === undefined ? [] : places.filter(({ cell }) => changed.has(cell.id));
  return (
    <svg class="tiles" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {[...paths].map(([look, path]) => (
        <path key={look} class={look} d={path} />
      ))}
      {rings.map(({ x, y }) => (
        <rect class="ring" x={x - 1.5} y={y - 1.5} width={size + 3} height={size + 3} rx="1.5" />
      ))}
      {size >= LETTERS && places.map(({ cell, x, y }) => <Letter cell={cell} dim={isDim(cell)} x={x} y={y} size={size} />)}
    </svg>
  );
}

interface LetterProps {
  readonly cell: MatrixCell;
  readonly dim: boolean;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

function Letter({ cell, dim, x, y, size }: LetterProps) {
  const look = lookOf(cell);
  const down = size * (look === 'disagrees' ? 0.72 : 0.67);
  return (
    <text class={`letter ${look}${dim ? ' dim' : ''}`} x={x + size / 2} y={y + down} font-size={size * 0.48}>
      {OUTCOME_WORDS[cell.outcome].letter}
    </text>
  );
}

/** Which of `count` tiles a pointer is on. */
export function tileAt(tiles: Element, { clientX, clientY }: MouseEvent, count: number): number | undefined {
  const { columns, pitch } = layoutFor(count);
  const { left, top, width } = tiles.getBoundingClientRect();
  const scale = (WIDTH + 2 * PADDING) / Math.max(1, width);
  const column = Math.floor(((clientX - left) * scale - PADDING - (WIDTH - columns * pitch) / 2) / pitch);
  const row = Math.floor(((clientY - top) * scale - PADDING) / pitch);
  if (column < 0 || row < 0 || column >= columns) return undefined;
  return row * columns + column < count ? row * columns + column : undefined;
}

/** Tiles as large as fit into the place of a pair; rows that are full look better than tiles that are a little larger. */
function layoutFor(count: number): { readonly columns: number; readonly pitch: number } {
  let best = { columns: 1, pitch: 1, score: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.max(1, Math.ceil(count / columns));
    const pitch = Math.min(WIDTH / columns, HEIGHT / rows, LARGEST);
    const score = pitch * (Math.max(1, count) / (rows * columns)) ** 2;
    if (score > best.score) best = { columns, pitch, score };
  }
  return { columns: best.columns, pitch: round(best.pitch) };
}

const round = (n: number): number => Math.round(n * 10) / 10;
const [WIDTH, HEIGHT, PADDING] = [72, 46, 3];
const LARGEST = 36;
/** From this size on a tile has its letter. */
const LETTERS = 13;
