/**
 * Whether an answer is something that isakmpd offered.
 *
 * @see isakmpd sa.c sa_validate_proto_xf, sa_validate_xf_attrs
 * @module
 */
import type { IsakmpdAttribute, IsakmpdProposal, IsakmpdTransform } from './payload.ts';

/** One of the transforms offered has the protocol, the id, and the attributes of the answer, each with its value, none more or less. */
export function wasOffered(proposal: IsakmpdProposal, answer: IsakmpdTransform, offered: readonly IsakmpdProposal[]): boolean {
  // Of an attribute that stands twice the last is compared.
  const answered = new Map(answer.attributes.map((each) => [each.type, valueOf(each)] as const));
  return offered.some(
    ({ protocol, transforms }) =>
      protocol === proposal.protocol &&
      transforms.some(({ id, attributes }) => {
        const equal = attributes.every((each) => valueOf(each) !== undefined && answered.get(each.type) === valueOf(each));
        return id === answer.id && equal && [...answered.keys()].every((type) => attributes.some((each) => each.type === type));
      }),
  );
}

/** Values of two octets and of four are compared as numbers, others never equal. */
function valueOf({ octets }: IsakmpdAttribute): number | undefined {
  if (octets.length !== 2 && octets.length !== 4) return undefined;
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}
