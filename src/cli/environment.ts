/**
 * What the core may not take for itself: sockets, random octets, public values, the wall clock.
 *
 * Rule: the random octets of a run come from one seed that its transcript keeps, so a replay asks the same octets.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { seededEntropy } from '../ike/entropy.ts';
import { replayTransport } from '../net/replay.ts';
import { Transcript } from '../net/transcript.ts';
import type { TranscriptHead } from '../net/transcript.ts';
import { openUdp } from '../net/udp.ts';
import { publicValues } from '../node-crypto/public-values.ts';
import type { ProbeEnvironment, ProbeTarget } from '../probe/probe.ts';
import type { ProbeSettings } from './settings.ts';

/** Real sockets, real time, a fresh seed. `sourcePort`: 500 when allowed unless given; `any` for what the system gives. */
export function liveEnvironment(target: ProbeTarget, settings: ProbeSettings, sourcePort?: number | 'any'): ProbeEnvironment {
  const seed = randomBytes(32).toString('hex');
  const head: Writable<TranscriptHead> = { target, started: new Date().toISOString(), seed, settings: { ...settings } };
  return {
    ...seeded(seed),
    transcript: new Transcript(head),
    wallClock: () => new Date(),
    async open(port) {
      const transport = await openUdp({ address: target.address, port, ...sourceOf(port, sourcePort) });
      if (transport.local !== undefined) head.local ??= transport.local;
      return transport;
    },
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The recorded octets in virtual time. `divergedAt` tells where the run was no longer the recorded one. */
export function replayEnvironment(recorded: Transcript): ProbeEnvironment & { divergedAt(): number | undefined } {
  const transport = replayTransport(recorded);
  const started = Date.parse(recorded.head.started) || 0;
  return {
    ...seeded(recorded.head.seed ?? ''),
    transcript: new Transcript(recorded.head),
    wallClock: () => new Date(started + transport.clock()),
    open: async () => transport,
    divergedAt: () => transport.divergedAt,
  };
}

function seeded(seed: string): Pick<ProbeEnvironment, 'entropy' | 'publicValue'> {
  const entropy = seededEntropy(seed);
  return { entropy, publicValue: publicValues(entropy) };
}

/** A port given by hand is for IKE's own port; behind the marker of port 4500 the transport's default is right. */
function sourceOf(port: number, sourcePort: number | 'any' | undefined): { sourcePort?: number } {
  if (sourcePort === 'any') return { sourcePort: 0 };
  return sourcePort === undefined || port === 4500 ? {} : { sourcePort };
}
