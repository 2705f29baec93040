/**
 * Offers given by hand: each of their suites is asked alone, and each gets its verdict.
 *
 * @module
 */
import { clauses } from '../proposals/clauses.ts';
import type { Box, Negotiation, Offer, Suite } from '../proposals/model.ts';
import { formatSuite, keyword, NotationError, parseOffer } from '../proposals/notation.ts';
import { boxesToIkeOffer, suitesToPhase1Offer } from '../proposals/offers.ts';
import { expandBox } from '../proposals/suites.ts';
import { explainRefusal } from '../report/explain.ts';
import { reasonsFor } from './blame.ts';
import type { CellMap } from './cell-map.ts';
import { sameAlgorithms } from './grid.ts';
import type { Ikev1Map } from './map-ikev1.ts';
import { foreignGroup } from './map-ikev2.ts';
import type { Answer, ExchangeName, Oracle, Question } from './question.ts';
import { PSK } from './methods.ts';
import type { OfferVerdict, ReasonView } from './result.ts';

/** One suite of `--offer` and what the peer said to it. */
export interface AskedOffer {
  readonly suite: Suite;
  readonly answer: Answer;
}

/** Asks every suite of every offer that this exchange can say, each alone: the list would only show the first. */
export async function askOffers(
  offers: readonly string[],
  { oracle, method }: { readonly oracle: Oracle; readonly method: number },
  exchange: ExchangeName,
): Promise<AskedOffer[]> {
  const suites = offers.flatMap((text) => suitesOf(text, exchange === 'ikev2-init' ? 'ikev2-ike' : 'ikev1-phase1', method));
  if (suites.length === 0) return [];
  const questions = suites.map((suite): Question => {
    if (exchange === 'ikev2-init')
      return { exchange, offer: boxesToIkeOffer([boxOfSuite(suite)]), keGroup: foreignGroup([suite.group?.id ?? 0]) };
    const offer = suitesToPhase1Offer([suite], method, { seconds: 3600 });
    return exchange === 'ikev1-main' ? { exchange, offer } : { exchange, offer, keGroup: suite.group?.id ?? 14 };
  });
  const answers = await oracle.ask(questions);
  return suites.flatMap((suite, i) => {
    const answer = answers[i];
    return answer === undefined ? [] : [{ suite, answer }];
  });
}

/** The suites of an offer, each apart; none when the negotiation cannot say it. */
export function suitesOf(text: string, negotiation: Negotiation, method: number = PSK): readonly Suite[] {
  let offer: Offer;
  try {
    offer = parseOffer(text, negotiation, { auth: method });
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

/** The box that holds one suite. */
export function boxOfSuite(suite: Suite): Box {
  return Object.fromEntries(Object.entries(suite).map(([slot, algorithm]) => [slot, [algorithm]]));
}

/** The peer would take this suite. */
export const isAccepted = ({ answer }: AskedOffer): boolean => answer.kind === 'chosen' || answer.kind === 'wrong-group';
/** Something was not accepted: the rest of the universe has to say why. */
export const needsReasons = (asked: readonly AskedOffer[]): boolean => asked.some((one) => !isAccepted(one));

/**
 * What became of one suite of `--offer`. A peer that answers other methods and keeps silent about this one has no connection for it: that
 * silence is a refusal, and the answers to the others are its control.
 */
export function offerVerdict(
  { suite, answer }: AskedOffer,
  map: CellMap | undefined,
  negotiation: Negotiation,
  ikev1?: Ikev1Map,
): OfferVerdict {
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
  const name = (id: number): string => keyword('auth', 'ikev1-phase1', { id });
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
