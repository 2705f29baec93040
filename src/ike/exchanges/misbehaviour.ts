/**
 * Wrong things that a responder can be told to do, so that every hostile or unlucky case of an initiator has a partner.
 *
 * @module
 */

/** What is asked of a responder, as far as it can be told to be deaf to it. */
export type Asked = 'auth' | 'child' | 'rekey-child' | 'rekey-ike' | 'delete' | 'alive';

export interface Misbehaviour {
  /** Which datagrams are not heard, counted from 0. */
  readonly drop?: (n: number) => boolean;
  /** Which datagrams of ours never leave, counted from 0. */
  readonly lose?: (n: number) => boolean;
  /** IKE_SA_INIT is answered with a KE of this group. */
  readonly wrongGroup?: number;
  /** Our public values lose that many octets at their end. */
  readonly truncateKe?: number;
  /** A cookie from every first message. */
  readonly alwaysCookie?: boolean;
  /** A new cookie each time, never content. */
  readonly endlessCookies?: boolean;
  /** Our own proof is broken. */
  readonly wrongAuth?: boolean;
  /** Requests of these kinds get no answer, and do nothing. */
  readonly deafTo?: readonly Asked[];
  /** So many requests to make or rekey get TEMPORARY_FAILURE first. @see RFC 7296 §2.25 */
  readonly temporaryFailures?: number;
  /** Children are answered with all traffic that is configured, asked for or not, as iked does. @see RFC 7296 §2.9 */
  readonly widens?: boolean;
  /** Children that were chosen are refused all the same, with this notification: a kernel that cannot is told so. */
  readonly failsChildren?: number;
}
