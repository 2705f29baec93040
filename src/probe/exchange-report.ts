/**
 * A finished map as the report says it.
 *
 * @module
 */
import type { Negotiation } from '../proposals/model.ts';
import { formatSuite, keyword } from '../proposals/notation.ts';
import { explainNote, explainWhy } from '../report/explain.ts';
import { byStrength } from '../report/strength.ts';
import { type AskedOffer, offerVerdict } from './asked-offers.ts';
import { namedBox, rejectedBoxes } from './blame.ts';
import { CELL, type CellMap } from './cell-map.ts';
import type { Grid } from './grid.ts';
import type { Ikev1Map } from './map-ikev1.ts';
import type { LiveOracle } from './oracle-live.ts';
import type { ProbeOptions, ProgressEvent } from './probe.ts';
import { PSK } from './methods.ts';
import { type ExchangeName, saysNoConnection } from './question.ts';
import type { AcceptedSuite, ExchangeReport, ExchangeState, NoteCode, NoteFacts, NoteView, Preference, WhyCode } from './result.ts';

/** What every exchange needs. */
export interface Job {
  readonly options: ProbeOptions;
  readonly oracle: LiveOracle;
  /** The IKEv1 method that our credentials are for, and that an offer without one means: a pre-shared key where there are none. */
  readonly method: number;
  readonly progress: ((event: ProgressEvent) => void) | undefined;
}

/** From this share of lost datagrams on a path counts as lossy. */
export const LOSSY = 0.05;
const AUTHENTICATION_METHODS: Negotiation = 'ikev1-phase1';

/** The map of an exchange, all methods together; none when nothing could be asked. */
export interface Folded {
  readonly map: CellMap | undefined;
  readonly grid: Grid;
}

/** The report of an exchange whose universe was mapped. */
export function reportOf(
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
  if (refusal !== undefined) {
    if (saysNoConnection(refusal)) return ['no-connection', 'no-connection', refusal.evidence];
    return ['refused-all', 'algorithms-refused', refusal.evidence];
  }
  if (last?.kind === 'not-asked') return ['not-tried', 'budget', evidence];
  return ['silent', oracle.answered && last?.kind !== 'garbled' ? 'silent' : 'unknown', evidence];
}

/** The report when every offer was answered with yes: nothing else was asked. */
export function offersOnly(exchange: ExchangeName, asked: readonly AskedOffer[]): ExchangeReport {
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

/** The report of an exchange that was left alone. */
export function notTried(exchange: ExchangeName, universe: string, combinations: number): ExchangeReport {
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
