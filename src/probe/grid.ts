/**
 * A universe of suites as a grid: one axis per slot, one cell per combination.
 *
 * Rule 1: cells are plain numbers, sets of cells are masks; nothing here knows a peer or a packet.
 * Rule 2: what leaves the grid leaves as boxes (product sets), because a proposal can say a product in one breath.
 *
 * @module
 */
import type { Algorithm, Box, Slot, Suite } from '../proposals/model.ts';

/** One axis: a slot and its values; `undefined` stands for "slot absent" (integrity beside an AEAD cipher). */
export interface Axis {
  readonly slot: Slot;
  readonly values: readonly (Algorithm | undefined)[];
}

/** A product set inside a grid: the value indices on each axis. */
export type Block = readonly (readonly number[])[];

/** A set of cells: one octet per cell, 0 or 1. */
export type Mask = Uint8Array;

export class Grid {
  readonly axes: readonly Axis[];
  readonly size: number;
  /** The universe's own boxes; a cell outside all of them is not a combination. */
  readonly blocks: readonly Block[];
  readonly #strides: readonly number[];
  readonly #where: readonly ReadonlyMap<string, number>[];

  constructor(boxes: readonly Box[]) {
    const slots = AXIS_ORDER.filter((slot) => boxes.some((box) => box[slot] !== undefined));
    this.axes = slots.map((slot) => ({ slot, values: distinct(boxes.flatMap((box) => valuesOf(box, slot))) }));
    this.#where = this.axes.map((axis) => new Map(axis.values.map((value, index) => [valueKey(value), index])));
    this.blocks = boxes.map((box) =>
      this.axes.map((axis, a) => [...new Set(valuesOf(box, axis.slot).map((value) => this.#where[a]?.get(valueKey(value)) ?? 0))]),
    );
    const strides: number[] = [];
    let size = 1;
    for (let a = this.axes.length - 1; a >= 0; a--) {
      strides[a] = size;
      size *= this.axes[a]?.values.length ?? 1;
    }
    this.#strides = strides;
    this.size = size;
  }

  /** Every cell that is a combination of the universe. */
  combinations(): Mask {
    const mask = new Uint8Array(this.size);
    for (const block of this.blocks) this.each(block, (cell) => (mask[cell] = 1));
    return mask;
  }

  coordinate(cell: number, axis: number): number {
    const length = this.axes[axis]?.values.length ?? 1;
    return Math.floor(cell / (this.#strides[axis] ?? 1)) % length;
  }

  /** A number that is equal for cells that differ on this axis only. */
  without(cell: number, axis: number): number {
    return cell - this.coordinate(cell, axis) * (this.#strides[axis] ?? 0);
  }

  suite(cell: number): Suite {
    const suite: Partial<Record<Slot, Algorithm>> = {};
    this.axes.forEach((axis, a) => {
      const value = axis.values[this.coordinate(cell, a)];
      if (value !== undefined) suite[axis.slot] = value;
    });
    return suite;
  }

  /** The cell of a suite, or undefined when the suite is not in the universe. Slots that are no axis are ignored. */
  cell(suite: Suite): number | undefined {
    let cell = 0;
    for (let a = 0; a < this.axes.length; a++) {
      const slot = this.axes[a]?.slot;
      const at = slot === undefined ? undefined : this.#where[a]?.get(valueKey(suite[slot]));
      if (at === undefined) return undefined;
      cell += at * (this.#strides[a] ?? 1);
    }
    return cell;
  }

  axisOf(slot: Slot): number {
    return this.axes.findIndex((axis) => axis.slot === slot);
  }

  each(block: Block, visit: (cell: number) => void): void {
    const walk = (axis: number, base: number): void => {
      const stride = this.#strides[axis] ?? 1;
      const last = axis === block.length - 1;
      for (const value of block[axis] ?? []) {
        if (last) visit(base + value * stride);
        else walk(axis + 1, base + value * stride);
      }
    };
    if (block.length > 0) walk(0, 0);
  }

  box(block: Block): Box {
    const box: Partial<Record<Slot, readonly Algorithm[]>> = {};
    this.axes.forEach((axis, a) => {
      const values = (block[a] ?? []).map((v) => axis.values[v]).filter((value) => value !== undefined);
      if (values.length > 0) box[axis.slot] = values;
    });
    return box;
  }

  /**
   * Blocks that contain every cell of `must`, none of `avoid`, and of the others what makes the blocks few:
   * a combination that is known to be refused may be offered again without harm.
   */
  cover(must: Mask, avoid: readonly number[]): Block[] {
    return this.blocks.flatMap((block) => this.#coverBlock(block, must, avoid));
  }

  /** Disjoint blocks that hold exactly the cells of `members`. */
  decompose(members: Mask): Block[] {
    const left = members.slice();
    return this.blocks.flatMap((block) => {
      const parts = this.#exact(block, left);
      // The boxes of a universe may overlap: what one has said, the next leaves out.
      for (const part of parts) this.each(part, (cell) => (left[cell] = 0));
      return parts;
    });
  }

  #coverBlock(block: Block, must: Mask, avoid: readonly number[]): Block[] {
    const used = this.axes.map(() => new Set<number>());
    this.each(block, (cell) => {
      if (must[cell] === 1) used.forEach((set, a) => set.add(this.coordinate(cell, a)));
    });
    if (used.some((set) => set.size === 0)) return [];
    const tight = block.map((values, a) => values.filter((v) => used[a]?.has(v)));
    const inside = avoid.filter((cell) => tight.every((values, a) => values.includes(this.coordinate(cell, a))));
    if (inside.length === 0) return [tight];
    return this.#split(tight, inside).flatMap((part) => this.#coverBlock(part, must, inside));
  }

  /** Splits along the axis whose values fall into the fewest kinds, two values being of a kind when the same cells are to be avoided. */
  #split(block: Block, inside: readonly number[]): Block[] {
    let best: Block[] = [];
    for (let a = 0; a < block.length; a++) {
      const stride = this.#strides[a] ?? 1;
      const holes = new Map<number, number[]>();
      for (const cell of inside) {
        const value = this.coordinate(cell, a);
        holes.set(value, [...(holes.get(value) ?? []), cell - value * stride]);
      }
      const kinds = new Map<string, number[]>();
      for (const value of block[a] ?? []) {
        const kind = (holes.get(value) ?? []).toSorted((x, y) => x - y).join();
        kinds.set(kind, [...(kinds.get(kind) ?? []), value]);
      }
      if (kinds.size > 1 && (best.length === 0 || kinds.size < best.length))
        best = [...kinds.values()].map((values) => block.map((other, at) => (at === a ? values : other)));
    }
    return best;
  }

  #exact(block: Block, members: Mask): Block[] {
    // The shape of a slice is the list of its sub-shapes; values with one shape share a block.
    const shape = (axis: number, base: number): { key: string; blocks: Block[] } => {
      const values = block[axis] ?? [];
      const stride = this.#strides[axis] ?? 1;
      if (axis === block.length - 1) {
        const inside = values.filter((value) => members[base + value * stride] === 1);
        return { key: inside.join(), blocks: inside.length > 0 ? [[inside]] : [] };
      }
      const kinds = new Map<string, { values: number[]; blocks: Block[] }>();
      for (const value of values) {
        const sub = shape(axis + 1, base + value * stride);
        if (sub.blocks.length === 0) continue;
        const kind = kinds.get(sub.key);
        if (kind === undefined) kinds.set(sub.key, { values: [value], blocks: sub.blocks });
        else kind.values.push(value);
      }
      const parts = [...kinds.entries()];
      return {
        key: parts.map(([key, kind]) => `${kind.values.join()}:(${key})`).join(),
        blocks: parts.flatMap(([, kind]) => kind.blocks.map((sub): Block => [kind.values, ...sub])),
      };
    };
    return block.length === 0 ? [] : shape(0, 0).blocks;
  }
}

/** Two algorithms are one value when number and key length agree. */
export function sameAlgorithm(a: Algorithm | undefined, b: Algorithm | undefined): boolean {
  return a?.id === b?.id && a?.keyBits === b?.keyBits;
}

/** Two suites are one when every slot agrees. */
export function sameAlgorithms(a: Suite, b: Suite): boolean {
  const slots = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<Slot>;
  return [...slots].every((slot) => sameAlgorithm(a[slot], b[slot]));
}

/** A text that is equal for equal algorithms. */
export function valueKey(value: Algorithm | undefined): string {
  return value === undefined ? '-' : `${value.id}/${value.keyBits ?? ''}`;
}

/** The values of a slot; a box without the slot has the one value "absent". */
function valuesOf(box: Box, slot: Slot): readonly (Algorithm | undefined)[] {
  return box[slot] ?? [undefined];
}

function distinct(values: readonly (Algorithm | undefined)[]): (Algorithm | undefined)[] {
  return [...new Map(values.map((value) => [valueKey(value), value])).values()];
}

const AXIS_ORDER: readonly Slot[] = ['encryption', 'hash', 'integrity', 'prf', 'group', 'esn', 'mode', 'compression'];
