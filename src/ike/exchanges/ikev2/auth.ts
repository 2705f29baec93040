/**
 * IKE_AUTH as the initiator: both prove who they are, and the first child SA is made.
 *
 * @see RFC 7296 §1.2, §2.15, §2.21.2, RFC 6023
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { signedOctets } from '../../crypto/keymat-v2.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { EXCHANGE, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Script } from '../script.ts';
import { nonZeroSpi } from './choosing.ts';
import {
  type Authenticator,
  type CertificateData,
  type Identity,
  identityOctets,
  type Proof,
  type ProofFault,
  sameIdentity,
} from './authenticator.ts';
import { childOf, type ChildOutcome, type ChildWish } from './child.ts';
import type { IkeSa } from './ike-sa.ts';
import { close, deleteChildren } from './informational.ts';
import { type IntAuth, intAuthOctets } from './intermediate.ts';
import { findError, findNotify, NOTIFY_V2, notifyPayload } from './notifies.ts';
import { type Ppk, ppkPayload, withPpk } from './ppk.ts';
import type { Carrier } from './protected.ts';
import type { Initiated } from './sa-init.ts';
import { withSpi } from './spi-in-offer.ts';
import { type Answers, ask, type Session, session } from './session.ts';
import { selectorPayloads } from './traffic.ts';

/** Who we are, whom we want, and what for. */
export interface AuthSetup {
  readonly provider: CryptoProvider;
  readonly carrier: Carrier;
  readonly authenticator: Authenticator;
  readonly identity: Identity;
  /** Whom we ask for (IDr), if anybody. */
  readonly wanted?: Identity;
  /** Who it has to be; anybody who proves an identity when left out. */
  readonly expected?: Identity;
  /** The first child SA; without it none is asked for. @see RFC 6023 */
  readonly child?: ChildWish;
  readonly answers?: Answers;
  /** We say that we know of no other SA with the peer: it forgets those that it has. @see RFC 7296 §2.4 */
  readonly initialContact?: true;
  readonly ppk?: Ppk;
}

/** Why there is no session. */
export type AuthFailure =
  | { readonly kind: 'silence'; readonly sent: number }
  /** The peer refused: AUTHENTICATION_FAILED, or what else it said. */
  | { readonly kind: 'notify'; readonly notify: number; readonly data: Uint8Array }
  /** We cannot prove ourselves in a way that the peer takes. */
  | { readonly kind: 'no-proof' }
  | { readonly kind: 'answer'; readonly fault: 'incomplete' }
  /** It wants EAP, which we do not speak. */
  | { readonly kind: 'eap' }
  /** The peer's own proof does not hold: another key than ours, a certificate that is not trusted, … */
  | { readonly kind: 'peer-proof'; readonly fault: ProofFault; readonly identity: Identity }
  /** It proved to be somebody else than expected. */
  | { readonly kind: 'peer-identity'; readonly identity: Identity };

export type AuthResult =
  | {
      readonly ok: true;
      readonly session: Session;
      readonly child: ChildOutcome;
      readonly peer: Identity;
      readonly proof: { readonly method: number; readonly ppk: boolean };
    }
  | { readonly ok: false; readonly failure: AuthFailure };

/** One IKE_AUTH. `sa` is the one after the additional key exchanges. */
export function* ikeAuth(setup: AuthSetup, begun: Initiated, sa: IkeSa, intAuth: IntAuth | undefined): Script<AuthResult> {
  const { provider, carrier, authenticator, child: wish, answers } = setup;
  const on = session({ provider, carrier, sa, now: begun.at, answers });
  const signing = { ...begun, ...(intAuth && { intAuth: intAuthOctets(intAuth, sa.window.nextRequest) }) };
  const prove = (under: IkeSa): Proof | undefined =>
    authenticator.sign(ownOctets(under, signing, setup.identity), { prf: sa.prf, hashes: begun.signatureHashes });
  const ppk = begun.ppk ? setup.ppk : undefined;
  const mixed = ppk && withPpk(sa, ppk.key);
  const proof = prove(mixed ?? sa);
  // What goes without the key, for a peer that does not have it.
  const plain = mixed && !ppk?.required ? prove(sa) : undefined;
  if (!proof || (setup.ppk?.required && !mixed)) return fail({ kind: 'no-proof' });
  const ownSpi = nonZeroSpi(on);
  const offer = wish && withSpi(wish.offer, ownSpi, 'without-groups');
  const answer = yield* ask(on, EXCHANGE.auth, requestPayloads(setup, proof, offer, ppkNotifies(ppk, plain)));
  if (!answer.answered) return fail({ kind: 'silence', sent: answer.sent });
  const { payloads } = answer.value;
  const auth = payloads.find((each) => each.kind === 'auth');
  const id = payloads.find((each) => each.kind === 'id' && each.type === PAYLOAD_V2.idResponder);
  const error = findError(payloads);
  if (error && auth === undefined) return fail({ kind: 'notify', notify: error.notify, data: error.data });
  if (payloads.some(({ kind }) => kind === 'eap')) return yield* closed(on, { kind: 'eap' });
  if (auth?.kind !== 'auth' || id?.kind !== 'id') return fail({ kind: 'answer', fault: 'incomplete' });
  const peer: Identity = { idType: id.idType, data: id.data };
  const shown = { method: auth.method, data: auth.data, certificates: certificatesOf(payloads) };
  const used = mixed && findNotify(payloads, NOTIFY_V2.ppkIdentity) ? mixed : sa;
  if (mixed && used === sa && !plain) return yield* closed(on, { kind: 'peer-proof', fault: 'method', identity: peer });
  on.sa = used;
  const fault = authenticator.verify(peerOctets(used, signing, peer), shown, { prf: sa.prf, identity: peer });
  if (fault) return yield* closed(on, { kind: 'peer-proof', fault, identity: peer });
  if (setup.expected && !sameIdentity(setup.expected, peer)) return yield* closed(on, { kind: 'peer-identity', identity: peer });
  const child: ChildOutcome = wish && offer ? childOf(offer, wish, ownSpi, payloads) : { kind: 'none' };
  if (child.kind === 'established') on.children.push(child.child);
  if (child.kind === 'answer' && child.made) yield* deleteChildren(on, [child.made]);
  return { ok: true, session: on, child, peer, proof: { method: auth.method, ppk: used !== sa } };
}

const fail = (failure: AuthFailure): AuthResult => ({ ok: false, failure });

/** The peer holds us for authenticated: it is told that we do not, and to forget us. @see RFC 7296 §2.21.2 */
function* closed(on: Session, failure: AuthFailure): Script<AuthResult> {
  yield* close(on, [notifyPayload(NOTIFY_V2.authenticationFailed)]);
  return fail(failure);
}

function requestPayloads(
  { identity, wanted, authenticator, child, initialContact }: AuthSetup,
  proof: { readonly method: number; readonly data: Uint8Array; readonly certificates: readonly CertificateData[] },
  offer: Offer | undefined,
  ppk: readonly Payload[],
): readonly Payload[] {
  const { request } = authenticator;
  return [
    idPayload(PAYLOAD_V2.idInitiator, identity),
    ...proof.certificates.map(({ encoding, data }): Payload => ({ kind: 'cert', type: PAYLOAD_V2.cert, encoding, data })),
    ...(request ? [{ kind: 'certreq', type: PAYLOAD_V2.certreq, encoding: request.encoding, data: request.data } as const] : []),
    ...(initialContact ? [notifyPayload(NOTIFY_V2.initialContact)] : []),
    ...(wanted ? [idPayload(PAYLOAD_V2.idResponder, wanted)] : []),
    { kind: 'auth', type: PAYLOAD_V2.auth, method: proof.method, data: proof.data },
    ...ppk,
    ...(child?.transport ? [notifyPayload(NOTIFY_V2.useTransportMode)] : []),
    ...(child && offer
      ? [{ kind: 'sa', type: PAYLOAD_V2.sa, body: { offer } } as const, ...selectorPayloads(child.ownTraffic, child.peerTraffic)]
      : []),
  ];
}

/** Which key it is, and the proof that goes without. @see RFC 8784 §3 */
function ppkNotifies(ppk: Ppk | undefined, plain: Proof | undefined): readonly Payload[] {
  return [...(ppk ? [ppkPayload(ppk.identity)] : []), ...(plain ? [notifyPayload(NOTIFY_V2.noPpkAuth, plain.data)] : [])];
}

/** An ID payload. */
export function idPayload(type: number, { idType, data }: Identity): Payload {
  return { kind: 'id', type, idType, protocol: 0, port: 0, data };
}

/** The CERT payloads of a message, in their order. */
export function certificatesOf(payloads: readonly Payload[]): readonly CertificateData[] {
  return payloads.flatMap((each) => (each.kind === 'cert' ? [{ encoding: each.encoding, data: each.data }] : []));
}

/** Both sides' messages and nonces, and IntAuth when there was any. */
type Signing = Pick<Initiated, 'ownMessage' | 'peerMessage' | 'ownNonce' | 'peerNonce'> & { readonly intAuth?: Uint8Array };

/** What we sign. @see RFC 7296 §2.15 */
export function ownOctets({ prf, keys, initiator }: IkeSa, { ownMessage, peerNonce, intAuth }: Signing, identity: Identity): Uint8Array {
  const key = initiator ? keys.pi : keys.pr;
  return signedOctets(prf, { message: ownMessage, peerNonce, identity: identityOctets(identity), key, ...(intAuth && { intAuth }) });
}

/** What the peer signs: the same seen from there. */
export function peerOctets({ prf, keys, initiator }: IkeSa, { peerMessage, ownNonce, intAuth }: Signing, identity: Identity): Uint8Array {
  const key = initiator ? keys.pr : keys.pi;
  const octets = { message: peerMessage, peerNonce: ownNonce, identity: identityOctets(identity), key };
  return signedOctets(prf, { ...octets, ...(intAuth && { intAuth }) });
}
