/**
 * Which connection Pluto uses for the first message: it knows only where it came from, and guesses.
 *
 * Rule 1: the SA is not looked at; a connection between the two hosts is taken whatever it says.
 * Rule 2: of connections with any peer the newest Road Warrior is taken at once, though it may be the wrong one.
 *
 * @see FreeS/WAN 2.0x `ipsec_doi.c`, `main_inI1_outR1`; `pluto(8)`, "Road Warrior Support"
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import { clientOf, type Connection, isTemplate, listOf, peerIdentity, type Serials, type Step, use, type Use } from './connection.ts';
import { CONNECTIONS } from './log.ts';
import { insideSubnet, parseSubnet } from './subnets.ts';

/** Where the first message came to, and from. */
export interface Arrival {
  readonly our: string;
  readonly ourPort?: number;
  readonly peer: string;
  readonly peerPort?: number;
}

/** The connection, or nothing: then the message is ignored, without an answer. */
export interface MainChoice {
  readonly used?: Use;
  /** How it was found, or why not. */
  readonly how: 'host-pair' | 'road-warrior' | 'opportunistic' | 'not-authorized' | 'forbidden';
  readonly steps: readonly Step[];
  readonly logs: readonly LogLine[];
  readonly serials: Serials;
}

const NO_SERIALS: Serials = new Map();

/** Chooses for the first message of Main Mode. Connections in the order in which they were added. */
export function chooseForMain(connections: readonly Connection[], arrival: Arrival, serials: Serials = NO_SERIALS): MainChoice {
  const { our, peer } = arrival;
  const ports = { our: arrival.ourPort ?? 500, peer: arrival.peerPort ?? 500 };
  const [first] = listOf(connections, our, peer, ports);
  if (first) {
    const used: Use = { connection: first, peer, peerId: peerIdentity(first) };
    const steps: Step[] = [{ list: 'host-pair', candidate: first.name, verdict: 'taken' }];
    return { used, how: 'host-pair', steps, logs: [CONNECTIONS.write('responding')], serials };
  }
  const { found, steps } = guess(listOf(connections, our, undefined, ports), peer);
  const where = { our, port: ports.our };
  if (!found) return { how: 'not-authorized', steps, logs: [CONNECTIONS.write('notAuthorized', where)], serials };
  if (!isTemplate(found)) {
    return { how: 'forbidden', steps, logs: [CONNECTIONS.write('forbidden', { ...where, connection: found.name })], serials };
  }
  const instantiated = use(found, peer, serials);
  const logs = [CONNECTIONS.write('instantiated', { connection: found.name, peer }), CONNECTIONS.write('respondingToUnknown', { peer })];
  return { ...instantiated, how: found.opportunistic ? 'opportunistic' : 'road-warrior', steps, logs };
}

/** The newest Road Warrior at once; else the opportunistic connection or shunt whose subnet holds the peer most tightly. */
function guess(candidates: readonly Connection[], peer: string): { readonly found?: Connection; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  const sender = parseSubnet(peer);
  let best: Connection | undefined;
  for (const candidate of candidates) {
    const step = { list: 'any-peer', candidate: candidate.name } as const;
    const client = clientOf(candidate.peers, '0.0.0.0');
    const bestClient = best && clientOf(best.peers, '0.0.0.0');
    if (candidate.group) steps.push({ ...step, verdict: 'passed', why: 'group' });
    else if (isTemplate(candidate) && !candidate.opportunistic) {
      steps.push({ ...step, verdict: 'taken' });
      return { found: candidate, steps };
    } else if (!sender || !client || !insideSubnet(sender, client)) steps.push({ ...step, verdict: 'passed', why: 'peer-outside-client' });
    else if (bestClient && insideSubnet(bestClient, client)) steps.push({ ...step, verdict: 'passed', why: 'larger-client' });
    else {
      steps.push({ ...step, verdict: 'kept-in-mind' });
      best = candidate;
    }
  }
  return { ...(best && { found: best }), steps };
}
