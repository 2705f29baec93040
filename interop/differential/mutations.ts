/**
 * What can be wrong with an offer: each mutation changes a well-formed question so that it is not what the RFCs allow, or not what anybody sends.
 *
 * A mutation that finds nothing to change leaves the question as it is, and another one is taken.
 */
import type { Offer, Proposal, ProposalGroup, Transform } from '../../src/proposals/index.ts';
import { MUTATIONS_IKE } from './mutations-ike.ts';
import { MUTATIONS_PHASE1 } from './mutations-phase1.ts';
import { changeProposal, changeTransform, type Mutation, pickOddOctet } from './mutate.ts';
import type { Question } from './question.ts';
import type { Random } from './random.ts';

/** The question with one to three things wrong. */
export function mutated(question: Question, chance: Random): Question {
  const own = question.step === 'sa-init' ? MUTATIONS_IKE : MUTATIONS_PHASE1;
  const all = Object.entries({ ...MUTATIONS, ...own });
  let count = chance.pick([1, 1, 1, 1, 2, 2, 3]);
  let result = question;
  for (let tries = 0; count > 0 && tries < 20; tries++) {
    const [name, mutation] = chance.pick(all);
    const changed = mutation(result, chance);
    if (changed === undefined) continue;
    result = { ...changed, oddities: [...result.oddities, name] };
    count -= 1;
  }
  return result;
}

/** Those that both versions share. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'transform twice': (question, chance) =>
    changeProposal(question, chance, (proposal) => {
      const again = proposal.transforms[chance.below(proposal.transforms.length)];
      if (again === undefined) return undefined;
      const at = chance.below(proposal.transforms.length + 1);
      return { ...proposal, transforms: proposal.transforms.toSpliced(at, 0, again) };
    }),
  'no transforms': (question, chance) => changeProposal(question, chance, (proposal) => ({ ...proposal, transforms: [] })),
  'no proposals': (question) => withGroups(question, () => []),
  'proposal twice': (question, chance) =>
    withGroups(question, (groups) => (groups.length === 0 ? undefined : [...groups, chance.pick(groups)])),
  'one number for all': (question) =>
    withGroups(question, (groups) => (groups.length < 2 ? undefined : groups.map((group) => ({ ...group, number: 1 })))),
  'odd proposal number': (question, chance) =>
    withGroups(question, (groups) => {
      const number = chance.pick([0, 0, 2, 3, 5, 200, 255]);
      const at = chance.below(groups.length);
      return groups.length === 0 ? undefined : groups.with(at, { ...(groups.at(at) as ProposalGroup), number });
    }),
  'numbers go down': (question) =>
    withGroups(question, (groups) => (groups.length < 2 ? undefined : groups.map((group, i) => ({ ...group, number: groups.length - i })))),
  protocol: (question, chance) =>
    changeProposal(question, chance, (proposal) => ({ ...proposal, protocol: chance.pick([0, 2, 3, 4, 7, 255]) })),
  SPI: (question, chance) =>
    changeProposal(question, chance, (proposal) => ({ ...proposal, spi: chance.octets(chance.pick([1, 4, 8, 8, 16, 17, 255])) })),
  'transform count': (question, chance) =>
    changeProposal(question, chance, (proposal) => {
      const { length } = proposal.transforms;
      return { ...proposal, odd: { ...proposal.odd, transformCount: chance.pick([0, Math.max(0, length - 1), length + 1, 255]) } };
    }),
  'proposal reserved': (question, chance) =>
    changeProposal(question, chance, (proposal) => ({ ...proposal, odd: { ...proposal.odd, reserved: chance.pick([1, 255]) } })),
  'proposal chain': (question, chance) =>
    changeProposal(question, chance, (proposal) => ({ ...proposal, odd: { ...proposal.odd, nextPayload: chance.pick([0, 2, 3, 7]) } })),
  'transform reserved': (question, chance) => oddTransform(question, chance, 'reserved', [1, 255]),
  'transform reserved 2': (question, chance) => oddTransform(question, chance, 'reserved2', [1, 255]),
  'transform chain': (question, chance) => oddTransform(question, chance, 'nextPayload', [0, 2, 3, 7]),
  'many transforms': (question, chance) =>
    changeProposal(question, chance, (proposal) => {
      if (proposal.transforms.length === 0) return undefined;
      const filled = Array.from(
        { length: chance.pick([60, 130]) },
        (_, i) => proposal.transforms.at(i % proposal.transforms.length) as Transform,
      );
      return { ...proposal, transforms: numbered(filled) };
    }),
  'many proposals': (question, chance) =>
    withGroups(question, (groups) => {
      if (groups.length === 0) return undefined;
      return Array.from({ length: chance.pick([12, 30]) }, (_, i) => ({
        ...(groups.at(i % groups.length) as ProposalGroup),
        number: i + 1,
      }));
    }),
  cut: (question, chance) => ({ ...question, edits: [...question.edits, { kind: 'cut', at: chance.next() }] }),
  'octets behind': (question, chance) => ({
    ...question,
    edits: [...question.edits, { kind: 'insert', at: 1, octets: chance.octets(chance.pick([1, 2, 4, 8])) }],
  }),
  'octets between': (question, chance) => ({
    ...question,
    edits: [...question.edits, { kind: 'insert', at: chance.next(), octets: chance.octets(chance.pick([1, 4])) }],
  }),
  'octet changed': (question, chance) => ({
    ...question,
    edits: [...question.edits, { kind: 'set', at: chance.next(), octet: pickOddOctet(chance) }],
  }),
  'random octets': (question, chance) => ({
    ...question,
    edits: [
      { kind: 'cut', at: chance.pick([0, 0.2, 0.5]) },
      { kind: 'insert', at: 1, octets: chance.octets(chance.pick([0, 3, 8, 12, 40])) },
    ],
  }),
  'many octets changed': (question, chance) => ({
    ...question,
    edits: Array.from({ length: chance.pick([2, 4, 8]) }, () => ({ kind: 'set' as const, at: chance.next(), octet: pickOddOctet(chance) })),
  }),
  'header octet': (question, chance) => ({ ...question, headerOctet: chance.pick([0x80, 0x01, 0x7f, 0xff]) }),
};

function oddTransform(
  question: Question,
  chance: Random,
  what: 'reserved' | 'reserved2' | 'nextPayload',
  values: readonly number[],
): Question | undefined {
  return changeTransform(question, chance, (transform) => ({ ...transform, odd: { ...transform.odd, [what]: chance.pick(values) } }));
}

function withGroups(
  question: Question,
  change: (groups: readonly ProposalGroup[]) => readonly ProposalGroup[] | undefined,
): Question | undefined {
  const groups = change(question.body.offer.groups);
  if (groups === undefined) return undefined;
  const offer: Offer = { ...question.body.offer, groups };
  return { ...question, body: { ...question.body, offer } };
}

function numbered(transforms: readonly Transform[]): Proposal['transforms'] {
  return transforms.map((transform, i) => (transform.kind === 'suite' ? { ...transform, number: (i + 1) & 0xff } : transform));
}
