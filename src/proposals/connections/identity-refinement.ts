/**
 * What the peer's identity of phase 1 changes: the responder looks for a better connection, the initiator never does.
 *
 * Rule 1: the connection in use stays when it is for exactly this peer; otherwise the exact match wins, or the fewest wildcards.
 * Rule 2: what was done already must have been right: the method of authentication, and the preshared key that decrypted the message.
 *
 * @see FreeS/WAN 2.0x `ipsec_doi.c`, `decode_peer_id`; `connections.c`, `refine_host_connection`
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import {
  type Connection,
  isTemplate,
  listOf,
  type Method,
  peerIdentity,
  type Serials,
  type Step,
  use,
  type Use,
  type WhyNot,
} from './connection.ts';
import { ID_TYPE, type Identity, matchIdentity, sameIdentity } from './identities.ts';
import { CONNECTIONS } from './log.ts';

/** The connection that is now in use, or nothing: INVALID_ID_INFORMATION (18). */
export interface Refinement {
  readonly used?: Use;
  readonly how: 'kept' | 'completed' | 'switched' | 'not-found' | 'other-peer';
  /** The notify type of a refusal. */
  readonly code: 0 | 18;
  readonly steps: readonly Step[];
  readonly logs: readonly LogLine[];
  readonly serials: Serials;
}

const NOT_FOUND = 18;
const SHARED = 'shared';

/** The responder's search. Connections in the order in which they were added; `method` is that of the chosen transform. */
export function refineByIdentity(
  connections: readonly Connection[],
  current: Use,
  peerId: Identity,
  method: Method,
  serials: Serials = new Map(),
): Refinement {
  const announced = CONNECTIONS.write('peerId', { type: ID_TYPE[peerId.kind], id: peerId.text });
  const own: Step = { list: 'current', candidate: current.connection.name, verdict: 'taken' };
  if (sameIdentity(current.peerId, peerId)) {
    return { used: current, how: 'kept', code: 0, steps: [own], logs: [announced], serials };
  }
  const { found, steps } = search(connections, current, peerId, method);
  if (!found) {
    const logs = [announced, CONNECTIONS.write('noSuitable', { id: peerId.text })];
    return { how: 'not-found', code: NOT_FOUND, steps, logs, serials };
  }
  if (found === current) return { used: { ...current, peerId }, how: 'completed', code: 0, steps, logs: [announced], serials };
  const { name } = found.connection;
  const logs = [announced, CONNECTIONS.write('switched', { from: current.connection.name, to: name })];
  if (isTemplate(found.connection)) logs.push(CONNECTIONS.write('instantiated', { connection: name, peer: current.peer }));
  return { ...use(found.connection, current.peer, serials, peerId), how: 'switched', code: 0, steps, logs };
}

/** The initiator's check: it switches no horses. */
export function confirmIdentity(current: Use, peerId: Identity): Refinement {
  const announced = CONNECTIONS.write('peerId', { type: ID_TYPE[peerId.kind], id: peerId.text });
  const step = { list: 'current', candidate: current.connection.name } as const;
  const serials: Serials = new Map();
  if (sameIdentity(current.peerId, peerId)) {
    return { used: current, how: 'kept', code: 0, steps: [{ ...step, verdict: 'taken' }], logs: [announced], serials };
  }
  const line = CONNECTIONS.write('otherPeer', { expected: current.peerId.text, declared: peerId.text });
  return { how: 'other-peer', code: NOT_FOUND, steps: [{ ...step, verdict: 'passed', why: 'identity' }], logs: [announced, line], serials };
}

interface Candidate {
  readonly connection: Connection;
  readonly peerId: Identity;
}

/** Connections between the two hosts, the instance in use among them; then those with any peer. */
function search(
  connections: readonly Connection[],
  current: Use,
  peerId: Identity,
  method: Method,
): { readonly found?: Candidate; readonly steps: readonly Step[] } {
  const { ours, peers } = current.connection;
  const ports = { our: ours.hostPort ?? 500, peer: peers.hostPort ?? 500 };
  const waiting = (peer: string | undefined): Candidate[] =>
    listOf(connections, ours.address, peer, ports).map((connection) => ({ connection, peerId: peerIdentity(connection) }));
  // An instance stands in front: it is newer than anything.
  const pair = waiting(current.peer).map((each) => (each.connection === current.connection ? current : each));
  const lists = [
    ['host-pair', current.instance === undefined ? pair : [current, ...pair]],
    ['any-peer', waiting(undefined)],
  ] as const;
  const steps: Step[] = [];
  let best: { readonly candidate: Candidate; readonly wildcards: number } | undefined;
  for (const [list, candidates] of lists) {
    for (const candidate of candidates) {
      const step = { list, candidate: candidate.connection.name };
      const why = whyNot(candidate, current, peerId, method);
      const wildcards = matchIdentity(peerId, candidate.peerId) ?? 0;
      if (why !== undefined) steps.push({ ...step, verdict: 'passed', why });
      else if (wildcards === 0) return { found: candidate, steps: [...steps, { ...step, verdict: 'taken' }] };
      else if (best && wildcards >= best.wildcards) steps.push({ ...step, verdict: 'passed', why: 'more-wildcards' });
      else {
        steps.push({ ...step, verdict: 'kept-in-mind' });
        best = { candidate, wildcards };
      }
    }
  }
  return { ...(best && { found: best.candidate }), steps };
}

function whyNot({ connection, peerId: configured }: Candidate, current: Use, peerId: Identity, method: Method): WhyNot | undefined {
  if (connection.group) return 'group';
  if (matchIdentity(peerId, configured) === undefined) return 'identity';
  if (!(connection.auth ?? ['psk']).includes(method)) return 'method';
  if (method === 'rsasig') return connection.privateKey === false ? 'no-private-key' : undefined;
  const used = current.connection.secret ?? SHARED;
  const secret = connection.secret ?? SHARED;
  if (secret === '' || used === '') return 'no-secret';
  return secret === used ? undefined : 'other-secret';
}
