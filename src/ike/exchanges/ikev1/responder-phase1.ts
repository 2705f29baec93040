/**
 * Main mode and aggressive mode as the responder, message by message.
 *
 * @see RFC 2409 §5, §5.4, RFC 3947 §3.2
 * @module
 */
import { encryptChain } from '../../crypto/sealing-v1.ts';
import type { Identity } from '../../crypto/x509/certificate.ts';
import { keyExchangeGroup } from '../../groups.ts';
import { encodePayloadChain, type Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Happening } from '../events.ts';
import { type Offered, saBody } from '../selecting.ts';
import { encryptedMessage } from './isakmp-sa.ts';
import { type Nat, NOTIFY_V1 } from './numbers.ts';
import {
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
  secured,
} from './phase1.ts';
import type { Remembered } from './remembered.ts';
import { ended, plainNotice } from './responder-setup.ts';
import {
  agreed,
  answerPayload,
  type AwaitingKeys,
  type AwaitingProof,
  endsOf,
  type Finished,
  type Here,
  INVALID_KEY_INFORMATION,
  ownHash,
  plain,
  refusedBy,
  shown,
  type Spent,
  type Step,
  vendors,
} from './responder-states.ts';
import { suitesOf } from './suite.ts';

/** The first message of main mode. */
export function answerMain(here: Here, message: Message, offered: Offered): Step<AwaitingKeys | Spent> {
  const cookies = { initiatorCookie: message.header.initiatorSpi.slice(), responderCookie: newCookie(here.random) };
  const request = { negotiation: 'ikev1-phase1', step: 'main', sa: offered.octets } as const;
  const { wire } = here.select(request);
  const events: readonly Happening[] = [{ kind: 'offer', request, wire }];
  if (wire.kind !== 'answer') return refusedBy(here, cookies, 'main', wire, events);
  const chosen = agreed(here, offered, wire.sa);
  const ends = endsOf(here, message);
  const reply = plain(cookies, EXCHANGE.mainMode, [answerPayload(wire.sa), ...vendors(here, ends)]);
  if (typeof chosen === 'string')
    return { replies: [reply], events: [...events, { kind: 'ended', why: chosen }], next: { at: 'spent', ...cookies } };
  const next = { at: 'keys', ...cookies, ...chosen, sa: saBody(offered.octets), ...(ends && { ends }) } as const;
  return { replies: [reply], events, next };
}

/** The second pair of main mode. */
export function answerKeys(here: Here, state: AwaitingKeys, message: Message): Step<AwaitingProof> {
  const { provider, random } = here;
  const { tools, ends, initiatorCookie, responderCookie, authenticator } = state;
  const peer = keysOffered(message.payloads);
  if (!peer) return ended('incomplete');
  const made = guarded(() => tools.group.respond(random, peer.publicValue));
  if (!made) return ended('key-exchange', plainNotice(here, state, { type: INVALID_KEY_INFORMATION, data: new Uint8Array() }));
  const nonce = random(32);
  const exchanged: Exchanged = {
    initiatorCookie,
    responderCookie,
    initiatorPublic: peer.publicValue.slice(),
    responderPublic: made.publicValue,
    initiatorNonce: peer.nonce.slice(),
    responderNonce: nonce,
    secret: made.secret,
    sa: state.sa,
  };
  const reply = plain(state, EXCHANGE.mainMode, [
    { kind: 'ke', type: PAYLOAD_V1.ke, data: shown(here, made.publicValue) },
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: nonce },
    ...(authenticator.requests ?? []),
    ...(ends ? natPayloads(provider, tools, state, ends) : []),
  ]);
  const nat = natOf(provider, tools, state, ends, message.payloads);
  const keyed = secured(provider, tools, exchanged, authenticator);
  here.keys?.({ provider, initiatorCookie: state.initiatorCookie, keys: keyed.keys, suite: state.suite });
  return { replies: [reply], next: { ...state, ...keyed, at: 'proof', mode: 'main', exchanged, nat } };
}

/** The last message of the initiator in both modes, and ours to it in main mode. */
export function answerProof(here: Here, state: AwaitingProof, message: Message, remembered: Remembered): Step<Finished> {
  const { provider } = here;
  const { keys, cbc, iv, exchanged, nat, suite, mode, authenticator } = state;
  const opened = openPhase1(cbc, iv, message);
  const peer = state.peerIdentity ?? opened?.payloads.find((payload): payload is Identification => payload.kind === 'id');
  if (!opened || !peer)
    return ended('undecipherable', plainNotice(here, state, { type: NOTIFY_V1.payloadMalformed, data: new Uint8Array() }));
  const fault = authenticator.verify(hashOf(provider, { keys, auth: suite.auth }, exchanged, 'initiator', peer), peer, opened.payloads);
  if (fault) return ended(fault, plainNotice(here, state, { type: NOTIFY_V1.authenticationFailed, data: new Uint8Array() }));
  let lastBlock = opened.nextIv;
  const replies: Uint8Array[] = [];
  if (mode === 'main') {
    const identity = identityPayload(here.identity);
    const proof = authenticator.prove(ownHash(here, state, identity));
    const sealed = encryptChain(cbc, opened.nextIv, encodePayloadChain([identity, ...proof], 1));
    replies.push(encryptedMessage(state, { exchange: EXCHANGE.mainMode, messageId: 0 }, PAYLOAD_V1.id, sealed.data));
    lastBlock = sealed.nextIv;
  }
  // In aggressive mode NAT-D of the initiator comes only now.
  const seen = mode === 'main' ? nat : natOf(provider, state.tools, state, state.ends, opened.payloads);
  const floated = seen.own || seen.peer;
  const peerIdentity = { ...peer, data: peer.data.slice() };
  const made = { initiator: false, suite, keys, cbc, iv, lastBlock, peerIdentity, floated, remembered };
  const sa = isakmpSa(provider, state, made);
  const identity: Identity = { idType: peer.idType, data: peerIdentity.data };
  const first = opened.payloads.some((each) => each.kind === 'notify' && each.notify === NOTIFY_V1.initialContact);
  return {
    replies,
    next: { at: 'established', sa },
    events: [
      { kind: 'authenticated', identity, method: suite.auth, nat: seen },
      ...(first ? [{ kind: 'notified', notify: NOTIFY_V1.initialContact, protocol: 1, spi: new Uint8Array() } as const] : []),
    ],
  };
}

/** The first message of aggressive mode. */
export function answerAggressive(here: Here, message: Message, offered: Offered): Step<AwaitingProof | Spent> {
  const { provider, random } = here;
  const { payloads, header } = message;
  const cookies = { initiatorCookie: header.initiatorSpi.slice(), responderCookie: newCookie(random) };
  const keGroup = offered.offer && suitesOf(offered.offer)[0]?.group;
  const request = {
    negotiation: 'ikev1-phase1',
    step: 'aggressive',
    sa: offered.octets,
    ...(keGroup !== undefined && { keGroup }),
  } as const;
  const { wire } = here.select(request);
  const events: readonly Happening[] = [{ kind: 'offer', request, wire }];
  if (wire.kind !== 'answer') return refusedBy(here, cookies, 'aggressive', wire, events);
  const peerKeys = keysOffered(payloads);
  const peer = payloads.find((payload): payload is Identification => payload.kind === 'id');
  if (!peerKeys || !peer) return { replies: [], events: [...events, { kind: 'ended', why: 'incomplete' }] };
  const chosen = agreed(here, offered, wire.sa);
  const ends = endsOf(here, message);
  const identity = identityPayload(here.identity);
  const answer = (publicValue: Uint8Array, nonce: Uint8Array, proof: readonly Payload[], nat: readonly Payload[] = []): Uint8Array =>
    plain(cookies, EXCHANGE.aggressiveMode, [
      answerPayload(wire.sa),
      { kind: 'ke', type: PAYLOAD_V1.ke, data: publicValue },
      { kind: 'nonce', type: PAYLOAD_V1.nonce, data: nonce },
      identity,
      ...proof,
      ...vendors(here, ends),
      ...nat,
    ]);
  const nonce = random(32);
  if (typeof chosen === 'string') {
    // The whole answer without a key behind it: its SA payload is what the selector said.
    const octets = keyExchangeGroup(keGroup ?? 0)?.publicValueBytes ?? peerKeys.publicValue.length;
    const reply = answer(random(octets), nonce, [{ kind: 'hash', type: PAYLOAD_V1.hash, data: random(20) }]);
    return { replies: [reply], events: [...events, { kind: 'ended', why: chosen }], next: { at: 'spent', ...cookies } };
  }
  const { tools, authenticator } = chosen;
  const made = guarded(() => tools.group.respond(random, peerKeys.publicValue));
  if (!made) {
    const { replies } = ended('key-exchange', plainNotice(here, cookies, { type: INVALID_KEY_INFORMATION, data: new Uint8Array() }));
    return { replies, events: [...events, { kind: 'ended', why: 'key-exchange' }] };
  }
  const exchanged: Exchanged = {
    ...cookies,
    initiatorPublic: peerKeys.publicValue.slice(),
    responderPublic: made.publicValue,
    initiatorNonce: peerKeys.nonce.slice(),
    responderNonce: nonce,
    secret: made.secret,
    sa: saBody(offered.octets),
  };
  const keyed = secured(provider, tools, exchanged, authenticator);
  here.keys?.({ provider, initiatorCookie: cookies.initiatorCookie, keys: keyed.keys, suite: chosen.suite });
  const next: AwaitingProof = {
    at: 'proof',
    mode: 'aggressive',
    ...cookies,
    ...chosen,
    ...keyed,
    exchanged,
    nat: NO_NAT,
    ...(ends && { ends }),
    peerIdentity: { ...peer, data: peer.data.slice() },
  };
  const proof = authenticator.prove(ownHash(here, next, identity));
  const requests = authenticator.requests ?? [];
  const reply = answer(
    shown(here, made.publicValue),
    nonce,
    [...requests, ...proof],
    ends ? natPayloads(provider, tools, cookies, ends) : [],
  );
  return { replies: [reply], events, next };
}

const NO_NAT: Nat = { own: false, peer: false };
