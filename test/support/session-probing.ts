/** Authenticated probes in virtual time: a whole peer in memory, asked by `runProbe` with credentials. */
import { seededEntropy } from '../../src/ike/entropy.ts';
import { preSharedKey } from '../../src/ike/exchanges/ikev1/authenticator.ts';
import { sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import { VirtualTime } from '../../src/net/virtual-time.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { type ProbeOptions, runProbe } from '../../src/probe/probe.ts';
import type { ExchangeReport, ProbeReport, SessionReport } from '../../src/probe/result.ts';
import { parseIdentity } from '../../src/probe/sessions/identity.ts';
import type { Credentials, SessionMeans } from '../../src/probe/sessions/means.ts';
import { universe } from '../../src/proposals/universes.ts';
import { LIVE_PSK, type LivePeer, livePeer, type LivePeerOptions } from './live-peer.ts';
import { checkSchema, environment, exchangeOf, OPTIONS, TARGET } from './probing.ts';

export interface SessionProbing {
  readonly peer?: LivePeerOptions;
  readonly options?: Partial<ProbeOptions>;
  readonly psk?: string;
  readonly id?: string;
  readonly peerId?: string;
  readonly means?: Partial<SessionMeans>;
  readonly signal?: AbortSignal;
}

export interface SessionProbed {
  readonly report: ProbeReport;
  readonly peer: LivePeer;
  readonly session: SessionReport;
  readonly children: ExchangeReport;
  readonly keys: readonly string[];
}

export const CHILD_UNIVERSES = {
  v1Child: universe('common', 'ikev1-phase2'),
  v2Child: universe('common', 'ikev2-child'),
} as const;

/** What the peer of `livePeer` is asked with unless told otherwise: one suite of phase 1, so that the runs are short. */
export const V2_OPTIONS: Partial<ProbeOptions> = { ike: 'v2', offers: ['aes256-sha256-modp2048'], rate: 10_000 };
export const V1_OPTIONS: Partial<ProbeOptions> = { ike: 'v1', mode: 'main', offers: ['aes256-sha256-modp2048'], rate: 10_000 };

export function pskCredentials(psk: string, id: string, peerId?: string): Credentials {
  const key = Buffer.from(psk);
  const peerIdentity = peerId === undefined ? undefined : parseIdentity(peerId);
  const identity = parseIdentity(id);
  return {
    proving: 'psk',
    ikev1: preSharedKey(key, peerIdentity),
    ikev2: sharedKey(key),
    ...(identity && { identity }),
    ...(peerIdentity && { peerIdentity }),
  };
}

/** Probes with credentials; throws when the report does not fit the schema, and when there is no session in it. */
export async function probingSession(given: SessionProbing = {}): Promise<SessionProbed> {
  const { psk = LIVE_PSK, id = 'client.example', peerId, means, signal } = given;
  const version = given.options?.ike === 'v1' ? 1 : 2;
  const peer = livePeer({ versions: [version], ...given.peer });
  const time = new VirtualTime();
  const made = environment((port) => Promise.resolve(peer.open(port, time)));
  const base = version === 1 ? V1_OPTIONS : V2_OPTIONS;
  const options = { ...OPTIONS, ...base, universe: { ...OPTIONS.universe, ...CHILD_UNIVERSES }, ...given.options };
  const keys: string[] = [];
  const sessions: SessionMeans = {
    provider: nodeCrypto,
    random: seededEntropy('session'),
    credentials: pskCredentials(psk, id, peerId),
    keys: (line) => keys.push(line),
    ...means,
  };
  const report = await runProbe(TARGET, options, { ...made, sessions, ...(signal && { signal }) });
  checkSchema(report);
  const [session] = report.sessions ?? [];
  if (session === undefined) throw new Error('no session in the report');
  return { report, peer, session, keys, children: exchangeOf(report, version === 1 ? 'ikev1-quick' : 'ikev2-child') };
}
