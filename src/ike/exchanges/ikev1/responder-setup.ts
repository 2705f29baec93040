/**
 * What a responder of IKEv1 is told, and what it says besides its answers.
 *
 * @module
 */
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import { encodeMessage } from '../../message.ts';
import { EXCHANGE } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Authenticator, ProofFault } from './authenticator.ts';
import type { Ikev1Event } from './conversation.ts';
import { type Cookies, cookiesOf, newMessageId } from './isakmp-sa.ts';
import { type Ends, type Nat, notifyPayload } from './numbers.ts';
import type { Child } from './quick-mode.ts';
import type { AnswerFault, Phase1Suite } from './suite.ts';

/** What a selector says to an SA payload: its answer with the generic header, a notification, or nothing. */
export type SelectorAnswer =
  | { readonly kind: 'answer'; readonly sa: Uint8Array }
  | {
      readonly kind: 'notify';
      readonly type: number;
      readonly data: Uint8Array;
      readonly protocol?: number;
      readonly spi?: 'none' | 'cookies' | 'zero';
      readonly responderSpi?: 'set' | 'zero';
      readonly messageId?: 'zero' | 'random' | 'same';
    }
  | { readonly kind: 'silence' }
  | { readonly kind: 'proceeds' };

export type Refusal = Extract<SelectorAnswer, { kind: 'notify' }>;

/** Whose mind answers: the SA payload comes with its generic header, as received; with a KE payload the group of the first transform. */
export type Select = (step: 'main' | 'aggressive' | 'quick', sa: Uint8Array, keGroup?: number) => SelectorAnswer;

/** Ways to be a bad partner, for tests. */
export interface Misbehaviour {
  /** Our public value is that many octets short. */
  readonly shortPublicValue?: number;
  /** These datagrams of ours never leave, counted from 0. */
  readonly drops?: (n: number) => boolean;
  /** The proof in phase 1 is wrong. */
  readonly wrongProof?: boolean;
}

/** One side that waits to be asked. */
export interface ResponderSetup {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly authenticator: Authenticator;
  readonly identity: Pick<Identification, 'idType' | 'data'>;
  readonly select: Select;
  /** For NAT detection; without them it is not spoken of. */
  readonly ends?: Ends;
  /** Whether SAs are made for these clients; all, when left out. No clients: the ends themselves. */
  readonly admits?: (initiator: Identification | undefined, responder: Identification | undefined) => boolean;
  /** How many phase 1 exchanges and SAs are kept; the oldest unfinished one goes first. 64 when left out. */
  readonly most?: number;
  readonly misbehaves?: Misbehaviour;
}

export type ResponderEvent =
  | Ikev1Event
  /** It ends before an SA: what the selector took is of no use here, the peer's value is bad, or its proof. */
  | { readonly kind: 'ended'; readonly fault: AnswerFault | ProofFault | 'incomplete' | 'key-exchange' | 'undecipherable' | 'clients' }
  | { readonly kind: 'refused'; readonly step: 'main' | 'aggressive' | 'quick' }
  | { readonly kind: 'established'; readonly suite: Phase1Suite; readonly peerIdentity: Identification; readonly nat: Nat }
  /** One list for each SA payload; the peer has confirmed them. */
  | { readonly kind: 'child'; readonly children: readonly (readonly Child[])[] };

/** What a step of the responder brings. */
export interface Reaction {
  readonly replies: readonly Uint8Array[];
  readonly events?: readonly ResponderEvent[];
}

export const ended = (fault: Extract<ResponderEvent, { kind: 'ended' }>['fault'], ...replies: readonly Uint8Array[]): Reaction => ({
  replies,
  events: [{ kind: 'ended', fault }],
});

/** A notification in the clear. */
export function plainNotice({ random }: ResponderSetup, cookies: Cookies, refusal: Omit<Refusal, 'kind'>): Uint8Array {
  const { type, data, protocol = 1, spi = 'none', responderSpi = 'set', messageId = 'random' } = refusal;
  const spis = { none: new Uint8Array(), cookies: cookiesOf(cookies), zero: new Uint8Array(4) };
  return encodeMessage({
    initiatorSpi: cookies.initiatorCookie,
    responderSpi: responderSpi === 'set' ? cookies.responderCookie : new Uint8Array(8),
    version: 0x10,
    exchange: EXCHANGE.informationalV1,
    flags: 0,
    messageId: messageId === 'random' ? newMessageId(random) : 0,
    payloads: [notifyPayload(type, data, { protocol, spi: spis[spi] })],
  });
}
