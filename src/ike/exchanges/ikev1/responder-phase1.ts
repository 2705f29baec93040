/**
 * Main mode and aggressive mode as the responder, message by message.
 *
 * @see RFC 2409 §5, §5.4, RFC 3947 §3.2
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { decodeSaBody } from '../../../proposals/wire/sa.ts';
import { encryptChain } from '../../crypto/sealing-v1.ts';
import { encodeMessage, encodePayloadChain, type Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Sa } from '../../payloads/sa.ts';
import { type Cookies, encryptedMessage, type IsakmpSa } from './isakmp-sa.ts';
import { type Ends, type Nat, NOTIFY_V1 } from './numbers.ts';
import {
  bodyOf,
  type Exchanged,
  guarded,
  hashOf,
  identityPayload,
  isakmpSa,
  keysOffered,
  natOf,
  natPayloads,
  newCookie,
  openPhase1,
  ownVendors,
  type Secured,
  secured,
  speaksNat,
  vendorsOf,
} from './phase1.ts';
import type { Remembered } from './remembered.ts';
import { ended, plainNotice, type Reaction, type ResponderSetup, type SelectorAnswer } from './responder-setup.ts';
import { type Phase1Suite, settlePhase1, type Settling, suitesOf, type SuiteTools, suiteTools } from './suite.ts';

/** After our answer to the offer. */
export interface AwaitingKeys extends Cookies {
  readonly at: 'keys';
  readonly suite: Phase1Suite;
  readonly tools: SuiteTools;
  /** The body of the initiator's SA payload. */
  readonly sa: Uint8Array;
  /** Both ends, if both sides speak of NAT. */
  readonly ends?: Ends;
}

/** After both public values: the peer has to prove itself. */
export interface AwaitingProof extends Secured, Cookies {
  readonly at: 'proof';
  readonly mode: 'main' | 'aggressive';
  readonly suite: Phase1Suite;
  readonly tools: SuiteTools;
  readonly exchanged: Exchanged;
  readonly nat: Nat;
  readonly ends?: Ends;
  /** Aggressive mode: who the peer says it is. */
  readonly peerIdentity?: Identification;
}

export interface Finished {
  readonly at: 'established';
  readonly sa: IsakmpSa;
}

/** What an exchange becomes; without `next` it ends. */
export interface Step<Next> extends Reaction {
  readonly next?: Next;
}

/** The first message of main mode. */
export function answerMain(setup: ResponderSetup, message: Message, sa: Sa): Step<AwaitingKeys> {
  const cookies = { initiatorCookie: message.header.initiatorSpi, responderCookie: newCookie(setup.random) };
  const answer = setup.select('main', encodePayloadChain([sa], 1));
  if (answer.kind !== 'answer') return refusedBy(setup, cookies, 'main', answer);
  const chosen = settled(setup, sa, answer.sa);
  if (!chosen.ok) return ended(chosen.fault);
  const natToo = setup.ends && speaksNat(vendorsOf(message.payloads)) ? { ends: setup.ends } : {};
  const reply = plain(cookies, EXCHANGE.mainMode, [answerPayload(answer.sa), ...ownVendors(natToo.ends)]);
  return { replies: [reply], next: { at: 'keys', ...cookies, ...chosen.value, sa: bodyOf(sa), ...natToo } };
}

/** The second pair of main mode. */
export function answerKeys(setup: ResponderSetup, state: AwaitingKeys, message: Message): Step<AwaitingProof> {
  const { provider, random, authenticator } = setup;
  const { tools, ends, initiatorCookie, responderCookie } = state;
  const peer = keysOffered(message.payloads);
  if (!peer) return ended('incomplete');
  const made = guarded(() => tools.group.respond(random, peer.publicValue));
  if (!made) return ended('key-exchange', plainNotice(setup, state, { type: INVALID_KEY_INFORMATION, data: new Uint8Array() }));
  const nonce = random(32);
  const exchanged: Exchanged = {
    initiatorCookie,
    responderCookie,
    initiatorPublic: peer.publicValue,
    responderPublic: made.publicValue,
    initiatorNonce: peer.nonce,
    responderNonce: nonce,
    secret: made.secret,
    sa: state.sa,
  };
  const reply = plain(state, EXCHANGE.mainMode, [
    { kind: 'ke', type: PAYLOAD_V1.ke, data: shown(setup, made.publicValue) },
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: nonce },
    ...(authenticator.requests ?? []),
    ...(ends ? natPayloads(provider, tools, state, ends) : []),
  ]);
  const nat = natOf(provider, tools, state, ends, message.payloads);
  const keyed = secured(provider, tools, exchanged, authenticator);
  return { replies: [reply], next: { ...state, ...keyed, at: 'proof', mode: 'main', exchanged, nat } };
}

/** The last message of the initiator in both modes, and ours to it in main mode. */
export function answerProof(setup: ResponderSetup, state: AwaitingProof, message: Message, remembered: Remembered): Step<Finished> {
  const { provider, authenticator } = setup;
  const { keys, cbc, iv, exchanged, nat, suite, mode } = state;
  const opened = openPhase1(cbc, iv, message);
  const peer = state.peerIdentity ?? opened?.payloads.find((payload): payload is Identification => payload.kind === 'id');
  if (!opened || !peer)
    return ended('undecipherable', plainNotice(setup, state, { type: NOTIFY_V1.payloadMalformed, data: new Uint8Array() }));
  const fault = authenticator.verify(hashOf(provider, keys, exchanged, 'initiator', peer), peer, opened.payloads);
  if (fault) return ended(fault, plainNotice(setup, state, { type: NOTIFY_V1.authenticationFailed, data: new Uint8Array() }));
  let lastBlock = opened.nextIv;
  const replies: Uint8Array[] = [];
  if (mode === 'main') {
    const identity = identityPayload(setup.identity);
    const proof = authenticator.prove(ownHash(setup, state, identity));
    const sealed = encryptChain(cbc, opened.nextIv, encodePayloadChain([identity, ...proof], 1));
    replies.push(encryptedMessage(state, { exchange: EXCHANGE.mainMode, messageId: 0 }, PAYLOAD_V1.id, sealed.data));
    lastBlock = sealed.nextIv;
  }
  // In aggressive mode NAT-D of the initiator comes only now.
  const seen = mode === 'main' ? nat : natOf(provider, state.tools, state, state.ends, opened.payloads);
  const floated = seen.own || seen.peer;
  const made = { initiator: false, suite, keys, cbc, iv, lastBlock, peerIdentity: peer, floated, remembered };
  const sa = isakmpSa(provider, state, made);
  return { replies, next: { at: 'established', sa }, events: [{ kind: 'established', suite, peerIdentity: peer, nat: seen }] };
}

/** The first message of aggressive mode. */
export function answerAggressive(setup: ResponderSetup, message: Message, sa: Sa): Step<AwaitingProof> {
  const { provider, random, authenticator } = setup;
  const { payloads, header } = message;
  const cookies = { initiatorCookie: header.initiatorSpi, responderCookie: newCookie(random) };
  const answer = setup.select('aggressive', encodePayloadChain([sa], 1), suitesOf(sa.body.offer)[0]?.group);
  if (answer.kind !== 'answer') return refusedBy(setup, cookies, 'aggressive', answer);
  const chosen = settled(setup, sa, answer.sa);
  if (!chosen.ok) return ended(chosen.fault);
  const { tools } = chosen.value;
  const peerKeys = keysOffered(payloads);
  const peer = payloads.find((payload): payload is Identification => payload.kind === 'id');
  if (!peerKeys || !peer) return ended('incomplete');
  const made = guarded(() => tools.group.respond(random, peerKeys.publicValue));
  if (!made) return ended('key-exchange', plainNotice(setup, cookies, { type: INVALID_KEY_INFORMATION, data: new Uint8Array() }));
  const nonce = random(32);
  const exchanged: Exchanged = {
    ...cookies,
    initiatorPublic: peerKeys.publicValue,
    responderPublic: made.publicValue,
    initiatorNonce: peerKeys.nonce,
    responderNonce: nonce,
    secret: made.secret,
    sa: bodyOf(sa),
  };
  const keyed = secured(provider, tools, exchanged, authenticator);
  const natToo = setup.ends && speaksNat(vendorsOf(payloads)) ? { ends: setup.ends } : {};
  const identity = identityPayload(setup.identity);
  const next: AwaitingProof = {
    at: 'proof',
    mode: 'aggressive',
    ...cookies,
    ...chosen.value,
    ...keyed,
    exchanged,
    nat: NO_NAT,
    ...natToo,
    peerIdentity: peer,
  };
  const reply = plain(cookies, EXCHANGE.aggressiveMode, [
    answerPayload(answer.sa),
    { kind: 'ke', type: PAYLOAD_V1.ke, data: shown(setup, made.publicValue) },
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: nonce },
    identity,
    ...authenticator.prove(ownHash(setup, next, identity)),
    ...ownVendors(natToo.ends),
    ...(natToo.ends ? natPayloads(provider, tools, cookies, natToo.ends) : []),
  ]);
  return { replies: [reply], next };
}

function ownHash({ provider, misbehaves }: ResponderSetup, { keys, exchanged }: AwaitingProof, identity: Identification): Uint8Array {
  const hash = hashOf(provider, keys, exchanged, 'responder', identity);
  return misbehaves?.wrongProof === true ? hash.map((octet) => octet ^ 0xff) : hash;
}

function settled(
  { provider, authenticator }: ResponderSetup,
  asked: Sa,
  answer: Uint8Array,
): Settling<{ readonly suite: Phase1Suite; readonly tools: SuiteTools }> {
  const offer: Offer | undefined = decodeSaBody(answer.subarray(4), 'ikev1-phase1').value?.offer;
  if (!offer) return { ok: false, fault: 'not-one-choice' };
  const settling = settlePhase1(asked.body.offer, offer, authenticator.methods);
  if (!settling.ok) return { ok: false, fault: settling.fault };
  const tools = suiteTools(provider, settling.value);
  return tools ? { ok: true, value: { suite: settling.value, tools } } : { ok: false, fault: 'unsupported' };
}

function refusedBy(
  setup: ResponderSetup,
  cookies: Cookies,
  step: 'main' | 'aggressive',
  answer: Exclude<SelectorAnswer, { kind: 'answer' }>,
): Reaction {
  return { replies: answer.kind === 'notify' ? [plainNotice(setup, cookies, answer)] : [], events: [{ kind: 'refused', step }] };
}

/** The selector's octets, as they are. */
export const answerPayload = (sa: Uint8Array): Payload => ({ kind: 'opaque', type: PAYLOAD_V1.sa, data: sa.subarray(4) });

/** Our public value as the peer gets to see it. */
export const shown = ({ misbehaves }: ResponderSetup, value: Uint8Array): Uint8Array =>
  value.subarray(0, value.length - (misbehaves?.shortPublicValue ?? 0));

function plain({ initiatorCookie, responderCookie }: Cookies, exchange: number, payloads: readonly Payload[]): Uint8Array {
  return encodeMessage({
    initiatorSpi: initiatorCookie,
    responderSpi: responderCookie,
    version: 0x10,
    exchange,
    flags: 0,
    messageId: 0,
    payloads,
  });
}

export const INVALID_KEY_INFORMATION = 17;
const NO_NAT: Nat = { own: false, peer: false };
