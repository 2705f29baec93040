/**
 * Two profiles talk: what one offers, what the other answers, what the first makes of it.
 *
 * @module
 */
import { attributeNumber, IPSEC } from '../clauses.ts';
import { type Negotiation, OAKLEY, type Offer } from '../model.ts';
import { readSa, writeSa } from './answers.ts';
import type { Request, Response, Step } from './profile.ts';
import type { Configured } from './selector.ts';

/** One request and its answer. */
export interface Round {
  readonly offer: Offer;
  readonly request: Request;
  readonly response: Response;
}

/** How it went. */
export interface Conversation {
  /** More than one when the responder asked for another group. */
  readonly rounds: readonly [Round, ...Round[]];
  /** What the initiator made of the answer; nothing when there was none, or its mind is not known. */
  readonly check?: Response;
  /** The responder selected something and the initiator, as far as it is known, is content. */
  readonly agreed: boolean;
  /** The answer's proposal, as a tree. */
  readonly answer?: Offer;
}

/** What the two know of each other beside their setups. */
export interface Circumstances {
  /** The group of their IKE SA: charon tries it first in quick mode. */
  readonly ikeGroup?: number;
  /** They show each other the vendor ID of the same implementation. */
  readonly kin?: boolean;
}

/** How often a group is asked for before it is a quarrel. */
const MOST_ROUNDS = 3;

/**
 * Lets `initiator` offer what it is set up for, and `responder` answer. The KE payload carries the first group of the offer; when the
 * responder asks for another one that was offered, the initiator offers anew.
 *
 * @throws ConfigError when one of the two does not play its role
 */
export function converse(
  initiator: Configured,
  responder: Configured,
  negotiation: Negotiation,
  step: Step,
  circumstances: Circumstances = {},
): Conversation {
  const ask = (wanted?: number): Round => {
    const offer = initiator.offer(step, wanted);
    const groups = groupsOf(offer);
    const keGroup = wanted !== undefined && groups.includes(wanted) ? wanted : groups[0];
    const notifies = hasAdditional(offer) ? { notifies: [INTERMEDIATE_EXCHANGE_SUPPORTED] } : {};
    const kin = circumstances.kin === true ? { kin: true } : {};
    const request = { negotiation, step, sa: writeSa({ offer }), ...(keGroup !== undefined && { keGroup }), ...notifies, ...kin };
    return { offer, request, response: responder.respond(request) };
  };
  const rounds: [Round, ...Round[]] = [ask(circumstances.ikeGroup)];
  let last = rounds[0];
  while (rounds.length < MOST_ROUNDS && last.response.wantsGroup !== undefined && groupsOf(last.offer).includes(last.response.wantsGroup)) {
    last = ask(last.response.wantsGroup);
    rounds.push(last);
  }
  const { request, response } = last;
  if (response.wire.kind !== 'answer') return { rounds, agreed: false };
  const answer = readSa(response.wire.sa, negotiation).value?.offer;
  const check = initiator.canCheck ? initiator.check({ ...request, sa: response.wire.sa, offered: request.sa }) : undefined;
  return { rounds, agreed: check === undefined || check.outcome === 'selected', ...(check && { check }), ...(answer && { answer }) };
}

/** Every group of an offer, in its order. */
export function groupsOf({ negotiation, groups }: Offer): readonly number[] {
  const type = negotiation === 'ikev1-phase1' ? OAKLEY.group : IPSEC.group;
  const found = groups.flatMap(({ proposals }) =>
    proposals.flatMap(({ transforms }) =>
      transforms.flatMap((transform) => {
        if (transform.kind === 'single') return transform.type === KEY_EXCHANGE ? [transform.id] : [];
        return transform.attributes.filter((attribute) => attribute.type === type).map(attributeNumber);
      }),
    ),
  );
  return [...new Set(found)];
}

/** Whether more than one key exchange is offered. @see RFC 9370 §2.2.1 */
function hasAdditional({ groups }: Offer): boolean {
  return groups.some(({ proposals }) =>
    proposals.some(({ transforms }) => transforms.some((each) => each.kind === 'single' && each.type >= 6 && each.type <= 12)),
  );
}

const INTERMEDIATE_EXCHANGE_SUPPORTED = 16438;
/** IKEv2's transform type of the key exchange method. */
const KEY_EXCHANGE = 4;
