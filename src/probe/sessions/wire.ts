/**
 * The pipes of an authenticated connection: the probe's own socket, and one to port 4500 where a NAT wants it. What goes over them is paced,
 * counted and recorded like every other datagram of the probe.
 *
 * @module
 */
import type { Pipes } from '../../net/drive.ts';
import type { Pace } from '../../net/pace.ts';
import { recordingTransport } from '../../net/replay.ts';
import type { Transcript } from '../../net/transcript.ts';
import type { Millis, Transport } from '../../net/transport.ts';
import type { Counters } from '../counters.ts';

/** What the rest of the probe uses too. */
export interface SharedWire {
  /** The recorded transport to the target's port. */
  readonly transport: Transport;
  readonly transcript: Transcript;
  readonly pace: Pace;
  readonly counters: Counters;
  /** When the run began, on the transport's clock. */
  readonly origin: Millis;
  /** An unrecorded transport to another port of the target. */
  readonly open: (port: number) => Promise<Transport>;
}

/** The port behind the non-ESP marker. @see RFC 3947 §4, RFC 7296 §2.23 */
export const FLOATED_PORT = 4500;

/** The pipes. What the budget does not grant is not sent. */
export function sessionPipes<Event>(wire: SharedWire, note?: (event: Event) => void): Pipes<Event> {
  return {
    ...(note && { note }),
    plain: paced(wire.transport, wire),
    floated: async () => {
      const inner = await wire.open(FLOATED_PORT);
      const recorded = recordingTransport(inner, wire.transcript, { origin: wire.origin, floated: true });
      return { ...paced(recorded, wire), close: () => recorded.close() };
    },
  };
}

/** `close` leaves the transport open: it belongs to the probe. */
function paced(inner: Transport, { pace, counters }: SharedWire): Transport {
  let last: Uint8Array | undefined;
  return {
    peer: inner.peer,
    get local() {
      return inner.local;
    },
    clock: () => inner.clock(),
    sleepUntil: (at) => inner.sleepUntil(at),
    close: () => Promise.resolve(),
    async send(bytes) {
      if (!(await pace.grant())) return { sent: false, code: 'BUDGET' };
      counters.sent++;
      counters.bytesSent += bytes.length;
      if (bytes === last) counters.retransmitted++;
      last = bytes;
      return inner.send(bytes);
    },
    async receive(until) {
      const received = await inner.receive(until);
      if (received?.kind === 'datagram') {
        counters.received++;
        counters.bytesReceived += received.datagram.bytes.length;
      }
      return received;
    },
  };
}
