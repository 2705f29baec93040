/**
 * The exchanges of one peer: what is asked in each, and when an exchange is worth asking.
 *
 * @module
 */
import type { Box, Suite } from '../proposals/model.ts';
import { boxesToIkeOffer } from '../proposals/offers.ts';
import { askOffers, type AskedOffer, boxOfSuite, needsReasons } from './asked-offers.ts';
import { type BeginMap, CELL, CellMap } from './cell-map.ts';
import { type Folded, type Job, LOSSY, notTried, offersOnly, reportOf } from './exchange-report.ts';
import { Grid } from './grid.ts';
import { type Ikev1Map, mapIkev1, type MethodMap } from './map-ikev1.ts';
import { foreignGroup, mapIkev2 } from './map-ikev2.ts';
import { PSK } from './methods.ts';
import { type AnyAnswer, type ExchangeName, type Inference, interview, type Oracle } from './question.ts';
import type { ExchangeReport, Preference } from './result.ts';

/** A main mode report together with the map, which aggressive mode builds on. */
export interface MainResult {
  readonly report: ExchangeReport;
  readonly map: Ikev1Map | undefined;
}

export async function probeMain(job: Job): Promise<MainResult> {
  const exchange = 'ikev1-main';
  const { options } = job;
  const universe = options.universe.v1;
  const asked = await askOffers(options.offers, job, exchange);
  if (universe === undefined || (options.offers.length > 0 && !needsReasons(asked)))
    return { report: offersOnly(exchange, asked), map: undefined };
  const grid = gridOf(
    universe.boxes,
    asked.map(({ suite }) => suite),
  );
  const first = (method: number): number => Number(method === job.method) * 2 + Number(method === PSK);
  const methods = [...new Set([job.method, ...universe.auth.map(({ id }) => id)])].toSorted((a, b) => first(b) - first(a));
  const { oracle, begin } = watched(job, exchange);
  const ask = (): Promise<Ikev1Map> => interview(mapIkev1({ grid, methods, begin }), oracle);
  let map = await ask();
  if (map.methods.every(({ state }) => state === 'silent') && job.oracle.loss > LOSSY) map = await ask();
  return { report: reportOf(job, exchange, universe.name, foldMethods(map, grid), asked, map), map };
}

/**
 * Aggressive mode cannot negotiate the group, and some peers answer with several large datagrams: one group is asked, and the others only
 * when that one was answered or when the user wants this mode alone.
 */
export async function probeAggressive(job: Job, main: MainResult | undefined): Promise<ExchangeReport> {
  const exchange = 'ikev1-aggressive';
  const universe = job.options.universe.v1;
  const asked: AskedOffer[] = main === undefined ? await askOffers(job.options.offers, job, exchange) : [];
  if (universe === undefined || (asked.length > 0 && !needsReasons(asked)) || (main !== undefined && job.options.offers.length > 0))
    return offersOnly(exchange, asked);
  if (main !== undefined && main.report.state !== 'answered') return notTried(exchange, universe.name, universe.combinations);
  const likely = main?.map?.methods[0]?.map.accepted ?? [];
  const groups = [
    ...new Set([
      ...likely.map((cell) => main?.map?.methods[0]?.map.grid.suite(cell).group?.id ?? 14),
      14,
      2,
      ...universe.boxes.flatMap((box) => (box.group ?? []).map(({ id }) => id)),
    ]),
  ];
  const grid = gridOf(universe.boxes, []);
  const parts: CellMap[] = [];
  const { oracle, begin } = watched(job, exchange);
  for (const group of groups) {
    const boxes = universe.boxes
      .map((box): Box => ({ ...box, group: (box.group ?? []).filter(({ id }) => id === group) }))
      .filter((box) => (box.group?.length ?? 0) > 0);
    if (boxes.length === 0) continue;
    const part = await interview(mapIkev1({ grid: new Grid(boxes), methods: [job.method], begin }, exchange, group), oracle);
    const [method] = part.methods;
    if (method !== undefined) parts.push(method.map);
    if (main !== undefined && (method === undefined || method.map.accepted.length === 0)) break;
  }
  return reportOf(job, exchange, universe.name, { map: mergeParts(parts, grid), grid }, asked, undefined);
}

export async function probeIkev2(job: Job): Promise<ExchangeReport> {
  const exchange = 'ikev2-init';
  const { options } = job;
  const universe = options.universe.v2;
  const asked = await askOffers(options.offers, job, exchange);
  if (universe === undefined || (options.offers.length > 0 && !needsReasons(asked))) return offersOnly(exchange, asked);
  const grid = gridOf(
    universe.boxes,
    asked.map(({ suite }) => suite),
  );
  const { oracle, begin } = watched(job, exchange);
  const ask = (): Promise<CellMap> => interview(mapIkev2(grid, undefined, begin), oracle);
  let map = await ask();
  // The other version is answered on this path, and datagrams were seen to get lost: silence may be bad luck.
  if (map.answers.at(-1)?.kind === 'silence' && map.accepted.length === 0 && job.oracle.loss > LOSSY) map = await ask();
  const preference = await groupPreference(job.oracle, map);
  return reportOf(job, exchange, universe.name, { map, grid }, asked, undefined, preference);
}

/** The universe, and beside it every suite asked by hand that is not in it. */
function gridOf(boxes: readonly Box[], extra: readonly Suite[]): Grid {
  const universe = new Grid(boxes);
  const outside = new Map<string, Box>();
  for (const { auth: _, ...suite } of extra)
    if (universe.cell(suite) === undefined || !isMember(universe, suite)) outside.set(JSON.stringify(suite), boxOfSuite(suite));
  return outside.size === 0 ? universe : new Grid([...boxes, ...outside.values()]);
}

function isMember(grid: Grid, suite: Suite): boolean {
  const cell = grid.cell(suite);
  return cell !== undefined && grid.combinations()[cell] === 1;
}

/** An oracle that tells the progress after each answer, and `begin`, which hands it the map to look at. */
function watched(job: Job, exchange: ExchangeName): { readonly oracle: Oracle; readonly begin: BeginMap } {
  let map: CellMap | undefined;
  const oracle: Oracle = {
    async ask(batch) {
      const answers = await job.oracle.ask(batch);
      if (map !== undefined && job.progress !== undefined) {
        const accepted = map.accepted.length;
        const decided = accepted + map.count(CELL.refused);
        const combinations = decided + map.count(CELL.undecided);
        job.progress({ exchange, requests: job.oracle.counters.requests, decided, combinations, accepted });
      }
      return answers;
    },
  };
  return { oracle, begin: (grid) => (map = new CellMap(grid)) };
}

/** A suite is accepted when some method takes it, refused when every method that was answered refuses it. */
function foldMethods(map: Ikev1Map, grid: Grid): Folded {
  const answered = map.methods.filter(({ state }) => state === 'answered');
  const first = answered.find(({ map: { accepted } }) => accepted.length > 0) ?? answered[0];
  if (first === undefined) return { map: map.methods[0]?.map, grid };
  for (const other of answered) {
    if (other === first) continue;
    for (const cell of other.map.accepted)
      if (first.map.states[cell] !== CELL.accepted)
        first.map.accept(cell, first.map.keep(other.map.answers[other.map.settledBy[cell] ?? -1] ?? noAnswer(other)));
  }
  return { map: first.map, grid };
}

function noAnswer(method: MethodMap): AnyAnswer {
  const [answer] = method.map.answers;
  if (answer === undefined) throw new Error('a method without an answer has no accepted suite');
  return answer;
}

/** Maps of single groups laid into the grid of all. */
function mergeParts(parts: readonly CellMap[], grid: Grid): CellMap | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const merged = first.on(grid);
  for (const part of parts.slice(1)) merged.take(part);
  return merged;
}

/** Whether the peer keeps to our order: the same two suites with different groups, offered both ways round. */
async function groupPreference(oracle: Oracle, map: CellMap): Promise<Preference> {
  const unknown: Preference = { order: 'unknown', ranking: [], basis: 'observed' };
  const first = map.accepted[0];
  const axis = map.grid.axisOf('group');
  const second = map.accepted.find((cell) => first !== undefined && map.grid.coordinate(cell, axis) !== map.grid.coordinate(first, axis));
  if (first === undefined || second === undefined) return unknown;
  const suites = [map.grid.suite(first), map.grid.suite(second)];
  function* run(): Inference<Preference> {
    const named: number[] = [];
    for (const order of [suites, suites.toReversed()]) {
      const [answer] = yield [
        {
          exchange: 'ikev2-init',
          offer: boxesToIkeOffer(order.map(boxOfSuite)),
          keGroup: foreignGroup(suites.map(({ group }) => group?.id ?? 0)),
        },
      ];
      if (answer?.kind === 'wrong-group') named.push(answer.group);
    }
    const [a, b] = named;
    if (a === undefined || b === undefined) return unknown;
    if (a !== b) return { order: 'ours', ranking: [], basis: 'inferred' };
    return { order: 'peer', ranking: [], basis: 'inferred' };
  }
  return interview(run(), oracle);
}
