/** Takes away from a disagreement all that it does not need: the daemon is asked again at every step. */
import type { Offer, Proposal, Transform } from '../../src/proposals/index.ts';
import type { Bench } from './bench.ts';
import { type Disagreement, patternOf, predict, predictionOf } from './compare.ts';
import { type Bundle, type Subject, textsOf } from './policies.ts';
import type { Question } from './question.ts';

/** A policy as words and a question. */
interface Trial {
  readonly bundles: readonly Bundle[];
  readonly question: Question;
}

/** Steps are counted: each may cost a start of the daemon. */
const STEPS = 250;

/** The smallest trial that still disagrees in the same way; nothing when it cannot be had again. */
export async function minimise(bench: Bench, subject: Subject, from: Trial): Promise<Disagreement | undefined> {
  let left = STEPS;
  const again = async ({ bundles, question }: Trial): Promise<Disagreement | undefined> => {
    if (left-- <= 0) return undefined;
    const texts = textsOf(subject, bundles);
    const prediction = predictionOf(subject, texts);
    if (prediction.kind !== 'predictor') return undefined;
    try {
      await bench.configure(texts);
    } catch {
      return undefined;
    }
    const before = (await bench.log()).length;
    const { seen } = await bench.ask([question]);
    const [first] = seen;
    const predicted = predict(prediction.predictor, question);
    if (first === undefined || first.text === predicted.text) return undefined;
    return { subject, texts, question, seen: first, predicted, log: (await bench.log()).slice(before) };
  };

  let best = await again(from);
  if (best === undefined) return undefined;
  const pattern = patternOf(best);
  let trial = from;
  for (;;) {
    const next = await firstOf([...smallerQuestions(trial), ...smallerPolicies(trial)], async (smaller) => {
      const found = await again(smaller);
      return found !== undefined && patternOf(found) === pattern ? { found, smaller } : undefined;
    });
    if (next === undefined) break;
    [best, trial] = [next.found, next.smaller];
  }
  return best;
}

async function firstOf<T, R>(all: readonly T[], good: (each: T) => Promise<R | undefined>): Promise<R | undefined> {
  for (const each of all) {
    const result = await good(each);
    if (result !== undefined) return result;
  }
  return undefined;
}

function* smallerPolicies({ bundles, question }: Trial): Generator<Trial> {
  for (const i of bundles.keys()) if (bundles.length > 1) yield { question, bundles: bundles.toSpliced(i, 1) };
  for (const [i, bundle] of bundles.entries()) {
    const { omitted, ...whole } = bundle;
    if (omitted) yield { question, bundles: bundles.with(i, whole) };
    for (const type of ['encryption', 'integrity', 'prf', 'groups'] as const) {
      if (bundle[type].length < 2) continue;
      for (const j of bundle[type].keys())
        yield { question, bundles: bundles.with(i, { ...bundle, [type]: bundle[type].toSpliced(j, 1) }) };
    }
  }
}

function* smallerQuestions({ bundles, question }: Trial): Generator<Trial> {
  const trial = (changed: Partial<Question>): Trial => ({ bundles, question: { ...question, ...changed } });
  for (const i of question.edits.keys()) yield trial({ edits: question.edits.toSpliced(i, 1) });
  const { notifies, ...bare } = question;
  if (notifies) yield { bundles, question: bare };
  if (question.headerOctet !== 0) yield trial({ headerOctet: 0 });
  for (const offer of smallerOffers(question.body.offer)) yield trial({ body: { ...question.body, offer } });
  const { doi, situation, ...plain } = question.body;
  if (doi !== undefined) yield trial({ body: { ...plain, ...(situation && { situation }) } });
  if (situation !== undefined) yield trial({ body: { ...plain, ...(doi !== undefined && { doi }) } });
}

function* smallerOffers(offer: Offer): Generator<Offer> {
  const { groups } = offer;
  for (const g of groups.keys()) if (groups.length > 1) yield { ...offer, groups: groups.toSpliced(g, 1) };
  for (const [g, group] of groups.entries()) {
    if (group.number !== g + 1) yield { ...offer, groups: groups.with(g, { ...group, number: g + 1 }) };
    for (const [p, proposal] of group.proposals.entries()) {
      for (const smaller of smallerProposals(proposal)) {
        yield { ...offer, groups: groups.with(g, { ...group, proposals: group.proposals.with(p, smaller) }) };
      }
      if (group.proposals.length > 1) yield { ...offer, groups: groups.with(g, { ...group, proposals: group.proposals.toSpliced(p, 1) }) };
    }
  }
}

function* smallerProposals(proposal: Proposal): Generator<Proposal> {
  const { transforms, odd, ...plain } = proposal;
  if (odd) yield { ...plain, transforms };
  if (plain.spi.length > 0) yield { ...proposal, spi: new Uint8Array() };
  // Halves first: a hundred transforms are gone in a few steps.
  if (transforms.length > 8) {
    yield { ...proposal, transforms: transforms.slice(0, transforms.length >> 1) };
    yield { ...proposal, transforms: transforms.slice(transforms.length >> 1) };
  }
  for (const t of transforms.keys()) yield { ...proposal, transforms: transforms.toSpliced(t, 1) };
  for (const [t, transform] of transforms.entries()) {
    for (const smaller of smallerTransforms(transform)) yield { ...proposal, transforms: transforms.with(t, smaller) };
  }
}

function* smallerTransforms(transform: Transform): Generator<Transform> {
  const { odd, ...plain } = transform;
  if (odd) yield plain;
  for (const a of transform.attributes.keys()) {
    if (transform.attributes.length > 1) yield { ...transform, attributes: transform.attributes.toSpliced(a, 1) };
  }
}
