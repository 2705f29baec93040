/**
 * The notifications that exchanges write and look for.
 *
 * @see RFC 7296 §3.10.1, RFC 7383, RFC 7427, RFC 9242
 * @module
 */
import type { CryptoProvider } from '../../crypto/provider.ts';
import { PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Notify } from '../../payloads/notify.ts';
import type { Place } from '../place.ts';

export const NOTIFY_V2 = {
  unsupportedCriticalPayload: 1,
  invalidMajorVersion: 5,
  invalidSyntax: 7,
  noProposalChosen: 14,
  invalidKePayload: 17,
  authenticationFailed: 24,
  noAdditionalSas: 35,
  tsUnacceptable: 38,
  temporaryFailure: 43,
  childSaNotFound: 44,
  stateNotFound: 47,
  initialContact: 16384,
  useTransportMode: 16391,
  natDetectionSource: 16388,
  natDetectionDestination: 16389,
  cookie: 16390,
  rekeySa: 16393,
  childlessSupported: 16418,
  fragmentation: 16430,
  signatureHashAlgorithms: 16431,
  usePpk: 16435,
  ppkIdentity: 16436,
  noPpkAuth: 16437,
  intermediate: 16438,
  additionalKeyExchange: 16441,
} as const;

/** A notification; without an SPI it speaks of the IKE SA. */
export function notifyPayload(
  notify: number,
  data: Uint8Array = NOTHING,
  of: { readonly protocol?: number; readonly spi?: Uint8Array } = {},
): Notify {
  return { kind: 'notify', type: PAYLOAD_V2.notify, protocol: of.protocol ?? 0, spi: of.spi ?? NOTHING, notify, data };
}

/** The first notification of a type. */
export function findNotify(payloads: readonly Payload[], type: number): Notify | undefined {
  return payloads.find((payload): payload is Notify => payload.kind === 'notify' && payload.notify === type);
}

/** The first notification of an error: the types below 16384. @see RFC 7296 §3.10.1 */
export function findError(payloads: readonly Payload[]): Notify | undefined {
  return payloads.find((payload): payload is Notify => payload.kind === 'notify' && payload.notify < 16384);
}

/** What NAT detection hashes. @see RFC 7296 §2.23 */
export function natHash(
  provider: CryptoProvider,
  spis: { readonly initiatorSpi: Uint8Array; readonly responderSpi: Uint8Array },
  { address, port }: Place,
): Uint8Array {
  return provider.hash('sha1', spis.initiatorSpi, spis.responderSpi, address, Uint8Array.of(port >> 8, port & 0xff));
}

const NOTHING = new Uint8Array();
