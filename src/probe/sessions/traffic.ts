/**
 * Which traffic child SAs are asked for.
 *
 * @module
 */
import type { Client } from '../../ike/exchanges/ikev1/quick-mode.ts';
import { allTraffic, trafficRange } from '../../ike/exchanges/ikev2/traffic.ts';
import { addressOctets, type AddressRange, prefixBits } from '../../net/addresses.ts';
import type { Transport } from '../../net/transport.ts';
import type { Clients } from './ikev1-session.ts';
import type { SessionMeans } from './means.ts';
import type { TrafficWish } from './watch.ts';

type Networks = Pick<SessionMeans, 'ownNetworks' | 'peerNetworks'>;

/** What is asked for: the networks that were named; else everything, which most peers narrow, and then the two hosts. */
export function trafficWishes({ ownNetworks, peerNetworks }: Networks, transport: Transport): readonly TrafficWish[] {
  const [own, peer] = hosts(transport);
  const selectors = (ranges: readonly AddressRange[]) => ranges.map(({ start, end }) => trafficRange(start, end));
  if (ownNetworks || peerNetworks)
    return [
      {
        own: ownNetworks ? selectors(ownNetworks) : [trafficRange(own)],
        peer: peerNetworks ? selectors(peerNetworks) : [trafficRange(peer)],
      },
    ];
  const all = [allTraffic(peer.length === 16 ? 6 : 4)];
  return [
    { own: all, peer: all },
    { own: [trafficRange(own)], peer: [trafficRange(peer)] },
  ];
}

/** Two hosts of the other address family, of the addresses for documentation: who has a policy for the wish has none for them. */
export function otherFamily({ own: [first] }: TrafficWish): TrafficWish {
  const six = first?.form === 'range' && first.start.length === 16;
  const [one, two] = six ? ['192.0.2.1', '192.0.2.2'] : ['2001:db8::1', '2001:db8::2'];
  const host = (address: string) => [trafficRange(addressOctets(address))];
  return { own: host(one), peer: host(two) };
}

function hosts({ local, peer: to }: Transport): readonly [Uint8Array, Uint8Array] {
  const peer = addressOctets(to.address);
  return [local ? addressOctets(local.address) : new Uint8Array(peer.length), peer];
}

/** The same in IKEv1, which has one client on each side: the hosts themselves come first, because a peer does not narrow. */
export function clientsOf({ ownNetworks, peerNetworks }: Networks, transport: Transport): readonly Clients[] {
  const [own, peer] = hosts(transport);
  if (ownNetworks || peerNetworks) {
    const [left, right] = [ownNetworks ?? [{ start: own, end: own }], peerNetworks ?? [{ start: peer, end: peer }]];
    return left.flatMap((a) => right.map((b) => ({ own: clientOf(a), peer: clientOf(b) })));
  }
  const all = new Uint8Array(peer.length);
  const everything = clientOf({ start: all, end: all.map(() => 0xff) });
  return [undefined, { own: everything, peer: everything }];
}

/** @see RFC 2407 §4.6.2 */
function clientOf(range: AddressRange): Client {
  const { start, end } = range;
  const six = start.length === 16;
  const bits = prefixBits(range);
  const client = (idType: number, data: Uint8Array): Client => ({ idType, protocol: 0, port: 0, data });
  if (bits === start.length * 8) return client(six ? 5 : 1, start);
  if (bits === undefined) return client(six ? 8 : 7, Uint8Array.from([...start, ...end]));
  const mask = start.map((octet, i) => ~(octet ^ (end[i] ?? 0)) & 0xff);
  return client(six ? 6 : 4, Uint8Array.from([...start, ...mask]));
}
