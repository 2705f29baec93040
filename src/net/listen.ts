/**
 * A responder on a UDP port.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { ResponderEvent } from '../ike/exchanges/events.ts';
import type { Responder } from '../ike/exchanges/responder.ts';
import { addressOctets } from './addresses.ts';
import { serve, type Server } from './serve.ts';

export interface ListenOptions {
  /** 127.0.0.1 when left out. To every address of this machine NAT detection is not spoken of: it could not be told which one was meant. */
  readonly address?: string;
  /** Any free one when left out. */
  readonly port?: number;
  /** A port that ESP shares, as 4500: messages stand behind the marker. */
  readonly marked?: boolean;
  readonly note?: (event: ResponderEvent) => void;
}

/** Answers until closed. */
export async function listen(responder: Responder, options: ListenOptions = {}): Promise<Server> {
  const { address = '127.0.0.1', port = 0, marked = false, note } = options;
  const octets = addressOctets(address);
  const isOne = octets.some((octet) => octet !== 0);
  const server: Server = await serve(
    (datagram, from) => {
      const own = isOne ? { own: { address: octets, port: server.port } } : {};
      const arrival = { from: { address: addressOctets(from.address), port: from.port }, ...own, now: performance.now(), marked };
      const { replies, events } = responder.hear(datagram, arrival);
      if (note) events.forEach(note);
      return replies;
    },
    { address, port },
  );
  return server;
}
