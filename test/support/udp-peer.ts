/** A whole peer on a loopback port: the responder of `livePeer` behind a real socket. */
import { serve, type Server } from '../../src/net/serve.ts';
import { addressOctets } from '../../src/net/addresses.ts';
import { type LivePeer, livePeer, type LivePeerOptions } from './live-peer.ts';

/** `address`: another one of the loopback than 127.0.0.1. */
export async function udpPeer({
  address: bound,
  ...options
}: LivePeerOptions & { readonly address?: string } = {}): Promise<LivePeer & { readonly server: Server; readonly target: string }> {
  const peer = livePeer(options);
  const server = await serve(
    (datagram, { address, port }) => {
      const from = { address: addressOctets(address), port };
      return peer.responder.hear(datagram, { from, now: performance.now() }).replies;
    },
    bound === undefined ? {} : { address: bound },
  );
  return { ...peer, server, target: `${server.address}:${server.port}` };
}
