/**
 * Informational exchanges of our own: deletes, and asking whether the peer lives.
 *
 * @see RFC 2409 §5.7, RFC 2408 §3.15, RFC 3706 §5
 * @module
 */
import type { Entropy } from '../../entropy.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Delete } from '../../payloads/delete.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Millis } from '../machine.ts';
import type { Patience, Script } from '../script.ts';
import { aside } from './aside.ts';
import { converse, type Heard, type Ikev1Event, sendAway } from './conversation.ts';
import { beginChain, cookiesOf, type IsakmpSa, messageOf, newMessageId, openHashed, seal } from './isakmp-sa.ts';
import { NOTIFY_V1, notifyPayload, PROTOCOL } from './numbers.ts';

/** An informational message of ours: nobody answers it, so it is sent once. */
export const informational = (sa: IsakmpSa, random: Entropy, payloads: readonly Payload[]): Uint8Array =>
  seal(sa, EXCHANGE.informationalV1, beginChain(sa, newMessageId(random)), payloads).bytes;

/** SPIs of one protocol that we shall not receive on any more. */
export const deletePayload = (protocol: number, spis: readonly Uint8Array[]): Delete => ({
  kind: 'delete',
  type: PAYLOAD_V1.delete,
  protocol,
  spiSize: spis[0]?.length ?? 4,
  spis,
});

/** The SPIs that we chose, by protocol. */
export interface Inbound {
  readonly protocol: number;
  readonly spi: Uint8Array;
}

/** Deletes IPsec SAs, each protocol in a message of its own, and then the ISAKMP SA. `linger`: how long to listen after it. */
export function* deleteAll(
  sa: IsakmpSa,
  inbound: readonly Inbound[],
  how: { readonly random: Entropy; readonly from: Millis; readonly linger?: Millis },
): Script<void, Ikev1Event> {
  const protocols = [...new Set(inbound.map(({ protocol }) => protocol))];
  const deletes = protocols.map((protocol) => {
    const spis = inbound.filter((each) => each.protocol === protocol).map(({ spi }) => spi);
    return informational(sa, how.random, [deletePayload(protocol, spis)]);
  });
  const last = informational(sa, how.random, [deletePayload(PROTOCOL.isakmp, [cookiesOf(sa)])]);
  const { from, linger = 0 } = how;
  yield* sendAway([...deletes, last], (datagram) => aside(sa, datagram), { from, floated: sa.floated, linger });
}

/** R-U-THERE until it is acknowledged. True when the peer lives. @see RFC 3706 §5.3 */
export function* askAlive(
  sa: IsakmpSa,
  how: { readonly random: Entropy; readonly patience: Patience; readonly from: Millis },
): Script<{ readonly alive: boolean; readonly at: Millis }, Ikev1Event> {
  const sequence = how.random(4);
  // The high bit stays clear, so that the number can grow. @see RFC 3706 §7.4
  sequence[0] = (sequence[0] as number) & 0x7f;
  const request = informational(sa, how.random, [notifyPayload(NOTIFY_V1.rUThere, sequence, { spi: cookiesOf(sa) })]);
  const hear = (datagram: Uint8Array): Heard<true> => {
    const message = messageOf(sa, datagram);
    if (message?.header.exchange === EXCHANGE.informationalV1) {
      const opened = openHashed(sa, message, beginChain(sa, message.header.messageId));
      const acknowledged = opened?.payloads.some((each) => {
        return each.kind === 'notify' && each.notify === NOTIFY_V1.rUThereAck && each.data.every((octet, i) => octet === sequence[i]);
      });
      if (acknowledged === true) return { value: true };
    }
    return aside(sa, datagram);
  };
  const answer = yield* converse([request], hear, { ...how.patience, from: how.from, floated: sa.floated });
  return { alive: answer.answered, at: answer.now };
}
