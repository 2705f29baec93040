/**
 * A probe with everything around it: sockets, progress, Ctrl-C, transcript and capture.
 *
 * @module
 */
import type { ProbeEnvironment, ProbeOptions, Target } from '../probe/probe.ts';
import { runProbe } from '../probe/probe.ts';
import type { ProbeReport } from '../probe/result.ts';
import { liveEnvironment } from './environment.ts';
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

export interface Outcome {
  readonly report: ProbeReport;
  /** Ctrl-C ended it early; the report holds what was found out until then. */
  readonly interrupted: boolean;
}

/** Probes a peer over UDP, and keeps transcript and capture when asked to, of an interrupted run too. */
export async function live(target: Target, options: ProbeOptions, flags: SessionFlags, io: Io): Promise<Outcome> {
  const progress = progressLine(io.stderr, flags.quiet === true);
  const signal = io.interrupted();
  const environment: ProbeEnvironment = {
    ...liveEnvironment(target, flags.sourcePort),
    signal,
    progress: (event) => progress.show(event),
  };
  let report: ProbeReport;
  try {
    report = await runProbe(target, options, environment);
  } finally {
    progress.end();
  }
  await keep(environment.transcript, flags, io);
  return { report, interrupted: signal.aborted };
}
