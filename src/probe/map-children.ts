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
const FEW_CIPHERS = 3;
/** The lifetime that quick modes offer; it is not what is asked about. */
const LIFETIME = { seconds: 3600 };

/** The inference over one grid. */
export function* mapChildren(grid: Grid, manner: ChildManner, begin: BeginMap = beginMap): Inference<CellMap, ChildQuestion> {
  const search = new Search(begin(grid), manner);
  for (let cells = search.next(); cells.length > 0; cells = search.next()) {
    const end = yield* search.round(cells);
    if (end !== undefined) return search.map.stop(end.why, end.answer);
  }
  return search.map;
}

/** Why nothing more is asked, and the answer that says so. */
interface End {
  readonly why: StopReason;
  readonly answer?: Answer<ChildQuestion>;
}

/** Cells that are asked for, and the question that does. */
interface Asked {
  readonly cells: readonly number[];
  readonly question: ChildQuestion;
}

class Search {
  readonly map: CellMap;
  readonly #grid: Grid;
  readonly #manner: ChildManner;
  readonly #aside = new Set<number>();
  readonly #weights: Float64Array;
  /** Questions that were too much for the peer are asked in halves. */
  readonly #halves: (readonly number[])[] = [];
  /** IKEv1: the peer bears the attribute for extended sequence numbers beside suites without it. */
  #esnTolerated = false;

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
  #groupOf(cells: readonly number[]): number | undefined {
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

  /** Asks for cells, and more closely where the answer wants it. */
  *round(cells: readonly number[]): Inference<End | undefined, ChildQuestion> {
    const asked = this.question(cells, this.#groupOf(cells));
    const [answer] = yield [asked.question];
    const index = this.#keep(answer);
    if (answer?.kind === 'wrong-group') {
      const named = asked.cells.filter((cell) => this.#groupIn(cell) === answer.group);
      if (named.length > 0 && answer.group !== asked.question.keGroup) return yield* this.#named(named, answer.group, index);
    }
    return yield* this.#learn(answer, asked.cells, index);
  }

  /** The peer named another group than the one we sent a value of: those with that group, with its value. */
  *#named(cells: readonly number[], group: number, before: number): Inference<End | undefined, ChildQuestion> {
    const asked = this.question(cells, group);
    const [answer] = yield [asked.question];
    const index = this.#keep(answer);
    if (answer?.kind === 'refused' && answer.notify === NO_PROPOSAL_CHOSEN) {
      this.map.notes.push({ code: 'contradiction', cell: cells[0] ?? 0, answers: [before, index] });
      this.#setAside(asked.cells);
      return undefined;
    }
    return yield* this.#learn(answer, asked.cells, index);
  }

  *#learn(answer: Answer<ChildQuestion> | undefined, cells: readonly number[], index: number): Inference<End | undefined, ChildQuestion> {
    if (answer === undefined || answer.kind === 'not-asked') return { why: 'budget' };
    if (answer.kind === 'silence') return { why: 'silence', answer };
    if (answer.kind === 'chosen') {
      const cell = this.#grid.cell(answer.suite);
      if (cell !== undefined && cells.includes(cell)) {
        this.map.accept(cell, index);
        if (cells.length === 1) this.map.alone.add(cell);
        if (this.#esnIn(cell)) this.#esnTolerated = true;
        return undefined;
      }
    }
    if (answer.kind !== 'refused') {
      this.#setAside(cells);
      return undefined;
    }
    const stop = STOPS.get(answer.notify);
    if (stop !== undefined) return { why: stop, answer };
    if (answer.notify === NO_PROPOSAL_CHOSEN) {
      if (cells.some((cell) => this.#esnIn(cell))) this.#esnTolerated = true;
      this.#refuse(cells, index);
      return undefined;
    }
    return yield* this.#afterError(cells, answer, index);
  }

  /**
   * Another error than NO_PROPOSAL_CHOSEN: of one suite it is a refusal. Of many it may be the fault of one that spoils the others, or of
   * what all of them have; two that have nothing else in common tell. libreswan says BAD-PROPOSAL-SYNTAX to IKEv1's attribute for extended
   * sequence numbers, whatever stands beside it.
   */
  *#afterError(
    cells: readonly number[],
    { notify }: Answer<ChildQuestion> & { readonly kind: 'refused' },
    index: number,
  ): Inference<End | undefined, ChildQuestion> {
    const groups = [...new Set(cells.map((cell) => this.#groupIn(cell)))];
    if (groups.length > 1) {
      // libreswan up to 5.2 says INVALID_SYNTAX where INVALID_KE_PAYLOAD belongs, and the group is found by halves. Measured on 4.10.
      const half = new Set(groups.slice(0, Math.ceil(groups.length / 2)));
      const inHalf = (cell: number): boolean => half.has(this.#groupIn(cell));
      this.#halves.push(
        cells.filter((cell) => !inHalf(cell)),
        cells.filter(inHalf),
      );
      return undefined;
    }
    const [first = 0] = cells;
    if (cells.length === 1) {
      this.#refuse(cells, index);
      return yield* this.#spoiler(first, notify);
    }
    const other = cells.findLast((cell) => this.#strangers(first, cell)) ?? cells.at(-1) ?? first;
    for (const sample of [first, other]) {
      const [answer] = yield [this.question([sample], this.#groupIn(sample)).question];
      const at = this.#keep(answer);
      if (answer?.kind === 'refused' && answer.notify === notify) continue;
      const end = yield* this.#learn(answer, [sample], at);
      this.#halves.push(...this.#halved(cells));
      return end;
    }
    const all = cells.every((cell) => this.#esnIn(cell)) && !this.#esnTolerated ? this.#openEsn() : cells;
    this.#refuse(all, index);
    // Where few ciphers are left in the question, they may be what it has in common.
    const axis = this.#grid.axisOf('encryption');
    const ciphers = new Map(cells.map((cell) => [this.#grid.coordinate(cell, axis), cell]));
    for (const cell of ciphers.size <= FEW_CIPHERS ? ciphers.values() : []) {
      const end = yield* this.#spoiler(cell, notify);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  /** A suite was refused by an error: when another one with the same cipher is too, it is the cipher that the peer cannot bear. */
  *#spoiler(cell: number, notify: number): Inference<End | undefined, ChildQuestion> {
    const { encryption } = this.#grid.suite(cell);
    const axis = this.#grid.axisOf('encryption');
    const alike = (other: number): boolean => this.#grid.coordinate(other, axis) === this.#grid.coordinate(cell, axis);
    const others = Array.from({ length: this.#grid.size }, (_, other) => other).filter((other) => this.#isOpen(other) && alike(other));
    const sample = others.findLast((other) => !this.#esnIn(other)) ?? others.at(-1);
    if (encryption === undefined || sample === undefined) return undefined;
    const [answer] = yield [this.question([sample], this.#groupIn(sample)).question];
    const index = this.#keep(answer);
    if (answer?.kind !== 'refused' || answer.notify !== notify) return yield* this.#learn(answer, [sample], index);
    this.#refuse(others, index);
    return undefined;
  }

  #keep(answer: Answer<ChildQuestion> | undefined): number {
    return answer === undefined || answer.kind === 'not-asked' || answer.kind === 'silence' ? -1 : this.map.keep(answer);
  }

  #refuse(cells: readonly number[], index: number): void {
    for (const cell of cells) if (this.#isOpen(cell)) this.map.refuse(cell, index);
  }

  /** Two suites that have only in common what all of a question have. */
  #strangers(a: number, b: number): boolean {
    const [one, two] = [this.#grid.suite(a), this.#grid.suite(b)];
    return one.encryption?.id !== two.encryption?.id && one.integrity?.id !== two.integrity?.id;
  }

  /** Two parts along the axis with the most values. */
  #halved(cells: readonly number[]): readonly (readonly number[])[] {
    const values = this.#grid.axes.map((_, axis) => [...new Set(cells.map((cell) => this.#grid.coordinate(cell, axis)))]);
    const axis = values.reduce((best, all, a) => (all.length > (values[best]?.length ?? 0) ? a : best), 0);
    const all = values[axis] ?? [];
    const first = new Set(all.slice(0, Math.ceil(all.length / 2)));
    const inFirst = (cell: number): boolean => first.has(this.#grid.coordinate(cell, axis));
    return [cells.filter((cell) => !inFirst(cell)), cells.filter(inFirst)];
  }

  #isOpen(cell: number): boolean {
    return this.map.states[cell] === CELL.undecided && !this.#aside.has(cell);
  }

  #esnIn(cell: number): boolean {
    return (this.#grid.suite(cell).esn?.id ?? 0) !== 0;
  }

  #openEsn(): readonly number[] {
    return Array.from({ length: this.#grid.size }, (_, cell) => cell).filter((cell) => this.#isOpen(cell) && this.#esnIn(cell));
  }

  #setAside(cells: readonly number[]): void {
    for (const cell of cells) this.#aside.add(cell);
  }

  #groupIn(cell: number): number | undefined {
    return this.#grid.suite(cell).group?.id;
  }

  #partOf(cell: number): string {
    const group = this.#groupIn(cell);
    if (this.#manner.exchange === 'ikev2-child') return group === undefined ? 'none' : 'any';
    return `${group ?? 'none'}${this.#esnIn(cell) && !this.#esnTolerated ? ' esn' : ''}`;
  }
}

/** DES and its two forms with a shorter IV, alike in both versions. */
const isDes = (id: number | undefined): boolean => id === 1 || id === 2 || id === 9;
