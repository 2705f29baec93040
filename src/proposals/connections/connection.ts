/**
 * Connections as Pluto's choice sees them, and the one that a state uses at a moment.
 *
 * Rule 1: a connection whose peer may be anywhere is a template; what is used of it is an instance, with a number of its own.
 * Rule 2: what is newer stands in front: Pluto looks through its lists from the connection added last to the one added first.
 *
 * @see FreeS/WAN 2.0x `connections.h`, `connections.c`
 * @module
 */
import { type Identity, parseIdentity } from './identities.ts';
import { parseSubnet, sameAddress, sameSubnet, type Subnet } from './subnets.ts';

/** How phase 1 authenticates. */
export type Method = 'psk' | 'rsasig';

/** One end of a connection. */
export interface End {
  /** An address, or `%any` for the peer of a template. */
  readonly address: string;
  /** Of IKE; 500 when left out. */
  readonly hostPort?: number;
  /** As it is configured; the address when left out, any for the peer of a template. */
  readonly id?: string;
  /** The subnet behind it; the host itself when left out. */
  readonly client?: string;
  /** The client may be any subnet within `client`. */
  readonly clientWithin?: true;
  /** Traffic selectors: 0 is any. */
  readonly protocol?: number;
  readonly port?: number;
}

/** A connection, as `whack` adds it. */
export interface Connection {
  readonly name: string;
  readonly ours: End;
  readonly peers: End;
  /** Preshared key when left out. */
  readonly auth?: readonly Method[];
  /** Which preshared key is found for its two identities; one and the same when left out, none when empty. */
  readonly secret?: string;
  /** Whether our private key is found for it; it is when left out. */
  readonly privateKey?: boolean;
  /** Only a pattern for others. */
  readonly group?: true;
  readonly opportunistic?: true;
  /** Its packets are passed, dropped or rejected: nothing is negotiated. */
  readonly shunt?: true;
  /** Its eroute is in place. */
  readonly routed?: boolean;
}

/** The connection that a state uses; of a template an instance. */
export interface Use {
  readonly connection: Connection;
  /** Of an instance, counted from 1 per template. */
  readonly instance?: number;
  /** The peer's address. */
  readonly peer: string;
  /** Of the peer, as far as it is known: still with wildcards, or the address, before its ID came. */
  readonly peerId: Identity;
}

/** How many instances each template had. */
export type Serials = ReadonlyMap<string, number>;

/** Why a candidate is passed over. */
export type WhyNot =
  | 'group'
  | 'template-is-opportunistic'
  | 'peer-outside-client'
  | 'larger-client'
  | 'identity'
  | 'our-identity'
  | 'method'
  | 'no-secret'
  | 'other-secret'
  | 'no-private-key'
  | 'more-wildcards'
  | 'protocol-or-port'
  | 'our-client'
  | 'peer-client'
  | 'shunt'
  | 'no-better';

/** One look at one candidate. */
export interface Step {
  /** Which list it stands in: that of the two hosts, or that of peers anywhere; or it is the one in use. */
  readonly list: 'current' | 'host-pair' | 'any-peer';
  readonly candidate: string;
  readonly verdict: 'taken' | 'kept-in-mind' | 'passed';
  readonly why?: WhyNot;
}

const NOBODY: Identity = { kind: 'none', text: '(none)' };

/** Whether its peer may be anywhere, so that it must be instantiated. */
export function isTemplate({ peers, shunt, group }: Connection): boolean {
  return group !== true && ((peers.address === '%any' && shunt !== true) || peers.clientWithin === true);
}

/** The connections between two hosts, from the newest to the oldest; `undefined` is any peer. */
export function listOf(
  connections: readonly Connection[],
  our: string,
  peer: string | undefined,
  ports = { our: 500, peer: 500 },
): Connection[] {
  return connections
    .filter(({ ours, peers }) => {
      if (!sameAddress(ours.address, our) || (ours.hostPort ?? 500) !== ports.our || (peers.hostPort ?? 500) !== ports.peer) return false;
      return peer === undefined ? peers.address === '%any' : peers.address !== '%any' && sameAddress(peers.address, peer);
    })
    .toReversed();
}

/** Our identity by a connection. */
export function ourIdentity({ ours }: Connection): Identity {
  return parseIdentity(ours.id ?? ours.address);
}

/** The peer's identity by a connection, before it is instantiated. */
export function peerIdentity({ peers }: Connection): Identity {
  if (peers.id !== undefined) return parseIdentity(peers.id);
  return peers.address === '%any' ? NOBODY : parseIdentity(peers.address);
}

/** The subnet behind an end, whose host is at `address`. */
export function clientOf(end: End, address: string): Subnet | undefined {
  return parseSubnet(end.client ?? address);
}

/** The use of a connection for a peer; of a template a new instance, with the identity of the peer when it is known. */
export function use(
  connection: Connection,
  peer: string,
  serials: Serials,
  peerId?: Identity,
): { readonly used: Use; readonly serials: Serials } {
  if (!isTemplate(connection)) return { used: { connection, peer, peerId: peerIdentity(connection) }, serials };
  const instance = (serials.get(connection.name) ?? 0) + 1;
  const configured = peerIdentity(connection);
  const known = peerId ?? (configured.kind === 'none' ? parseIdentity(peer) : configured);
  return { used: { connection, instance, peer, peerId: known }, serials: new Map([...serials, [connection.name, instance]]) };
}

/** What stands in front of a state's log lines: the connection in use at that moment. */
export function prefixOf({ connection, instance, peer }: Use, state: number): string {
  const which = instance === undefined ? '' : `[${instance}] ${peer}`;
  return `"${connection.name}"${which} #${state}: `;
}

/** One end of a tunnel that was asked for. */
export interface TunnelEnd {
  readonly address: string;
  readonly hostPort: number;
  readonly id: Identity;
  readonly client: Subnet;
  readonly protocol: number;
  readonly port: number;
}

/** As Pluto writes it: `client===host[id]`, mirrored for the peer. @see FreeS/WAN 2.0x `connections.c`, `format_end` */
export function formatEnd({ address, hostPort, id, client, protocol, port }: TunnelEnd, isOurs: boolean): string {
  const itself = parseSubnet(address);
  const behind = itself && sameSubnet(client, itself) ? '' : client.text;
  const isAddress = (id.kind === 'ipv4' || id.kind === 'ipv6') && sameAddress(id.text, address);
  const named = id.kind === 'none' || isAddress ? '' : `[${id.text}]`;
  const host = [address, hostPort === 500 ? '' : `:${hostPort}`, named, protocol === 0 && port === 0 ? '' : `:${protocol}/${port}`].join(
    '',
  );
  if (behind === '') return host;
  return isOurs ? `${behind}===${host}` : `${host}===${behind}`;
}
