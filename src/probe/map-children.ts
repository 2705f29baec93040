/**
 * Finds every suite of child SAs that a peer accepts, over an authenticated connection.
 *
 * All that is undecided is asked at once; what the peer picks is taken out, and the rest is asked again until the rest is refused. What
 * exchanges keys anew and what does not are asked apart, and IKEv1 asks each group apart, because all that a quick mode offers has to name
 * the same.
 *
 * Law: an accepted suite was picked by the peer; a refused one was in a question that was refused. What was said to be acceptable (by
 * INVALID_KE_PAYLOAD) and was refused when it was asked for stays undecided: something behind the proposals failed.
 *
 * @see RFC 7296 §1.3.1, RFC 2409 §5.5
 * @module
 */
import { boxesToChildOffer, suitesToPhase2Offer } from '../proposals/child-offers.ts';
import { beginMap, type BeginMap, CELL, type CellMap, type StopReason } from './cell-map.ts';
import type { Grid } from './grid.ts';
import { childWeight } from './likelihood.ts';
import { saSize } from './map-ikev2.ts';
import type { Answer, ChildQuestion, Inference } from './question.ts';

/** How child SAs are asked for. */
export interface ChildManner {
  readonly exchange: ChildQuestion['exchange'];
  /** The group to begin with, where any may be offered: that of the IKE SA is sure to be known to the peer. */
  readonly usualGroup: number;
  /** Most octets of an SA payload (IKEv2), most transforms of a proposal (IKEv1). */
  readonly most: number;
  /** IKEv1: 1 tunnel, 2 transport. */
  readonly mode?: number;
}

const NO_PROPOSAL_CHOSEN = 14;
/** Refusals that are not about the algorithms: what they say holds for every further question too. */
const STOPS: ReadonlyMap<number, StopReason> = new Map([
  [18, 'traffic'],
  [38, 'traffic'],
  [35, 'no-additional-sas'],
]);
const MOST_BLOCKS = 100;
/** The lifetime that quick modes offer; it is not what is asked about. */
const LIFETIME = { seconds: 3600 };

/** The inference over one grid. */
export function* mapChildren(grid: Grid, manner: ChildManner, begin: BeginMap = beginMap): Inference<CellMap, ChildQuestion> {
  const search = new Search(begin(grid), manner);
  for (let cells = search.next(); cells.length > 0; cells = search.next()) {
    const asked = search.question(cells, search.groupOf(cells));
    const [answer] = yield [asked.question];
    if (answer === undefined) return search.map.stop('budget');
    const heard = search.learn(answer, asked.cells);
    if (typeof heard === 'string') return search.map.stop(heard, answer);
    if (heard === undefined) continue;
    // The peer named another group than the one we sent a value of: those with that group, with its value.
    const again = search.question(heard.cells, heard.group);
    const [second] = yield [again.question];
    if (second === undefined) return search.map.stop('budget');
    const end = search.learnAgain(second, again.cells, heard.answer);
    if (end !== undefined) return search.map.stop(end, second);
  }
  return search.map;
}

/** Cells that are asked for, and the question that does. */
interface Asked {
  readonly cells: readonly number[];
  readonly question: ChildQuestion;
}

/** Cells one of which is acceptable with this group. */
interface Named {
  readonly cells: readonly number[];
  readonly group: number;
  readonly answer: number;
}

class Search {
  readonly map: CellMap;
  readonly #grid: Grid;
  readonly #manner: ChildManner;
  readonly #aside = new Set<number>();
  readonly #weights: Float64Array;
  /** Questions that were too much for the peer are asked in halves. */
  readonly #halves: (readonly number[])[] = [];

  constructor(map: CellMap, manner: ChildManner) {
    this.map = map;
    this.#grid = map.grid;
    this.#manner = manner;
    this.#weights = new Float64Array(map.grid.size);
    for (let cell = 0; cell < map.grid.size; cell++) this.#weights[cell] = childWeight(map.grid.suite(cell));
  }

  /** The undecided cells that belong into one question, the likeliest first; none when all is decided. */
  next(): readonly number[] {
    for (let half = this.#halves.pop(); half !== undefined; half = this.#halves.pop()) {
      const open = half.filter((cell) => this.#isOpen(cell));
      if (open.length > 0) return open;
    }
    let part: string | undefined;
    const cells: number[] = [];
    for (let cell = 0; cell < this.#grid.size; cell++) {
      if (!this.#isOpen(cell)) continue;
      part ??= this.#partOf(cell);
      if (this.#partOf(cell) === part) cells.push(cell);
    }
    return cells.toSorted((a, b) => (this.#weights[b] ?? 0) - (this.#weights[a] ?? 0) || a - b);
  }

  /** The group whose public value goes along. */
  groupOf(cells: readonly number[]): number | undefined {
    const groups = [...new Set(cells.flatMap((cell) => this.#groupIn(cell) ?? []))];
    return groups.includes(this.#manner.usualGroup) ? this.#manner.usualGroup : groups[0];
  }

  /** As much of the cells as one question holds. */
  question(cells: readonly number[], keGroup: number | undefined): Asked {
    const { exchange, most, mode = 1 } = this.#manner;
    const key = keGroup === undefined ? {} : { keGroup };
    if (exchange === 'ikev1-quick') {
      const some = cells.slice(0, most);
      const suites = some.map((cell) => this.#grid.suite(cell));
      return { cells: some, question: { exchange, offer: suitesToPhase2Offer(suites, mode, LIFETIME), ...key } };
    }
    // Single DES last: a peer that has anything better does not come to it.
    const blocks = [false, true].flatMap((des) => {
      const must = new Uint8Array(this.#grid.size);
      for (const cell of cells) if (isDes(this.#grid.suite(cell).encryption?.id) === des) must[cell] = 1;
      return this.#grid.cover(must, this.map.accepted);
    });
    let octets = 4;
    const fitting = blocks.filter((block, i) => {
      octets += saSize([this.#grid.box(block)]) - 4;
      return i === 0 || (i < MOST_BLOCKS && octets <= most);
    });
    const covered = new Set<number>();
    for (const block of fitting) this.#grid.each(block, (cell) => covered.add(cell));
    const offer = boxesToChildOffer(fitting.map((block) => this.#grid.box(block)));
    return { cells: [...covered].filter((cell) => this.#isOpen(cell)), question: { exchange, offer, ...key } };
  }

  /** Why to stop, or what is to be asked more closely. */
  learn(answer: Answer<ChildQuestion>, cells: readonly number[]): StopReason | Named | undefined {
    if (answer.kind === 'not-asked') return 'budget';
    if (answer.kind === 'silence') return 'silence';
    const index = this.map.keep(answer);
    if (answer.kind === 'wrong-group') {
      const named = cells.filter((cell) => this.#groupIn(cell) === answer.group);
      if (named.length > 0 && answer.group !== answer.asked.keGroup) return { cells: named, group: answer.group, answer: index };
    } else if (answer.kind === 'chosen') {
      const cell = this.#grid.cell(answer.suite);
      if (cell !== undefined && cells.includes(cell)) {
        this.map.accept(cell, index);
        if (cells.length === 1) this.map.alone.add(cell);
        return undefined;
      }
    } else if (answer.kind === 'refused') {
      const stop = STOPS.get(answer.notify);
      if (stop !== undefined) return stop;
      if (answer.notify === NO_PROPOSAL_CHOSEN) {
        for (const cell of cells) this.map.refuse(cell, index);
        return undefined;
      }
      // Anything else may be the fault of one of many, or of their number.
      const halves = this.#halved(cells);
      if (halves !== undefined) {
        this.#halves.push(...halves);
        return undefined;
      }
    }
    this.#setAside(cells);
    return undefined;
  }

  /** The same of a second question; a refusal now contradicts what the first answer said. */
  learnAgain(answer: Answer<ChildQuestion>, cells: readonly number[], before: number): StopReason | undefined {
    if (answer.kind === 'refused' && answer.notify === NO_PROPOSAL_CHOSEN) {
      const index = this.map.keep(answer);
      this.map.notes.push({ code: 'contradiction', cell: cells[0] ?? 0, answers: [before, index] });
      this.#setAside(cells);
      return undefined;
    }
    const heard = this.learn(answer, cells);
    if (typeof heard === 'string') return heard;
    if (heard !== undefined) this.#setAside(cells);
    return undefined;
  }

  /** Two parts along the axis with the most values; nothing for a single cell. */
  #halved(cells: readonly number[]): (readonly number[])[] | undefined {
    const values = this.#grid.axes.map((_, axis) => [...new Set(cells.map((cell) => this.#grid.coordinate(cell, axis)))]);
    const axis = values.reduce((best, all, a) => (all.length > (values[best]?.length ?? 0) ? a : best), 0);
    const all = values[axis] ?? [];
    if (all.length < 2) return undefined;
    const first = new Set(all.slice(0, Math.ceil(all.length / 2)));
    const inFirst = (cell: number): boolean => first.has(this.#grid.coordinate(cell, axis));
    return [cells.filter((cell) => !inFirst(cell)), cells.filter(inFirst)];
  }

  #isOpen(cell: number): boolean {
    return this.map.states[cell] === CELL.undecided && !this.#aside.has(cell);
  }

  #setAside(cells: readonly number[]): void {
    for (const cell of cells) this.#aside.add(cell);
  }

  #groupIn(cell: number): number | undefined {
    return this.#grid.suite(cell).group?.id;
  }

  #partOf(cell: number): string {
    const group = this.#groupIn(cell);
    return group === undefined ? 'none' : this.#manner.exchange === 'ikev2-child' ? 'any' : String(group);
  }
}

/** DES and its two forms with a shorter IV, alike in both versions. */
const isDes = (id: number | undefined): boolean => id === 1 || id === 2 || id === 9;
