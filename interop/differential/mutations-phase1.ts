/** What can be wrong with an IKEv1 phase 1 offer. */
import { type Attribute, OAKLEY, type Proposal, type SuiteTransform, type Transform } from '../../src/proposals/index.ts';
import { changeAttributes, changeProposal, changeTransform, longForm, type Mutation } from './mutate.ts';
import type { Random } from './random.ts';

const ALGORITHMS = [OAKLEY.encryption, OAKLEY.hash, OAKLEY.auth, OAKLEY.group] as const;

const tv = (type: number, value: number): Attribute => ({ type, form: 'TV', value });
const has =
  (type: number) =>
  ({ attributes }: Transform): boolean =>
    attributes.some((each) => each.type === type);

/** Puts an attribute at a random place, or at the end. */
const adding =
  (make: (chance: Random) => readonly Attribute[]): Mutation =>
  (question, chance) =>
    changeAttributes(
      question,
      chance,
      (own) => own.toSpliced(chance.chance(0.5) ? own.length : chance.below(own.length + 1), 0, ...make(chance)),
      () => true,
    );

const replacing =
  (type: number, make: (chance: Random, old: Attribute) => readonly Attribute[]): Mutation =>
  (question, chance) =>
    changeAttributes(question, chance, (own) => own.flatMap((each) => (each.type === type ? make(chance, each) : [each])), has(type));

const numbersOf = (number: (i: number, own: number, chance: Random) => number): Mutation => {
  return (question, chance) =>
    changeProposal(question, chance, (proposal): Proposal | undefined => {
      if (proposal.transforms.length === 0) return undefined;
      const transforms = proposal.transforms.map(
        (transform, i): Transform =>
          transform.kind === 'suite' ? { ...transform, number: number(i, transform.number, chance) & 0xff } : transform,
      );
      return { ...proposal, transforms };
    });
};

export const MUTATIONS_PHASE1: Readonly<Record<string, Mutation>> = {
  'one transform number for all': numbersOf(() => 1),
  'transform numbers go down': numbersOf((i) => 200 - i),
  'transform numbers with gaps': numbersOf((i) => 5 + 4 * i),
  'odd transform number': (question, chance) =>
    suite(question, chance, (transform) => ({ ...transform, number: chance.pick([0, 1, 7, 255]) })),
  'transform id': (question, chance) => suite(question, chance, (transform) => ({ ...transform, id: chance.pick([0, 2, 3, 255]) })),
  'unknown attribute': adding((chance) => [tv(chance.pick([17, 18, 77, 16_384, 16_385, 32_767]), chance.below(65_536))]),
  'unknown long attribute': adding((chance) => [
    { type: chance.pick([17, 77, 16_384]), form: 'TLV', value: chance.octets(chance.pick([0, 1, 4, 20])) },
  ]),
  'PRF attribute': adding((chance) => [tv(OAKLEY.prf, chance.pick([1, 2, 65_001]))]),
  'group type': adding((chance) => [tv(5, chance.pick([1, 2, 3]))]),
  'group prime': adding((chance) => [{ type: 6, form: 'TLV', value: chance.octets(96) }]),
  'field size': adding((chance) => [tv(15, chance.pick([0, 155, 768]))]),
  'group order': adding((chance) => [{ type: 16, form: 'TLV', value: chance.octets(20) }]),
  'attribute missing': (question, chance) => {
    const type = chance.pick(ALGORITHMS);
    return changeAttributes(question, chance, (own) => own.filter((each) => each.type !== type), has(type));
  },
  'no attributes': (question, chance) => changeAttributes(question, chance, () => []),
  'key length missing': replacing(OAKLEY.keyLength, () => []),
  'odd key length': replacing(OAKLEY.keyLength, (chance) => [tv(OAKLEY.keyLength, chance.pick([0, 1, 64, 200, 512, 65_535]))]),
  'key length twice': replacing(OAKLEY.keyLength, (chance, old) => [old, tv(OAKLEY.keyLength, chance.pick([128, 192, 256]))]),
  'key length where none belongs': (question, chance) =>
    changeAttributes(
      question,
      chance,
      (own) => [...own, tv(OAKLEY.keyLength, chance.pick([0, 64, 128, 192]))],
      (transform) => !has(OAKLEY.keyLength)(transform),
    ),
  'attribute twice': (question, chance) =>
    changeAttributes(question, chance, (own) => own.toSpliced(chance.below(own.length + 1), 0, chance.pick(own))),
  'attribute twice, other value': (question, chance) =>
    changeAttributes(question, chance, (own) => {
      const again = chance.pick(own);
      return own.toSpliced(chance.below(own.length + 1), 0, tv(again.type, chance.pick([1, 2, 5, 7, 14])));
    }),
  'unknown value': (question, chance) => {
    const type = chance.pick(ALGORITHMS);
    return changeAttributes(
      question,
      chance,
      (own) => own.map((each) => (each.type === type ? tv(type, chance.pick([0, 11, 99, 65_001, 65_535])) : each)),
      has(type),
    );
  },
  'long form': (question, chance) =>
    changeAttributes(question, chance, (own) => {
      const at = chance.below(own.length);
      return own.with(at, longForm(own.at(at) as Attribute, chance.pick([0, 1, 2, 2, 4, 8])));
    }),
  XAUTH: replacing(OAKLEY.auth, (chance) => [tv(OAKLEY.auth, chance.pick([64_221, 65_001, 65_005]))]),
  'life type alone': replacing(OAKLEY.lifeDuration, () => []),
  'lifetime alone': replacing(OAKLEY.lifeType, () => []),
  'life type': replacing(OAKLEY.lifeType, (chance) => [tv(OAKLEY.lifeType, chance.pick([0, 2, 3, 65_001]))]),
  lifetime: replacing(OAKLEY.lifeDuration, (chance) => [
    chance.chance(0.4)
      ? tv(OAKLEY.lifeDuration, chance.pick([0, 1, 65_535]))
      : { type: OAKLEY.lifeDuration, form: 'TLV', value: chance.octets(chance.pick([0, 1, 2, 3, 4, 5, 8, 16])) },
  ]),
  'kilobytes beside': adding((chance) => [tv(OAKLEY.lifeType, 2), tv(OAKLEY.lifeDuration, chance.pick([0, 1000, 65_535]))]),
  DOI: (question, chance) => ({ ...question, body: { ...question.body, doi: chance.pick([0, 2, 3, 0xffff_ffff]) } }),
  situation: (question, chance) => ({
    ...question,
    body: { ...question.body, situation: Uint8Array.of(0, 0, 0, chance.pick([0, 2, 3, 4, 5, 7, 8])) },
  }),
};

function suite(
  question: Parameters<Mutation>[0],
  chance: Random,
  change: (transform: SuiteTransform) => SuiteTransform,
): ReturnType<Mutation> {
  return changeTransform(question, chance, (transform) => (transform.kind === 'suite' ? change(transform) : undefined));
}
