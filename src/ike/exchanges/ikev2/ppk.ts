/**
 * Post-quantum preshared keys: a secret that both sides have beside the one they prove themselves with, mixed into the keys of IKE_AUTH.
 *
 * Rule: a key that is not required is offered beside what goes without it (NO_PPK_AUTH), so that who has none can go on.
 *
 * @see RFC 8784
 * @module
 */
import { mixPpk } from '../../crypto/keymat-v2.ts';
import type { Payload } from '../../payloads/index.ts';
import type { IkeSa } from './ike-sa.ts';
import { findNotify, NOTIFY_V2, notifyPayload } from './notifies.ts';

/** A PPK_ID. Type 1 is opaque, 2 a fixed one. @see RFC 8784 §5.1 */
export interface PpkIdentity {
  readonly type: number;
  readonly data: Uint8Array;
}

/** The one that an initiator has. */
export interface Ppk {
  readonly identity: PpkIdentity;
  readonly key: Uint8Array;
  /** Without it there is to be no SA. */
  readonly required?: true;
}

/** Those that a responder has. */
export interface PpkKeys {
  readonly find: (identity: PpkIdentity) => Uint8Array | undefined;
  readonly required?: true;
}

const FIXED = 2;

/** A name for `PPK_ID_FIXED`, as daemons are configured with. */
export const fixedPpk = (name: Uint8Array): PpkIdentity => ({ type: FIXED, data: name });

/** The SA under keys with the PPK in them: SK_d and both SK_p; its messages are sealed as before. @see RFC 8784 §3 */
export const withPpk = (sa: IkeSa, key: Uint8Array): IkeSa => ({ ...sa, keys: mixPpk(sa.prf, sa.keys, key) });

/** PPK_IDENTITY; without one it says that the key is used. */
export function ppkPayload(identity?: PpkIdentity): Payload {
  return notifyPayload(NOTIFY_V2.ppkIdentity, identity && Uint8Array.of(identity.type, ...identity.data));
}

/** The PPK_ID of a request, if it names one. */
export function ppkIdentityIn(payloads: readonly Payload[]): PpkIdentity | undefined {
  const data = findNotify(payloads, NOTIFY_V2.ppkIdentity)?.data;
  return data && data.length > 0 ? { type: data[0] as number, data: data.slice(1) } : undefined;
}

/** How a responder goes on: with the key, without it and on the other proof of the request, or not at all. */
export type PpkChoice =
  | { readonly kind: 'mixed'; readonly key: Uint8Array }
  | { readonly kind: 'plain'; readonly proof?: Uint8Array }
  | { readonly kind: 'refused' };

/** @see RFC 8784 §3, the table of the responder's actions */
export function choosePpk(announced: boolean, keys: PpkKeys | undefined, payloads: readonly Payload[]): PpkChoice {
  const identity = announced && keys ? ppkIdentityIn(payloads) : undefined;
  const key = identity && keys?.find(identity);
  if (key) return { kind: 'mixed', key };
  if (keys?.required) return { kind: 'refused' };
  if (!identity) return { kind: 'plain' };
  const proof = findNotify(payloads, NOTIFY_V2.noPpkAuth)?.data;
  return proof ? { kind: 'plain', proof } : { kind: 'refused' };
}
