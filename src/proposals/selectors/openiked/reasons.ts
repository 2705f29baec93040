/**
 * Why a proposal did not suit iked. The daemon says only a score of 0; these are ours, against the nearest of its proposals.
 *
 * @module
 */
import { lookup, spaceOf } from '../../algorithms.ts';
import type { Algorithm, Choice, Negotiation, Slot } from '../../model.ts';
import { TRANSFORM_TYPE_SLOT } from '../../model.ts';
import { choiceReason } from '../../rules.ts';
import type { Judgement, Reason } from '../../verdict.ts';
import { judgement } from '../answers.ts';
import { type Circumstances, type IkedProposal, type IkedTransform, impliesIntegrity, requiredTypes } from './matching.ts';
import { PROTOCOL, TYPE } from './names.ts';
import type { PeerOffer, PeerProposal, PeerTransform } from './payload.ts';

/** One judgement per proposal; those that were dropped unread among them. */
export function judgements(
  offer: PeerOffer,
  local: readonly IkedProposal[],
  negotiation: Negotiation,
  circumstances: Circumstances,
  chosen?: PeerProposal,
): readonly Judgement[] {
  const judged = offer.proposals.map((peer) => {
    return judgement(peer.path, peer === chosen ? [] : nearest(peer, local, negotiation, circumstances), { shown: 0 });
  });
  const dropped = offer.dropped.map(({ path, type }) => {
    return judgement(path, [{ code: 'structure', detail: `unknown transform type ${type}`, path }]);
  });
  return [...judged, ...dropped].sort((a, b) => comparePaths(a.path, b.path));
}

function nearest(peer: PeerProposal, local: readonly IkedProposal[], negotiation: Negotiation, circumstances: Circumstances): Reason[] {
  let best: Reason[] | undefined;
  for (const own of local) {
    if (own.protocol !== peer.protocol) continue;
    const reasons = against(peer, own, negotiation, circumstances);
    if (best === undefined || reasons.length < best.length) best = reasons;
  }
  if (best !== undefined && best.length > 0) return best;
  const allowed = [...new Set(local.map(({ protocol }) => protocol))];
  if (best === undefined) return [{ code: 'protocol-mismatch', offered: peer.protocol, allowed }];
  return [{ code: 'policy-requires', what: 'another proposal, which scored better', path: peer.path }];
}

function against(peer: PeerProposal, own: IkedProposal, negotiation: Negotiation, circumstances: Circumstances): Reason[] {
  const at = { negotiation, protocol: peer.protocol };
  const implied = peer.transforms.some(impliesIntegrity);
  const offered = new Map<number, PeerTransform[]>();
  for (const transform of peer.transforms) {
    const list = offered.get(transform.type);
    if (list) list.push(transform);
    else offered.set(transform.type, [transform]);
  }
  const required = requiredTypes(peer.protocol, implied, groupRequired(own, circumstances));
  return [...TYPES].flatMap((type): Reason[] => {
    const choices = (offered.get(type) ?? []).map(choiceOf);
    const slot = slotOf(type);
    const allowed = own.transforms.filter((each) => each.type === type).map(algorithmOf);
    if (choices.length === 0) return required.includes(type) ? [{ code: 'slot-missing', slot, allowed }] : [];
    if (implied && type === TYPE.integrity) return [{ code: 'slot-unexpected', slot, offered: choices }];
    if (choices.some((choice) => allowed.some((each) => each.id === choice.id && each.keyBits === choice.keyBits))) return [];
    if (allowed.length === 0 && choices.some(({ id }) => lookup(slot, spaceOf(slot, negotiation, peer.protocol), id) !== undefined)) {
      return [{ code: 'slot-unexpected', slot, offered: choices }];
    }
    return choices.map((choice) => choiceReason(choice, allowed, at));
  });
}

/** A group is required of a child where one is configured and "none" is not. */
function groupRequired(own: IkedProposal, { rekey }: Circumstances): boolean {
  const groups = own.transforms.filter(({ type }) => type === TYPE.group);
  return rekey && own.protocol === PROTOCOL.esp && groups.length > 0 && groups.every(({ id }) => id !== 0);
}

/** A transform of the peer as a choice. */
export function choiceOf({ type, id, length, path }: PeerTransform): Choice {
  return { slot: slotOf(type), ...algorithmOf({ type, id, length }), path };
}

function algorithmOf({ id, length }: IkedTransform): Algorithm {
  return length === 0 ? { id } : { id, keyBits: length };
}

const slotOf = (type: number): Slot => TRANSFORM_TYPE_SLOT.get(type) as Slot;
const TYPES = Object.values(TYPE);

function comparePaths(a: readonly number[], b: readonly number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
}
