/**
 * A request under an IKE SA and its response: sealed, repeated, put together from fragments.
 *
 * @see RFC 7296 §2.1, §2.2
 * @module
 */
import { sameOctets } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import { decodeMessage } from '../../message.ts';
import { FLAG } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis } from '../machine.ts';
import { type Answer, type Patience, request, type Script } from '../script.ts';
import { Assembly, type IkeSa, type Opened, seal } from './ike-sa.ts';

/** What repeats and randomises. */
export interface Carrier {
  readonly random: Entropy;
  readonly patience: Patience;
  /** Behind the marker of port 4500, once a NAT was found. */
  readonly floated?: boolean;
  /** The longest datagram; that of IPv6's least MTU when left out. */
  readonly mostOctets?: number;
}

/** Sends our next request and waits for its response. */
export function* protectedRequest(
  sa: IkeSa,
  exchange: number,
  payloads: readonly Payload[],
  carrier: Carrier,
  from: Millis,
): Script<Answer<Opened>> {
  const messageId = sa.nextRequest++;
  const datagrams = seal(sa, { exchange, messageId, response: false }, payloads, carrier.random, carrier.mostOctets);
  const assembly = new Assembly();
  const accept = (datagram: Uint8Array): Opened | undefined =>
    isResponse(sa, datagram, exchange, messageId) ? assembly.add(sa, datagram) : undefined;
  return yield* request(datagrams, accept, { ...carrier.patience, from, floated: carrier.floated === true });
}

/** Whether a datagram claims to be the response to that request; only opening it proves it. */
function isResponse(sa: IkeSa, datagram: Uint8Array, exchange: number, messageId: number): boolean {
  const decoded = decodeMessage(datagram);
  if (!decoded.ok) return false;
  const { header } = decoded.value;
  return (
    header.exchange === exchange &&
    header.messageId === messageId &&
    (header.flags & FLAG.response) !== 0 &&
    ((header.flags & FLAG.initiator) !== 0) !== sa.initiator &&
    sameOctets(header.initiatorSpi, sa.initiatorSpi) &&
    sameOctets(header.responderSpi, sa.responderSpi)
  );
}
