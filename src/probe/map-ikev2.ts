/**
 * Finds every suite of a universe that an IKEv2 peer accepts, with few questions that leave no state behind.
 *
 * Each question is a union of product sets, sent with a KE payload of a group that is not offered. NO_PROPOSAL_CHOSEN refuses
 * everything in it at once; INVALID_KE_PAYLOAD says that something in it is acceptable and names the group. The search keeps, for every
 * combination, the chance that it is accepted, and asks for the part whose answer is most open.
 *
 * Law: what ends up accepted was accepted alone, or was the last candidate of an accepted set whose others were refused; what ends up
 * refused was part of a refused question. Silence decides nothing.
 *
 * @see RFC 7296 §1.2, §3.3
 * @module
 */
import type { Box } from '../proposals/model.ts';
import { boxesToIkeOffer } from '../proposals/offers.ts';
import { beginMap, type BeginMap, CELL, type CellMap } from './cell-map.ts';
import type { Block, Grid, Mask } from './grid.ts';
import { currentChances, priorChances } from './likelihood.ts';
import type { Answer, Inference, Question } from './question.ts';

/** Limits on one question: octets of the SA payload in a large and in a small datagram. */
export interface MapLimits {
  readonly largeSa: number;
  readonly smallSa: number;
}

const LIMITS: MapLimits = { largeSa: 8_000, smallSa: 900 };
/** Groups to send public values of, small ones first; the first that is not offered is taken. */
const KE_GROUPS: readonly number[] = [25, 19, 31, 14, 26, 20, 21, 5, 2, 15, 16, 1, 17, 18];
/** So many questions in a row without an answer end the mapping. */
const PATIENCE = 4;
/** Datagrams that show whether it was size or bad luck that a large one got no answer. */
const SIZE_CHECK_TRIES = 4;

export function* mapIkev2(grid: Grid, limits: MapLimits = LIMITS, begin: BeginMap = beginMap): Inference<CellMap> {
  const map = yield* mapWith(begin(grid), limits, true);
  if (map.accepted.length > 0 || map.count(CELL.refused) === 0) return map;
  // A peer may refuse everything because the group of the KE payload is never offered: ask once for all, with one that is.
  const boxes = grid.blocks.map((block) => grid.box(block));
  const [check] = yield [{ exchange: 'ikev2-init', offer: boxesToIkeOffer(boxes), keGroup: boxes[0]?.group?.[0]?.id ?? 14 }];
  if (check?.kind === 'refused') map.keep(check);
  if (check?.kind !== 'chosen' && check?.kind !== 'wrong-group') return map;
  const strict = yield* mapWith(begin(grid), limits, false);
  strict.notes.push({ code: 'key-exchange-group-must-be-offered' });
  return strict;
}

/** Maps with the public value of a group that is not offered (`foreign`), or of one that is. */
function* mapWith(map: CellMap, limits: MapLimits, foreign: boolean): Inference<CellMap> {
  const search = new Search(map);
  let saLimit = limits.largeSa;
  let silent = 0;

  while (silent < PATIENCE && (search.open() || search.askAgain())) {
    const part = search.mostOpenPart(saLimit);
    const question = search.question(part, foreign, saLimit > limits.smallSa ? limits.smallSa : undefined);
    const [answer] = yield [question];
    if (answer === undefined || answer.kind === 'not-asked') return search.map.stop('budget');
    if (answer.kind === 'unreachable') return search.map.stop('unreachable', answer);
    if (answer.kind === 'other-version') return search.map.stop('other-version', answer);
    if (answer.kind === 'silence' || answer.kind === 'garbled') {
      silent++;
      // A peer that never answered gets no second request: the oracle has repeated the first one.
      if (search.map.answers.length === 0) return search.map.stop('silence', answer);
      search.setAside(part);
      continue;
    }
    silent = 0;
    if (answer.asked === question) search.learn(answer, part);
    else {
      search.learn(answer, search.partOf(answer.asked));
      // The small form was answered: the large one, asked again, tells a lost datagram from a path that drops large ones.
      const [again] = yield [{ ...search.question(part, foreign, undefined), tries: SIZE_CHECK_TRIES }];
      if (again?.kind !== 'silence') continue;
      saLimit = limits.smallSa;
      search.map.notes.push({ code: 'large-datagrams-unanswered', octets: saSize(part.map((block) => map.grid.box(block))) });
    }
  }
  return search.open() ? search.map.stop('silence') : search.map;
}

/** The search over one grid, and the region in which an accepted suite is known to be. */
class Search {
  readonly map: CellMap;
  readonly #grid: Grid;
  readonly #prior: Float64Array;
  readonly #asked = new Map<Question, readonly Block[]>();
  readonly #aside = new Set<number>();
  /** Cells one of which is accepted; empty when nothing is known. */
  #region: number[] = [];
  /** The answer that showed it. */
  #shownBy = -1;
  #secondRound = false;

  constructor(map: CellMap) {
    const { grid } = map;
    this.#grid = grid;
    this.map = map;
    this.#prior = priorChances(grid, grid.combinations());
  }

  /** Takes up what was set aside, once: by now more is known of the path. False when there is nothing to take up. */
  askAgain(): boolean {
    if (this.#secondRound || this.#aside.size === 0) return false;
    this.#secondRound = true;
    this.#aside.clear();
    return true;
  }

  open(): boolean {
    return this.map.states.some((state, cell) => state === CELL.undecided && !this.#aside.has(cell));
  }

  /** The blocks to ask for next: their answer splits the remaining chance best. */
  mostOpenPart(saLimit: number): readonly Block[] {
    const undecided = this.#mask(CELL.undecided);
    for (const cell of this.#aside) undecided[cell] = 0;
    const chances = currentChances(this.#grid, this.#prior, undecided, this.map.accepted, this.#mask(CELL.refused));
    const cells = chooseCells(this.#grid, undecided, chances, this.#region);
    return this.#fit(cells, saLimit);
  }

  /** As many of the covering blocks as fit into one SA payload. */
  #fit(cells: readonly number[], saLimit: number): readonly Block[] {
    const must = new Uint8Array(this.#grid.size);
    for (const cell of cells) must[cell] = 1;
    const blocks = this.#grid.cover(must, this.map.accepted);
    const fitting: Block[] = [];
    let octets = 12;
    for (const block of blocks) {
      octets += saSize([this.#grid.box(block)]) - 4;
      if (fitting.length > 0 && (octets > saLimit || fitting.length >= 200)) break;
      fitting.push(block);
    }
    return fitting;
  }

  /** The question for a part; `foreign` asks with the public value of a group that is not offered. */
  question(part: readonly Block[], foreign: boolean, smallSa: number | undefined): Question {
    const boxes = part.map((block) => this.#grid.box(block));
    const offered = new Set(boxes.flatMap((box) => (box.group ?? []).map((group) => group.id)));
    const keGroup = foreign ? foreignGroup([...offered]) : ([...offered][0] ?? 14);
    const question: Question = { exchange: 'ikev2-init', offer: boxesToIkeOffer(boxes), keGroup };
    this.#asked.set(question, part);
    if (smallSa === undefined || saSize(boxes) <= smallSa) return question;
    const instead = this.question(this.#trim(part, smallSa), foreign, undefined);
    const both: Question = { ...question, instead };
    this.#asked.set(both, part);
    return both;
  }

  partOf(question: Question): readonly Block[] {
    return this.#asked.get(question) ?? [];
  }

  /** The likeliest values of each axis of the first block, until it is small enough. */
  #trim(part: readonly Block[], smallSa: number): readonly Block[] {
    let block: Block = part[0] ?? [];
    while (saSize([this.#grid.box(block)]) > smallSa) {
      const longest = block.reduce((best, values, a) => (values.length > (block[best]?.length ?? 0) ? a : best), 0);
      block = block.map((values, a) => (a === longest ? values.slice(0, Math.ceil(values.length / 2)) : values));
    }
    return [block];
  }

  learn(answer: Answer, part: readonly Block[]): void {
    const index = this.map.keep(answer);
    const offered = this.#undecidedIn(part);
    if (answer.kind === 'refused') {
      const gone = new Set(offered);
      if (this.#region.length > 0 && this.#region.every((cell) => gone.has(cell))) {
        // One of these was said to be acceptable, and now none is: neither answer decides.
        this.map.notes.push({ code: 'contradiction', cell: this.#region[0] ?? 0, answers: [this.#shownBy, index] });
        return this.setAside(part);
      }
      for (const cell of offered) this.map.refuse(cell, index);
      this.#region = this.#region.filter((cell) => !gone.has(cell));
      this.#eliminate();
    } else if (answer.kind === 'wrong-group') {
      const axis = this.#grid.axisOf('group');
      const named = offered.filter((cell) => this.#grid.axes[axis]?.values[this.#grid.coordinate(cell, axis)]?.id === answer.group);
      // A group that was not offered is the peer's own wish, not an answer to this offer.
      if (named.length === 0) return this.setAside(part);
      for (const cell of named) this.#aside.delete(cell);
      this.#region = named;
      this.#shownBy = index;
      if (named.length === 1 && offered.length === 1) this.map.alone.add(named[0] ?? -1);
      this.#eliminate();
    } else if (answer.kind === 'chosen') {
      const cell = this.#grid.cell(answer.suite);
      if (cell === undefined || this.map.states[cell] !== CELL.undecided) return this.setAside(part);
      this.map.alone.add(cell);
      this.#accept(cell, index);
    }
  }

  /** Undecidable for now: the peer did not answer what was asked. */
  setAside(part: readonly Block[]): void {
    for (const cell of this.#undecidedIn(part)) this.#aside.add(cell);
    // The accepted suite of the region may be among them: nothing is certain any more.
    if (this.#region.some((cell) => this.#aside.has(cell))) this.#region = [];
  }

  #eliminate(): void {
    const [only] = this.#region;
    if (this.#region.length === 1 && only !== undefined) this.#accept(only, this.#shownBy);
  }

  #accept(cell: number, answer: number): void {
    this.map.accept(cell, answer);
    this.#region = [];
  }

  #undecidedIn(part: readonly Block[]): number[] {
    const cells: number[] = [];
    for (const block of part)
      this.#grid.each(block, (cell) => {
        if (this.map.states[cell] === CELL.undecided) cells.push(cell);
      });
    return cells;
  }

  #mask(state: number): Mask {
    return this.map.states.map((s) => (s === state ? 1 : 0));
  }
}

/**
 * The undecided cells to ask for: a part of the grid, cut along the axes, whose chance to hold an accepted suite is nearest one half.
 * `region` holds an accepted suite for certain; when it is empty nothing is certain.
 */
export function chooseCells(grid: Grid, undecided: Mask, chances: Float64Array, region: readonly number[]): readonly number[] {
  // A question about the region may reach into other groups, for a refusal then says more, but not beyond: a yes has to narrow it down.
  const groupAxis = grid.axisOf('group');
  const near = new Set(region.map((cell) => grid.without(cell, groupAxis)));
  const all: number[] = [];
  for (let cell = 0; cell < undecided.length; cell++)
    if (undecided[cell] === 1 && (near.size === 0 || near.has(grid.without(cell, groupAxis)))) all.push(cell);
  const certain = new Set(region);
  const strength = (cell: number): number => -Math.log(1 - Math.min(0.95, chances[cell] ?? 0));
  let inRegion = 0;
  for (const cell of region) inRegion += strength(cell);
  const noneInRegion = Math.exp(-inRegion);
  /** The chance of a yes to a part with this strength outside and inside the region. */
  const yes = (outside: number, inside: number): number => {
    const refusedInside = region.length === 0 ? Math.exp(-inside) : (Math.exp(-inside) - noneInRegion) / Math.max(1e-12, 1 - noneInRegion);
    return 1 - Math.exp(-outside) * Math.max(0, refusedInside);
  };

  let part = all;
  for (;;) {
    const totals = strengths(part, certain, strength);
    const whole = yes(totals.outside, totals.inside);
    // Nothing certain and little left: one question for all of it.
    if (whole <= 0.62 || part.length === 1) return part;
    let best: { cells: readonly number[]; miss: number } | undefined;
    let heaviest: { cells: number[]; chance: number } | undefined;
    for (let a = 0; a < grid.axes.length; a++) {
      const slices = sliceBy(grid, part, a)
        .map((cells) => ({ cells, ...strengths(cells, certain, strength) }))
        .toSorted((x, y) => y.inside + y.outside - (x.inside + x.outside));
      if (slices.length < 2) continue;
      let taken: number[] = [];
      let outside = 0;
      let inside = 0;
      for (const slice of slices) {
        taken = [...taken, ...slice.cells];
        outside += slice.outside;
        inside += slice.inside;
        const miss = Math.abs(yes(outside, inside) - 0.5);
        if (taken.length < part.length && (region.length === 0 || inside > 0) && (best === undefined || miss < best.miss))
          best = { cells: taken, miss };
        if (yes(outside, inside) > 0.8) break;
      }
      const top = slices[0];
      if (top !== undefined) {
        const chance = yes(top.outside, top.inside);
        if ((region.length === 0 || top.inside > 0) && chance > 0.5 && (heaviest === undefined || chance < heaviest.chance))
          heaviest = { cells: top.cells, chance };
      }
    }
    if (best === undefined) return part;
    if (best.miss <= 0.12 || heaviest === undefined || heaviest.cells.length >= part.length) return best.cells;
    part = heaviest.cells;
  }
}

/** A group whose public value can be sent beside an offer of these groups without being one of them. */
export function foreignGroup(offered: readonly number[]): number {
  return KE_GROUPS.find((group) => !offered.includes(group)) ?? offered[0] ?? 14;
}

function strengths(
  cells: readonly number[],
  region: ReadonlySet<number>,
  strength: (cell: number) => number,
): { inside: number; outside: number } {
  let inside = 0;
  let outside = 0;
  for (const cell of cells) {
    if (region.has(cell)) inside += strength(cell);
    else outside += strength(cell);
  }
  return { inside, outside };
}

function sliceBy(grid: Grid, cells: readonly number[], axis: number): number[][] {
  const slices = new Map<number, number[]>();
  for (const cell of cells) {
    const value = grid.coordinate(cell, axis);
    const slice = slices.get(value);
    if (slice === undefined) slices.set(value, [cell]);
    else slice.push(cell);
  }
  return [...slices.values()];
}

/** Octets of an SA payload with one proposal per box. */
export function saSize(boxes: readonly Box[]): number {
  let octets = 4;
  for (const box of boxes) {
    octets += 8;
    for (const algorithms of Object.values(box)) for (const algorithm of algorithms) octets += algorithm.keyBits === undefined ? 8 : 12;
  }
  return octets;
}
