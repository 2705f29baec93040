/**
 * Finds every suite of a universe that an IKEv1 peer accepts in phase 1.
 *
 * One request carries as many transforms as fit; the one the peer picks is taken out and the rest is asked again, until the rest is
 * refused. K accepted suites among N cost K + ⌈N/t⌉ requests of t transforms. The authentication method is settled first: a peer that
 * takes a method nobody defined does not look at it, and then one method tells all.
 *
 * Law: an accepted suite was picked by the peer; a refused one was in a request that was refused, or that stayed without an answer from a
 * peer that is known to answer the same request when it holds an acceptable suite.
 *
 * @see RFC 2409 §5, RFC 2408 §4.2
 * @module
 */
import type { Suite } from '../proposals/model.ts';
import { suitesToPhase1Offer } from '../proposals/offers.ts';
import { beginMap, type BeginMap, CELL, type CellMap } from './cell-map.ts';
import type { Grid } from './grid.ts';
import { phase1Weight } from './likelihood.ts';
import { LIKELY_METHODS, UNDEFINED_METHOD } from './methods.ts';
import { type Answer, type ExchangeName, type Inference, type Question, saysNoConnection } from './question.ts';

export interface Ikev1Universe {
  readonly grid: Grid;
  /** Authentication methods to ask, the likeliest first. */
  readonly methods: readonly number[];
  /** Begins the map of a method, so that who waits can watch it grow. */
  readonly begin?: BeginMap;
}

/** The map of one authentication method. `state` tells a method that nobody answers from one whose algorithms were refused. */
export interface MethodMap {
  readonly method: number;
  readonly state: 'answered' | 'silent' | 'not-asked';
  readonly map: CellMap;
  /** Runs of suites that the peer picked out of one list, in the order it picked them. */
  readonly runs: readonly (readonly number[])[];
}

export interface Ikev1Map {
  readonly methods: readonly MethodMap[];
  /** False: the peer takes any method in its first answer. Undefined: it could not be found out. */
  readonly looksAtMethod: boolean | undefined;
  readonly order: 'peer' | 'ours' | 'unknown';
  /** The answers that showed order and method check. */
  readonly checks: readonly Answer[];
}

/** Transforms in a request: a proposal counts them in one octet, and a small datagram stays below 1,280 octets. */
const LARGE = 255;
const SMALL = 32;
/** Datagrams that show whether it was size or bad luck that a large request got no answer. */
const SIZE_CHECK_TRIES = 4;
/** Datagrams before the silence of a peer counts as its way to refuse. */
const SURE_TRIES = 8;
/** So many requests in a row without an answer end the mapping of a method. */
const PATIENCE = 6;

export function* mapIkev1(universe: Ikev1Universe, exchange: ExchangeName = 'ikev1-main', keGroup?: number): Inference<Ikev1Map> {
  const mapper: Mapper = {
    grid: universe.grid,
    begin: universe.begin ?? beginMap,
    exchange,
    keGroup,
    size: LARGE,
    largeWorks: false,
    notified: false,
    alive: false,
  };
  const [first = 1, ...others] = universe.methods;
  const methods: MethodMap[] = [];
  const checks: Answer[] = [];
  let looksAtMethod: boolean | undefined;
  let order: Ikev1Map['order'] = 'unknown';

  const main = yield* mapMethod(mapper, first);
  methods.push(main);
  const [sample] = main.map.accepted;
  if (sample !== undefined) {
    const [answer] = yield [ask(mapper, [sample], UNDEFINED_METHOD, 2)];
    if (answer !== undefined && answer.kind !== 'not-asked') {
      checks.push(answer);
      looksAtMethod = answer.kind !== 'chosen';
    }
    const pair = main.runs.find((run) => run.length > 1)?.slice(0, 2);
    if (pair !== undefined) {
      const [turned] = yield [ask(mapper, pair.toReversed(), first)];
      if (turned?.kind === 'chosen') {
        checks.push(turned);
        order = universe.grid.cell(turned.suite) === pair[0] ? 'peer' : 'ours';
      }
    }
  }
  // Without a connection no method does better.
  const hopeless = main.map.accepted.length === 0 && main.map.answers.some(saysNoConnection);
  if (looksAtMethod !== false && !hopeless && !ended(main.map)) {
    const more = yield* otherMethods(mapper, mapper.alive ? others : universe.methods);
    // A first method that had no answer is among them: what was heard now counts.
    if (more.some(({ method }) => method === first)) methods.shift();
    methods.push(...more);
  }
  return { methods, looksAtMethod, order, checks };
}

/** What all requests of a mapping share, and what is learnt about the peer on the way. */
interface Mapper {
  readonly grid: Grid;
  readonly begin: BeginMap;
  readonly exchange: ExchangeName;
  readonly keGroup: number | undefined;
  /** Transforms per request. */
  size: number;
  /** A large request was answered. */
  largeWorks: boolean;
  /** The peer was seen to say so when it refuses. */
  notified: boolean;
  /** The peer answered anything at all. */
  alive: boolean;
}

/** Asks the other methods side by side: silence is an answer of peers that have no connection for a method. */
function* otherMethods(mapper: Mapper, methods: readonly number[]): Inference<MethodMap[]> {
  const maps: MethodMap[] = [];
  const cells = likeliest(mapper.grid).slice(0, mapper.alive ? mapper.size : SMALL);
  // A host that never answered gets one datagram for each of the likeliest methods, not three for each of all.
  const asked = mapper.alive ? methods : methods.filter((method, i) => i === 0 || LIKELY_METHODS.includes(method));
  const heard = new Set<number>();
  const answers = yield asked.map((method) => ask(mapper, cells, method, mapper.alive ? 2 : 1));
  answers.forEach((answer, i) => {
    const method = asked[i];
    if (method !== undefined && answer.kind !== 'silence' && answer.kind !== 'not-asked') heard.add(method);
    if (answer.kind === 'silence') {
      const map = mapper.begin(mapper.grid);
      map.keep(answer);
      maps.push({ method: method ?? 0, state: 'silent', map, runs: [] });
    }
  });
  for (const [i, method] of asked.entries()) {
    const answer = answers[i];
    if (heard.has(method) && answer !== undefined) maps.push(yield* mapMethod(mapper, method, { cells, answer }));
  }
  return maps;
}

/** Finds all accepted suites of one method. `started`: a first request that was asked already. */
function* mapMethod(mapper: Mapper, method: number, started?: { cells: readonly number[]; answer: Answer }): Inference<MethodMap> {
  const map = mapper.begin(mapper.grid);
  const runs = new Map<readonly number[], number[]>();
  let waiting = started === undefined ? likeliest(mapper.grid) : likeliest(mapper.grid).slice(started.cells.length);
  let lists: List[] = [];
  let state: MethodMap['state'] = 'answered';
  let silent = 0;
  /** Refused by nothing but silence. */
  let assumed: number[] = [];
  const done = (): MethodMap => ({ method, state, map, runs: [...runs.values()] });

  if (started !== undefined) lists.push(...take(started.answer, { cells: started.cells, whole: started.cells }));
  while (lists.length > 0 || waiting.length > 0) {
    while (lists.length < 2 && waiting.length > 0 && (mapper.alive || lists.length === 0)) {
      const cells = waiting.slice(0, mapper.size);
      waiting = waiting.slice(mapper.size);
      lists.push({ cells, whole: cells });
    }
    lists = lists.flatMap((list) => (list.cells.length > mapper.size ? chunks(list.cells, mapper.size) : [list]));
    const batch = lists.slice(0, 2);
    lists = lists.slice(2);
    const answers = yield batch.map((list) => ask(mapper, list.cells, method));
    const next: List[] = [];
    for (const [i, list] of batch.entries()) {
      const answer = answers[i];
      if (answer === undefined || answer.kind === 'not-asked') {
        map.stop('budget');
        return done();
      }
      if (answer.kind === 'unreachable' || answer.kind === 'other-version') {
        map.stop(answer.kind, answer);
        return done();
      }
      if (answer.kind === 'silence' || answer.kind === 'garbled') {
        const verdict = ++silent > PATIENCE ? 'stop' : yield* afterSilence(list, answer);
        if (verdict === 'stop') return done();
        next.push(...verdict);
      } else if (answer.asked.instead === undefined && list.cells.length > SMALL && transformsOf(answer.asked) < list.cells.length) {
        const cells = list.cells.slice(0, SMALL);
        const rest = list.cells.slice(SMALL);
        next.push(...take(answer, { cells, whole: cells }));
        next.push(...(yield* afterSmall(rest)));
      } else next.push(...take(answer, list));
    }
    lists = [...next, ...lists];
  }
  return done();

  /** Learns from an answer; gives the lists that are still open. */
  function take(answer: Answer, list: List): List[] {
    mapper.alive = true;
    silent = 0;
    if (transformsOf(answer.asked) > SMALL) mapper.largeWorks = true;
    const index = map.keep(answer);
    if (answer.kind === 'chosen') {
      const cell = mapper.grid.cell(answer.suite);
      if (cell === undefined || !list.cells.includes(cell)) return [];
      map.accept(cell, index);
      if (list.cells.length === 1) map.alone.add(cell);
      runs.set(list.whole, [...(runs.get(list.whole) ?? []), cell]);
      const cells = list.cells.filter((other) => other !== cell);
      return cells.length > 0 ? [{ cells, whole: list.whole }] : [];
    }
    if (answer.kind !== 'refused') return [];
    mapper.notified = true;
    const doubtful = assumed;
    assumed = [];
    for (const cell of doubtful) map.forget(cell);
    // Anything but NO_PROPOSAL_CHOSEN may be the fault of one transform that spoils the others.
    if (answer.notify !== 14 && list.cells.length > 1) return [...halves(list), ...chunks(doubtful, mapper.size)];
    for (const cell of list.cells) map.refuse(cell, index);
    // Who says so when it refuses had only missed what it left unanswered.
    return chunks(doubtful, mapper.size);
  }

  /** The small form of a request was answered: the large one, asked again, tells a lost datagram from a path that drops large ones. */
  function* afterSmall(rest: readonly number[]): Inference<List[]> {
    const list = { cells: rest, whole: rest };
    if (mapper.size === SMALL || mapper.largeWorks || rest.length <= SMALL) return [list];
    const [again] = yield [ask({ ...mapper, largeWorks: true }, rest, method, SIZE_CHECK_TRIES)];
    if (again?.kind === 'chosen' || again?.kind === 'refused') return take(again, list);
    map.notes.push({ code: 'large-datagrams-unanswered', octets: rest.length * 36 });
    mapper.size = SMALL;
    return [list];
  }

  /** Silence is a refusal only from a peer that answers a control and has never been seen to send a refusal. */
  function* afterSilence(list: List, answer: Answer): Inference<List[] | 'stop'> {
    const [control] = map.accepted;
    if (control === undefined) {
      if (mapper.notified) {
        map.keep(answer);
        return list.again === true ? [] : [{ ...list, again: true }];
      }
      state = map.answers.length === 0 ? 'silent' : 'answered';
      map.stop('silence', answer);
      return 'stop';
    }
    const [seen] = yield [ask(mapper, [control], method)];
    if (seen?.kind !== 'chosen') {
      map.stop('silence', answer);
      return 'stop';
    }
    if (mapper.notified) {
      if (list.again !== true) return [{ ...list, again: true }];
      return list.cells.length > 1 ? halves(list) : [];
    }
    silent = 0;
    if (!map.notes.some((note) => note.code === 'refuses-in-silence')) {
      const [sure] = yield [ask({ ...mapper, largeWorks: true }, list.cells, method, SURE_TRIES)];
      if (sure?.kind !== 'silence') return sure === undefined || sure.kind === 'not-asked' ? 'stop' : take(sure, list);
      map.notes.push({ code: 'refuses-in-silence' });
    }
    const index = map.keep({ ...answer, evidence: [...answer.evidence, ...seen.evidence] });
    for (const cell of list.cells) map.refuse(cell, index);
    assumed.push(...list.cells);
    return [];
  }
}

/** Suites asked in one request; `whole` is the list they came from, so that choices out of one list can be compared. */
interface List {
  readonly cells: readonly number[];
  readonly whole: readonly number[];
  /** It was asked before and had no answer. */
  readonly again?: boolean;
}

function chunks(cells: readonly number[], size: number): List[] {
  const lists: List[] = [];
  for (let at = 0; at < cells.length; at += size) {
    const part = cells.slice(at, at + size);
    lists.push({ cells: part, whole: part });
  }
  return lists;
}

function halves(list: List): List[] {
  const middle = Math.ceil(list.cells.length / 2);
  return [list.cells.slice(0, middle), list.cells.slice(middle)]
    .filter((cells) => cells.length > 0)
    .map((cells) => ({ cells, whole: cells }));
}

function ask(mapper: Mapper, cells: readonly number[], method: number, tries?: number): Question {
  const question = (some: readonly number[]): Question => ({
    exchange: mapper.exchange,
    offer: suitesToPhase1Offer(
      some.map((cell): Suite => mapper.grid.suite(cell)),
      method,
      { seconds: 3600 },
    ),
    ...(mapper.keGroup === undefined ? {} : { keGroup: mapper.keGroup }),
    ...(tries === undefined ? {} : { tries }),
  });
  return cells.length > SMALL && !mapper.largeWorks ? { ...question(cells), instead: question(cells.slice(0, SMALL)) } : question(cells);
}

function transformsOf(question: Question): number {
  return question.offer.groups[0]?.proposals[0]?.transforms.length ?? 0;
}

function ended(map: CellMap): boolean {
  return map.notes.some((note) => note.code === 'stopped' && note.why !== 'silence');
}

/** Cells with the likeliest first, so that what a peer accepts tends to meet in one request. */
function likeliest(grid: Grid): number[] {
  const combinations = grid.combinations();
  const weighed: { cell: number; weight: number }[] = [];
  for (let cell = 0; cell < grid.size; cell++)
    if (combinations[cell] === CELL.undecided) weighed.push({ cell, weight: phase1Weight(grid.suite(cell)) });
  return weighed.toSorted((a, b) => b.weight - a.weight || a.cell - b.cell).map(({ cell }) => cell);
}
