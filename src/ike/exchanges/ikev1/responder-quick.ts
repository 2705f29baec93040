/**
 * Quick mode as the responder.
 *
 * @see RFC 2409 §5.5
 * @module
 */
import type { Proposal } from '../../../proposals/model.ts';
import { decodeSaBody, encodeSaBody, type SaBody } from '../../../proposals/wire/sa.ts';
import { finalQuickHash } from '../../crypto/keymat-v1.ts';
import { sameOctets } from '../../crypto/provider.ts';
import { encodePayloadChain, type Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Sa } from '../../payloads/sa.ts';
import { informational } from './informational.ts';
import { beginChain, type Chain, type IsakmpSa, open, openHashed, seal } from './isakmp-sa.ts';
import { NOTIFY_V1, notifyPayload } from './numbers.ts';
import { guarded } from './phase1.ts';
import { type Child, childOf } from './quick-mode.ts';
import { type Chosen, chosenFrom, PHASE2, settlePhase2, withSpis } from './phase2.ts';
import { INVALID_KEY_INFORMATION, shown, type Step } from './responder-phase1.ts';
import { valueOf } from './suite.ts';
import { ended, type Reaction, type ResponderSetup } from './responder-setup.ts';

/** After our answer: HASH(3) has to come. */
export interface AwaitingConfirmation {
  readonly chain: Chain;
  readonly hash: Uint8Array;
  readonly children: readonly (readonly Child[])[];
}

/** The first message of quick mode. One whose hash is wrong is passed over. */
export function answerQuick(setup: ResponderSetup, sa: IsakmpSa, message: Message): Step<AwaitingConfirmation> {
  const { messageId } = message.header;
  const opened = openHashed(sa, message, beginChain(sa, messageId));
  const nonce = opened?.payloads.find((payload) => payload.kind === 'nonce');
  const asked = opened?.payloads.filter((payload): payload is Sa => payload.kind === 'sa') ?? [];
  if (!opened || nonce?.kind !== 'nonce' || asked.length === 0)
    return { replies: [], events: [{ kind: 'passed-over', exchange: EXCHANGE.quickMode }] };
  const clients = opened.payloads.filter((payload): payload is Identification => payload.kind === 'id');
  const refuse = (type: number): Uint8Array =>
    informational(sa, setup.random, [notifyPayload(type, new Uint8Array(), { protocol: 3, spi: new Uint8Array(4) })]);
  if (setup.admits?.(clients[0], clients[1]) === false) return ended('clients', refuse(NOTIFY_V1.invalidIdInformation));
  const ke = opened.payloads.find((payload) => payload.kind === 'ke');
  const answered = asked.map((each) => answerOne(setup, each, ke !== undefined));
  const chosen = answered.flatMap((each) => ('chosen' in each ? [each.chosen] : []));
  const refused = answered.find((each) => 'notify' in each);
  if (refused)
    return { replies: refused.notify === undefined ? [] : [refuse(refused.notify)], events: [{ kind: 'refused', step: 'quick' }] };
  const group = chosen.flat().find((each) => each.group !== undefined)?.group;
  const made =
    group === undefined
      ? undefined
      : guarded(() => (ke?.kind === 'ke' ? sa.provider.keyExchange(group)?.respond(setup.random, ke.data) : undefined));
  if (group !== undefined && !made) return ended('key-exchange', refuse(INVALID_KEY_INFORMATION));
  const own = setup.random(32);
  const payloads: readonly Payload[] = [
    ...answered.flatMap((each) =>
      'body' in each ? [{ kind: 'opaque', type: PAYLOAD_V1.sa, data: encodeSaBody(each.body) } as const] : [],
    ),
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: own },
    ...(made ? [{ kind: 'ke', type: PAYLOAD_V1.ke, data: shown(setup, made.publicValue) } as const] : []),
    ...clients,
  ];
  const reply = seal(sa, EXCHANGE.quickMode, opened.chain, payloads, [nonce.data]);
  const seed = { initiatorNonce: nonce.data, responderNonce: own, ...(made && { secret: made.secret }) };
  const hash = finalQuickHash(sa.provider, sa.keys, messageId, nonce.data, own);
  const children = chosen.map((each) => each.map((one) => childOf(sa, one, seed)));
  return { replies: [reply.bytes], next: { chain: reply.chain, hash, children } };
}

/** The last message of quick mode. */
export function confirmQuick(sa: IsakmpSa, state: AwaitingConfirmation, message: Message): Reaction & { readonly confirmed: boolean } {
  const opened = open(sa, message, state.chain);
  if (!opened || !sameOctets(opened.hash, state.hash))
    return { confirmed: false, replies: [], events: [{ kind: 'passed-over', exchange: EXCHANGE.quickMode }] };
  return { confirmed: true, replies: [], events: [{ kind: 'child', children: state.children }] };
}

/** The selector's answer to one SA payload with SPIs of our own in it; or the notification instead, if any. */
function answerOne(
  setup: ResponderSetup,
  asked: Sa,
  withKe: boolean,
): { readonly body: SaBody; readonly chosen: readonly Chosen[] } | { readonly notify: number | undefined } {
  const answer = setup.select('quick', encodePayloadChain([asked], 1), withKe ? firstGroup(asked) : undefined);
  if (answer.kind !== 'answer') return { notify: answer.kind === 'notify' ? answer.type : undefined };
  const decoded = decodeSaBody(answer.sa.subarray(4), 'ikev1-phase2').value;
  const body = decoded && { ...decoded, offer: withSpis(decoded.offer, setup.random) };
  const settling = body && settlePhase2(asked.body.offer, body.offer);
  if (!body || !settling?.ok) return { notify: NOTIFY_V1.noProposalChosen };
  const peers = settling.value;
  const chosen = body.offer.groups[0]?.proposals.flatMap((each) => chosenBy(each, peers)) ?? [];
  return { body, chosen };
}

function firstGroup({ body }: Sa): number | undefined {
  const transform = body.offer.groups[0]?.proposals[0]?.transforms[0];
  return transform && valueOf(transform.attributes, PHASE2.group);
}

/** From our side: what we chose is where we receive, and the offer names where the peer does. */
function chosenBy({ protocol, spi, transforms: [transform] }: Proposal, settled: readonly Chosen[]): readonly Chosen[] {
  const offered = settled.find((each) => each.protocol === protocol);
  return transform?.kind === 'suite' && offered ? [chosenFrom(protocol, transform, spi, offered.ownSpi)] : [];
}
