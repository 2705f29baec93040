/** What can be wrong with an IKEv2 offer. */
import type { SingleTransform, Transform } from '../../src/proposals/index.ts';
import { changeAttributes, changeProposal, changeTransform, longForm, type Mutation } from './mutate.ts';
import type { Random } from './random.ts';

const [ENCR, PRF, INTEG, KE, ESN] = [1, 2, 3, 4, 5];
const KEY_LENGTH = 14;

const single = (type: number, id: number, keyBits?: number): SingleTransform => ({
  kind: 'single',
  type,
  id,
  attributes: keyBits === undefined ? [] : [{ type: KEY_LENGTH, form: 'TV', value: keyBits }],
});

const ofType =
  (...types: readonly number[]) =>
  (transform: Transform): boolean =>
    transform.kind === 'single' && types.includes(transform.type);

/** Puts transforms at a random place of a random proposal. */
const adding =
  (make: (chance: Random) => readonly SingleTransform[]): Mutation =>
  (question, chance) =>
    changeProposal(question, chance, (proposal) => {
      const at = chance.below(proposal.transforms.length + 1);
      return { ...proposal, transforms: proposal.transforms.toSpliced(at, 0, ...make(chance)) };
    });

const hasKey = (transform: Transform): boolean => transform.attributes.some(({ type }) => type === KEY_LENGTH);

export const MUTATIONS_IKE: Readonly<Record<string, Mutation>> = {
  'type left out': (question, chance) =>
    changeProposal(question, chance, (proposal) => {
      const type = chance.pick([ENCR, PRF, INTEG, KE]);
      const transforms = proposal.transforms.filter((transform) => !ofType(type)(transform));
      return transforms.length === proposal.transforms.length ? undefined : { ...proposal, transforms };
    }),
  'unknown id': (question, chance) =>
    changeTransform(question, chance, (transform) => ({ ...transform, id: chance.pick([0, 9, 99, 1024, 65_001, 65_535]) })),
  'unknown id added': adding((chance) => [single(chance.pick([ENCR, PRF, INTEG, KE]), chance.pick([99, 1024, 65_001, 65_535]))]),
  'unknown type': adding((chance) => [single(chance.pick([0, 13, 42, 240, 255]), chance.below(30))]),
  'type changed': (question, chance) =>
    changeTransform(question, chance, (transform) =>
      transform.kind === 'single' ? { ...transform, type: chance.pick([0, 1, 2, 3, 4, 5, 6, 13]) } : undefined,
    ),
  'ESN in an IKE proposal': adding((chance) => chance.some([single(ESN, 0), single(ESN, 1)], chance.pick([1, 1, 2]))),
  'additional key exchange': adding((chance) => [single(chance.pick([6, 6, 7, 12]), chance.pick([0, 14, 31, 35, 36]))]),
  'integrity NONE beside': adding(() => [single(INTEG, 0)]),
  'integrity beside': adding((chance) => [single(INTEG, chance.pick([2, 12, 13, 14]))]),
  'AEAD beside': adding((chance) => [single(ENCR, chance.pick([18, 20, 20]), chance.pick([128, 256]))]),
  'classic beside': adding((chance) => [single(ENCR, 12, chance.pick([128, 256]))]),
  'group NONE beside': adding(() => [single(KE, 0)]),
  'PRF 0 beside': adding(() => [single(PRF, 0)]),
  'key length missing': (question, chance) => changeAttributes(question, chance, () => [], hasKey),
  'odd key length': (question, chance) =>
    changeAttributes(
      question,
      chance,
      () => [{ type: KEY_LENGTH, form: 'TV', value: chance.pick([0, 1, 8, 64, 112, 160, 512, 65_535]) }],
      hasKey,
    ),
  'key length where none belongs': (question, chance) =>
    changeAttributes(
      question,
      chance,
      () => [{ type: KEY_LENGTH, form: 'TV', value: chance.pick([0, 56, 128, 192, 256]) }],
      (transform) => !hasKey(transform),
    ),
  'key length twice': (question, chance) =>
    changeAttributes(question, chance, (own) => [...own, { type: KEY_LENGTH, form: 'TV', value: chance.pick([128, 256]) }], hasKey),
  'key length first, other': (question, chance) =>
    changeAttributes(question, chance, (own) => [{ type: KEY_LENGTH, form: 'TV', value: chance.pick([0, 128, 192]) }, ...own], hasKey),
  'unknown attribute': (question, chance) =>
    changeAttributes(
      question,
      chance,
      (own) =>
        own.toSpliced(chance.below(own.length + 1), 0, {
          type: chance.pick([1, 13, 15, 17, 77, 16_384, 32_767]),
          form: 'TV',
          value: chance.below(65_536),
        }),
      () => true,
    ),
  'unknown long attribute': (question, chance) =>
    changeAttributes(
      question,
      chance,
      (own) =>
        own.toSpliced(chance.below(own.length + 1), 0, {
          type: chance.pick([1, 13, 77, 16_384]),
          form: 'TLV',
          value: chance.octets(chance.pick([0, 1, 2, 4, 20])),
        }),
      () => true,
    ),
  'long key length': (question, chance) =>
    changeAttributes(question, chance, (own) => own.map((each) => longForm(each, chance.pick([0, 1, 2, 2, 4]))), hasKey),
  'KE of another group': (question, chance) => ({ ...question, keGroup: chance.pick([1, 2, 5, 14, 15, 19, 20, 25, 31, 9999]) }),
};
