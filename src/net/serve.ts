/**
 * A UDP server loop: every datagram goes into a pure function, what that returns goes back to the sender.
 *
 * Rule: the function decides, the loop only carries. It starts on loopback unless told otherwise.
 *
 * @module
 */
import type { SocketOptions } from 'node:dgram';
import { DgramAsPromised } from 'dgram-as-promised';

/** Where a datagram came from. */
export interface Sender {
  readonly address: string;
  readonly port: number;
}

/** Datagram in, replies out, in the order in which they are sent. */
export type Answerer = (datagram: Uint8Array, from: Sender) => readonly Uint8Array[];

export interface Server {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Binds `address` (default 127.0.0.1) and `port` (default 0: any free one) and answers until closed.
 * An exception of `answer` is a bug of ours: it is thrown by `close`.
 */
export async function serve(answer: Answerer, { address = '127.0.0.1', port = 0 } = {}): Promise<Server> {
  let failure: unknown;
  const family = address.includes(':') ? 6 : 4;
  const socket = DgramAsPromised.createSocket({ type: `udp${family}`, lookup: asItIs(family) }, (datagram, from) => {
    if (failure !== undefined) return;
    try {
      for (const reply of answer(datagram, { address: from.address, port: from.port })) {
        socket.socket.send(reply, from.port, from.address, () => undefined); // a lost reply is the asker's to notice
      }
    } catch (error) {
      failure = error;
    }
  });
  socket.socket.on('error', () => undefined); // a reply to a closed port comes back as an error: nobody's business here
  const bound = await socket.bind(port, address);
  let closed = false;
  return {
    address: bound.address,
    port: bound.port,
    async close() {
      if (!closed) await socket.close();
      closed = true;
      if (failure !== undefined) throw failure;
    },
  };
}

/** Replies go to addresses: asking the name service about each would take longer than to answer. */
function asItIs(family: 4 | 6): NonNullable<SocketOptions['lookup']> {
  return (host, _options, callback) => callback(null, host, family);
}
