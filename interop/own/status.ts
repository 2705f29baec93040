/** Our SAs in the words in which every peer of the lab tells of its own. */
import { dnText } from '../../src/ike/crypto/index.ts';
import type { ikev1, ikev2, MadeSa } from '../../src/ike/exchanges/index.ts';
import { addressText } from '../../src/net/index.ts';
import { type Algorithm, formatSuite, type Suite } from '../../src/proposals/index.ts';
import type { ChildStatus, IkeStatus } from '../daemons/peer.ts';

/** An IKEv2 session of ours. */
export function status2(
  connection: string,
  { sa, children, ended }: ikev2.Session,
  peer: ikev2.Identity | undefined,
  initiator: boolean,
): IkeStatus {
  return {
    connection,
    version: 2,
    established: ended === undefined,
    state: ended ?? 'established',
    initiator,
    spis: [hex(sa.initiatorSpi), hex(sa.responderSpi)],
    suite: formatSuite(Object.fromEntries(sa.slots), 'ikev2-ike'),
    remoteIdentity: peer ? identityText(peer) : null,
    children: children.map((child) => child2(connection, child)),
  };
}

function child2(name: string, child: ikev2.ChildSa): ChildStatus {
  const { protocol, settled, ownSpi, peerSpi, ownTraffic, peerTraffic, transport } = child;
  return {
    name,
    established: true,
    state: child.widened ? 'established wider' : 'established',
    protocol: protocol === AH ? 'ah' : 'esp',
    mode: transport ? 'transport' : 'tunnel',
    spis: [hex(ownSpi), hex(peerSpi)],
    suite: formatSuite(withoutNone(Object.fromEntries(settled.slots)), 'ikev2-child', protocol),
    local: ownTraffic.map(trafficText),
    remote: peerTraffic.map(trafficText),
  };
}

const [AH] = [2];

/** No key exchange is said by saying none; that there is no ESN is said. */
function withoutNone(suite: Suite): Suite {
  const { group, ...rest } = suite;
  return group === undefined || group.id === 0 ? rest : suite;
}

/** An ISAKMP SA of ours, and the SAs of its quick modes. `sa`: where both cookies are known. */
export function status1(
  connection: string,
  sa: { readonly initiatorCookie: Uint8Array; readonly responderCookie: Uint8Array } | undefined,
  suite: ikev1.Phase1Suite,
  peer: ikev2.Identity | undefined,
  children: readonly MadeSa[],
  initiator: boolean,
): IkeStatus {
  const keyed = (id: number, keyBits?: number): Algorithm => (keyBits === undefined ? { id } : { id, keyBits });
  const { encryption, keyBits, hash, group } = suite;
  return {
    connection,
    version: 1,
    established: true,
    state: 'established',
    initiator,
    spis: sa ? [hex(sa.initiatorCookie), hex(sa.responderCookie)] : null,
    suite: formatSuite({ encryption: keyed(encryption, keyBits), hash: { id: hash }, group: { id: group } }, 'ikev1-phase1'),
    remoteIdentity: peer ? identityText(peer) : null,
    children: children.flatMap((child) => ('transform' in child ? child1(connection, child) : [])),
  };
}

function child1(name: string, child: ikev1.Child): ChildStatus {
  const { protocol, transform, keyBits, authentication, group, mode, ownSpi, peerSpi } = child;
  const cipher: Algorithm = keyBits === undefined ? { id: transform } : { id: transform, keyBits };
  const suite: Suite = {
    ...(protocol === AH ? { integrity: { id: transform } } : { encryption: cipher }),
    ...(protocol !== AH && authentication !== undefined && { integrity: { id: authentication } }),
    ...(group !== undefined && { group: { id: group } }),
  };
  return {
    name,
    established: true,
    state: 'established',
    protocol: protocol === AH ? 'ah' : 'esp',
    mode: mode === 2 || mode === 4 ? 'transport' : 'tunnel',
    spis: [hex(ownSpi), hex(peerSpi)],
    suite: formatSuite(suite, 'ikev1-phase2', protocol),
    local: [],
    remote: [],
  };
}

function trafficText(selector: ikev2.ChildSa['ownTraffic'][number]): string {
  if (selector.form !== 'range') return 'unknown';
  const { start, end } = selector;
  const bits = start.length * 8 - start.reduce((free, octet, i) => free + ones(octet ^ (end[i] ?? 0)), 0);
  return `${addressText(start)}/${bits}`;
}

const ones = (octet: number): number => octet.toString(2).replaceAll('0', '').length;

export function identityText({ idType, data }: ikev2.Identity): string {
  if (idType === 1 || idType === 5) return addressText(data);
  return idType === 9 ? dnText(data) : Buffer.from(data).toString();
}

export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
