/** UDP ports 500 and 4500 of a host, in both families: what comes, with where it came from and to. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Place } from '../../src/ike/exchanges/index.ts';
import { addressOctets } from '../../src/net/index.ts';

/** A datagram of IKE, the marker of port 4500 taken off. */
export interface Came {
  readonly bytes: Uint8Array;
  readonly from: Place;
  readonly own: Place;
  readonly marked: boolean;
}

export interface Sockets {
  /** From 500, or from 4500 behind the marker. */
  send(bytes: Uint8Array, address: string, port: number, marked: boolean): void;
  close(): void;
}

const MARKER = Buffer.alloc(4);

/** Opens all four. */
export async function openSockets(addresses: readonly string[], heard: (came: Came) => void): Promise<Sockets> {
  const sockets = new Map<string, Socket>();
  for (const address of addresses) {
    for (const port of [500, 4500]) {
      const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 1_000_000 });
      socket.bind(port, address);
      await once(socket, 'listening');
      socket.on('error', () => undefined);
      const own = { address: addressOctets(address), port };
      socket.on('message', (packet, from) => {
        const marked = port === 4500;
        if (marked && (packet.length <= MARKER.length || !packet.subarray(0, MARKER.length).equals(MARKER))) return;
        const bytes = Uint8Array.from(marked ? packet.subarray(MARKER.length) : packet);
        heard({ bytes, from: { address: addressOctets(from.address), port: from.port }, own, marked });
      });
      sockets.set(`${address.includes(':') ? 6 : 4} ${port}`, socket);
    }
  }
  return {
    send(bytes, address, port, marked) {
      const socket = sockets.get(`${address.includes(':') ? 6 : 4} ${marked ? 4500 : 500}`);
      socket?.send(marked ? Buffer.concat([MARKER, bytes]) : bytes, port, address);
    },
    close: () => sockets.forEach((socket) => socket.close()),
  };
}
