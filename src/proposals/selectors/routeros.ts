/**
 * MikroTik RouterOS, as its manuals have it; nothing here was seen on a wire.
 *
 * Rule 1: both sides must have the same encryption and authentication algorithms, group and method; which side's order leads is not said.
 *         Like racoon, whose words its settings are, it is taken to follow the initiator's.
 * Rule 2: `proposal-check` is about the lifetime of phase 2 only. @see lifetimes.ts
 * Rule 3: what no manual says is done as RFC 2408 and RFC 2409 want it, as for other routers known from manuals.
 *
 * @module
 */
import type { Negotiation, Proposal } from '../model.ts';
import { type Policy, policyToOffer } from '../policy.ts';
import type { Reason } from '../verdict.ts';
import { choice, judgement, notify, readSa, refusal } from './answers.ts';
import {
  allCandidates,
  type Candidate,
  echo,
  firstGroup,
  firstOffered,
  type Judge,
  type Judged,
  judgeAll,
  secondsOf,
  selectionOf,
  suiteMismatches,
  traceOf,
  withAuth,
} from './ikev1-suites.ts';
import { checkLifetime, PROPOSAL_CHECKS, type ProposalCheck } from './lifetimes.ts';
import { defineProfile, type Request, type Response, type Setup, type Situation } from './profile.ts';

const SETTINGS = {
  proposal_check: {
    values: ['default', ...PROPOSAL_CHECKS],
    meaning: 'what is done with another lifetime in phase 2; the default is strict in 2.9 and obey from 6.0 on',
  },
} as const;

type Here = Situation<typeof SETTINGS>;

/** Seconds: a day, and half an hour. */
const [LIFETIME1, LIFETIME2] = [86_400, 1_800];
const [ISAKMP, SPI_SIZE] = [1, 4];
const [TUNNEL, NO_PROPOSAL_CHOSEN, PAYLOAD_MALFORMED] = [1, 14, 16];

export const routerosProfile = defineProfile({
  name: 'routeros',
  title: 'MikroTik RouterOS',
  basis: 'documents',
  sources: ['MikroTik RouterOS 2.9 Reference Manual: IP Security, Peers', 'MikroTik Wiki, Manual:IP/IPsec (version 6)'],
  releases: ['2.9', '6.0'],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  respond,
  offer: (_, negotiation, { setup }) => {
    const seconds = setup.lifetime ?? (negotiation === 'ikev1-phase1' ? LIFETIME1 : LIFETIME2);
    return policyToOffer(wanted(negotiation, setup), negotiation, { lifetime: { seconds } });
  },
});

/** Phase 1 with its methods, phase 2 with its mode and, with PFS, its group. */
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

function respond({ sa, negotiation }: Request, here: Here): Response {
  const { value, faults } = readSa(sa, negotiation);
  const [fault] = faults;
  if (value === undefined || fault !== undefined) {
    const detail = fault ? `${fault.code} ${fault.field}` : 'empty';
    return refusal(notify(PAYLOAD_MALFORMED, { protocol: ISAKMP }), [judgement([], [{ code: 'structure', detail, path: [] }])]);
  }
  const policy = wanted(negotiation, here.setup);
  const judge: Judge = (candidate, want) => [
    ...suiteMismatches(candidate, want, negotiation),
    ...(negotiation === 'ikev1-phase2' ? [...againstSpi(candidate), ...againstLifetime(candidate, here)] : []),
  ];
  const judged = judgeAll(allCandidates(value.offer), policy.flat(), judge);
  const chosen = negotiation === 'ikev1-phase1' ? suite(judged) : firstGroup(value.offer, judged, policy, judge);
  if (chosen === undefined) {
    const spread = negotiation === 'ikev1-phase1' ? {} : { encrypted: true as const, messageId: 'random' as const };
    return refusal(notify(NO_PROPOSAL_CHOSEN, { protocol: ISAKMP, ...spread }), traceOf(judged));
  }
  const spi = ({ spi: offered }: Proposal): Uint8Array => (offered.length === SPI_SIZE ? (here.setup.spi ?? DEFAULT_SPI) : NO_SPI);
  return choice(selectionOf(chosen), { kind: 'answer', sa: echo(negotiation, chosen, spi) }, traceOf(judged));
}

function suite(judged: readonly Judged[]): readonly Candidate[] | undefined {
  const first = firstOffered(judged);
  return first && [first.candidate];
}

function againstSpi({ proposal, path }: Candidate): readonly Reason[] {
  return proposal.spi.length === SPI_SIZE ? [] : [{ code: 'structure', detail: `SPI size ${proposal.spi.length}`, path: path.slice(0, 2) }];
}

function againstLifetime(candidate: Candidate, { setup, release, setting }: Here): readonly Reason[] {
  const offered = secondsOf(candidate);
  if (offered === undefined) return [];
  const own = setup.lifetime ?? LIFETIME2;
  const set: ProposalCheck | 'default' = setting('proposal_check');
  const check = set !== 'default' ? set : release.since('6.0') ? 'obey' : 'strict';
  if (checkLifetime(check, offered, own).taken) return [];
  const { path } = candidate;
  return offered > own
    ? [{ code: 'lifetime-too-long', seconds: offered, limit: own, path }]
    : [{ code: 'policy-requires', what: `lifetime ${own}`, path }];
}

const NO_SPI = new Uint8Array();
const DEFAULT_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
