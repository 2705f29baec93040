/**
 * The notifications, vendor IDs and attributes that IKEv1 exchanges write and look for.
 *
 * @see RFC 2408 §3.14.1, RFC 3706, RFC 3947, draft-beaulieu-ike-xauth, draft-dukes-ike-mode-cfg
 * @module
 */
import type { CryptoProvider, HashName } from '../../crypto/provider.ts';
import { PAYLOAD_V1 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Notify } from '../../payloads/notify.ts';
import type { Place } from '../place.ts';

export const NOTIFY_V1 = {
  noProposalChosen: 14,
  payloadMalformed: 16,
  invalidIdInformation: 18,
  authenticationFailed: 24,
  responderLifetime: 24576,
  initialContact: 24578,
  rUThere: 36136,
  rUThereAck: 36137,
} as const;

/** ISAKMP, AH, ESP, IPCOMP. @see RFC 2407 §4.4.1 */
export const PROTOCOL = { isakmp: 1, ah: 2, esp: 3, ipcomp: 4 } as const;

const octets = (digits: string): Uint8Array => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** What a side says it can do. */
export const VENDOR_IDS = {
  /** RFC 3947: NAT detection and the float to port 4500. */
  natTraversal: octets('4a131c81070358455c5728f20e95452f'),
  /** RFC 3706: dead peer detection. */
  dpd: octets('afcad71368a1f1c96b8696fc77570100'),
} as const;

export const vendorPayload = (data: Uint8Array): Payload => ({ kind: 'vendor', type: PAYLOAD_V1.vendor, data });

/** A notification about an ISAKMP SA, or about what `of` says. */
export function notifyPayload(
  notify: number,
  data: Uint8Array = new Uint8Array(),
  of: { readonly protocol?: number; readonly spi?: Uint8Array } = {},
): Notify {
  return {
    kind: 'notify',
    type: PAYLOAD_V1.notify,
    protocol: of.protocol ?? PROTOCOL.isakmp,
    spi: of.spi ?? new Uint8Array(),
    notify,
    data,
  };
}

/** The first notification of an error. */
export function findError(payloads: readonly Payload[]): Notify | undefined {
  return payloads.find((payload): payload is Notify => payload.kind === 'notify' && payload.notify < 16384);
}

/** Both ends as we see them. */
export interface Ends {
  readonly own: Place;
  readonly peer: Place;
}

/** Which side is behind a NAT. */
export interface Nat {
  readonly own: boolean;
  readonly peer: boolean;
}

/** What a NAT-D payload holds. @see RFC 3947 §3.2 */
export function natHash(
  provider: CryptoProvider,
  hash: HashName,
  cookies: { readonly initiatorCookie: Uint8Array; readonly responderCookie: Uint8Array },
  { address, port }: Place,
): Uint8Array {
  return provider.hash(hash, cookies.initiatorCookie, cookies.responderCookie, address, Uint8Array.of(port >> 8, port & 0xff));
}
