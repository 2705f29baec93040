/**
 * Aggressive mode as the initiator: three messages, the peer's proof in the second.
 *
 * @see RFC 2409 §5, §5.4, RFC 3947 §3.2
 * @module
 */
import { encryptChain } from '../../crypto/sealing-v1.ts';
import { encodeMessage, encodePayloadChain, type Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { KeyExchange } from '../../crypto/provider.ts';
import type { Millis } from '../machine.ts';
import type { Script } from '../script.ts';
import { aside } from './aside.ts';
import { converse, type Heard, type Ikev1Event, sendAway } from './conversation.ts';
import { encryptedMessage } from './isakmp-sa.ts';
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
  ownVendors,
  type Phase1Failure,
  type Phase1Result,
  type Phase1Setup,
  plainRefusal,
  secured,
  speaksNat,
  vendorsOf,
} from './phase1.ts';
import { Remembered } from './remembered.ts';
import { settlePhase1, suitesOf, suiteTools } from './suite.ts';

type Reply = { readonly message: Message; readonly octets: Uint8Array } | { readonly failure: Phase1Failure };

/** What our first message said. */
interface Begun {
  readonly cookie: Uint8Array;
  readonly exchange: KeyExchange;
  readonly nonce: Uint8Array;
  /** The body of our SA payload. */
  readonly sa: Uint8Array;
}

const STEP = 'proposal';
const fault = (kind: Extract<Phase1Failure, { kind: 'answer' }>['fault']): Phase1Result =>
  failed({ kind: 'answer', step: STEP, fault: kind });

/** The offer names one group: aggressive mode cannot negotiate it. `linger`: how long to listen after the last message, which nobody answers. */
export function* aggressiveMode(setup: Phase1Setup & { readonly linger?: Millis }, from: Millis): Script<Phase1Result, Ikev1Event> {
  const { offer, provider, random, patience, ends } = setup;
  const group = suitesOf(offer)[0]?.group;
  const exchange = group === undefined ? undefined : provider.keyExchange(group)?.initiate(random);
  if (!exchange) return fault('unsupported');
  const sa: Payload = { kind: 'sa', type: PAYLOAD_V1.sa, body: { offer } };
  const begun: Begun = { cookie: newCookie(random), exchange, nonce: random(setup.nonceBytes ?? 32), sa: bodyOf(sa) };
  const { cookie } = begun;
  const request = encodeMessage({
    initiatorSpi: cookie,
    responderSpi: new Uint8Array(8),
    version: 0x10,
    exchange: EXCHANGE.aggressiveMode,
    flags: 0,
    messageId: 0,
    payloads: [
      sa,
      { kind: 'ke', type: PAYLOAD_V1.ke, data: exchange.publicValue },
      { kind: 'nonce', type: PAYLOAD_V1.nonce, data: begun.nonce },
      identityPayload(setup.identity),
      ...(setup.authenticator.requests ?? []),
      ...ownVendors(ends),
    ],
  });
  const hear = (octets: Uint8Array): Heard<Reply> => {
    const message = begunBy(cookie, octets);
    const refusal = message && plainRefusal(message, STEP);
    if (refusal) return { value: { failure: refusal } };
    const fits = message?.header.exchange === EXCHANGE.aggressiveMode && !isEncrypted(message) && !isZero(message.header.responderSpi);
    return fits && message.payloads.some(({ kind }) => kind === 'sa') ? { value: { message, octets } } : undefined;
  };
  const answer = yield* converse([request], hear, { ...patience, from, floated: false });
  if (!answer.answered) return failed({ kind: 'silence', step: STEP, sent: answer.sent });
  return 'failure' in answer.value ? failed(answer.value.failure) : yield* finish(setup, begun, answer.value, answer.now);
}

function* finish(
  setup: Phase1Setup & { readonly linger?: Millis },
  { cookie, exchange, nonce, sa }: Begun,
  { message, octets }: { readonly message: Message; readonly octets: Uint8Array },
  now: Millis,
): Script<Phase1Result, Ikev1Event> {
  const { provider, offer, authenticator, ends } = setup;
  const { header, payloads } = message;
  const chosen = payloads.find(({ kind }) => kind === 'sa');
  const settling = chosen?.kind === 'sa' ? settlePhase1(offer, chosen.body.offer, authenticator.methods) : undefined;
  if (!settling) return fault('incomplete');
  if (!settling.ok) return fault(settling.fault);
  const tools = suiteTools(provider, settling.value);
  if (!tools) return fault('unsupported');
  const peerKeys = keysOffered(payloads);
  const peer = payloads.find((payload) => payload.kind === 'id');
  if (!peerKeys || peer?.kind !== 'id') return fault('incomplete');
  const secret = guarded(() => exchange.finish(peerKeys.publicValue));
  if (!secret) return fault('key-exchange');
  const cookies = { initiatorCookie: cookie, responderCookie: header.responderSpi };
  const exchanged: Exchanged = {
    ...cookies,
    initiatorPublic: exchange.publicValue,
    responderPublic: peerKeys.publicValue,
    initiatorNonce: nonce,
    responderNonce: peerKeys.nonce,
    secret,
    sa,
  };
  const keyed = secured(provider, tools, exchanged, authenticator);
  const proving = { keys: keyed.keys, auth: settling.value.auth };
  const proofFault = authenticator.verify(hashOf(provider, proving, exchanged, 'responder', peer), peer, payloads);
  if (proofFault) return failed({ kind: 'proof', step: 'authentication', fault: proofFault });
  const vendors = vendorsOf(payloads);
  const withNat = ends && speaksNat(vendors) ? ends : undefined;
  const nat = natOf(provider, tools, cookies, withNat, payloads);
  const floated = nat.own || nat.peer;
  const proof = authenticator.prove(hashOf(provider, proving, exchanged, 'initiator', identityPayload(setup.identity)));
  const last: readonly Payload[] = [...proof, ...(withNat ? natPayloads(provider, tools, cookies, withNat) : [])];
  const sealed = encryptChain(keyed.cbc, keyed.iv, encodePayloadChain(last, 1));
  const bytes = encryptedMessage(cookies, { exchange: EXCHANGE.aggressiveMode, messageId: 0 }, last[0]?.type ?? 0, sealed.data);
  const remembered = new Remembered();
  remembered.keep(octets, [bytes]);
  const made = { ...keyed, initiator: true, suite: settling.value, peerIdentity: peer, floated, lastBlock: sealed.nextIv, remembered };
  const established = { ...isakmpSa(provider, cookies, made), unconfirmed: bytes };
  const linger = setup.linger ?? 0;
  yield* sendAway([bytes], (datagram) => aside(established, datagram), { from: now, floated, linger });
  return { ok: true, value: { sa: established, nat, vendors, at: now + linger } };
}
