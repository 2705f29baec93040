/**
 * What a session's script is told of the world besides datagrams, and where it writes down what it sees.
 *
 * @module
 */
import type { ChildManner } from '../map-children.ts';
import type { CellMap } from '../cell-map.ts';
import type { Grid } from '../grid.ts';
import type { Answer, AnswerBody, ChildQuestion } from '../question.ts';
import type { TrafficSelector } from '../../ike/payloads/ts.ts';
import type { Suite } from '../../proposals/model.ts';

/** Evidence, and whether to go on. */
export interface Watch {
  /** The index that the next datagram of the transcript will have. */
  readonly mark: () => number;
  /** How many datagrams were sent since a mark. */
  readonly sent: (mark: number) => number;
  /** Stopped by hand, or too few packets left to close what is open: nothing new is begun. */
  readonly stop: () => boolean;
  /** A distinct request was made. */
  readonly requested: () => void;
}

/** Datagrams of the transcript since a mark, at most so many: the first and the last ones. */
export function since(watch: Watch, mark: number): readonly number[] {
  const all = Array.from({ length: watch.mark() - mark }, (_, i) => mark + i);
  return all.length <= MOST_EVIDENCE ? all : [...all.slice(0, MOST_EVIDENCE / 2), ...all.slice(-MOST_EVIDENCE / 2)];
}

const MOST_EVIDENCE = 16;

/** Which traffic children are asked for: ours, and the peer's. */
export interface TrafficWish {
  readonly own: readonly TrafficSelector[];
  readonly peer: readonly TrafficSelector[];
}

/** What is to be found out over a session. */
export interface ChildPlan {
  /** The universe; none when only offers are asked. */
  readonly grid: Grid | undefined;
  /** Each suite of `--offer`, asked alone. */
  readonly suites: readonly Suite[];
  /** Tried one after the other, until one is not refused. */
  readonly traffic: readonly TrafficWish[];
  readonly manner: ChildManner;
  /** Shows the map to who waits, as it grows. */
  readonly begin: (grid: Grid) => CellMap;
}

/** One question and what became of it. */
export interface AskedChild {
  readonly suite: Suite;
  readonly answer: Answer<ChildQuestion>;
}

/** SAs that came about, and those of them that were deleted with the peer's knowledge. */
export interface SaTally {
  opened: number;
  released: number;
}

/** An answer with its evidence. */
export function answered(asked: ChildQuestion, body: AnswerBody, evidence: readonly number[]): Answer<ChildQuestion> {
  return { ...body, asked, evidence };
}
