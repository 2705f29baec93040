/**
 * What a responder of IKEv1 is told.
 *
 * @module
 */
import type { Identity } from '../../crypto/x509/certificate.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import { encodeMessage } from '../../message.ts';
import { EXCHANGE } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { EndReason, Reaction } from '../events.ts';
import type { ResponderLimits } from '../half-open.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import type { Refusal, Select } from '../selecting.ts';
import type { Authenticator } from './authenticator.ts';
import { type Cookies, cookiesOf, type IsakmpSa, newMessageId } from './isakmp-sa.ts';
import { notifyPayload } from './numbers.ts';

/** One side that waits to be asked in IKEv1. */
export interface Ikev1Side {
  /** The first one that is good for the method that was chosen proves for us and checks the peer. */
  readonly authenticators: readonly Authenticator[];
  /** Whether SAs are made for these clients; all, when left out. No clients: the ends themselves. */
  readonly admits?: (initiator: Identification | undefined, responder: Identification | undefined) => boolean;
  /** Exchanges that are not spoken are passed over. Both when left out. */
  readonly modes?: readonly ('main' | 'aggressive')[];
  /** NAT detection is not spoken of. */
  readonly natTraversal?: false;
  /** Vendor IDs of its answers; that of dead peer detection when left out. */
  readonly vendors?: readonly Uint8Array[];
  /** A NO-PROPOSAL-CHOSEN in the clear ends an exchange that is not finished, as charon has it. */
  readonly endsWhenRefused?: true;
  /** Shown the keys of each exchange, whatever becomes of it: for whoever reads captures. */
  readonly keys?: (sa: Pick<IsakmpSa, 'provider' | 'initiatorCookie' | 'keys' | 'suite'>) => void;
}

export interface Ikev1ResponderSetup extends Ikev1Side {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly identity: Identity;
  readonly select: Select;
  readonly limits?: Partial<ResponderLimits>;
  readonly misbehaviour?: Misbehaviour;
}

export const ended = (why: EndReason, ...replies: readonly Uint8Array[]): Reaction => ({ replies, events: [{ kind: 'ended', why }] });

/** A notification in the clear. */
export function plainNotice(
  { random }: Pick<Ikev1ResponderSetup, 'random'>,
  cookies: Cookies,
  refusal: Omit<Refusal, 'kind'>,
  own = cookies.initiatorCookie,
): Uint8Array {
  const { type, data, protocol = 1, spi = 'none', responderSpi = 'set', messageId = 'random' } = refusal;
  return encodeMessage({
    initiatorSpi: own,
    responderSpi: responderSpi === 'set' ? cookies.responderCookie : new Uint8Array(8),
    version: 0x10,
    exchange: EXCHANGE.informationalV1,
    flags: 0,
    messageId: messageId === 'random' ? newMessageId(random) : 0,
    payloads: [notifyPayload(type, data, { protocol, spi: spiOf(spi, cookies) })],
  });
}

/** The SPI of a notification, in octets. */
export function spiOf(spi: 'none' | 'cookies' | 'zero', cookies: Cookies): Uint8Array {
  if (spi === 'none') return new Uint8Array();
  return spi === 'cookies' ? cookiesOf(cookies) : new Uint8Array(4);
}
