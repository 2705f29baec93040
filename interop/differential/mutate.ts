/** Changing one place of a question: a random proposal, transform or attribute. */
import type { Attribute, Proposal, Transform } from '../../src/proposals/index.ts';
import type { Question } from './question.ts';
import type { Random } from './random.ts';

/** Nothing when there is nothing to change. */
export type Mutation = (question: Question, chance: Random) => Question | undefined;

/** Changes a random proposal. */
export function changeProposal(
  question: Question,
  chance: Random,
  change: (proposal: Proposal) => Proposal | undefined,
): Question | undefined {
  const { groups } = question.body.offer;
  const places = groups.flatMap(({ proposals }, g) => proposals.map((_, p) => [g, p] as const));
  if (places.length === 0) return undefined;
  const [g, p] = chance.pick(places);
  const group = groups[g];
  const before = group?.proposals[p];
  const after = before && change(before);
  if (!group || !after) return undefined;
  const offer = { ...question.body.offer, groups: groups.with(g, { ...group, proposals: group.proposals.with(p, after) }) };
  return { ...question, body: { ...question.body, offer } };
}

/** Changes a random transform; several or none may take its place. */
export function changeTransform(
  question: Question,
  chance: Random,
  change: (transform: Transform) => Transform | readonly Transform[] | undefined,
  wanted: (transform: Transform) => boolean = () => true,
): Question | undefined {
  return changeProposal(question, chance, (proposal) => {
    const places = proposal.transforms.flatMap((transform, i) => (wanted(transform) ? [i] : []));
    if (places.length === 0) return undefined;
    const at = chance.pick(places);
    const after = change(proposal.transforms.at(at) as Transform);
    if (after === undefined) return undefined;
    return { ...proposal, transforms: proposal.transforms.toSpliced(at, 1, ...(Array.isArray(after) ? after : [after as Transform])) };
  });
}

/** Changes the attributes of a random transform that has some (or of any, when `empty`). */
export function changeAttributes(
  question: Question,
  chance: Random,
  change: (attributes: readonly Attribute[]) => readonly Attribute[] | undefined,
  wanted: (transform: Transform) => boolean = ({ attributes }) => attributes.length > 0,
): Question | undefined {
  return changeTransform(
    question,
    chance,
    (transform) => {
      const attributes = change(transform.attributes);
      return attributes && { ...transform, attributes };
    },
    wanted,
  );
}

/** The same attribute in the long form. */
export function longForm(attribute: Attribute, octets: number): Attribute {
  if (attribute.form === 'TLV') return attribute;
  const value = new Uint8Array(octets);
  for (let i = 0, left = attribute.value; i < octets; i++, left = Math.floor(left / 256)) value[octets - 1 - i] = left % 256;
  return { type: attribute.type, form: 'TLV', value };
}

/** An octet that matters more often than a random one. */
export const pickOddOctet = (chance: Random): number => (chance.chance(0.5) ? chance.pick([0, 1, 2, 3, 8, 12, 255]) : chance.below(256));
