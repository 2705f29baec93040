/**
 * Quick mode as the responder.
 *
 * @see RFC 2409 §5.5
 * @module
 */
import type { Offer, Proposal } from '../../../proposals/model.ts';
import { decodeSaBody, encodeSaBody, type SaBody } from '../../../proposals/wire/sa.ts';
import { finalQuickHash } from '../../crypto/keymat-v1.ts';
import { sameOctets } from '../../crypto/provider.ts';
import type { Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Happening, Reaction } from '../events.ts';
import { type Offered, offersIn, type Refusal, saBody } from '../selecting.ts';
import { informational } from './informational.ts';
import { beginChain, type Chain, type IsakmpSa, open, openHashed, seal } from './isakmp-sa.ts';
import { NOTIFY_V1, notifyPayload } from './numbers.ts';
import { guarded } from './phase1.ts';
import { type Child, childOf } from './quick-mode.ts';
import { type Chosen, chosenFrom, PHASE2, settlePhase2, withSpis } from './phase2.ts';
import { type Here, INVALID_KEY_INFORMATION, shown, type Step } from './responder-states.ts';
import { valueOf } from './suite.ts';
import { spiOf } from './responder-setup.ts';

/** After our answer: HASH(3) has to come. */
export interface AwaitingConfirmation {
  readonly chain: Chain;
  readonly hash: Uint8Array;
  readonly children: readonly (readonly Child[])[];
}

/** The first message of quick mode. One whose hash is wrong is passed over. */
export function answerQuick(here: Here, sa: IsakmpSa, message: Message): Step<AwaitingConfirmation> {
  const { messageId } = message.header;
  const opened = openHashed(sa, message, beginChain(sa, messageId));
  const nonce = opened?.payloads.find((payload) => payload.kind === 'nonce');
  const asked = opened ? offersIn(opened.payloads, 1) : [];
  if (!opened || nonce?.kind !== 'nonce' || asked.length === 0)
    return { replies: [], events: [{ kind: 'passed-over', exchange: EXCHANGE.quickMode }] };
  if (here.misbehaviour?.deafTo?.includes('child') === true) return { replies: [] };
  const clients = opened.payloads.filter((payload): payload is Identification => payload.kind === 'id');
  const refuse = (how: Omit<Refusal, 'kind' | 'data'> & { readonly data?: Uint8Array }, events: readonly Happening[] = []): Reaction => {
    const { type, data, protocol = 3, spi = 'zero' } = how;
    const reply = informational(sa, here.random, [notifyPayload(type, data, { protocol, spi: spiOf(spi, sa) })]);
    return { replies: [reply], events: [...events, { kind: 'refused', step: 'quick', notify: type }] };
  };
  if (here.admits?.(clients[0], clients[1]) === false)
    return refuse({ type: NOTIFY_V1.invalidIdInformation }, [{ kind: 'ended', why: 'clients' }]);
  const ke = opened.payloads.find((payload) => payload.kind === 'ke');
  const answered = asked.map((each) => answerOne(here, each, ke !== undefined));
  const events = answered.map(({ offer }) => offer);
  const chosen = answered.flatMap((each) => ('chosen' in each ? [each.chosen] : []));
  const refused = answered.find((each) => 'refusal' in each);
  if (refused)
    return refused.refusal ? refuse(refused.refusal, events) : { replies: [], events: [...events, { kind: 'refused', step: 'quick' }] };
  const failing = here.misbehaviour?.failsChildren;
  if (failing !== undefined) return refuse({ type: failing }, events);
  const group = chosen.flat().find((each) => each.group !== undefined)?.group;
  const made =
    group === undefined
      ? undefined
      : guarded(() => (ke?.kind === 'ke' ? sa.provider.keyExchange(group)?.respond(here.random, ke.data) : undefined));
  if (group !== undefined && !made) return refuse({ type: INVALID_KEY_INFORMATION }, [...events, { kind: 'ended', why: 'key-exchange' }]);
  const own = here.random(32);
  const payloads: readonly Payload[] = [
    ...answered.flatMap((each) =>
      'body' in each ? [{ kind: 'opaque', type: PAYLOAD_V1.sa, data: encodeSaBody(each.body) } as const] : [],
    ),
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: own },
    ...(made ? [{ kind: 'ke', type: PAYLOAD_V1.ke, data: shown(here, made.publicValue) } as const] : []),
    ...clients,
  ];
  const reply = seal(sa, EXCHANGE.quickMode, opened.chain, payloads, [nonce.data]);
  const seed = { initiatorNonce: nonce.data, responderNonce: own, ...(made && { secret: made.secret }) };
  const hash = finalQuickHash(sa.provider, sa.keys, messageId, nonce.data, own);
  const children = chosen.map((each) => each.map((one) => childOf(sa, one, seed)));
  return { replies: [reply.bytes], events, next: { chain: reply.chain, hash, children } };
}

/** The last message of quick mode. */
export function confirmQuick(sa: IsakmpSa, state: AwaitingConfirmation, message: Message): Reaction & { readonly confirmed: boolean } {
  const opened = open(sa, message, state.chain);
  if (!opened || !sameOctets(opened.hash, state.hash))
    return { confirmed: false, replies: [], events: [{ kind: 'passed-over', exchange: EXCHANGE.quickMode }] };
  return { confirmed: true, replies: [], events: [{ kind: 'child', children: state.children }] };
}

type AnsweredOne = { readonly offer: Happening } & (
  | { readonly body: SaBody; readonly chosen: readonly Chosen[] }
  /** The notification instead, if any. */
  | { readonly refusal: Omit<Refusal, 'kind' | 'data'> | undefined }
);

/** The selector's answer to one SA payload with SPIs of our own in it. */
function answerOne(here: Here, asked: Offered, withKe: boolean): AnsweredOne {
  const keGroup = withKe && asked.offer ? firstGroup(asked.offer) : undefined;
  const request = { negotiation: 'ikev1-phase2', step: 'quick', sa: asked.octets, ...(keGroup !== undefined && { keGroup }) } as const;
  const { wire } = here.select(request);
  const offer: Happening = { kind: 'offer', request, wire };
  if (wire.kind !== 'answer') return { offer, refusal: wire.kind === 'notify' ? wire : undefined };
  const decoded = decodeSaBody(saBody(wire.sa), 'ikev1-phase2').value;
  const body = decoded && { ...decoded, offer: withSpis(decoded.offer, here.random) };
  const settling = body && asked.offer && settlePhase2(asked.offer, body.offer);
  // What is chosen is never used: DES can be answered, for the peer to see.
  const peers = settling?.value;
  if (!body || !peers) return { offer, refusal: { type: NOTIFY_V1.noProposalChosen } };
  const chosen = body.offer.groups[0]?.proposals.flatMap((each) => chosenBy(each, peers)) ?? [];
  return { offer, body, chosen };
}

function firstGroup({ groups }: Offer): number | undefined {
  const transform = groups[0]?.proposals[0]?.transforms[0];
  return transform && valueOf(transform.attributes, PHASE2.group);
}

/** From our side: what we chose is where we receive, and the offer names where the peer does. */
function chosenBy({ protocol, spi, transforms: [transform] }: Proposal, settled: readonly Chosen[]): readonly Chosen[] {
  const offered = settled.find((each) => each.protocol === protocol);
  return transform?.kind === 'suite' && offered ? [chosenFrom(protocol, transform, spi, offered.ownSpi)] : [];
}
