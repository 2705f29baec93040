/**
 * IKEv1 by the letter: both phases, both roles.
 *
 * Rule 1: which acceptable transform is taken is left to the responder. Choice made here: the first in the initiator's order.
 * Rule 2: a longer lifetime than the own may be refused, shortened or told of. Choice made here: a shorter one is used silently.
 *         @see RFC 2407 §4.5.4
 * Rule 3: a transform that is not understood is passed over, and is not told of. @see RFC 2408 §5.6
 *
 * @module
 */
import { attributeNumber } from '../../clauses.ts';
import type { Negotiation, Offer, Proposal, SuiteTransform } from '../../model.ts';
import { type Policy, policyToOffer } from '../../policy.ts';
import { choice, judgement, notify, PROCEEDS, readSa, refusal, SILENCE } from '../answers.ts';
import {
  allCandidates,
  echo,
  firstGroup,
  firstOffered,
  type Judge,
  judgeAll,
  selectionOf,
  suiteMismatches,
  traceOf,
  withAuth,
} from '../ikev1-suites.ts';
import type { AnswerToCheck, Notification, Request, Response, Setup } from '../profile.ts';
import { abortingFault, transformReasons } from './ikev1-rules.ts';
import { type Fault, NOTIFY, structureFault } from './ikev1-structure.ts';

const [ISAKMP, TUNNEL] = [1, 1];

/** The responder. */
export function respondIkev1(request: Request, setup: Setup): Response {
  const { negotiation } = request;
  const one = negotiation === 'ikev1-phase1';
  const decoded = readSa(request.sa, negotiation);
  const broken = structureFault(decoded, negotiation);
  if (broken || decoded.value === undefined) return discarded(broken, one);
  const { offer, doi, situation } = decoded.value;
  const candidates = allCandidates(offer);
  const abort = one ? undefined : candidates.map(abortingFault).find((found) => found !== undefined);
  if (abort) return discarded(abort, one);

  const policy = wanted(negotiation, setup);
  const judge: Judge = (candidate, want) => [...transformReasons(candidate, request), ...suiteMismatches(candidate, want, negotiation)];
  const judged = judgeAll(candidates, policy.flat(), judge);
  const first = firstOffered(judged);
  const chosen = one ? first && [first.candidate] : firstGroup(offer, judged, policy, judge);
  if (chosen === undefined) return refusal(told(NOTIFY.noProposalChosen, one), traceOf(judged));
  const spi = (proposal: Proposal): Uint8Array => (one ? NO_SPI : ownSpi(setup, proposal));
  const head = { ...(doi !== undefined && { doi }), ...(situation && { situation }) };
  return choice(selectionOf(chosen), { kind: 'answer', sa: echo(negotiation, chosen, spi, head) }, traceOf(judged));
}

/** The first offer: the policy in its own order. */
export function offerIkev1(negotiation: Negotiation, setup: Setup): Offer {
  const seconds = setup.lifetime;
  const offer = policyToOffer(wanted(negotiation, setup), negotiation, seconds === undefined ? {} : { lifetime: { seconds } });
  return negotiation === 'ikev1-phase1' ? offer : withSpis(offer, setup.spi ?? DEFAULT_SPI);
}

/** An SPI of four octets, a CPI of two. @see RFC 2407 §4.4.3, RFC 3173 §3.2 */
function withSpis({ negotiation, groups }: Offer, spi: Uint8Array): Offer {
  const own = (protocol: number): Uint8Array => (protocol === IPCOMP ? spi.subarray(-2) : spi);
  return {
    negotiation,
    groups: groups.map((group) => ({ ...group, proposals: group.proposals.map((each) => ({ ...each, spi: own(each.protocol) })) })),
  };
}

const IPCOMP = 4;

/**
 * The initiator's check: the answer has one proposal of each protocol of an offered group, each with one transform that was offered, and
 * its attributes neither changed, added nor left out. How they are encoded, and in which order, is free.
 *
 * @see RFC 2409 §5, RFC 2408 §4.2
 */
export function checkIkev1({ sa, offered, negotiation }: AnswerToCheck): Response {
  const decoded = readSa(sa, negotiation);
  const broken = structureFault(decoded, negotiation);
  const answer = decoded.value?.offer;
  if (broken || answer === undefined) return refusal(SILENCE, [faultJudgement(broken)]);
  const [group, ...others] = answer.groups;
  const single = group !== undefined && others.length === 0 && group.proposals.every(({ transforms }) => transforms.length === 1);
  const asked = readSa(offered, negotiation).value?.offer.groups ?? [];
  const match =
    single && asked.some(({ proposals }) => proposals.length === group.proposals.length && group.proposals.every(offeredIn(proposals)));
  if (!match) {
    return refusal(SILENCE, [faultJudgement({ detail: 'RFC 2409 §5: the answer is one of the transforms offered', notify: 0, path: [] })]);
  }
  const chosen = allCandidates(answer);
  return choice(
    selectionOf(chosen),
    PROCEEDS,
    chosen.map(({ path }) => judgement(path)),
  );
}

function offeredIn(proposals: readonly Proposal[]): (answered: Proposal) => boolean {
  return ({ protocol, transforms: [transform] }) => {
    const content = transform?.kind === 'suite' && contentOf(transform);
    return proposals.some(
      (proposal) =>
        proposal.protocol === protocol && proposal.transforms.some((each) => each.kind === 'suite' && contentOf(each) === content),
    );
  };
}

/** Identifier and attributes, by type; the durations stay behind their types. */
function contentOf({ id, attributes }: SuiteTransform): string {
  const pairs = attributes.map((attribute): [number, number] => [attribute.type, attributeNumber(attribute)]);
  return JSON.stringify([id, pairs.toSorted(([a], [b]) => a - b)]);
}

function wanted(negotiation: Negotiation, setup: Setup): Policy {
  if (negotiation === 'ikev1-phase1') return withAuth(setup.policy, setup.auth);
  return setup.policy.map((bundle) =>
    bundle.map((want) => {
      const slots = new Map(want.slots);
      if (!slots.has('mode')) slots.set('mode', [{ id: setup.mode ?? TUNNEL }]);
      if (!slots.has('group') && setup.pfsGroup !== undefined) slots.set('group', [{ id: setup.pfsGroup }]);
      return { ...want, slots };
    }),
  );
}

/** Informational messages are optional; sent, they are under the protection that there is. @see RFC 2408 §5.4, RFC 2409 §5.7 */
function told(type: number, one: boolean): Notification {
  return notify(type, { protocol: ISAKMP, ...(one ? {} : { encrypted: true }), messageId: 'random' });
}

function discarded(fault: Fault | undefined, one: boolean): Response {
  return refusal(told(fault?.notify ?? NOTIFY.payloadMalformed, one), [faultJudgement(fault)]);
}

function faultJudgement(fault: Fault | undefined): ReturnType<typeof judgement> {
  const { detail, path, notify: fatal } = fault ?? { detail: 'RFC 2408 §3.4', path: [], notify: NOTIFY.payloadMalformed };
  return judgement(path, [{ code: 'structure', detail, path }], fatal > 0 ? { fatal } : {});
}

/** As long as the one offered. */
function ownSpi({ spi = DEFAULT_SPI }: Setup, { spi: offered }: Proposal): Uint8Array {
  return offered.length === spi.length ? spi : spi.slice(-offered.length);
}

const NO_SPI = new Uint8Array();
const DEFAULT_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
