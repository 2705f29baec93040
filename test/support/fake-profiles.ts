/** Invented implementations with a few habits each: their answers follow from their habits, and nobody has to learn them. */
import { type Attribute, OAKLEY, type SuiteTransform, type Suite } from '../../src/proposals/model.ts';
import { boxOf } from '../../src/proposals/policy.ts';
import { askForGroup, choice, ikev2Answer, notify, phase1Answer, readSa, refusal, SILENCE } from '../../src/proposals/selectors/answers.ts';
import { defineProfile, type Profile, type Request, type Response, type Setup } from '../../src/proposals/selectors/profile.ts';
import { expandBox } from '../../src/proposals/suites.ts';

export interface Habits {
  readonly order: 'ours' | 'peer';
  readonly echo: 'verbatim' | 'rebuilt';
  readonly refusal: 'silence' | 'plain' | 'cookies' | 'own-exchange';
  readonly secondProposal: 'taken' | 'malformed';
  readonly unknownAttribute: 'ignored' | 'refused';
  readonly numbers: 'kept' | 'one';
  /** IKEv2: the responder SPI of a refusal. */
  readonly spi: 'set' | 'zero';
  readonly repeatedNumber: 'taken' | 'syntax';
}

export const PLAIN: Habits = {
  order: 'peer',
  echo: 'verbatim',
  refusal: 'plain',
  secondProposal: 'taken',
  unknownAttribute: 'ignored',
  numbers: 'kept',
  spi: 'set',
  repeatedNumber: 'taken',
};

/** `habitsOf` by release, the oldest first. */
export function fakeProfile(name: string, habitsOf: Readonly<Record<string, Habits>>): Profile {
  const [oldest = '', ...later] = Object.keys(habitsOf);
  return defineProfile({
    name,
    title: name.toUpperCase(),
    basis: 'measured',
    sources: ['test'],
    releases: [oldest, ...later],
    negotiations: ['ikev1-phase1', 'ikev2-ike'],
    settings: {},
    respond: (request, { release, setup }) => {
      const habits = habitsOf[release.name] ?? PLAIN;
      return request.negotiation === 'ikev2-ike' ? ike(request, setup, habits) : phase1(request, setup, habits);
    },
  });
}

const KNOWN: readonly number[] = Object.values(OAKLEY);
const number = (attributes: readonly Attribute[], type: number): number | undefined => {
  const found = attributes.find((one) => one.type === type);
  return found?.form === 'TV' ? found.value : undefined;
};

function suitesOf({ policy }: Setup): Suite[] {
  return policy.flatMap((bundle) => bundle.flatMap((want) => expandBox(boxOf(want))));
}

function phase1(request: Request, setup: Setup, habits: Habits): Response {
  const groups = readSa(request.sa, 'ikev1-phase1').value?.offer.groups ?? [];
  if (groups.length > 1 && habits.secondProposal === 'malformed') return refusal(notify(16, { protocol: 1 }), []);
  const offered = groups.flatMap((group) =>
    group.proposals.flatMap((proposal) =>
      proposal.transforms.flatMap((one) => (one.kind === 'suite' ? [{ group, proposal, transform: one }] : [])),
    ),
  );
  const fits = ({ attributes }: SuiteTransform, suite: Suite): boolean =>
    (habits.unknownAttribute === 'ignored' || attributes.every(({ type }) => KNOWN.includes(type))) &&
    number(attributes, OAKLEY.encryption) === suite.encryption?.id &&
    number(attributes, OAKLEY.keyLength) === suite.encryption?.keyBits &&
    number(attributes, OAKLEY.hash) === suite.hash?.id &&
    number(attributes, OAKLEY.group) === suite.group?.id;
  const suites = suitesOf(setup);
  const pairs =
    habits.order === 'peer'
      ? offered.flatMap((one) => suites.map((suite) => ({ one, suite })))
      : suites.flatMap((suite) => offered.map((one) => ({ one, suite })));
  const found = pairs.find(({ one, suite }) => fits(one.transform, suite))?.one;
  if (found === undefined) return refused(habits);
  const kept = found.transform.attributes.filter(({ type }) => KNOWN.includes(type));
  const sa = phase1Answer({
    number: found.group.number,
    transform: habits.numbers === 'one' ? 1 : found.transform.number,
    attributes: habits.echo === 'verbatim' ? found.transform.attributes : kept.toSorted((a, b) => a.type - b.type),
  });
  return choice({ group: 0, parts: [] }, { kind: 'answer', sa }, []);
}

function refused({ refusal: way }: Habits): Response {
  if (way === 'silence') return refusal(SILENCE, []);
  if (way === 'own-exchange') return refusal(notify(14, { protocol: 1, ownExchange: true, messageId: 'random' }), []);
  return refusal(notify(14, { protocol: 1, spi: way === 'cookies' ? 'cookies' : 'none', messageId: 'random' }), []);
}

function ike(request: Request, setup: Setup, habits: Habits): Response {
  const groups = readSa(request.sa, 'ikev2-ike').value?.offer.groups ?? [];
  const how = { responderSpi: habits.spi };
  if (habits.repeatedNumber === 'syntax' && groups.some(({ proposals }) => proposals.length > 1)) return refusal(notify(7, how), []);
  const offered = groups.flatMap((group) => group.proposals.map((proposal) => ({ group, proposal })));
  const suites = suitesOf(setup);
  for (const { group, proposal } of offered) {
    const has = (type: number, wanted: { id: number; keyBits?: number } | undefined): boolean =>
      proposal.transforms.some(
        (one) => one.kind === 'single' && one.type === type && one.id === wanted?.id && number(one.attributes, 14) === wanted.keyBits,
      );
    const known = proposal.transforms.every((one) => one.kind === 'single' && one.type <= 4);
    const fitting = suites.filter(
      (suite) =>
        known &&
        has(1, suite.encryption) &&
        has(2, suite.prf) &&
        (suite.integrity === undefined || has(3, suite.integrity)) &&
        has(4, suite.group),
    );
    const place = (suite: Suite): number =>
      proposal.transforms.findIndex((one) => one.kind === 'single' && one.type === 4 && one.id === suite.group?.id);
    const [suite] = habits.order === 'peer' ? fitting.toSorted((a, b) => place(a) - place(b)) : fitting;
    if (suite === undefined) continue;
    if (suite.group?.id !== request.keGroup) return askForGroup(suite.group?.id ?? 0, how, []);
    const transforms = Object.entries({ 1: suite.encryption, 2: suite.prf, 3: suite.integrity, 4: suite.group }).flatMap(([type, one]) =>
      one === undefined ? [] : [{ type: Number(type), ...one }],
    );
    return choice(
      { group: 0, parts: [] },
      { kind: 'answer', sa: ikev2Answer('ikev2-ike', { number: group.number, protocol: 1, transforms }) },
      [],
    );
  }
  return refusal(notify(14, how), []);
}
