/**
 * Messages under an IKE SA: our requests with their responses, the peer's requests with ours.
 *
 * @see RFC 7296 §2.1, §2.2
 * @module
 */
import { sameOctets } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import { decodeMessage, type Message } from '../../message.ts';
import { FLAG } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis, Output } from '../machine.ts';
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

/** Whatever comes while we wait. */
export type Aside = (datagram: Uint8Array, now: Millis) => readonly Output<never>[];

/** Sends our next request and waits for its response. */
export function* protectedRequest(
  sa: IkeSa,
  exchange: number,
  payloads: readonly Payload[],
  carrier: Carrier,
  from: Millis,
  aside?: Aside,
): Script<Answer<Opened>> {
  const messageId = sa.window.nextRequest++;
  const datagrams = seal(sa, { exchange, messageId, response: false }, payloads, carrier.random, carrier.mostOctets);
  const assembly = new Assembly();
  const accept = (datagram: Uint8Array): Opened | undefined => {
    const message = messageUnder(sa, datagram);
    if (!message || !isResponse(message.header)) return undefined;
    const ours = message.header.exchange === exchange && message.header.messageId === messageId;
    return ours ? assembly.add(sa, datagram, message) : undefined;
  };
  return yield* request(datagrams, accept, { ...carrier.patience, from, floated: carrier.floated === true, ...(aside && { aside }) });
}

/** What a request asks; nothing is said when the answer is nothing. */
export type Answering = (exchange: number, opened: Opened, messageId: number) => readonly Payload[] | undefined;

/** A datagram, decoded as far as it is in the clear. */
export interface Received {
  readonly datagram: Uint8Array;
  readonly message: Message;
}

/** The datagrams that answer one of the peer's requests: repeated when it is, none for what is not its next request. */
export function answerRequest(sa: IkeSa, { datagram, message }: Received, carrier: Carrier, answering: Answering): readonly Uint8Array[] {
  const { window } = sa;
  const { header } = message;
  if (!isUnder(sa, message) || isResponse(header)) return [];
  if (header.messageId === window.nextExpected - 1) {
    const { answered } = window;
    return answered !== undefined && sameOctets(answered.request, datagram) ? answered.datagrams : [];
  }
  if (header.messageId !== window.nextExpected) return [];
  const opened = window.gathering.add(sa, datagram, message);
  if (!opened) return [];
  const { exchange, messageId } = header;
  const repeated = window.gathering.firstDatagram ?? datagram;
  window.nextExpected++;
  window.gathering = new Assembly();
  delete window.answered;
  const payloads = answering(exchange, opened, messageId);
  if (!payloads) return [];
  const datagrams = seal(sa, { exchange, messageId, response: true }, payloads, carrier.random, carrier.mostOctets);
  window.answered = { request: repeated.slice(), datagrams };
  return datagrams;
}

const isResponse = ({ flags }: Message['header']): boolean => (flags & FLAG.response) !== 0;

function messageUnder(sa: IkeSa, datagram: Uint8Array): Message | undefined {
  const decoded = decodeMessage(datagram);
  return decoded.ok && isUnder(sa, decoded.value) ? decoded.value : undefined;
}

/** Whether a message claims to come from the other side of this SA; only opening it proves that. */
function isUnder(sa: IkeSa, { header }: Message): boolean {
  return (
    header.version >> 4 === 2 &&
    ((header.flags & FLAG.initiator) !== 0) !== sa.initiator &&
    sameOctets(header.initiatorSpi, sa.initiatorSpi) &&
    sameOctets(header.responderSpi, sa.responderSpi)
  );
}
