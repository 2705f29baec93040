/**
 * Main mode as the initiator, to the end: proposal, keys, identities.
 *
 * @see RFC 2409 §5, §5.4, RFC 3947
 * @module
 */
import { encryptChain } from '../../crypto/sealing-v1.ts';
import { encodeMessage, encodePayloadChain, type Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis } from '../machine.ts';
import type { Script } from '../script.ts';
import { converse, type Heard, type Ikev1Event } from './conversation.ts';
import { deleteAll } from './informational.ts';
import { type Cookies, encryptedMessage } from './isakmp-sa.ts';
import {
  begunBy,
  bodyOf,
  type Exchanged,
  failed,
  guarded,
  hashOf,
  identityPayload,
  isakmpSa,
  isEncrypted,
  isZero,
  keysOffered,
  natOf,
  natPayloads,
  newCookie,
  openPhase1,
  ownVendors,
  type Phase1Failure,
  type Phase1Result,
  type Phase1Setup,
  type Phase1Step,
  plainRefusal,
  sealedRefusal,
  secured,
  speaksNat,
  vendorsOf,
} from './phase1.ts';
import { Remembered } from './remembered.ts';
import { type Phase1Suite, settlePhase1, type SuiteTools, suiteTools } from './suite.ts';

/** An answer of the right kind, or why there will be none. */
type Reply = { readonly message: Message; readonly octets: Uint8Array } | { readonly failure: Phase1Failure };

/** The state after the first pair of messages. */
interface Agreed extends Cookies {
  readonly suite: Phase1Suite;
  readonly tools: SuiteTools;
  readonly vendors: readonly Uint8Array[];
  /** The body of our SA payload. */
  readonly sa: Uint8Array;
}

/** Six messages; a failure ends them where it is seen. */
export function* mainMode(setup: Phase1Setup, from: Millis): Script<Phase1Result, Ikev1Event> {
  const { offer, authenticator, provider, ends } = setup;
  const initiatorCookie = newCookie(setup.random);
  const sa: Payload = { kind: 'sa', type: PAYLOAD_V1.sa, body: { offer } };
  const first = plain({ initiatorCookie, responderCookie: new Uint8Array(8) }, [sa, ...ownVendors(ends)]);
  const answer = yield* ask(setup, 'proposal', first, initiatorCookie, undefined, from);
  if ('failure' in answer) return failed(answer.failure);
  const { header, payloads } = answer.message;
  const chosen = payloads.find(({ kind }) => kind === 'sa');
  if (chosen?.kind !== 'sa') return failed({ kind: 'answer', step: 'proposal', fault: 'incomplete' });
  const settling = settlePhase1(offer, chosen.body.offer, authenticator.methods);
  if (!settling.ok) return failed({ kind: 'answer', step: 'proposal', fault: settling.fault });
  const tools = suiteTools(provider, settling.value);
  if (!tools) return failed({ kind: 'answer', step: 'proposal', fault: 'unsupported' });
  const { responderSpi: responderCookie } = header;
  const agreed = { initiatorCookie, responderCookie, suite: settling.value, tools, vendors: vendorsOf(payloads), sa: bodyOf(sa) };
  return yield* exchangeKeys(setup, agreed, answer.now);
}

function* exchangeKeys(setup: Phase1Setup, agreed: Agreed, now: Millis): Script<Phase1Result, Ikev1Event> {
  const { provider, random, ends, authenticator } = setup;
  const { tools, initiatorCookie } = agreed;
  const exchange = tools.group.initiate(random);
  const nonce = random(setup.nonceBytes ?? 32);
  const withNat = speaksNat(agreed.vendors) ? ends : undefined;
  const request = plain(agreed, [
    { kind: 'ke', type: PAYLOAD_V1.ke, data: exchange.publicValue },
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: nonce },
    ...(authenticator.requests ?? []),
    ...(withNat ? natPayloads(provider, tools, agreed, withNat) : []),
  ]);
  const answer = yield* ask(setup, 'key-exchange', request, initiatorCookie, agreed.responderCookie, now);
  if ('failure' in answer) return failed(answer.failure);
  const { payloads } = answer.message;
  const peer = keysOffered(payloads);
  if (!peer) return failed({ kind: 'answer', step: 'key-exchange', fault: 'incomplete' });
  const secret = guarded(() => exchange.finish(peer.publicValue));
  if (!secret) return failed({ kind: 'answer', step: 'key-exchange', fault: 'key-exchange' });
  const exchanged: Exchanged = {
    initiatorCookie,
    responderCookie: agreed.responderCookie,
    initiatorPublic: exchange.publicValue,
    responderPublic: peer.publicValue,
    initiatorNonce: nonce,
    responderNonce: peer.nonce,
    secret,
    sa: agreed.sa,
  };
  const nat = natOf(provider, tools, agreed, withNat, payloads);
  return yield* authenticate(setup, { ...agreed, vendors: [...agreed.vendors, ...vendorsOf(payloads)] }, exchanged, nat, answer.now);
}

function* authenticate(
  setup: Phase1Setup,
  agreed: Agreed,
  exchanged: Exchanged,
  nat: { readonly own: boolean; readonly peer: boolean },
  now: Millis,
): Script<Phase1Result, Ikev1Event> {
  const { provider, authenticator, patience } = setup;
  const keyed = secured(provider, agreed.tools, exchanged, authenticator);
  const { keys, cbc, iv } = keyed;
  const floated = nat.own || nat.peer;
  const identity = identityPayload(setup.identity);
  const proof = authenticator.prove(hashOf(provider, { keys, auth: agreed.suite.auth }, exchanged, 'initiator', identity));
  const sealed = encryptChain(cbc, iv, encodePayloadChain([identity, ...proof], 1));
  const request = encryptedMessage(agreed, { exchange: EXCHANGE.mainMode, messageId: 0 }, PAYLOAD_V1.id, sealed.data);
  const protection = { provider, keys, cbc, initiatorCookie: agreed.initiatorCookie, responderCookie: agreed.responderCookie };
  let repeats = 0;
  const hear = (octets: Uint8Array): Heard<Reply> => {
    const message = begunBy(agreed.initiatorCookie, octets);
    if (!message || !isFrom(message, agreed.responderCookie)) return undefined;
    const refusal = plainRefusal(message, 'authentication') ?? sealedRefusal(protection, message, [sealed.nextIv, iv]);
    if (refusal) return { value: { failure: refusal } };
    if (message.header.exchange !== EXCHANGE.mainMode) return undefined;
    if (isEncrypted(message)) return { value: { message, octets } };
    // A copy of its second answer may be a duplicate on the way; when it keeps coming, the peer does not like our third message.
    repeats++;
    return undefined;
  };
  const answer = yield* converse([request], hear, { ...patience, from: now, floated });
  if (!answer.answered)
    return failed({ kind: 'silence', step: 'authentication', sent: answer.sent, ...(repeats > 1 && { repeats: true }) });
  if ('failure' in answer.value) return failed(answer.value.failure);
  const opened = openPhase1(cbc, sealed.nextIv, answer.value.message);
  if (!opened) return failed({ kind: 'undecipherable', step: 'authentication' });
  const peer = opened.payloads.find((payload) => payload.kind === 'id');
  if (peer?.kind !== 'id') return failed({ kind: 'answer', step: 'authentication', fault: 'incomplete' });
  const remembered = new Remembered();
  const made = { ...keyed, initiator: true, suite: agreed.suite, peerIdentity: peer, floated, lastBlock: opened.nextIv, remembered };
  const sa = isakmpSa(provider, agreed, made);
  const fault = authenticator.verify(
    hashOf(provider, { keys, auth: agreed.suite.auth }, exchanged, 'responder', peer),
    peer,
    opened.payloads,
  );
  if (fault) {
    // The peer has an SA by now: it took our proof before it showed its own.
    yield* deleteAll(sa, [], { random: setup.random, from: answer.now });
    return failed({ kind: 'proof', step: 'authentication', fault });
  }
  return { ok: true, value: { sa, nat, vendors: agreed.vendors, at: answer.now } };
}

/** A pair of messages in the clear. Before the responder's cookie is known, any but zero may be it. */
function* ask(
  { patience }: Phase1Setup,
  step: Phase1Step,
  request: Uint8Array,
  initiatorCookie: Uint8Array,
  responderCookie: Uint8Array | undefined,
  from: Millis,
): Script<{ readonly failure: Phase1Failure } | { readonly message: Message; readonly now: Millis }, Ikev1Event> {
  const wanted = step === 'proposal' ? 'sa' : 'ke';
  const hear = (octets: Uint8Array): Heard<Reply> => {
    const message = begunBy(initiatorCookie, octets);
    if (!message || (responderCookie && !isFrom(message, responderCookie))) return undefined;
    const refusal = plainRefusal(message, step);
    if (refusal) return { value: { failure: refusal } };
    const { header, payloads } = message;
    const fits = header.exchange === EXCHANGE.mainMode && !isEncrypted(message) && !isZero(header.responderSpi);
    return fits && payloads.some(({ kind }) => kind === wanted) ? { value: { message, octets } } : undefined;
  };
  const answer = yield* converse([request], hear, { ...patience, from, floated: false });
  if (!answer.answered) return { failure: { kind: 'silence', step, sent: answer.sent } };
  return 'failure' in answer.value ? answer.value : { message: answer.value.message, now: answer.now };
}

/** A refusal may come without the responder's cookie. */
function isFrom({ header }: Message, responderCookie: Uint8Array): boolean {
  return (
    header.responderSpi.every((octet, i) => octet === responderCookie[i]) ||
    (header.exchange === EXCHANGE.informationalV1 && isZero(header.responderSpi))
  );
}

function plain({ initiatorCookie, responderCookie }: Cookies, payloads: readonly Payload[]): Uint8Array {
  const head = {
    initiatorSpi: initiatorCookie,
    responderSpi: responderCookie,
    version: 0x10,
    exchange: EXCHANGE.mainMode,
    flags: 0,
    messageId: 0,
  };
  return encodeMessage({ ...head, payloads });
}
