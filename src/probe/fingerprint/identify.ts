/**
 * Asks odd requests one at a time, each the one that tells most, until more would tell nothing.
 *
 * Law: a silence that was not expected counts only when a plain request right after it is answered, and the odd one, asked again, is not;
 * when the plain one is not answered, the peer has stopped listening and nothing more is asked in this exchange.
 *
 * @module
 */
import type { Profile } from '../../proposals/selectors/profile.ts';
import type { Answer, Inference, Question } from '../question.ts';
import { Belief, type Candidate } from './belief.ts';
import { type Asking, askingsOf } from './askings.ts';
import { hypothesesOf } from './hypotheses.ts';
import type { Known, OddExchange } from './known.ts';
import { ODD_REQUESTS } from './requests.ts';
import { type Sight, SILENT, sightOfDatagram } from './sight.ts';

/** What was asked, foretold by the likeliest implementation, and seen. */
export interface Observation {
  readonly request: string;
  readonly exchange: OddExchange;
  readonly asks: string;
  readonly expected: Sight | undefined;
  readonly seen: Sight;
  /** Whether it speaks for the likeliest implementation, against any other. */
  readonly telling: boolean;
  readonly evidence: readonly number[];
}

export interface Identified {
  /** Only those that are not negligible, the likeliest first. */
  readonly candidates: readonly Candidate[];
  readonly stranger: number;
  /** The one that it is. */
  readonly named?: Profile;
  readonly observations: readonly Observation[];
}

/**
 * Requests per exchange, controls not counted; those of them that are asked in any case, for a name that is not put to the test is a guess;
 * and the least that one of the others has to tell, in bits.
 */
export interface IdentifyLimits {
  readonly perExchange: number;
  readonly anyway: number;
  readonly leastBits: number;
}

const LIMITS: IdentifyLimits = { perExchange: 8, anyway: 6, leastBits: 0.004 };

/** Finds out which of the profiles a peer behaves like. */
export function* identify(knowns: readonly Known[], profiles: readonly Profile[], limits: IdentifyLimits = LIMITS): Inference<Identified> {
  const askings = askingsOf(knowns, ODD_REQUESTS);
  const belief = new Belief(askings, hypothesesOf(profiles, knowns, askings));
  const seen = new Map<number, { readonly sight: Sight; readonly evidence: readonly number[] }>();
  const stopped = new Set<OddExchange>();
  for (;;) {
    const next = mostTelling(askings, belief, limits, seen, stopped);
    const asking = next === undefined ? undefined : askings[next];
    if (next === undefined || asking === undefined) break;
    let answer = yield* answerTo(asking);
    if (answer !== undefined && isSilent(answer) && belief.silence(next) < EXPECTED) {
      if (!(yield* stillListening(askings, asking))) {
        stopped.add(asking.request.exchange);
        continue;
      }
      answer = yield* answerTo(asking, answer.evidence);
    }
    if (answer === undefined) break;
    const sight = sightOfAnswer(answer, asking);
    belief.learn(next, sight);
    seen.set(next, { sight, evidence: answer.evidence });
  }
  return conclude(askings, belief, seen);
}

/** The request that is expected to tell most, unless it is too little or enough was asked. */
function mostTelling(
  askings: readonly Asking[],
  belief: Belief,
  limits: IdentifyLimits,
  seen: ReadonlyMap<number, unknown>,
  stopped: ReadonlySet<OddExchange>,
): number | undefined {
  let best: { readonly index: number; readonly value: number } | undefined;
  const asked = (exchange: OddExchange): number => [...seen.keys()].filter((i) => askings[i]?.request.exchange === exchange).length;
  askings.forEach(({ request }, index) => {
    if (seen.has(index) || stopped.has(request.exchange) || asked(request.exchange) >= limits.perExchange) return;
    const told = belief.information(index);
    if (told < limits.leastBits && asked(request.exchange) >= limits.anyway) return;
    // A name is put to the test by what was not tried yet.
    const fresh = [...seen.keys()].every(
      (i) => askings[i]?.request.topic !== request.topic || askings[i].request.exchange !== request.exchange,
    );
    const trial = TRIAL * belief.trial(index) * (fresh ? 1 : 0.3);
    // Silence costs time, and what no RFC allows should be worth it.
    const value = (told + trial) * (request.malformed === true ? 0.6 : 1) * (1 - 0.5 * belief.silence(index));
    if (best === undefined || value > best.value) best = { index, value };
  });
  return best?.index;
}

/** Nothing when the question could not be put. `before` is what an earlier attempt showed. */
function* answerTo(asking: Asking, before: readonly number[] = []): Inference<Answer | undefined> {
  const [answer] = yield [questionOf(asking)];
  if (answer === undefined || answer.kind === 'not-asked' || answer.kind === 'unreachable') return undefined;
  return { ...answer, evidence: [...before, ...answer.evidence] };
}

const isSilent = ({ kind, reply }: Answer): boolean => kind === 'silence' && reply === undefined;

/** Whether the plain request is answered, which the peer is known to answer. True when there is none to ask. */
function* stillListening(askings: readonly Asking[], silent: Asking): Inference<boolean> {
  const plain = askings.find(({ request }) => request.exchange === silent.request.exchange);
  if (plain === undefined || plain === silent) return plain !== silent;
  const answer = yield* answerTo(plain);
  return answer !== undefined && !isSilent(answer);
}

function questionOf({ request: { exchange }, offer }: Asking): Question {
  return { exchange, ...offer, tries: TRIES };
}

function sightOfAnswer(answer: Answer, { request: { exchange }, offer }: Asking): Sight {
  if (answer.reply === undefined) return SILENT;
  return sightOfDatagram(answer.reply, exchange, offer.offer, answer.kind === 'silence');
}

function conclude(
  askings: readonly Asking[],
  belief: Belief,
  seen: ReadonlyMap<number, { readonly sight: Sight; readonly evidence: readonly number[] }>,
): Identified {
  const all = belief.candidates();
  const profiles = new Map<Profile, number>();
  for (const { profile, likelihood } of all) profiles.set(profile, (profiles.get(profile) ?? 0) + likelihood);
  const [best] = [...profiles].toSorted(([, a], [, b]) => b - a);
  const named = best !== undefined && best[1] >= CERTAIN ? best[0] : undefined;
  const observations = [...seen].map(([index, { sight, evidence }]): Observation => {
    const { request } = askings[index] as Asking;
    const { id, exchange, asks } = request;
    const expected = best && belief.foretold(index, best[0]);
    const telling = best !== undefined && belief.weightOf(index, sight, best[0]) > TELLING;
    return { request: id, exchange, asks, expected, seen: sight, telling, evidence };
  });
  return {
    candidates: all.filter(({ likelihood }) => likelihood >= WORTH_NAMING),
    stranger: belief.stranger,
    ...(named && { named }),
    observations,
  };
}

/** Datagrams per odd request. */
const TRIES = 3;
/** From this likelihood on a peer has a name, and a candidate is told of. */
const CERTAIN = 0.95;
const WORTH_NAMING = 0.01;
/** What a request is worth in which all that resemble the likeliest differ from it, in bits. */
const TRIAL = 0.1;
/** A silence that is at least so likely needs no control. */
const EXPECTED = 0.5;
/** The logarithm of how much better a named implementation explains a sight than a stranger. */
const TELLING = 0.25;
