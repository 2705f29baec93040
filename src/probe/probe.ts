/**
 * Probes one peer: which IKE versions and modes it answers, every suite it accepts, and why it refuses the rest.
 *
 * Offers given by hand are asked first; the universe is mapped when there are none, or when a refused one needs its reasons.
 *
 * @module
 */
import type { Entropy } from '../ike/entropy.ts';
import { identifyVendor } from '../ike/vendors.ts';
import { pace } from '../net/pace.ts';
import { recordingTransport } from '../net/replay.ts';
import type { Transcript } from '../net/transcript.ts';
import type { Transport } from '../net/transport.ts';
import { explainNote } from '../report/explain.ts';
import { findFindings } from '../report/findings.ts';
import { bytesAsText, looksLikeText } from '../report/terminal.ts';
import type { Profile } from '../proposals/selectors/profile.ts';
import type { Universe } from '../proposals/universes.ts';
import { probeAggressive, probeIkev2, probeMain } from './exchanges.ts';
import type { Fingerprinted } from './fingerprint/live.ts';
import { encodeQuestion } from './messages.ts';
import { PSK } from './methods.ts';
import { LiveOracle } from './oracle-live.ts';
import { firstQuestions } from './plan.ts';
import type { SessionMeans } from './sessions/means.ts';
import type { SessionsJob } from './sessions/job.ts';
import type { ProbedSessions } from './sessions/run.ts';
import type { ExchangeReport, Implementation, NoteCode, NoteFacts, NoteView, PeerReport, ProbeReport, Reachability } from './result.ts';

export interface ProbeTarget {
  readonly input: string;
  readonly address: string;
  readonly port: number;
}

export interface ProbeOptions {
  readonly ike: 'v1' | 'v2' | 'both';
  readonly mode: 'main' | 'aggressive' | 'both';
  /** Offers in suite notation; each is asked in every version that can say it. */
  readonly offers: readonly string[];
  /** `v1Child` and `v2Child`: of quick modes and child SAs, for who has credentials. */
  readonly universe: {
    readonly name: string;
    readonly v1?: Universe;
    readonly v2?: Universe;
    readonly v1Child?: Universe;
    readonly v2Child?: Universe;
  };
  /** First wait in ms, doubled at each retry. */
  readonly timeout: number;
  readonly retries: number;
  /** Datagrams per second. */
  readonly rate: number;
  /** Datagrams in all. */
  readonly budget: number;
  /** Also ask odd requests that tell implementations apart. */
  readonly fingerprint?: boolean;
}

/** What the probe may not take for itself. */
export interface ProbeEnvironment {
  open(port: number): Promise<Transport>;
  readonly entropy: Entropy;
  publicValue(group: number): Uint8Array | undefined;
  wallClock(): Date;
  progress?(event: ProgressEvent): void;
  readonly signal?: AbortSignal;
  readonly transcript: Transcript;
  /** Who may be named by a fingerprint; everybody when left out. */
  readonly profiles?: readonly Profile[];
  /** What a session is authenticated with; without it nothing but first messages are sent. */
  readonly sessions?: SessionMeans;
}

export interface ProgressEvent {
  readonly exchange: string;
  readonly requests: number;
  readonly decided: number;
  readonly combinations: number;
  readonly accepted: number;
}

/** Written into every report; a test keeps it equal to the package's. */
export const TOOL = { name: 'ike-probe', version: '0.1.0' } as const;
/** Datagrams that may go at once before the rate counts. */
const BURST = 8;

/** Probes a peer. Resolves with whole reports only: an interrupted one says so in `complete`. */
export async function runProbe(target: ProbeTarget, options: ProbeOptions, environment: ProbeEnvironment): Promise<ProbeReport> {
  const { transcript, signal } = environment;
  const started = environment.wallClock();
  const inner = await environment.open(target.port);
  const transport = recordingTransport(inner, transcript);
  const begun = transport.clock();
  try {
    const granting = pace({ perSecond: options.rate, budget: options.budget, burst: BURST, clock: transport });
    const oracle = new LiveOracle(options, {
      transport,
      transcript,
      entropy: environment.entropy,
      publicValue: (group) => environment.publicValue(group),
      pace: granting,
      identity: environment.sessions?.credentials.identity,
      ...(signal === undefined ? {} : { signal }),
    });
    const exchanges = await probeExchanges(options, oracle, environment);
    const fingerprinted = options.fingerprint === true ? await fingerprint(exchanges, oracle, environment) : undefined;
    const { counters } = oracle;
    const wire = { transport, transcript, pace: granting, counters, origin: begun, open: (port: number) => environment.open(port) };
    const probed = await probeSessions(options, { wire, exchanges, progress: environment.progress?.bind(environment) }, environment);
    const { requests, sent, received, bytesSent, bytesReceived, retransmitted, opened, released } = counters;
    const report: ProbeReport = {
      schema: 'ike-probe/1',
      kind: 'probe',
      complete: signal?.aborted !== true && !oracle.spent,
      tool: TOOL,
      target,
      started: started.toISOString(),
      durationMs: Math.round((transport.clock() - begun) * 1000) / 1000,
      traffic: {
        requests,
        sent,
        received,
        bytesSent,
        bytesReceived,
        retransmitted,
        halfOpen: { opened, released, left: opened - released },
        ...probed?.counts,
      },
      reachability: reachability(oracle),
      exchanges: [...exchanges, ...(probed?.exchanges ?? [])].map((exchange, i) => ({
        ...exchange,
        notes: [...(exchange.notes ?? []), ...pathNotes(exchange, i === 0, oracle, inner)],
      })),
      peer: { ...peerOf(oracle, exchanges), ...fingerprinted },
      findings: [],
      ...(probed && { sessions: probed.sessions }),
    };
    return { ...report, findings: findFindings(report) };
  } finally {
    await transport.close();
  }
}

/** The requests that would be sent before anything is known about the peer. */
export function planProbe(
  _target: ProbeTarget,
  options: ProbeOptions,
  environment: ProbeEnvironment,
): {
  readonly lines: readonly { readonly exchange: string; readonly description: string; readonly bytes: Uint8Array }[];
  readonly note: string;
} {
  const lines = firstQuestions(options).map(({ question, description }) => {
    const publicValue = question.keGroup === undefined ? new Uint8Array() : (environment.publicValue(question.keGroup) ?? new Uint8Array());
    const material = { initiatorSpi: environment.entropy(8), nonce: environment.entropy(32), publicValue };
    return { exchange: question.exchange, description, bytes: encodeQuestion(question, material) };
  });
  return {
    lines,
    note:
      `What follows depends on the answers; never more than ${options.budget} datagrams at ${options.rate} a second, two requests in flight.` +
      (options.universe.v1Child || options.universe.v2Child
        ? ' Then one authentication in each version, and what is asked behind it is encrypted.'
        : ''),
  };
}

async function probeExchanges(
  options: ProbeOptions,
  oracle: LiveOracle,
  environment: ProbeEnvironment,
): Promise<readonly ExchangeReport[]> {
  const method = environment.sessions?.credentials.ikev1?.methods[0] ?? PSK;
  const job = { options, oracle, method, progress: environment.progress?.bind(environment) };
  const v1 = async (): Promise<ExchangeReport[]> => {
    const main = options.mode === 'aggressive' ? undefined : await probeMain(job);
    const aggressive = options.mode === 'main' ? undefined : await probeAggressive(job, main);
    return [main?.report, aggressive].filter((report) => report !== undefined);
  };
  const [first, second] = await Promise.all([
    options.ike === 'v2' ? [] : v1(),
    options.ike === 'v1' ? [] : probeIkev2(job).then((report) => [report]),
  ]);
  return [...first, ...second];
}

/** Authenticating is a lot of code too, and only done with credentials. */
async function probeSessions(
  options: ProbeOptions,
  job: Pick<SessionsJob, 'wire' | 'exchanges' | 'progress'>,
  { sessions: means, signal }: ProbeEnvironment,
): Promise<ProbedSessions | undefined> {
  if (means === undefined) return undefined;
  const { probeSessions: run } = await import('./sessions/run.ts');
  return run({ ...job, options, means, signal });
}

/** Every implementation's mind is a lot of code: it is loaded when it is asked for. */
async function fingerprint(
  exchanges: readonly ExchangeReport[],
  oracle: LiveOracle,
  environment: ProbeEnvironment,
): Promise<Fingerprinted> {
  const { fingerprintPeer } = await import('./fingerprint/live.ts');
  return fingerprintPeer(exchanges, oracle, environment.transcript, environment.profiles);
}

function reachability(oracle: LiveOracle): Reachability {
  if (oracle.firstReceived >= 0) return { state: 'answered', evidence: [oracle.firstReceived] };
  if (oracle.obstacle !== undefined) return oracle.obstacle;
  return { state: 'silent', evidence: [] };
}

/** What is to say about the path: of the source port where it may be the reason of a silence, of strays once, at the first exchange. */
function pathNotes(
  { state }: ExchangeReport,
  first: boolean,
  { counters, strays }: LiveOracle,
  { sourcePortNote }: Transport,
): readonly NoteView[] {
  const notes: NoteView[] = [];
  const say = (code: NoteCode, facts: NoteFacts, evidence: readonly number[]): number =>
    notes.push({ code, text: explainNote(code, facts), evidence, facts });
  if (sourcePortNote !== undefined && state === 'silent') say('source-port', { port: sourcePortNote.used }, []);
  if (first && counters.strays > 0) say('too-many-answers', { count: counters.strays }, strays);
  return notes;
}

function peerOf(oracle: LiveOracle, exchanges: readonly ExchangeReport[]): PeerReport {
  const vendorIds = oracle.vendorIds.map(({ data, evidence }) => {
    const known = identifyVendor(data);
    return {
      hex: Array.from(data, (octet) => octet.toString(16).padStart(2, '0')).join(''),
      name: known?.name ?? null,
      group: known?.group ?? null,
      text: looksLikeText(data) ? bytesAsText(data) : null,
      ...(known?.tells === undefined ? {} : { tells: known.tells }),
      evidence,
    };
  });
  const named = vendorIds.find(({ group }) => group === 'implementation');
  let implementation: Implementation | null =
    named === undefined || named.name === null ? null : { name: named.name, release: null, basis: 'observed', evidence: named.evidence };
  if (implementation === null && oracle.charon !== undefined && exchanges.length > 0)
    implementation = { name: 'strongSwan', release: null, basis: 'inferred', evidence: oracle.charon };
  return { vendorIds, implementation };
}
