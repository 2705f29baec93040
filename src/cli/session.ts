/**
 * A probe with everything around it: sockets, progress, Ctrl-C, transcript and capture.
 *
 * @module
 */
import { resolvePeer, splitPeer } from '../net/resolve.ts';
import { Transcript } from '../net/transcript.ts';
import { runProbe } from '../probe/probe.ts';
import type { ProbeEnvironment, ProbeOptions, ProbeTarget } from '../probe/probe.ts';
import type { ProbeReport } from '../probe/result.ts';
import type { SessionMeans } from '../probe/sessions/means.ts';
import type { CredentialFlags } from './credential-flags.ts';
import { liveEnvironment, replayEnvironment } from './environment.ts';
import { isUserFault, UsageError } from './errors.ts';
import { KeyFile } from './key-file.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';
import { progressLine } from './progress.ts';
import { optionsOf, settingsFrom } from './settings.ts';
import type { ProbeSettings } from './settings.ts';

/** What a session takes of the command line. */
export interface SessionFlags extends CredentialFlags {
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly port?: number;
  readonly sourcePort?: number | 'any';
  readonly save?: string;
  readonly pcap?: string;
  readonly html?: string;
  readonly saveKeys?: string;
}

export interface Session {
  readonly report: ProbeReport;
  readonly transcript: Transcript;
  /** Ctrl-C ended it early; the report holds what was found out until then. */
  readonly interrupted: boolean;
}

/** The peer as written, and `--port`: they may not contradict each other. */
async function findTarget(input: string, port?: number): Promise<ProbeTarget> {
  const written = splitPeer(input, port).port;
  if (port !== undefined && written !== port) {
    throw new UsageError('ERR_USAGE_CONFLICT', `the peer says port ${written}, --port says ${port}`, 'give one of them');
  }
  const { address, port: found } = await resolvePeer(input, port ?? 500);
  return { input, address, port: found };
}

/** Probes a peer over UDP, and keeps transcript and capture when asked to, of an interrupted run too. */
export async function live(peer: string, settings: ProbeSettings, flags: SessionFlags, io: Io): Promise<Session> {
  const options = optionsOf(settings);
  const target = await findTarget(peer, flags.port);
  const keys = new KeyFile();
  const sessions = settings.children === true ? await means(flags, io, keys) : undefined;
  await open(flags, io);
  const progress = progressLine(io.stderr, flags.quiet === true);
  const signal = io.interrupted();
  const environment: ProbeEnvironment = {
    ...liveEnvironment(target, settings, flags.sourcePort),
    signal,
    progress: (event) => progress.show(event),
    ...(sessions && { sessions }),
  };
  try {
    const report = await runProbe(target, options, environment);
    return { report, transcript: environment.transcript, interrupted: signal.aborted };
  } finally {
    progress.end();
    await keep(environment.transcript, flags, io);
    if (flags.saveKeys !== undefined) await io.writeFile(flags.saveKeys, keys.text(), 'secret');
  }
}

/** Authenticating is a lot of code, loaded when there is something to authenticate with. */
async function means(flags: SessionFlags, io: Io, keys: KeyFile): Promise<SessionMeans> {
  const { sessionMeans } = await import('./credentials.ts');
  const made = await sessionMeans(flags, io, Date.now());
  return flags.saveKeys === undefined ? made : { ...made, keys: (line) => keys.add(line) };
}

/** Works from a transcript: its target and its settings, whatever else the command line says. */
export async function replay(path: string, io: Io): Promise<Session> {
  const { recorded, options } = readTranscript(await io.readText(path), path);
  const environment = replayEnvironment(recorded);
  const report = await runProbe(recorded.head.target, options, environment);
  const at = environment.divergedAt();
  if (at !== undefined) {
    io.stderr.write(`ike-probe: the run left the recorded one at datagram ${at}: the transcript was edited, or another version made it\n`);
  }
  return { report, transcript: recorded, interrupted: false };
}

/** Every packet that would be sent before anything is known, on stdout; nothing is sent. */
export async function dryRun(peer: string, settings: ProbeSettings, flags: SessionFlags, io: Io): Promise<number> {
  const options = optionsOf(settings);
  const target = await findTarget(peer, flags.port);
  const { planProbe } = await import('../probe/probe.ts');
  const { lines, note } = planProbe(target, options, liveEnvironment(target, settings));
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

function readTranscript(text: string, path: string): { recorded: Transcript; options: ProbeOptions } {
  try {
    const recorded = Transcript.fromJson(text);
    return { recorded, options: optionsOf(settingsFrom(recorded.head.settings)) };
  } catch (error) {
    if (!isUserFault(error)) throw error;
    throw new UsageError('ERR_USAGE_FILE', `${path}: ${error.message}`, error.hint);
  }
}

/** Before anything is sent: a file that cannot be written is no reason to probe twice. */
async function open({ save, pcap, html, saveKeys }: SessionFlags, io: Io): Promise<void> {
  for (const path of [save, pcap, html]) if (path !== undefined) await io.writeFile(path, '');
  if (saveKeys !== undefined) await io.writeFile(saveKeys, '', 'secret');
}

async function keep(transcript: Transcript, { save, pcap }: SessionFlags, io: Io): Promise<void> {
  if (save !== undefined) await io.writeFile(save, transcript.toJson());
  if (pcap === undefined) return;
  const { writePcap } = await import('../net/capture-write.ts');
  const { local = UNKNOWN, target, started } = transcript.head;
  await io.writeFile(
    pcap,
    writePcap(transcript.entries, { local, peer: target, epoch: Date.parse(started), marker: target.port === 4500 }),
  );
}

const UNKNOWN = { address: '0.0.0.0', port: 0 };

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
