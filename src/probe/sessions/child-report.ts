/**
 * What was found out about child SAs, as the report says it: the exchange `ikev1-quick` or `ikev2-child`.
 *
 * @module
 */
import type { Negotiation } from '../../proposals/model.ts';
import { explainNote, explainWhy } from '../../report/explain.ts';
import { byStrength } from '../../report/strength.ts';
import { namedBox, reasonsFor, rejectedBoxes } from '../blame.ts';
import { CELL, type CellMap } from '../cell-map.ts';
import type { ChildExchange } from '../question.ts';
import type { AcceptedSuite, ExchangeReport, ExchangeState, NoteView, OfferVerdict, WhyCode } from '../result.ts';
import { suiteText } from '../suite-text.ts';
import type { AskedChild } from './watch.ts';

/** What there is to report. */
export interface ChildFindings {
  readonly exchange: ChildExchange;
  readonly universe: { readonly name: string; readonly combinations: number };
  /** None when nothing was mapped. */
  readonly map?: CellMap | undefined;
  readonly asked: readonly AskedChild[];
  readonly established: boolean;
  /** All traffic that was tried is refused. */
  readonly trafficRefused: boolean;
  /** What shows that a refusal was about neither traffic nor algorithms. */
  readonly notInstalled?: readonly number[] | undefined;
}

/** The exchange's report. */
export function childReport(found: ChildFindings): ExchangeReport {
  const { exchange, map, asked, universe } = found;
  const negotiation: Negotiation = exchange === 'ikev1-quick' ? 'ikev1-phase2' : 'ikev2-child';
  const offers = asked.map((one) => verdictOf(one, map, negotiation));
  const accepted = acceptedOf(map, asked, negotiation);
  const [state, code, evidence] = stateOf(found, accepted.length > 0);
  const undecided = map?.count(CELL.undecided) ?? 0;
  const settled = (map?.count(CELL.accepted) ?? 0) + (map?.count(CELL.refused) ?? 0);
  const boxes = (cellState: number) =>
    map
      ? map.grid.decompose(map.states.map((other) => (other === cellState ? 1 : 0))).map((block) => namedBox(map.grid, block, negotiation))
      : [];
  const decided = map ? settled : offers.filter(({ undecided: open }) => open !== true).length;
  const combinations = map ? settled + undecided : asked.length > 0 ? asked.length : universe.combinations;
  return {
    exchange,
    state,
    why: code === undefined ? null : { code, text: explainWhy(code, exchange), basis: 'inferred', evidence },
    accepted,
    rejected: map ? rejectedBoxes(map, negotiation) : [],
    offers,
    policy: boxes(CELL.accepted),
    preference: { order: 'unknown', ranking: [], basis: 'observed' },
    universe: { name: map || asked.length === 0 ? universe.name : 'offer', combinations },
    coverage: { decided, undecided: combinations - decided },
    ...(undecided > 0 && settled > 0 ? { undecided: boxes(CELL.undecided) } : {}),
    notes: map ? notesOf(map, negotiation) : [],
  };
}

function acceptedOf(map: CellMap | undefined, asked: readonly AskedChild[], negotiation: Negotiation): AcceptedSuite[] {
  const mapped = (map?.accepted ?? []).map(
    (cell): AcceptedSuite => ({
      suite: suiteText(map?.grid.suite(cell) ?? {}, negotiation),
      auth: '*',
      basis: 'observed',
      evidence: map?.answers[map.settledBy[cell] ?? -1]?.evidence ?? [],
    }),
  );
  const known = new Set(mapped.map(({ suite }) => suite));
  const others = asked.flatMap(({ suite, answer }): AcceptedSuite[] => {
    const text = suiteText(suite, negotiation);
    return answer.kind === 'chosen' && !known.has(text) ? [{ suite: text, auth: '*', basis: 'observed', evidence: answer.evidence }] : [];
  });
  return [...mapped, ...others].toSorted((a, b) => byStrength(a.suite, b.suite));
}

function verdictOf({ suite, answer }: AskedChild, map: CellMap | undefined, negotiation: Negotiation): OfferVerdict {
  const accepted = answer.kind === 'chosen';
  const decided = accepted || answer.kind === 'refused' || answer.kind === 'wrong-group';
  const others = (map?.accepted ?? []).map((cell) => map?.grid.suite(cell) ?? {});
  return {
    suite: suiteText(suite, negotiation),
    auth: '*',
    accepted,
    ...(decided ? {} : { undecided: true }),
    reasons: accepted || !decided ? [] : reasonsFor(suite, others, negotiation, answer.evidence),
    basis: 'observed',
    evidence: answer.evidence,
  };
}

function stateOf(
  { established, map, asked, trafficRefused, notInstalled }: ChildFindings,
  accepts: boolean,
): readonly [ExchangeState, WhyCode | undefined, readonly number[]] {
  if (accepts) return ['answered', undefined, []];
  if (!established) return ['not-tried', 'not-authenticated', []];
  const answers = [...asked.map(({ answer }) => answer), ...(map?.answers ?? [])];
  const evidence = answers.at(-1)?.evidence ?? [];
  if (notInstalled) return ['refused-all', 'not-installed', notInstalled];
  if (trafficRefused) return ['refused-all', 'traffic-refused', evidence];
  const contradiction = map?.notes.find((note) => note.code === 'contradiction');
  if (contradiction?.code === 'contradiction') {
    return ['refused-all', 'not-installed', contradiction.answers.flatMap((at) => map?.answers[at]?.evidence ?? [])];
  }
  const refusal = answers.find(({ kind }) => kind === 'refused');
  return refusal ? ['refused-all', 'algorithms-refused', refusal.evidence] : ['silent', 'session-lost', evidence];
}

function notesOf(map: CellMap, negotiation: Negotiation): readonly NoteView[] {
  return map.notes.flatMap((note): NoteView[] => {
    if (note.code !== 'contradiction') return [];
    const facts = { suite: suiteText(map.grid.suite(note.cell), negotiation) };
    const evidence = note.answers.flatMap((answer) => map.answers[answer]?.evidence ?? []);
    return [{ code: 'contradiction', text: explainNote('contradiction', facts), evidence, facts }];
  });
}
