/**
 * A probe with everything around it: sockets, progress, Ctrl-C, transcript and capture.
 *
 * @module
 */
import { resolvePeer, splitPeer } from '../net/resolve.ts';
import type { Transcript } from '../net/transcript.ts';
import { runProbe } from '../probe/probe.ts';
import type { ProbeEnvironment, ProbeOptions, ProbeTarget } from '../probe/probe.ts';
import type { ProbeReport } from '../probe/result.ts';
import { liveEnvironment, replayEnvironment } from './environment.ts';
import { UsageError } from './errors.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { progressLine } from './progress.ts';

/** What a session takes of the command line. */
export interface SessionFlags {
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly sourcePort?: number | 'any';
  readonly save?: string;
  readonly pcap?: string;
}

export interface Session {
  readonly report: ProbeReport;
  /** Ctrl-C ended it early; the report holds what was found out until then. */
  readonly interrupted: boolean;
}

/** The peer as written, and `--port`: they may not contradict each other. */
export async function findTarget(input: string, port?: number): Promise<ProbeTarget> {
  const written = splitPeer(input, 0).port;
  if (port !== undefined && written !== 0 && written !== port) {
    throw new UsageError('ERR_USAGE_CONFLICT', `the peer says port ${written}, --port says ${port}`, 'give one of them');
  }
  const { address, port: found } = await resolvePeer(input, port ?? 500);
  return { input, address, port: found };
}

/** Probes a peer over UDP, and keeps transcript and capture when asked to, of an interrupted run too. */
export async function live(target: ProbeTarget, options: ProbeOptions, flags: SessionFlags, io: Io): Promise<Session> {
  const progress = progressLine(io.stderr, flags.quiet === true);
  const signal = io.interrupted();
  const environment: ProbeEnvironment = {
    ...liveEnvironment(target, options, flags.sourcePort),
    signal,
    progress: (event) => progress.show(event),
  };
  try {
    const report = await runProbe(target, options, environment);
    return { report, interrupted: signal.aborted };
  } finally {
    progress.end();
    await keep(environment.transcript, flags, io);
  }
}

/** Works from a transcript: its target and its settings, whatever else the command line says. */
export async function replay(text: string, options: ProbeOptions, io: Io): Promise<Session> {
  const { Transcript } = await import('../net/transcript.ts');
  const recorded = Transcript.fromJson(text);
  const environment = replayEnvironment(recorded);
  const report = await runProbe(recorded.head.target, settingsOf(recorded, options), environment);
  const at = environment.divergedAt();
  if (at !== undefined) {
    io.stderr.write(`ike-probe: the run left the recorded one at datagram ${at}: the transcript was edited, or another version made it\n`);
  }
  return { report, interrupted: false };
}

/** Every packet that would be sent before anything is known, on stdout; nothing is sent. */
export async function dryRun(target: ProbeTarget, options: ProbeOptions, flags: SessionFlags, io: Io): Promise<number> {
  const { planProbe } = await import('../probe/probe.ts');
  const { lines, note } = planProbe(target, options, liveEnvironment(target, options));
  const packets = lines.map(({ exchange, description, bytes }) => ({ exchange, description, octets: bytes.length, hex: hex(bytes) }));
  if (flags.json === true) {
    const plan = { schema: 'ike-probe/1', kind: 'plan', target, packets, note };
    io.stdout.write(`${JSON.stringify(plan, undefined, 2)}\n`);
    return EXIT.yes;
  }
  for (const [index, packet] of packets.entries()) {
    io.stdout.write(`${index + 1}  ${packet.exchange}  ${packet.octets} octets  ${packet.description}\n`);
    if (flags.quiet !== true) io.stdout.write(`${packet.hex.replace(/.{1,64}/g, '   $&\n')}\n`);
  }
  io.stdout.write(`${note}\n`);
  return EXIT.yes;
}

async function keep(transcript: Transcript, { save, pcap }: SessionFlags, io: Io): Promise<void> {
  if (save !== undefined) await io.writeFile(save, transcript.toJson());
  if (pcap !== undefined) {
    const { writePcap } = await import('../net/pcap.ts');
    await io.writeFile(pcap, writePcap(transcript));
  }
}

/** The recorded settings where they are of the right kind; a transcript is a file like any other. */
function settingsOf({ head }: Transcript, options: ProbeOptions): ProbeOptions {
  const recorded = Object.entries(head.settings ?? {}).filter(([name, value]) => {
    const usual = (options as unknown as Record<string, unknown>)[name];
    return typeof usual === typeof value && Array.isArray(usual) === Array.isArray(value) && value !== null;
  });
  return { ...options, ...(Object.fromEntries(recorded) as Partial<ProbeOptions>) };
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
