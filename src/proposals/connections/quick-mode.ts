/**
 * Which connection Pluto uses for a Quick Mode: the one with exactly the clients that the peer names.
 *
 * Rule 1: the connection in use stays when its clients are those and it is routed; else routed ones are preferred, then few wildcards.
 * Rule 2: connections between the two hosts come before those with any peer; opportunistic ones last, and only for two hosts.
 *
 * @see FreeS/WAN 2.0x `connections.c`, `find_client_connection`, `fc_try`, `fc_try_oppo`; `ipsec_doi.c`, `quick_inI1_outR1_tail`
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import {
  clientOf,
  type Connection,
  formatEnd,
  isTemplate,
  listOf,
  ourIdentity,
  peerIdentity,
  type Serials,
  type Step,
  use,
  type Use,
  type WhyNot,
} from './connection.ts';
import { type Identity, matchIdentity, MOST_WILDCARDS, sameIdentity } from './identities.ts';
import { CONNECTIONS } from './log.ts';
import { insideSubnet, isHost, parseSubnet, sameSubnet, type Subnet } from './subnets.ts';

/** What the peer asks a tunnel for; the hosts themselves when a client is left out. */
export interface Clients {
  readonly our?: string;
  readonly peer?: string;
  readonly ourProtocol?: number;
  readonly ourPort?: number;
  readonly peerProtocol?: number;
  readonly peerPort?: number;
}

/** The connection that is now in use, or nothing: INVALID_ID_INFORMATION (18). */
export interface QuickChoice {
  readonly used?: Use;
  readonly how: 'kept' | 'switched' | 'not-found' | 'unreadable';
  readonly code: 0 | 18;
  readonly steps: readonly Step[];
  readonly logs: readonly LogLine[];
  readonly serials: Serials;
}

const NOT_FOUND = 18;

interface Wanted {
  readonly our: Subnet;
  readonly peer: Subnet;
  readonly selectors: readonly [ourProtocol: number, ourPort: number, peerProtocol: number, peerPort: number];
}

interface Candidate {
  readonly connection: Connection;
  readonly peerId: Identity;
  readonly address: string;
}

/** Chooses by the clients. Connections in the order in which they were added. */
export function chooseForQuick(
  connections: readonly Connection[],
  current: Use,
  clients: Clients,
  serials: Serials = new Map(),
): QuickChoice {
  const { ours } = current.connection;
  const our = parseSubnet(clients.our ?? ours.address);
  const peer = parseSubnet(clients.peer ?? current.peer);
  if (!our || !peer) return { how: 'unreadable', code: NOT_FOUND, steps: [], logs: [], serials };
  const { ourProtocol = 0, ourPort = 0, peerProtocol = 0, peerPort = 0 } = clients;
  const wanted: Wanted = { our, peer, selectors: [ourProtocol, ourPort, peerProtocol, peerPort] };
  const steps: Step[] = [];
  const found = search(connections, current, wanted, steps);
  if (!found) {
    const line = CONNECTIONS.write('noneKnown', { tunnel: tunnelText(current, wanted) });
    return { how: 'not-found', code: NOT_FOUND, steps, logs: [line], serials };
  }
  if (found === current) return { used: current, how: 'kept', code: 0, steps, logs: [], serials };
  const { name } = found.connection;
  const logs: LogLine[] = isTemplate(found.connection) ? [CONNECTIONS.write('instantiated', { connection: name, peer: current.peer })] : [];
  logs.push(CONNECTIONS.write('using', { connection: name }));
  return { ...use(found.connection, current.peer, serials, current.peerId), how: 'switched', code: 0, steps, logs };
}

function search(connections: readonly Connection[], current: Use, wanted: Wanted, steps: Step[]): Use | Candidate | undefined {
  const { connection, peer } = current;
  const own = candidateOf(connection, peer, current.peerId);
  const exact = hasExactly(own, wanted);
  const step = { list: 'current', candidate: connection.name } as const;
  if (exact && connection.routed) {
    steps.push({ ...step, verdict: 'taken' });
    return current;
  }
  steps.push(exact ? { ...step, verdict: 'kept-in-mind' } : { ...step, verdict: 'passed', why: clientFault(own, wanted) ?? 'peer-client' });
  const ports = { our: connection.ours.hostPort ?? 500, peer: connection.peers.hostPort ?? 500 };
  const pair = listOf(connections, connection.ours.address, peer, ports).map((each) =>
    each === connection ? own : candidateOf(each, peer),
  );
  const first = bestOf('host-pair', current.instance === undefined ? pair : [own, ...pair], current, wanted, steps);
  if (first) return first === own ? current : first;
  if (exact) return current;
  const anywhere = listOf(connections, connection.ours.address, undefined, ports).map((each) => candidateOf(each, peer));
  const second = bestOf('any-peer', anywhere, current, wanted, steps);
  if (second || !isHost(wanted.our) || !isHost(wanted.peer)) return second;
  return bestOpportunistic(anywhere, current, wanted, steps);
}

function candidateOf(connection: Connection, address: string, peerId: Identity = peerIdentity(connection)): Candidate {
  return { connection, peerId, address };
}

/** Exact clients; routed before not routed, then the fewest wildcards, then the newest. A shunt that wins forbids. */
function bestOf(list: Step['list'], candidates: readonly Candidate[], current: Use, wanted: Wanted, steps: Step[]): Candidate | undefined {
  return bestBy(
    list,
    candidates,
    current,
    steps,
    (candidate) => clientFault(candidate, wanted),
    ({ connection }, wildcards) => [connection.routed ? 1 : 0, MOST_WILDCARDS - wildcards],
  );
}

/** Clients inside; the smallest of ours, then of theirs, then as above. What wins must be opportunistic. */
function bestOpportunistic(candidates: readonly Candidate[], current: Use, wanted: Wanted, steps: Step[]): Candidate | undefined {
  const inside = (candidate: Candidate): WhyNot | undefined => {
    const { our, peer } = clientsOf(candidate);
    if (!our || !insideSubnet(wanted.our, our)) return 'our-client';
    return peer && insideSubnet(wanted.peer, peer) ? undefined : 'peer-client';
  };
  const found = bestBy('any-peer', candidates, current, steps, inside, (candidate, wildcards) => {
    const { our, peer } = clientsOf(candidate);
    return [our?.length ?? 0, peer?.length ?? 0, candidate.connection.routed ? 1 : 0, MOST_WILDCARDS - wildcards];
  });
  return found?.connection.opportunistic ? found : undefined;
}

function bestBy(
  list: Step['list'],
  candidates: readonly Candidate[],
  current: Use,
  steps: Step[],
  fault: (candidate: Candidate) => WhyNot | undefined,
  rank: (candidate: Candidate, wildcards: number) => readonly number[],
): Candidate | undefined {
  let best: { readonly candidate: Candidate; readonly rank: readonly number[] } | undefined;
  for (const candidate of candidates) {
    const step = { list, candidate: candidate.connection.name };
    const why = identityFault(candidate, current) ?? fault(candidate);
    const own = rank(candidate, matchIdentity(current.peerId, candidate.peerId) ?? 0);
    if (why !== undefined) steps.push({ ...step, verdict: 'passed', why });
    else if (best && !isGreater(own, best.rank)) steps.push({ ...step, verdict: 'passed', why: 'no-better' });
    else {
      steps.push({ ...step, verdict: 'kept-in-mind' });
      best = { candidate, rank: own };
    }
  }
  if (!best) return undefined;
  const { candidate } = best;
  const step = { list, candidate: candidate.connection.name };
  if (candidate.connection.shunt) {
    steps.push({ ...step, verdict: 'passed', why: 'shunt' });
    return undefined;
  }
  steps.push({ ...step, verdict: 'taken' });
  return candidate;
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

function identityFault({ connection, peerId }: Candidate, current: Use): WhyNot | undefined {
  if (connection.group) return 'group';
  if (!sameIdentity(ourIdentity(current.connection), ourIdentity(connection))) return 'our-identity';
  return matchIdentity(current.peerId, peerId) === undefined ? 'identity' : undefined;
}

function clientsOf({ connection, address }: Candidate): { readonly our: Subnet | undefined; readonly peer: Subnet | undefined } {
  const { ours, peers } = connection;
  return { our: clientOf(ours, ours.address), peer: clientOf(peers, address) };
}

function selectorsOf({ ours, peers }: Connection): readonly number[] {
  return [ours.protocol ?? 0, ours.port ?? 0, peers.protocol ?? 0, peers.port ?? 0];
}

/** A peer without a client is only itself. */
function clientFault(candidate: Candidate, wanted: Wanted): WhyNot | undefined {
  const own = selectorsOf(candidate.connection);
  if (wanted.selectors.some((value, i) => value !== own[i])) return 'protocol-or-port';
  const { our, peer } = clientsOf(candidate);
  if (!our || !sameSubnet(our, wanted.our)) return 'our-client';
  if (!peer) return 'peer-client';
  const fits = candidate.connection.peers.clientWithin ? insideSubnet(wanted.peer, peer) : sameSubnet(peer, wanted.peer);
  return fits ? undefined : 'peer-client';
}

function hasExactly(candidate: Candidate, wanted: Wanted): boolean {
  const { peer } = clientsOf(candidate);
  return clientFault(candidate, wanted) === undefined && peer !== undefined && sameSubnet(peer, wanted.peer);
}

/** `ours===me[id]...him[id]===his`, with the clients that were asked for. */
function tunnelText({ connection, peer, peerId }: Use, wanted: Wanted): string {
  const { ours, peers } = connection;
  const [ourProtocol, ourPort, peerProtocol, peerPort] = wanted.selectors;
  const me = {
    address: ours.address,
    hostPort: ours.hostPort ?? 500,
    id: ourIdentity(connection),
    client: wanted.our,
    protocol: ourProtocol,
    port: ourPort,
  };
  const him = { address: peer, hostPort: peers.hostPort ?? 500, id: peerId, client: wanted.peer, protocol: peerProtocol, port: peerPort };
  return `${formatEnd(me, true)}...${formatEnd(him, false)}`;
}
