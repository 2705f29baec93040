/**
 * The clients of quick mode as traffic selectors, so that both versions can be told the same.
 *
 * @see RFC 2407 §4.6.2
 * @module
 */
import type { Identification } from '../../payloads/id.ts';
import type { TrafficSelector } from '../../payloads/ts.ts';
import { isWithinTraffic } from '../ikev2/traffic.ts';
import type { Ikev1Side } from './responder-setup.ts';

/** Octets of an address, by the types of ID payloads for hosts, networks and ranges. */
const ADDRESS_OCTETS: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [4, 4],
  [7, 4],
  [5, 16],
  [6, 16],
  [8, 16],
]);
const HOSTS: ReadonlySet<number> = new Set([1, 5]);
const NETWORKS: ReadonlySet<number> = new Set([4, 6]);

/** Nothing for identities that are no addresses, and for those that are cut off. */
export function clientTraffic({ idType, data, protocol, port }: Identification): TrafficSelector | undefined {
  const octets = ADDRESS_OCTETS.get(idType);
  if (octets === undefined || data.length !== (HOSTS.has(idType) ? octets : 2 * octets)) return undefined;
  const first = data.subarray(0, octets);
  const second = HOSTS.has(idType) ? first : data.subarray(octets);
  const [start, end] = NETWORKS.has(idType)
    ? [first.map((octet, i) => octet & (second[i] as number)), first.map((octet, i) => octet | (~(second[i] as number) & 0xff))]
    : [first, second];
  const [startPort, endPort] = port === 0 ? [0, 0xffff] : [port, port];
  return { form: 'range', tsType: octets === 4 ? 7 : 8, protocol, startPort, endPort, start, end };
}

/** Admits clients that lie within the traffic of each side; the ends themselves always. */
export function admitsWithin(traffic: {
  readonly own: readonly TrafficSelector[];
  readonly peer: readonly TrafficSelector[];
}): NonNullable<Ikev1Side['admits']> {
  const within = (client: Identification | undefined, allowed: readonly TrafficSelector[]): boolean => {
    if (!client) return true;
    const asked = clientTraffic(client);
    return asked !== undefined && isWithinTraffic([asked], allowed);
  };
  return (initiator, responder) => within(initiator, traffic.peer) && within(responder, traffic.own);
}
