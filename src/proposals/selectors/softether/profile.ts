/**
 * SoftEther VPN Server, an IKEv1 responder for L2TP and EtherIP clients with a pre-shared key.
 *
 * Rule 1: the first transform that it understands and knows wins, in wire order, over all proposals; what goes together is not seen.
 * Rule 2: whatever it cannot read is an offer without transforms, and is answered like one.
 *
 * A client that shows no NAT traversal gets no answer at all where ESP cannot be sent without UDP; that is decided before this.
 *
 * @module
 */
import { logBook } from '../../log-lines.ts';
import { wantOf } from '../../policy.ts';
import type { Judgement } from '../../verdict.ts';
import { choice, GENERIC_HEADER, judgement, notify, PROCEEDS, refusal, SILENCE, writeSa } from '../answers.ts';
import { builtInOnly } from '../built-in.ts';
import { defineProfile, type Request, type Response, type Setup, type Situation } from '../profile.ts';
import { type OfferedTransform, offeredTransforms } from './packet.ts';
import { PHASE1, PHASE2, understandPhase1, understandPhase2, type Understood } from './transforms.ts';

/** Its security log, behind a prefix that names the client. */
export const SOFTETHER_LOG = logBook({
  noIkeTransform: {
    text: 'There are no acceptable transform proposals from the client for establishing an IKE SA.',
    level: 'normal',
  },
  noIpsecTransform: {
    text: 'There are no acceptable transform proposals from the client for establishing an IPsec SA.',
    level: 'normal',
  },
  quickMode: { text: 'The client initiates a QuickMode negotiation.', level: 'normal' },
});

const SETTINGS = {
  raw_esp: { values: ['no', 'yes'], meaning: 'whether ESP can be sent without UDP, so that plain tunnel and transport mode are taken' },
} as const;

type Here = Situation<typeof SETTINGS>;

const [ISAKMP, ESP] = [1, 3];
const POLICY1 = [[wantOf(ISAKMP, PHASE1)]];
const POLICY2 = [[wantOf(ESP, PHASE2)]];

export const softetherProfile = defineProfile({
  name: 'softether',
  title: 'SoftEther VPN',
  basis: 'source',
  sources: [
    'SoftEtherVPN/SoftEtherVPN cf55961 (April 2026) src/Cedar/Proto_IKE.c: GetBestTransformSettingForIkeSa, GetBestTransformSettingForIPsecSa',
    'SoftEtherVPN/SoftEtherVPN cf55961 src/Cedar/Proto_IkePacket.c: IkeParsePayloadListEx, NewIkeEngine',
  ],
  releases: [''],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  faults: (negotiation, { setup }) => builtInOnly(setup.policy, negotiation === 'ikev1-phase1' ? POLICY1 : POLICY2, 'SoftEther VPN'),
  defaults: (negotiation): Setup => ({ policy: negotiation === 'ikev1-phase1' ? POLICY1 : POLICY2 }),
  respond,
  // The answer to a Quick Mode of its own is judged like an offer: it is not compared with what was asked for.
  check: (answer, here) => {
    const response = answer.negotiation === 'ikev1-phase2' ? respond(answer, here) : refusal(SILENCE, []);
    return response.outcome === 'selected' ? { ...response, wire: PROCEEDS, logs: [] } : response;
  },
});

function respond(request: Request, here: Here): Response {
  const one = request.negotiation === 'ikev1-phase1';
  const trace: Judgement[] = [];
  for (const transform of offeredTransforms(request.sa.subarray(GENERIC_HEADER))) {
    if (one ? transform.protocol !== ISAKMP : transform.protocol !== ESP || transform.spiSize !== 4) {
      trace.push(judgement(transform.path, [otherProposal(transform, one)]));
      continue;
    }
    const understood = one ? understandPhase1(transform) : understandPhase2(transform, here.setting('raw_esp') === 'yes');
    trace.push(judgement(transform.path, understood.reasons));
    if (understood.reasons.length === 0) return taken(request, transform, understood, here, trace);
  }
  const log = SOFTETHER_LOG.write(one ? 'noIkeTransform' : 'noIpsecTransform');
  const wire = notify(NO_PROPOSAL_CHOSEN, {
    protocol: one ? ISAKMP : ESP,
    spi: 'cookies',
    messageId: 'random',
    // Before there is an IKE SA the informational exchange goes out under cookies of its own.
    ...(one ? { ownExchange: true, responderSpi: 'zero' } : { encrypted: true }),
  });
  return refusal(wire, trace, [log]);
}

function taken(
  request: Request,
  transform: OfferedTransform,
  { choices, attributes }: Understood,
  here: Here,
  trace: readonly Judgement[],
): Response {
  const one = request.negotiation === 'ikev1-phase1';
  // With a group that it knows and no KE payload it says nothing.
  if (!one && request.keGroup === undefined && choices.some(({ slot }) => slot === 'group')) return refusal(SILENCE, trace);
  const [group = 0, proposal = 0] = transform.path;
  const parts = [{ path: [group, proposal], protocol: transform.protocol, choices }];
  const spi = one ? new Uint8Array() : (here.setup.spi ?? DEFAULT_SPI);
  const answer = { kind: 'suite' as const, number: 1, id: transform.id, attributes };
  const groups = [{ number: 1, proposals: [{ protocol: transform.protocol, spi, transforms: [answer] }] }];
  const logs = one ? [] : [SOFTETHER_LOG.write('quickMode')];
  return choice({ group, parts }, { kind: 'answer', sa: writeSa({ offer: { negotiation: request.negotiation, groups } }) }, trace, logs);
}

function otherProposal({ protocol, spiSize, path }: OfferedTransform, one: boolean): Judgement['reasons'][number] {
  const wanted = one ? ISAKMP : ESP;
  if (protocol !== wanted) return { code: 'protocol-mismatch', offered: protocol, allowed: [wanted] };
  return { code: 'structure', detail: `SPI size ${spiSize}`, path: path.slice(0, 2) };
}

const NO_PROPOSAL_CHOSEN = 14;
const DEFAULT_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
