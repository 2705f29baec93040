/**
 * How likely a suite is to be configured, before anything is known and after some suites were found.
 *
 * Only the number of questions depends on these weights, never the result: a wrong guess costs a question.
 *
 * @module
 */
import type { Suite } from '../proposals/model.ts';
import type { Grid, Mask } from './grid.ts';
import { valueKey } from './grid.ts';

/** Weights of the values people configure; everything else shares `rest`. Keys are `number/bits`. */
interface Weights {
  readonly [value: string]: number;
}

const ENCRYPTION: Weights = {
  '12/256': 24,
  '12/128': 18,
  '20/256': 16,
  '20/128': 10,
  '12/192': 5,
  '3/': 6,
  '28/': 4,
  '18/256': 2,
  '2/': 1,
};
const INTEGRITY: Weights = { '12/': 36, '2/': 20, '14/': 15, '13/': 14, '1/': 4, '5/': 2 };
const PRF: Weights = { '5/': 30, '2/': 18, '7/': 16, '6/': 16, '1/': 4, '4/': 2 };
const GROUP: Weights = { '14/': 24, '19/': 14, '31/': 12, '20/': 11, '2/': 7, '5/': 8, '15/': 7, '16/': 7, '21/': 5 };
const REST = 1;
/** A PRF of the same hash as the integrity algorithm: what most dialects imply when none is named. */
const PRF_OF_INTEGRITY: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
  [5, 4],
  [12, 5],
  [13, 6],
  [14, 7],
]);
const EXPECTED_SUITES = 4;

/** The chance, between 0 and 1, that each cell is accepted, as far as configurations in general tell. */
export function priorChances(grid: Grid, combinations: Mask): Float64Array {
  const weights = new Float64Array(grid.size);
  let sum = 0;
  let count = 0;
  for (let cell = 0; cell < grid.size; cell++) {
    if (combinations[cell] !== 1) continue;
    const weight = suiteWeight(grid.suite(cell));
    weights[cell] = weight;
    sum += weight;
    count++;
  }
  const even = 0.25 / count;
  for (let cell = 0; cell < grid.size; cell++)
    if (combinations[cell] === 1) weights[cell] = Math.min(0.9, EXPECTED_SUITES * (((weights[cell] ?? 0) / sum) * 0.75 + even));
  return weights;
}

function suiteWeight(suite: Suite): number {
  const weight = (table: Weights, value: Parameters<typeof valueKey>[0]): number => table[valueKey(value)] ?? REST;
  let total = weight(ENCRYPTION, suite.encryption) * weight(GROUP, suite.group);
  if (suite.integrity === undefined) return total * 8 * weight(PRF, suite.prf);
  const pair = PRF_OF_INTEGRITY.get(suite.integrity.id) === suite.prf?.id;
  total *= weight(INTEGRITY, suite.integrity);
  return pair ? total * 40 : total * weight(PRF, suite.prf) * 0.4;
}

/**
 * The chance of each undecided cell once some suites were found. Configurations are unions of products, so a cell whose values all occur
 * in accepted suites is likely; how likely is learnt from the share of such cells that turned out to be accepted.
 */
export function currentChances(grid: Grid, prior: Float64Array, undecided: Mask, accepted: readonly number[], refused: Mask): Float64Array {
  if (accepted.length === 0) return prior;
  const known = grid.axes.map((_, a) => new Set(accepted.map((cell) => grid.coordinate(cell, a))));
  let refusedLikely = 0;
  const strangers = new Uint8Array(grid.size);
  for (let cell = 0; cell < grid.size; cell++) {
    if (undecided[cell] !== 1 && refused[cell] !== 1) continue;
    let strange = 0;
    for (let a = 0; a < known.length && strange < 3; a++) if (!known[a]?.has(grid.coordinate(cell, a))) strange++;
    strangers[cell] = strange;
    if (strange === 0 && refused[cell] === 1) refusedLikely++;
  }
  const likely = (accepted.length - 0.6) / (accepted.length + refusedLikely + 1.4);
  const chances = new Float64Array(grid.size);
  for (let cell = 0; cell < grid.size; cell++) {
    if (undecided[cell] !== 1) continue;
    const before = prior[cell] ?? 0;
    const strange = strangers[cell] ?? 3;
    chances[cell] = strange === 0 ? Math.min(0.95, Math.max(before, likely)) : Math.min(0.5, before * (strange === 1 ? 4 : 1));
  }
  return chances;
}

/** A weight that orders IKEv1 phase 1 suites by how often they are configured. */
export function phase1Weight(suite: Suite): number {
  const of = (table: Weights, value: Parameters<typeof valueKey>[0]): number => table[valueKey(value)] ?? REST;
  return of(PHASE1_ENCRYPTION, suite.encryption) * of(PHASE1_HASH, suite.hash) * of(GROUP, suite.group);
}

/** A weight that orders suites of child SAs; single DES comes last, so that it is only picked by who has nothing better. */
export function childWeight(suite: Suite): number {
  if (suite.encryption === undefined) return 1;
  const cipher = CHILD_ENCRYPTION[valueKey(suite.encryption)] ?? REST;
  const integrity = CHILD_INTEGRITY[valueKey(suite.integrity)] ?? REST;
  return cipher * integrity * ((suite.esn?.id ?? 0) === 0 ? 2 : 1);
}

const CHILD_ENCRYPTION: Weights = { '12/256': 24, '12/128': 20, '20/256': 16, '20/128': 16, '3/': 10, '12/192': 6, '2/': 0, '1/': 0 };
const CHILD_INTEGRITY: Weights = { '12/': 20, '5/': 20, '2/': 20, '-': 20, '14/': 8, '7/': 8, '1/': 6 };

const PHASE1_ENCRYPTION: Weights = { '7/256': 24, '7/128': 20, '5/': 12, '7/192': 6, '1/': 3, '8/256': 2, '8/128': 2 };
const PHASE1_HASH: Weights = { '4/': 20, '2/': 20, '6/': 8, '5/': 8, '1/': 8 };
