/**
 * What is known of each combination of a universe while a peer is mapped.
 *
 * @module
 */
import type { Grid } from './grid.ts';
import type { AnyAnswer } from './question.ts';

/** The state of a cell. Silence leaves a cell undecided. */
export const CELL = { invalid: 0, undecided: 1, accepted: 2, refused: 3 } as const;

export type MapNote =
  | { readonly code: 'large-datagrams-unanswered'; readonly octets: number }
  | { readonly code: 'key-exchange-group-must-be-offered' }
  | { readonly code: 'refuses-in-silence' }
  | { readonly code: 'contradiction'; readonly cell: number; readonly answers: readonly number[] }
  | { readonly code: 'stopped'; readonly why: StopReason };

/** What ended a mapping before all was decided. `traffic`: the peer refuses the traffic selectors, whatever the algorithms are. */
export type StopReason = 'silence' | 'budget' | 'unreachable' | 'other-version' | 'traffic' | 'no-additional-sas';

export class CellMap {
  readonly grid: Grid;
  readonly states: Uint8Array;
  /** Index into `answers` of the answer that settled a cell, -1 where none did. */
  readonly settledBy: Int32Array;
  readonly answers: AnyAnswer[] = [];
  /** Accepted cells that were the only one offered; the other accepted ones follow by elimination. */
  readonly alone = new Set<number>();
  /** Accepted cells in the order in which they were found. */
  readonly accepted: number[] = [];
  readonly notes: MapNote[] = [];

  constructor(grid: Grid) {
    this.grid = grid;
    this.states = grid.combinations().map((member) => (member === 1 ? CELL.undecided : CELL.invalid));
    this.settledBy = new Int32Array(grid.size).fill(-1);
  }

  /** Keeps an answer and gives its index. */
  keep(answer: AnyAnswer): number {
    return this.answers.push(answer) - 1;
  }

  accept(cell: number, answer: number): void {
    this.states[cell] = CELL.accepted;
    this.settledBy[cell] = answer;
    this.accepted.push(cell);
  }

  refuse(cell: number, answer: number): void {
    this.states[cell] = CELL.refused;
    this.settledBy[cell] = answer;
  }

  /** Takes back what was assumed. */
  forget(cell: number): void {
    this.states[cell] = CELL.undecided;
    this.settledBy[cell] = -1;
  }

  stop(why: StopReason, answer?: AnyAnswer): this {
    if (answer !== undefined) this.answers.push(answer);
    this.notes.push({ code: 'stopped', why });
    return this;
  }

  /** The same knowledge on a larger grid. */
  on(grid: Grid): CellMap {
    const map = new CellMap(grid);
    map.take(this);
    return map;
  }

  /** Adds what another map knows about cells that this grid has too. */
  take(other: CellMap): void {
    const offset = this.answers.length;
    this.answers.push(...other.answers);
    this.notes.push(...other.notes);
    for (let cell = 0; cell < other.grid.size; cell++) {
      const state = other.states[cell];
      const here = this.grid.cell(other.grid.suite(cell));
      if (here === undefined || (state !== CELL.accepted && state !== CELL.refused)) continue;
      const answer = (other.settledBy[cell] ?? 0) + offset;
      if (state === CELL.accepted) {
        this.accept(here, answer);
        if (other.alone.has(cell)) this.alone.add(here);
      } else this.refuse(here, answer);
    }
  }

  count(state: number): number {
    let count = 0;
    for (const other of this.states) if (other === state) count++;
    return count;
  }
}

/** How a mapping begins the map it fills. */
export type BeginMap = (grid: Grid) => CellMap;

export const beginMap: BeginMap = (grid) => new CellMap(grid);
