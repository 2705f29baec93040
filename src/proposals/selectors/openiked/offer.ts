/**
 * What iked asks for.
 *
 * @see OpenIKED ikev2.c ikev2_add_proposals
 * @module
 */
import type { Negotiation, Offer, SingleTransform } from '../../model.ts';
import type { Step } from '../profile.ts';
import { distinct, type IkedProposal } from './matching.ts';
import { TYPE } from './names.ts';

/** All its proposals, transforms in the order configured. IKE_AUTH says no groups; nor does a child whose only group is "none". */
export function ikedOffer(step: Step, negotiation: Negotiation, local: readonly IkedProposal[], spi?: Uint8Array): Offer {
  const child = negotiation === 'ikev2-child';
  const own = child || step === 'rekey-ike' ? (spi ?? Uint8Array.of(0, 0, 0x10, 0x01)) : new Uint8Array();
  const groups = local.map(({ number, protocol, transforms }) => {
    const silent = child && (step === 'auth' || !transforms.some(({ type, id }) => type === TYPE.group && id !== 0));
    const written = distinct(transforms).filter(({ type }) => !(silent && type === TYPE.group));
    return { number, proposals: [{ protocol, spi: own, transforms: written.map(transformOf) }] };
  });
  return { negotiation, groups };
}

function transformOf({ type, id, length }: IkedProposal['transforms'][number]): SingleTransform {
  return { kind: 'single', type, id, attributes: length === 0 ? [] : [{ type: KEY_LENGTH, form: 'TV', value: length }] };
}

const KEY_LENGTH = 14;
