/**
 * What a responder sees and does, as plain data. Nothing secret is ever in it.
 *
 * @module
 */
import type { Identity } from '../crypto/x509/certificate.ts';
import type { Child } from './ikev1/quick-mode.ts';
import type { ChildSa } from './ikev2/session.ts';
import type { Place } from './place.ts';
import type { SelectionRequest, SelectionStep, SelectionWire } from './selecting.ts';

/** One protocol of an SA of quick mode, or a child SA: protocol, SPIs and group are in both. */
export type MadeSa = Child | ChildSa;

/** Why an exchange or a session is over. */
export type EndReason =
  /** Half open for too long. */
  | 'time'
  /** The peer said that it does not believe us. */
  | 'peer-refused-us'
  /** The same peer has come back and says that it knows of no other SA. @see RFC 7296 §2.4, RFC 2407 §4.6.3.3 */
  | 'initial-contact'
  /** What was chosen is of no use here: an algorithm that is not there, single DES, a method without a key. */
  | 'not-one-choice'
  | 'not-offered'
  | 'des'
  | 'method'
  | 'unsupported'
  /** What came is incomplete, its public value must not be used, or it is not under our keys. */
  | 'incomplete'
  | 'key-exchange'
  | 'undecipherable'
  /** A post-quantum preshared key is required, or the peer's is not known here and it does not go without. */
  | 'ppk'
  /** The peer's proof does not hold, or there is none. */
  | 'stranger'
  | 'missing'
  | 'hash'
  | 'signature'
  | 'wrong'
  | 'untrusted'
  | 'expired'
  | 'identity'
  /** Its clients of quick mode are not served. */
  | 'clients';

/** What happened in one conversation. */
export type Happening =
  /** An SA payload came, and this the selector said. */
  | { readonly kind: 'offer'; readonly request: SelectionRequest; readonly wire: SelectionWire }
  /** A message of a version that is not spoken. */
  | { readonly kind: 'other-version'; readonly major: number }
  /** It takes post-quantum preshared keys. @see RFC 8784 §3 */
  | { readonly kind: 'ppk-announced' }
  /** A cookie was asked for. */
  | { readonly kind: 'cookie' }
  /** No SA and no child comes of it; `notify` is what the peer was told, nothing when it was told nothing. */
  | { readonly kind: 'refused'; readonly step: SelectionStep; readonly notify?: number }
  /** The peer has proved who it is. `method`: of the AUTH payload, or IKEv1's attribute. */
  | {
      readonly kind: 'authenticated';
      readonly identity: Identity;
      readonly method: number;
      readonly nat: { readonly own: boolean; readonly peer: boolean };
      /** By a post-quantum preshared key too. */
      readonly ppk?: true;
    }
  /** SAs were made; one list for each SA payload. */
  | { readonly kind: 'child'; readonly children: readonly (readonly MadeSa[])[] }
  | { readonly kind: 'rekeyed'; readonly what: 'ike' | 'child' }
  /** The peer deleted; protocol 1 is the IKE SA. */
  | { readonly kind: 'deleted'; readonly protocol: number; readonly spis: readonly Uint8Array[] }
  /** It asked whether we live. */
  | { readonly kind: 'asked-alive' }
  /** It said something that we did not ask for; `notify` below 16384 is an error. */
  | { readonly kind: 'notified'; readonly notify: number; readonly protocol: number; readonly spi: Uint8Array }
  /** It wanted a user name and password, or gave or asked for addresses: refused. */
  | { readonly kind: 'config-refused'; readonly what: 'xauth' | 'mode-config' }
  /** A datagram of this SA that cannot be opened, or whose hash is wrong. */
  | { readonly kind: 'passed-over'; readonly exchange: number }
  | { readonly kind: 'ended'; readonly why: EndReason };

/** The same with whom it happened. */
export type ResponderEvent = Happening & {
  readonly version: 1 | 2;
  readonly from: Place;
  /** The initiator's cookie, or SPI of the first IKE SA. */
  readonly initiatorSpi: Uint8Array;
};

/** Happenings and the datagrams that answer. */
export interface Reaction {
  readonly replies: readonly Uint8Array[];
  readonly events?: readonly Happening[];
}
