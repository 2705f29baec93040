/** One subject: policy after policy, a handful of offers for each, and every answer beside its prediction. */
import type { Policy } from '../../src/proposals/index.ts';
import type { Lab } from '../daemons/lab.ts';
import { LabError } from '../daemons/process.ts';
import { type Bench, OFFERS_PER_POLICY, openBench } from './bench.ts';
import type { Client } from './client.ts';
import { type Disagreement, patternOf, predict, type Prediction, predictionOf } from './compare.ts';
import { reasonOf } from './known.ts';
import { minimise } from './minimise.ts';
import { mutated } from './mutations.ts';
import { randomQuestion } from './offers.ts';
import { type Bundle, randomBundles, type Subject, textsOf, titleOf } from './policies.ts';
import { type Question, saOf } from './question.ts';
import { type Random, random } from './random.ts';
import type { Seen } from './reply.ts';

/** What is asked for. */
export interface Extent {
  readonly exchanges: number;
  readonly seed: number;
  /** How many disagreements are minimised. */
  readonly minimised: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** How many agreed. */
export interface Tally {
  agreed: number;
  total: number;
}

/** A policy that only one of the two would load. */
export interface PolicyDisagreement {
  readonly texts: readonly string[];
  readonly daemon: string;
  readonly profile: string;
}

/** What an examination brought. */
export interface Examination {
  readonly subject: Subject;
  readonly wellFormed: Tally;
  readonly malformed: Tally;
  /** Disagreements with a stated reason, by reason. */
  readonly known: Map<string, number>;
  /** The others, by pattern: how many, and one of them made small. */
  readonly left: Left[];
  readonly policies: PolicyDisagreement[];
  /** Policies that neither would load. */
  refused: number;
  /** Why there was nothing to compare with. */
  missing?: string;
  milliseconds: number;
  /** Answers by kind, to see that the offers are not all refused. */
  readonly answers: Map<string, number>;
  /** The shortest exchange for each oddity (or none) and kind of answer. */
  readonly samples: Map<string, Exchange>;
  /** When the daemon stopped answering: what it was asked last, and its last words. */
  readonly deaths: string[];
}

/** What was asked, and what came back. */
export interface Exchange {
  readonly texts: readonly string[];
  readonly question: Question;
  readonly seen: Seen;
}

/** Disagreements that look alike, and some of them made small. */
export interface Left {
  readonly pattern: string;
  readonly wellFormed: boolean;
  count: number;
  readonly examples: Disagreement[];
}

const MALFORMED = 0.4;

/** Asks as many questions as wanted. */
export async function examine(lab: Lab, client: Client, subject: Subject, extent: Extent): Promise<Examination> {
  const name = titleOf(subject);
  const result: Examination = {
    subject,
    wellFormed: { agreed: 0, total: 0 },
    malformed: { agreed: 0, total: 0 },
    known: new Map(),
    left: [],
    policies: [],
    refused: 0,
    milliseconds: 0,
    answers: new Map(),
    samples: new Map(),
    deaths: [],
  };
  const chance = random(extent.seed);
  const bench = await openBench(lab, client, subject);
  const begun = performance.now();
  try {
    for (let round = 1; asked(result) < extent.exchanges && !extent.signal.aborted; round++) {
      const bundles = randomBundles(subject, chance);
      await onePolicy(bench, bundles, chance, result, extent);
      if (round % 20 === 0) extent.say(`${name}: ${asked(result)} exchanges, ${differing(result)} not predicted`);
    }
  } finally {
    await bench.close();
  }
  result.milliseconds = Math.round(performance.now() - begun);
  return result;
}

const asked = ({ wellFormed, malformed }: Examination): number => wellFormed.total + malformed.total;
const differing = ({ wellFormed, malformed }: Examination): number =>
  wellFormed.total - wellFormed.agreed + malformed.total - malformed.agreed;

async function onePolicy(bench: Bench, bundles: readonly Bundle[], chance: Random, result: Examination, extent: Extent): Promise<void> {
  const { subject } = result;
  const texts = textsOf(subject, bundles);
  const prediction = predictionOf(subject, texts);
  const refused = await refusal(bench, texts);
  if (refused !== undefined || prediction.kind === 'refuses') {
    if (refused !== undefined && prediction.kind === 'refuses') result.refused += 1;
    else
      result.policies.push({
        texts,
        daemon: refused ?? 'loads it',
        profile: prediction.kind === 'refuses' ? prediction.reason : 'loads it',
      });
    return;
  }
  const questions = questionsFor(subject, prediction.kind === 'predictor' ? prediction.policy : [], chance);
  const { seen, alive } = await bench.ask(questions);
  if (!alive) return died(bench, texts, questions, result);
  if (prediction.kind === 'none') result.missing = prediction.reason;
  for (const [i, question] of questions.entries()) {
    const answer = await settled(bench, question, seen.at(i) as Seen, prediction);
    const tally = question.oddities.length === 0 ? result.wellFormed : result.malformed;
    tally.total += 1;
    count(result.answers, answer.kind === 'notify' ? `notify ${answer.type}` : answer.kind);
    sample(result, { texts, question, seen: answer });
    if (prediction.kind !== 'predictor') continue;
    const predicted = predict(prediction.predictor, question);
    if (answer.text === predicted.text) tally.agreed += 1;
    else await differs(bench, bundles, { subject, texts, question, seen: answer, predicted }, result, extent, tally);
  }
}

function questionsFor(subject: Subject, policy: Policy, chance: Random): Question[] {
  return Array.from({ length: OFFERS_PER_POLICY }, () => {
    const plain = randomQuestion(subject, policy, chance);
    const odd = chance.chance(MALFORMED) ? mutated(plain, chance) : plain;
    // charon drops what is longer than 10,000 octets before anybody looks at the offer.
    return saOf(odd).length > LONGEST ? plain : odd;
  });
}

const LONGEST = 8000;

/** A silence that was not predicted may be an answer that came too late: it is asked for once more. */
async function settled(bench: Bench, question: Question, seen: Seen, prediction: Prediction): Promise<Seen> {
  if (seen.kind !== 'silence' || prediction.kind !== 'predictor' || predict(prediction.predictor, question).kind === 'silence') return seen;
  return (await bench.ask([question])).seen.at(0) ?? seen;
}

/** What the daemon says against a policy. A start that failed for another reason does not fail twice. */
async function refusal(bench: Bench, texts: readonly string[]): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      await bench.configure(texts);
      return undefined;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      if (tries === 2) return error.message;
    }
  }
}

async function differs(
  bench: Bench,
  bundles: readonly Bundle[],
  found: Disagreement,
  result: Examination,
  extent: Extent,
  tally: Tally,
): Promise<void> {
  const reason = reasonOf(found);
  if (reason !== undefined) return count(result.known, reason);
  const wellFormed = found.question.oddities.length === 0;
  const pattern = patternOf(found);
  let like = result.left.find((each) => each.pattern === pattern && each.wellFormed === wellFormed);
  if (like === undefined) result.left.push((like = { pattern, wellFormed, count: 0, examples: [] }));
  like.count += 1;
  if (like.examples.length >= extent.minimised) return;
  const small = await minimise(bench, result.subject, { bundles, question: found.question });
  if (small !== undefined) {
    if (!like.examples.some((each) => sameShape(each, small))) like.examples.push(small);
    return;
  }
  // What cannot be had again was an answer that came too late.
  tally.agreed += 1;
  like.count -= 1;
}

/** The same lengths and types, whatever the algorithms. */
function sameShape(a: Disagreement, b: Disagreement): boolean {
  const shape = ({ question }: Disagreement): string =>
    JSON.stringify([question.edits.map(({ kind }) => kind), question.headerOctet, question.body], (key, value: unknown) =>
      key === 'id' || key === 'value' ? undefined : value,
    );
  return shape(a) === shape(b);
}

/** Finds the one of the questions that the daemon did not survive. What was asked beside it is not counted. */
async function died(bench: Bench, texts: readonly string[], questions: readonly Question[], result: Examination): Promise<void> {
  for (const question of questions) {
    await bench.configure(texts);
    const { alive } = await bench.ask([question]);
    if (alive) continue;
    const words = (await bench.log()).trimEnd().split('\n').slice(-6).join('\n    ');
    result.deaths.push(
      `${texts.join(', ')}\n    sa ${Buffer.from(saOf(question)).toString('hex')} ke ${question.keGroup ?? '-'} (${question.oddities.join(', ')})\n    ${words}`,
    );
    return;
  }
  result.deaths.push(`${texts.join(', ')}: not again, one by one`);
}

/** Only one thing wrong at a time. */
function sample({ samples }: Examination, exchange: Exchange): void {
  const { question, seen } = exchange;
  if (question.oddities.length > 1) return;
  const size = ({ question: { body, edits } }: Exchange): number => JSON.stringify([body, edits]).length;
  for (const key of [`${question.oddities[0] ?? 'well-formed'}: ${seen.kind} ${seen.type ?? ''}`]) {
    const before = samples.get(key);
    if (before === undefined || size(exchange) < size(before)) samples.set(key, exchange);
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
