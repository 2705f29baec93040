/**
 * One exchange of one peer: ask, map, and say it as the report does.
 *
 * @module
 */
import { clauses } from '../proposals/clauses.ts';
import type { Box, Negotiation, Offer, Suite } from '../proposals/model.ts';
import { formatSuite, keyword, NotationError, parseOffer } from '../proposals/notation.ts';
import { boxesToIkeOffer, suitesToPhase1Offer } from '../proposals/offers.ts';
import { expandBox } from '../proposals/suites.ts';
import { explainNote, explainRefusal, explainWhy } from '../report/explain.ts';
import { byStrength } from '../report/strength.ts';
import { namedBox, reasonsFor, rejectedBoxes } from './blame.ts';
import { CELL, type CellMap } from './cell-map.ts';
import { Grid, sameAlgorithms } from './grid.ts';
import { type Ikev1Map, mapIkev1, type MethodMap } from './map-ikev1.ts';
import { foreignGroup, mapIkev2 } from './map-ikev2.ts';
import type { LiveOracle } from './oracle-live.ts';
import type { ProbeOptions, ProgressEvent } from './probe.ts';
import { type Answer, type ExchangeName, type Inference, interview, type Oracle, type Question } from './question.ts';
import type {
  AcceptedSuite,
  ExchangeReport,
  ExchangeState,
  NoteCode,
  NoteFacts,
  NoteView,
  OfferVerdict,
  Preference,
  ReasonView,
  WhyCode,
} from './result.ts';

/** What every exchange needs. */
export interface Job {
  readonly options: ProbeOptions;
  readonly oracle: LiveOracle;
  readonly progress: ((event: ProgressEvent) => void) | undefined;
}

/** A main mode report together with the map, which aggressive mode builds on. */
export interface MainResult {
  readonly report: ExchangeReport;
  readonly map: Ikev1Map | undefined;
}

const PSK = 1;
const NO_PROPOSAL_CHOSEN = 14;
/** From this share of lost datagrams on a path counts as lossy. */
const LOSSY = 0.05;
const AUTHENTICATION_METHODS: Negotiation = 'ikev1-phase1';

export async function probeMain(job: Job): Promise<MainResult> {
  const exchange = 'ikev1-main';
  const { options } = job;
  const universe = options.universe.v1;
  const asked = await askOffers(job, exchange);
  if (universe === undefined || (options.offers.length > 0 && !needsReasons(asked)))
    return { report: offersOnly(exchange, asked), map: undefined };
  const grid = gridOf(
    universe.boxes,
    asked.map(({ suite }) => suite),
  );
  const methods = universe.auth.map(({ id }) => id).toSorted((a, b) => Number(b === PSK) - Number(a === PSK));
  const ask = (): Promise<Ikev1Map> => interview(mapIkev1({ grid, methods }), watched(job, exchange, grid));
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
  const asked: AskedOffer[] = main === undefined ? await askOffers(job, exchange) : [];
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
  const folded: Folded = { maps: [], map: undefined, grid };
  const parts: CellMap[] = [];
  for (const group of groups) {
    const boxes = universe.boxes
      .map((box): Box => ({ ...box, group: (box.group ?? []).filter(({ id }) => id === group) }))
      .filter((box) => (box.group?.length ?? 0) > 0);
    if (boxes.length === 0) continue;
    const part = await interview(mapIkev1({ grid: new Grid(boxes), methods: [PSK] }, exchange, group), watched(job, exchange, grid));
    const [method] = part.methods;
    if (method !== undefined) parts.push(method.map);
    if (main !== undefined && (method === undefined || method.map.accepted.length === 0)) break;
  }
  return reportOf(job, exchange, universe.name, { ...folded, map: mergeParts(parts, grid) }, asked, undefined);
}

export async function probeIkev2(job: Job): Promise<ExchangeReport> {
  const exchange = 'ikev2-init';
  const { options } = job;
  const universe = options.universe.v2;
  const asked = await askOffers(job, exchange);
  if (universe === undefined || (options.offers.length > 0 && !needsReasons(asked))) return offersOnly(exchange, asked);
  const grid = gridOf(
    universe.boxes,
    asked.map(({ suite }) => suite),
  );
  const ask = (): Promise<CellMap> => interview(mapIkev2(grid), watched(job, exchange, grid));
  let map = await ask();
  // The other version is answered on this path, and datagrams were seen to get lost: silence may be bad luck.
  if (map.answers.at(-1)?.kind === 'silence' && map.accepted.length === 0 && job.oracle.loss > LOSSY) map = await ask();
  const preference = await groupPreference(job.oracle, map);
  return reportOf(job, exchange, universe.name, { maps: [], map, grid }, asked, undefined, preference);
}

/** One suite of `--offer` and what the peer said to it. */
interface AskedOffer {
  readonly suite: Suite;
  readonly answer: Answer;
}

/** Asks every suite of every offer that this exchange can say, each alone: the list would only show the first. */
async function askOffers({ options, oracle }: Job, exchange: ExchangeName): Promise<AskedOffer[]> {
  const suites = options.offers.flatMap((text) => suitesOf(text, exchange === 'ikev2-init' ? 'ikev2-ike' : 'ikev1-phase1'));
  if (suites.length === 0) return [];
  const questions = suites.map((suite): Question => {
    if (exchange === 'ikev2-init')
      return { exchange, offer: boxesToIkeOffer([boxOfSuite(suite)]), keGroup: foreignGroup([suite.group?.id ?? 0]) };
    const offer = suitesToPhase1Offer([suite], PSK, { seconds: 3600 });
    return exchange === 'ikev1-main' ? { exchange, offer } : { exchange, offer, keGroup: suite.group?.id ?? 14 };
  });
  const answers = await oracle.ask(questions);
  return suites.flatMap((suite, i) => {
    const answer = answers[i];
    return answer === undefined ? [] : [{ suite, answer }];
  });
}

function suitesOf(text: string, negotiation: Negotiation): readonly Suite[] {
  let offer: Offer;
  try {
    offer = parseOffer(text, negotiation);
  } catch (error) {
    // An offer of the other version; what neither understands was refused by the command line.
    if (error instanceof NotationError) return [];
    throw error;
  }
  return offer.groups.flatMap((group, g) =>
    group.proposals.flatMap((proposal, p) =>
      clauses(negotiation, proposal, [g, p]).flatMap((clause) =>
        expandBox(
          Object.fromEntries(
            [...clause.slots].map(([slot, choices]) => [
              slot,
              choices.map(({ id, keyBits }) => (keyBits === undefined ? { id } : { id, keyBits })),
            ]),
          ),
        ),
      ),
    ),
  );
}

function boxOfSuite(suite: Suite): Box {
  return Object.fromEntries(Object.entries(suite).map(([slot, algorithm]) => [slot, [algorithm]]));
}

const isAccepted = ({ answer }: AskedOffer): boolean => answer.kind === 'chosen' || answer.kind === 'wrong-group';
const needsReasons = (asked: readonly AskedOffer[]): boolean => asked.some((one) => !isAccepted(one));

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

/** The oracle, with a word about the progress after each answer. */
function watched(job: Job, exchange: ExchangeName, grid: Grid): Oracle {
  const combinations = grid.combinations().reduce((sum, member) => sum + member, 0);
  let accepted = 0;
  let decided = 0;
  return {
    async ask(batch) {
      const answers = await job.oracle.ask(batch);
      for (const answer of answers) if (answer.kind === 'chosen') accepted++;
      decided = Math.min(combinations, decided + batch.length);
      job.progress?.({ exchange, requests: job.oracle.counters.requests, decided, combinations, accepted });
      return answers;
    },
  };
}

/** The maps of one exchange: one of all methods together, and one for each method. */
interface Folded {
  readonly maps: readonly MethodMap[];
  readonly map: CellMap | undefined;
  readonly grid: Grid;
}

/** A suite is accepted when some method takes it, refused when every method that was answered refuses it. */
function foldMethods(map: Ikev1Map, grid: Grid): Folded {
  const answered = map.methods.filter(({ state }) => state === 'answered');
  const first = answered.find(({ map: { accepted } }) => accepted.length > 0) ?? answered[0];
  if (first === undefined) return { maps: map.methods, map: map.methods[0]?.map, grid };
  for (const other of answered) {
    if (other === first) continue;
    for (const cell of other.map.accepted)
      if (first.map.states[cell] !== CELL.accepted)
        first.map.accept(cell, first.map.keep(other.map.answers[other.map.settledBy[cell] ?? -1] ?? noAnswer(other)));
  }
  return { maps: map.methods, map: first.map, grid };
}

function noAnswer(method: MethodMap): Answer {
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

function reportOf(
  job: Job,
  exchange: ExchangeName,
  universe: string,
  folded: Folded,
  asked: readonly AskedOffer[],
  ikev1: Ikev1Map | undefined,
  preference?: Preference,
): ExchangeReport {
  const negotiation: Negotiation = exchange === 'ikev2-init' ? 'ikev2-ike' : 'ikev1-phase1';
  const { map } = folded;
  if (map === undefined)
    return notTried(
      exchange,
      universe,
      folded.grid.combinations().reduce((sum, member) => sum + member, 0),
    );
  const undecided = map.count(CELL.undecided);
  const settled = map.count(CELL.accepted) + map.count(CELL.refused);
  const [state, code, evidence] = stateOf(job, map);
  const accepted = map.accepted
    .map((cell) => acceptedSuite(map, cell, negotiation, ikev1))
    .toSorted((a, b) => byStrength(a.suite, b.suite));
  const members = (cellState: number): Uint8Array => map.states.map((other) => (other === cellState ? 1 : 0));
  return {
    exchange,
    state,
    why: code === undefined ? null : { code, text: explainWhy(code, exchange), basis: 'inferred', evidence },
    accepted,
    rejected: rejectedBoxes(map, negotiation),
    offers: asked.map((one) => offerVerdict(one, map, negotiation, ikev1)),
    policy: map.grid.decompose(members(CELL.accepted)).map((block) => namedBox(map.grid, block, negotiation)),
    preference: preference ?? preferenceOf(map, ikev1, negotiation),
    universe: { name: universe, combinations: settled + undecided },
    coverage: { decided: settled, undecided },
    ...(undecided > 0 && settled > 0
      ? { undecided: map.grid.decompose(members(CELL.undecided)).map((block) => namedBox(map.grid, block, negotiation)) }
      : {}),
    ...(ikev1 === undefined ? {} : { methods: methodsOf(ikev1) }),
    notes: notesOf(job, exchange, map, ikev1),
  };
}

function acceptedSuite(map: CellMap, cell: number, negotiation: Negotiation, ikev1: Ikev1Map | undefined): AcceptedSuite {
  const takers = ikev1?.methods.filter((method) => method.map.states[cell] === CELL.accepted).map(({ method }) => method) ?? [];
  const anyMethod = negotiation === 'ikev2-ike' || ikev1?.looksAtMethod === false;
  return {
    suite: formatSuite(map.grid.suite(cell), negotiation),
    auth: anyMethod ? '*' : (takers.length > 0 ? takers : [PSK]).map((id) => keyword('auth', AUTHENTICATION_METHODS, { id })),
    basis: negotiation !== 'ikev2-ike' || map.alone.has(cell) ? 'observed' : 'inferred',
    evidence: map.answers[map.settledBy[cell] ?? -1]?.evidence ?? [],
  };
}

/** The state of the exchange, why it is in it, and what shows it. */
function stateOf({ oracle }: Job, map: CellMap): readonly [ExchangeState, WhyCode | undefined, readonly number[]] {
  if (map.accepted.length > 0) return ['answered', undefined, []];
  const last = map.answers.at(-1);
  const evidence = last?.evidence ?? [];
  if (last?.kind === 'other-version') return ['not-spoken', 'not-spoken', evidence];
  if (last?.kind === 'unreachable') return ['silent', 'unreachable', evidence];
  const refusal = map.answers.find((answer) => answer.kind === 'refused');
  if (refusal?.kind === 'refused') {
    const { form, notify, asked } = refusal;
    // strongSwan names both cookies when it refuses algorithms, and none when it has no connection; others use message ID 0.
    if (asked.exchange !== 'ikev2-init' && notify === NO_PROPOSAL_CHOSEN && form.spiSize === 0 && form.messageId !== 0)
      return ['no-connection', 'no-connection', refusal.evidence];
    return ['refused-all', 'algorithms-refused', refusal.evidence];
  }
  if (last?.kind === 'not-asked') return ['not-tried', 'budget', evidence];
  return ['silent', oracle.answered && last?.kind !== 'garbled' ? 'silent' : 'unknown', evidence];
}

/**
 * What became of one suite of `--offer`. A peer that answers other methods and keeps silent about this one has no connection for it: that
 * silence is a refusal, and the answers to the others are its control.
 */
function offerVerdict({ suite, answer }: AskedOffer, map: CellMap | undefined, negotiation: Negotiation, ikev1?: Ikev1Map): OfferVerdict {
  const { auth = { id: PSK }, ...algorithms } = suite;
  const accepted = isAccepted({ suite, answer });
  const others = map?.accepted.map((cell) => map.grid.suite(cell)) ?? [];
  const wanted =
    ikev1 === undefined || ikev1.looksAtMethod === false
      ? [auth.id]
      : ikev1.methods.filter((method) => method.map.accepted.length > 0).map(({ method }) => method);
  const wrongMethod = !accepted && wanted.length > 0 && !wanted.includes(auth.id);
  const decided = accepted || answer.kind === 'refused' || (answer.kind === 'silence' && wrongMethod);
  const evidence = wrongMethod
    ? [...answer.evidence, ...(map?.answers[map.settledBy[map.accepted[0] ?? 0] ?? -1]?.evidence ?? [])]
    : answer.evidence;
  const method = wrongMethod ? [methodReason(auth.id, wanted, evidence)] : [];
  const known = others.some((other) => sameAlgorithms(other, algorithms));
  return {
    suite: formatSuite(algorithms, negotiation),
    auth: negotiation === 'ikev2-ike' ? '*' : [keyword('auth', negotiation, auth)],
    accepted,
    ...(decided ? {} : { undecided: true }),
    reasons: accepted || !decided ? [] : [...method, ...(known ? [] : reasonsFor(algorithms, others, negotiation, evidence))],
    basis: answer.kind === 'silence' ? 'inferred' : 'observed',
    evidence,
  };
}

function methodReason(offered: number, wanted: readonly number[], evidence: readonly number[]): ReasonView {
  const name = (id: number): string => keyword('auth', AUTHENTICATION_METHODS, { id });
  const reason = {
    code: 'method-not-accepted' as const,
    slot: 'auth' as const,
    offered: name(offered),
    accepted: wanted.map(name),
    basis: 'inferred' as const,
    evidence,
  };
  return { ...reason, text: explainRefusal(reason) };
}

/** The report when every offer was answered with yes: nothing else was asked. */
function offersOnly(exchange: ExchangeName, asked: readonly AskedOffer[]): ExchangeReport {
  const negotiation: Negotiation = exchange === 'ikev2-init' ? 'ikev2-ike' : 'ikev1-phase1';
  const offers = asked.map((one) => offerVerdict(one, undefined, negotiation));
  const yes = offers.filter(({ accepted }) => accepted);
  const decided = offers.filter(({ undecided }) => undecided !== true).length;
  const state: ExchangeState = yes.length > 0 ? 'answered' : offers.length === 0 ? 'not-tried' : decided > 0 ? 'refused-all' : 'silent';
  const code: WhyCode | undefined =
    state === 'not-tried' ? 'not-asked' : state === 'silent' ? 'unknown' : state === 'refused-all' ? 'algorithms-refused' : undefined;
  return {
    exchange,
    state,
    why:
      code === undefined
        ? null
        : { code, text: explainWhy(code, exchange), basis: 'inferred', evidence: asked.flatMap(({ answer }) => answer.evidence) },
    accepted: yes.map(({ suite, auth, evidence = [] }) => ({ suite, auth, basis: 'observed', evidence })),
    rejected: [],
    offers,
    policy: [],
    preference: { order: 'unknown', ranking: [], basis: 'observed' },
    universe: { name: 'offer', combinations: offers.length },
    coverage: { decided, undecided: offers.length - decided },
    notes: [],
  };
}

function notTried(exchange: ExchangeName, universe: string, combinations: number): ExchangeReport {
  return { ...offersOnly(exchange, []), universe: { name: universe, combinations }, coverage: { decided: 0, undecided: combinations } };
}

/** The ranking is known when all accepted suites were picked out of one list. */
function preferenceOf(map: CellMap, ikev1: Ikev1Map | undefined, negotiation: Negotiation): Preference {
  const order = ikev1?.order ?? 'unknown';
  const run = ikev1?.methods.flatMap(({ runs }) => runs).find((cells) => cells.length === map.accepted.length);
  const ranking = order === 'peer' && run !== undefined ? run.map((cell) => formatSuite(map.grid.suite(cell), negotiation)) : [];
  return { order, ranking, basis: 'observed' };
}

function methodsOf(ikev1: Ikev1Map): NonNullable<ExchangeReport['methods']> {
  return {
    asked: ikev1.methods.map(({ method }) => keyword('auth', AUTHENTICATION_METHODS, { id: method })),
    lookedAt: ikev1.looksAtMethod ?? null,
    evidence: ikev1.checks.flatMap((answer) => answer.evidence),
  };
}

function notesOf({ oracle, options }: Job, exchange: ExchangeName, map: CellMap, ikev1: Ikev1Map | undefined): readonly NoteView[] {
  const notes: NoteView[] = [];
  const say = (code: NoteCode, facts: NoteFacts, evidence: readonly number[] = []): number =>
    notes.push({ code, text: explainNote(code, facts), evidence, facts });
  const { counters } = oracle;
  for (const note of map.notes) {
    if (note.code === 'large-datagrams-unanswered') say('small-datagrams', { large: note.octets, small: 1280 });
    if (note.code === 'contradiction') {
      const suite = formatSuite(map.grid.suite(note.cell), exchange === 'ikev2-init' ? 'ikev2-ike' : 'ikev1-phase1');
      say(
        'contradiction',
        { suite },
        note.answers.flatMap((answer) => map.answers[answer]?.evidence ?? []),
      );
    }
    if (note.code !== 'stopped') continue;
    if (note.why === 'budget' && oracle.interrupted) say('interrupted', {});
    else if (note.why === 'budget' && counters.sent >= options.budget) say('budget', { budget: options.budget });
    else if (note.why === 'silence' && map.accepted.length > 0 && exchange !== 'ikev2-init')
      say('silent-after', { count: counters.opened });
  }
  for (const { code, count, evidence } of oracle.odd.filter((odd) => odd.exchange === exchange)) {
    if (code === 'cookie-loop') say('cookie-loop', { count }, evidence);
    else if (code === 'invalid-ke') say('invalid-ke-loop', { count }, evidence);
    else say('garbled', { count, detail: code }, evidence);
  }
  if (ikev1?.looksAtMethod === false)
    say('method-not-looked-at', { method: keyword('auth', AUTHENTICATION_METHODS, { id: PSK }) }, ikev1.checks[0]?.evidence ?? []);
  if (counters.cookies > 0) say('cookie-seen', { count: counters.cookies });
  if (ikev1 !== undefined && counters.released > 0) say('released', { count: counters.released });
  if (ikev1 !== undefined && counters.opened > counters.released) say('left-half-open', { count: counters.opened - counters.released });
  if (oracle.loss > LOSSY) say('loss', { lost: counters.retransmitted, sent: counters.sent });
  return notes;
}
