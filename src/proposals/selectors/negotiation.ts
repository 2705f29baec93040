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
  readonly request: Request;
  readonly response: Response;
}

/** How it went. */
export interface Conversation {
  readonly offer: Offer;
  /** More than one when the responder asked for another group. */
  readonly rounds: readonly [Round, ...Round[]];
  /** What the initiator made of the answer; nothing when there was none, or its mind is not known. */
  readonly check?: Response;
  /** The responder selected something and the initiator, as far as it is known, is content. */
  readonly agreed: boolean;
  /** The answer's proposal, as a tree. */
  readonly answer?: Offer;
}

/** How often a group is asked for before it is a quarrel. */
const MOST_ROUNDS = 3;

/**
 * Lets `initiator` offer what it is set up for, and `responder` answer. The KE payload carries the first group of the offer, then
 * the one that the responder asks for, if it was offered.
 *
 * @throws ConfigError when one of the two does not play its role
 */
export function converse(initiator: Configured, responder: Configured, negotiation: Negotiation, step: Step): Conversation {
  const offer = initiator.offer(step);
  const sa = writeSa({ offer });
  const groups = groupsOf(offer);
  const ask = (keGroup: number | undefined): Round => {
    const request = { negotiation, step, sa, ...(keGroup !== undefined && { keGroup }) };
    return { request, response: responder.respond(request) };
  };
  const rounds: [Round, ...Round[]] = [ask(groups[0])];
  for (let { response } = rounds[0]; rounds.length < MOST_ROUNDS; ) {
    const { wantsGroup } = response;
    if (wantsGroup === undefined || !groups.includes(wantsGroup)) break;
    const round = ask(wantsGroup);
    rounds.push(round);
    response = round.response;
  }
  const { request, response } = rounds.at(-1) as Round;
  if (response.wire.kind !== 'answer') return { offer, rounds, agreed: false };
  const answer = readSa(response.wire.sa, negotiation).value?.offer;
  const check = initiator.canCheck ? initiator.check({ ...request, sa: response.wire.sa, offered: sa }) : undefined;
  return { offer, rounds, agreed: check === undefined || check.outcome === 'selected', ...(check && { check }), ...(answer && { answer }) };
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

/** IKEv2's transform type of the key exchange method. */
const KEY_EXCHANGE = 4;
