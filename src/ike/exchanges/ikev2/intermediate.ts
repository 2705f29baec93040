/**
 * IKE_INTERMEDIATE: additional key exchanges before IKE_AUTH, and what of them IKE_AUTH signs.
 *
 * @see RFC 9242, RFC 9370 §2.2.2
 * @module
 */
import { intermediateSkeyseed } from '../../crypto/keymat-v2.ts';
import { concat, type CryptoProvider } from '../../crypto/provider.ts';
import { EXCHANGE, FLAG, PAYLOAD_V2 } from '../../numbers.ts';
import type { Millis } from '../machine.ts';
import type { Script } from '../script.ts';
import { type IkeSa, ikeSa, type Opened } from './ike-sa.ts';
import { findError } from './notifies.ts';
import { type Carrier, protectedRequest } from './protected.ts';
import { type Initiated, secretOf } from './sa-init.ts';

/** The chains of both sides, as long as the exchanges go. */
export interface IntAuth {
  initiator: Uint8Array;
  responder: Uint8Array;
}

/** Nothing was exchanged yet. */
export const NO_INT_AUTH: IntAuth = { initiator: new Uint8Array(), responder: new Uint8Array() };

/** Why the key exchanges did not come to their end. */
export type IntermediateFailure =
  | { readonly kind: 'silence'; readonly sent: number }
  | { readonly kind: 'notify'; readonly notify: number; readonly data: Uint8Array }
  | { readonly kind: 'answer'; readonly fault: 'incomplete' | 'key-exchange' | 'unsupported' };

export type IntermediateResult =
  | { readonly ok: true; readonly sa: IkeSa; readonly intAuth?: IntAuth; readonly now: Millis }
  | { readonly ok: false; readonly failure: IntermediateFailure };

/** One exchange for each additional key exchange that was settled on, as the initiator. */
export function* intermediates(provider: CryptoProvider, begun: Initiated, carrier: Carrier): Script<IntermediateResult> {
  let { sa, at: now } = begun;
  let intAuth: IntAuth | undefined;
  const fail = (failure: IntermediateFailure): IntermediateResult => ({ ok: false, failure });
  for (const group of begun.additional) {
    const exchange = provider.keyExchange(group)?.initiate(carrier.random);
    if (!exchange) return fail({ kind: 'answer', fault: 'unsupported' });
    const payload = { kind: 'ke', type: PAYLOAD_V2.ke, group, data: exchange.publicValue } as const;
    const messageId = sa.window.nextRequest;
    const answer = yield* protectedRequest(sa, EXCHANGE.intermediate, [payload], carrier, now);
    if (!answer.answered) return fail({ kind: 'silence', sent: answer.sent });
    now = answer.now;
    const { value } = answer;
    const error = findError(value.payloads);
    if (error) return fail({ kind: 'notify', notify: error.notify, data: error.data });
    const ke = value.payloads.find((each) => each.kind === 'ke');
    if (ke?.kind !== 'ke' || ke.group !== group) return fail({ kind: 'answer', fault: 'incomplete' });
    const secret = secretOf(exchange, ke.data);
    if (!secret) return fail({ kind: 'answer', fault: 'key-exchange' });
    intAuth = chained(sa, intAuth, messageId, plainOf(payload), value);
    const next = rekeyed(provider, sa, begun, secret);
    if (!next) return fail({ kind: 'answer', fault: 'unsupported' });
    sa = next;
  }
  return { ok: true, sa, now, ...(intAuth && { intAuth }) };
}

/** The plain octets of one KE payload alone in a message. */
export function plainOf({ group, data }: { readonly group: number; readonly data: Uint8Array }): Pick<Opened, 'plain' | 'first'> {
  const length = data.length + 8;
  return { plain: concat(Uint8Array.of(0, 0, length >> 8, length & 0xff, group >> 8, group & 0xff, 0, 0), data), first: PAYLOAD_V2.ke };
}

/** Both chains one exchange longer. `sa` is the one that protected it. @see RFC 9242 §3.3.2 */
export function chained(
  sa: IkeSa,
  before: IntAuth | undefined,
  messageId: number,
  request: Pick<Opened, 'plain' | 'first'>,
  response: Pick<Opened, 'plain' | 'first'>,
): IntAuth {
  const { initiator, responder } = before ?? NO_INT_AUTH;
  return {
    initiator: sa.prf.compute(sa.keys.pi, initiator, authenticated(sa, messageId, FLAG.initiator, request)),
    responder: sa.prf.compute(sa.keys.pr, responder, authenticated(sa, messageId, FLAG.response, response)),
  };
}

/** The header and the head of the SK payload as if there were neither fragments nor IV, padding, checksum; then what is inside. */
function authenticated(sa: IkeSa, messageId: number, flags: number, { plain, first }: Pick<Opened, 'plain' | 'first'>): Uint8Array {
  const head = new Uint8Array(HEAD);
  const view = new DataView(head.buffer);
  head.set(sa.initiatorSpi, 0);
  head.set(sa.responderSpi, 8);
  head.set([PAYLOAD_V2.encrypted, 0x20, EXCHANGE.intermediate, flags], 16);
  view.setUint32(20, messageId);
  view.setUint32(24, HEAD + plain.length);
  view.setUint8(28, first);
  view.setUint16(30, 4 + plain.length);
  return concat(head, plain);
}

const HEAD = 32;

/** The IKE SA under the keys that the next exchange uses; SPIs and counting stay. */
export function rekeyed(
  provider: CryptoProvider,
  sa: IkeSa,
  nonces: Pick<Initiated, 'ownNonce' | 'peerNonce'>,
  secret: Uint8Array,
): IkeSa | undefined {
  const { initiatorSpi, responderSpi, slots, initiator, window } = sa;
  const [initiatorNonce, responderNonce] = initiator ? [nonces.ownNonce, nonces.peerNonce] : [nonces.peerNonce, nonces.ownNonce];
  const seed = { initiatorNonce, responderNonce, initiatorSpi, responderSpi };
  return ikeSa(provider, { ...seed, slots, initiator, window, skeyseed: intermediateSkeyseed(sa.prf, sa.keys.d, seed, secret) });
}

/** What stands behind the octets that are signed: both chains and the message ID of IKE_AUTH. */
export function intAuthOctets({ initiator, responder }: IntAuth, messageId: number): Uint8Array {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, messageId);
  return concat(initiator, responder, id);
}
