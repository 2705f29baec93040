/**
 * Where a responder is in phase 1, and what it says the same in both modes.
 *
 * @see RFC 2409 §5
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { decodeSaBody } from '../../../proposals/wire/sa.ts';
import { encodeMessage, type Message } from '../../message.ts';
import { PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Happening, Reaction } from '../events.ts';
import { type Offered, saBody, type SelectionWire } from '../selecting.ts';
import type { Authenticator } from './authenticator.ts';
import type { Cookies, IsakmpSa } from './isakmp-sa.ts';
import { type Ends, type Nat, VENDOR_IDS, vendorPayload } from './numbers.ts';
import { type Exchanged, hashOf, newCookie, type Secured, speaksNat, vendorsOf } from './phase1.ts';
import { type Ikev1ResponderSetup, plainNotice } from './responder-setup.ts';
import { type AnswerFault, type Phase1Suite, settlePhase1, type SuiteTools, suiteTools } from './suite.ts';

/** A responder in one exchange: between which ends, if they are known. */
export interface Here extends Ikev1ResponderSetup {
  readonly ends?: Ends;
}

/** What was agreed on, and who proves. */
interface Agreed {
  readonly suite: Phase1Suite;
  readonly tools: SuiteTools;
  readonly authenticator: Authenticator;
}

/** After our answer to the offer. */
export interface AwaitingKeys extends Cookies, Agreed {
  readonly at: 'keys';
  /** The body of the initiator's SA payload. */
  readonly sa: Uint8Array;
  /** Both ends, if both sides speak of NAT. */
  readonly ends?: Ends;
}

/** After both public values: the peer has to prove itself. */
export interface AwaitingProof extends Secured, Cookies, Agreed {
  readonly at: 'proof';
  readonly mode: 'main' | 'aggressive';
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

/** The selector took what is of no use here: its answer was given, and no further word will be. */
export interface Spent extends Cookies {
  readonly at: 'spent';
}

/** What an exchange becomes; without `next` it ends. */
export interface Step<Next> extends Reaction {
  readonly next?: Next;
}

/** Our HASH_R, or a broken one. */
export function ownHash({ provider, misbehaviour }: Here, { keys, exchanged, suite }: AwaitingProof, identity: Identification): Uint8Array {
  const hash = hashOf(provider, { keys, auth: suite.auth }, exchanged, 'responder', identity);
  return misbehaviour?.wrongAuth === true ? hash.map((octet) => octet ^ 0xff) : hash;
}

/** What an answer settles on, and who can prove by its method; or why nobody can go on with it. */
export function agreed({ provider, authenticators }: Here, { offer }: Offered, answer: Uint8Array): Agreed | AnswerFault {
  const answered: Offer | undefined = decodeSaBody(saBody(answer), 'ikev1-phase1').value?.offer;
  if (!offer || !answered) return 'not-one-choice';
  const settling = settlePhase1(
    offer,
    answered,
    authenticators.flatMap(({ methods }) => methods),
  );
  if (!settling.ok) return settling.fault;
  const suite = settling.value;
  const authenticator = authenticators.find(({ methods }) => methods.includes(suite.auth));
  const tools = suiteTools(provider, suite);
  return authenticator && tools ? { suite, tools, authenticator } : 'unsupported';
}

/** What a peer gets that the selector refuses. */
export function refusedBy(
  here: Here,
  cookies: Cookies,
  step: 'main' | 'aggressive',
  wire: Exclude<SelectionWire, { kind: 'answer' }>,
  events: readonly Happening[],
): Reaction {
  if (wire.kind !== 'notify') return { replies: [], events: [...events, { kind: 'refused', step }] };
  const own = wire.ownExchange === true ? newCookie(here.random) : cookies.initiatorCookie;
  return { replies: [plainNotice(here, cookies, wire, own)], events: [...events, { kind: 'refused', step, notify: wire.type }] };
}

/** Both ends, when both sides speak of NAT. */
export function endsOf({ ends, natTraversal }: Here, { payloads }: Message): Ends | undefined {
  return ends && natTraversal !== false && speaksNat(vendorsOf(payloads)) ? ends : undefined;
}

/** The vendor IDs of our first answer. */
export const vendors = ({ vendors: own = [VENDOR_IDS.dpd] }: Here, ends: Ends | undefined): readonly Payload[] =>
  [...(ends ? [VENDOR_IDS.natTraversal] : []), ...own].map(vendorPayload);

/** The selector's octets, as they are. */
export const answerPayload = (sa: Uint8Array): Payload => ({ kind: 'opaque', type: PAYLOAD_V1.sa, data: saBody(sa) });

/** Our public value as the peer gets to see it. */
export const shown = ({ misbehaviour }: Here, value: Uint8Array): Uint8Array =>
  value.subarray(0, value.length - (misbehaviour?.truncateKe ?? 0));

/** A message in the clear. */
export function plain({ initiatorCookie, responderCookie }: Cookies, exchange: number, payloads: readonly Payload[]): Uint8Array {
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
