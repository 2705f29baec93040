/**
 * Authenticates to a peer, once in each IKE version, and finds out what its child SAs may be.
 *
 * Rule: a credential that was refused is not shown again, in no version.
 *
 * @module
 */
import { ikev1TableLine, ikev2TableLine } from '../../ike/decryption/wireshark-write.ts';
import type { IsakmpSa } from '../../ike/exchanges/ikev1/isakmp-sa.ts';
import type { IkeSa } from '../../ike/exchanges/ikev2/ike-sa.ts';
import type { Place } from '../../ike/exchanges/place.ts';
import { machineOf, type Script } from '../../ike/exchanges/script.ts';
import { addressOctets } from '../../net/addresses.ts';
import { drive } from '../../net/drive.ts';
import type { Box, Suite } from '../../proposals/model.ts';
import { keyword } from '../../proposals/notation.ts';
import { boxesToIkeOffer, suitesToPhase1Offer } from '../../proposals/offers.ts';
import { boxOfSuite, suitesOf } from '../asked-offers.ts';
import { CellMap } from '../cell-map.ts';
import { Grid } from '../grid.ts';
import type { ProbeOptions, ProgressEvent } from '../probe.ts';
import type { ExchangeReport, SessionReport, Traffic } from '../result.ts';
import { isChildOffer } from '../suite-text.ts';
import { childReport } from './child-report.ts';
import { computableIkev1, computableIkev2, firstOffer, takes } from './choose.ts';
import { ikev1Failure, ikev2Failure } from './failure.ts';
import { addressIdentity, type Identity } from './identity.ts';
import { ikev1Record, ikev1Session } from './ikev1-session.ts';
import { ikev2Record, ikev2Session } from './ikev2-session.ts';
import type { SessionMeans } from './means.ts';
import { ownCertificateFault, requestedBy } from './own-certificate.ts';
import { type Closer, ikev1SessionReport, ikev2SessionReport, saCount, type SessionHead, untried } from './session-report.ts';
import { clientsOf, trafficWishes } from './traffic.ts';
import { type SharedWire, sessionPipes } from './wire.ts';
import type { ChildPlan, SaTally, Watch } from './watch.ts';

/** All that sessions need. */
export interface SessionsJob {
  readonly options: ProbeOptions;
  readonly means: SessionMeans;
  readonly wire: SharedWire;
  /** What phase 1 was found to accept. */
  readonly exchanges: readonly ExchangeReport[];
  readonly signal: AbortSignal | undefined;
  readonly progress: ((event: ProgressEvent) => void) | undefined;
}

/** What came of them. */
export interface ProbedSessions {
  readonly exchanges: readonly ExchangeReport[];
  readonly sessions: readonly SessionReport[];
  readonly counts: Pick<Traffic, 'ikeSas' | 'childSas'>;
}

/** Packets that are kept for closing what is open. */
const RESERVE = 16;
/** How long after phase 1 of IKEv1 the peer has to begin with XAUTH or Mode Config. */
const LINGER = 300;

/** The newer version first: it says more about what goes wrong. */
export async function probeSessions(job: SessionsJob): Promise<ProbedSessions> {
  const { options } = job;
  const sas: SaTallies = { ike: [], child: [] };
  const two = options.ike === 'v1' ? undefined : await ikev2(job, sas);
  const one = options.ike === 'v2' ? undefined : await ikev1(job, sas, two?.credentialRefused === true);
  const done = [two, one].filter((each) => each !== undefined);
  return {
    exchanges: done.map(({ exchange }) => exchange),
    sessions: done.map(({ session }) => session),
    counts: { ikeSas: saCount(sas.ike), childSas: saCount(sas.child) },
  };
}

interface SaTallies {
  readonly ike: SaTally[];
  readonly child: SaTally[];
}

interface Done {
  readonly session: SessionReport;
  readonly exchange: ExchangeReport;
  readonly credentialRefused: boolean;
}

async function ikev2(job: SessionsJob, sas: SaTallies): Promise<Done> {
  const { options, means, wire } = job;
  const { credentials, provider, random } = means;
  const phase1 = job.exchanges.find(({ exchange }) => exchange === 'ikev2-init');
  const suite = computableIkev2(phase1, provider);
  const head = headOf(job, 2, 'ikev2-init', suite?.text ?? null, credentials.proving === 'psk' ? 'psk' : 'signature');
  const universe = options.universe.v2Child;
  const suites = childSuites(options.offers, 'ikev2-child').map((each): Suite => ({ esn: { id: 0 }, ...each }));
  const nothing = childReport({
    exchange: 'ikev2-child',
    universe: sizeOf(options, universe),
    asked: [],
    established: false,
    trafficRefused: false,
  });
  const leave = (code: Parameters<typeof untried>[1]['code']): Done => ({
    session: untried(head, { code, basis: 'observed', credential: false }),
    exchange: nothing,
    credentialRefused: false,
  });
  if (!suite) return leave(phase1?.accepted.length ? 'not-computable' : 'not-accepted');
  if (!credentials.ikev2) return leave('no-method');
  const stopped = stopper(job);
  if (stopped()) return leave(job.signal?.aborted === true ? 'interrupted' : 'budget');
  const record = ikev2Record();
  const mark = wire.transcript.entries.length;
  sas.ike.push(record.ike);
  sas.child.push(record.children);
  const grid = universe && gridOf(universe.boxes, suites);
  const plan = {
    ...childPlan(job, 'ikev2-child', grid, suites, suite.suite.group?.id ?? 0),
    traffic: trafficWishes(means, wire.transport),
    setup: {
      provider,
      random,
      patience: { firstWait: options.timeout, retries: options.retries },
      ...endsOf(wire),
      authenticator: credentials.ikev2,
      identity: head.identity,
      ...(credentials.peerIdentity && { wanted: credentials.peerIdentity, expected: credentials.peerIdentity }),
      float: wire.transport.peer.port === 500 ? ('nat' as const) : ('never' as const),
    },
    offer: boxesToIkeOffer([boxOfSuite(suite.suite)]),
    first: firstOffer(suites, universe?.boxes ?? []),
    keys: (sa: IkeSa) => keep(means, ikev2TableLine(sa)),
  };
  await run(job, (from, watch) => ikev2Session(plan, record, watch, from));
  const session = ikev2SessionReport(head, record, closerTo(job, head, mark));
  const { established } = record;
  if (established?.ok === false && established.step !== 'sa-init' && established.failure.kind === 'silence') wire.counters.opened++;
  return {
    session,
    exchange: childReport({
      exchange: 'ikev2-child',
      universe: sizeOf(options, universe),
      map: record.map,
      asked: record.asked,
      established: established?.ok === true,
      trafficRefused: record.traffic.length > 0 && record.asked.length === 0 && onlyTraffic(record.map),
      notInstalled: record.notInstalled,
    }),
    credentialRefused: established?.ok === false && ikev2Failure(established, credentials.proving).credential,
  };
}

async function ikev1(job: SessionsJob, sas: SaTallies, refusedBefore: boolean): Promise<Done> {
  const { options, means, wire } = job;
  const { credentials, provider, random } = means;
  const named = options.mode === 'aggressive' ? (['ikev1-aggressive'] as const) : (['ikev1-main', 'ikev1-aggressive'] as const);
  const phase1 = named
    .map((name) => job.exchanges.find(({ exchange }) => exchange === name))
    .find((each) => (each?.accepted.length ?? 0) > 0);
  const exchange = phase1?.exchange === 'ikev1-aggressive' ? 'ikev1-aggressive' : 'ikev1-main';
  const authenticator = credentials.ikev1;
  const method = authenticator?.methods[0] ?? 1;
  const suite = computableIkev1(phase1, provider, method);
  const head = headOf(job, 1, exchange, suite?.text ?? null, keyword('auth', 'ikev1-phase1', { id: method }));
  const universe = options.universe.v1Child;
  const suites = childSuites(options.offers, 'ikev1-phase2');
  const nothing = childReport({
    exchange: 'ikev1-quick',
    universe: sizeOf(options, universe),
    asked: [],
    established: false,
    trafficRefused: false,
  });
  const leave = (code: Parameters<typeof untried>[1]['code']): Done => ({
    session: untried(head, { code, basis: 'observed', credential: false }),
    exchange: nothing,
    credentialRefused: false,
  });
  if (!phase1 || phase1.accepted.length === 0) return leave('not-accepted');
  if (refusedBefore) return leave('credential-refused-before');
  if (!authenticator) return leave('no-method');
  if (!suite) return leave(phase1.accepted.some(({ auth }) => takes(auth, method)) ? 'not-computable' : 'no-method');
  const stopped = stopper(job);
  if (stopped()) return leave(job.signal?.aborted === true ? 'interrupted' : 'budget');
  const record = ikev1Record();
  const mark = wire.transcript.entries.length;
  sas.ike.push(record.isakmp);
  sas.child.push(record.children);
  const grid = universe && gridOf(universe.boxes, suites);
  const plan = {
    ...childPlan(job, 'ikev1-quick', grid, suites, suite.suite.group?.id ?? 0),
    mode: exchange === 'ikev1-main' ? ('main' as const) : ('aggressive' as const),
    clients: clientsOf(means, wire.transport),
    linger: LINGER,
    setup: {
      provider,
      random,
      patience: { firstWait: options.timeout, retries: options.retries },
      offer: suitesToPhase1Offer([suite.suite], method, { seconds: 3600 }),
      authenticator,
      identity: head.identity,
      ...(wire.transport.peer.port === 500 ? endsOf(wire) : {}),
    },
    keys: (sa: IsakmpSa) => keep(means, ikev1TableLine(sa)),
  };
  await run(
    job,
    (from, watch) => ikev1Session(plan, record, watch, from),
    (event) => record.events.push(event),
  );
  if (record.halfOpen) wire.counters.opened++;
  const failed = record.phase1?.ok === false ? ikev1Failure(record.phase1.failure, credentials.proving) : undefined;
  return {
    session: ikev1SessionReport(head, record, closerTo(job, head, mark)),
    exchange: childReport({
      exchange: 'ikev1-quick',
      universe: sizeOf(options, universe),
      map: record.map,
      asked: record.asked,
      established: record.phase1?.ok === true,
      trafficRefused: record.traffic.length > 0 && record.traffic.every(({ refused }) => refused === true),
    }),
    credentialRefused: failed?.credential === true,
  };
}

/** Drives a script to its end. Ctrl-C does not break it off: it closes what is open, within its patience. */
async function run<Event>(
  job: SessionsJob,
  script: (from: number, watch: Watch) => Script<void, Event>,
  note?: (event: Event) => void,
): Promise<void> {
  const { wire } = job;
  const watch: Watch = {
    mark: () => wire.transcript.entries.length,
    sent: (mark) => wire.transcript.entries.slice(mark).filter(({ direction }) => direction === 'sent').length,
    stop: stopper(job),
    requested: () => wire.counters.requests++,
  };
  await drive(
    machineOf<void, Event>(({ now }) => script(now, watch)),
    sessionPipes(wire, note),
  );
}

/** What our own certificate shows of a refusal that could be about many things. */
function closerTo({ means, wire }: SessionsJob, { identity }: SessionHead, mark: number): Closer {
  const { certificate } = means.credentials;
  return (failure) => {
    if (!certificate || failure.code !== 'certificate-refused') return failure;
    const heard = wire.transcript.entries.slice(mark).flatMap(({ direction, bytes }) => (direction === 'received' ? [bytes] : []));
    return { ...failure, code: ownCertificateFault(certificate, means.provider, identity, requestedBy(heard)) ?? failure.code };
  };
}

const stopper =
  ({ signal, wire }: SessionsJob) =>
  (): boolean =>
    signal?.aborted === true || wire.pace.left <= RESERVE;

const keep = ({ keys }: SessionMeans, line: string | undefined): void => {
  if (line !== undefined) keys?.(line);
};

function headOf(
  { means, wire }: SessionsJob,
  version: 1 | 2,
  exchange: SessionReport['exchange'],
  suite: string | null,
  auth: string,
): SessionHead {
  const { credentials } = means;
  const identity: Identity = credentials.identity ?? addressIdentity(addressOctets(wire.transport.local?.address ?? '0.0.0.0'));
  return { version, exchange, suite, auth, identity, proving: credentials.proving, port: wire.transport.peer.port };
}

/** Both ends for NAT detection, where our own is known. */
function endsOf({ transport }: SharedWire): { readonly ends?: { readonly own: Place; readonly peer: Place } } {
  const { local, peer } = transport;
  if (!local) return {};
  const place = ({ address, port }: { readonly address: string; readonly port: number }): Place => ({
    address: addressOctets(address),
    port,
  });
  return { ends: { own: place(local), peer: place(peer) } };
}

/** The suites of those offers that are for child SAs: they begin with their protocol. */
function childSuites(offers: readonly string[], negotiation: 'ikev1-phase2' | 'ikev2-child'): readonly Suite[] {
  return offers.filter(isChildOffer).flatMap((text) => suitesOf(text, negotiation));
}

function gridOf(boxes: readonly Box[], suites: readonly Suite[]): Grid {
  const universe = new Grid(boxes);
  const outside = suites.filter((suite) => {
    const cell = universe.cell(suite);
    return cell === undefined || universe.combinations()[cell] !== 1;
  });
  return outside.length === 0 ? universe : new Grid([...boxes, ...outside.map(boxOfSuite)]);
}

function childPlan(
  { exchanges, progress, wire }: SessionsJob,
  exchange: 'ikev1-quick' | 'ikev2-child',
  grid: Grid | undefined,
  suites: readonly Suite[],
  usualGroup: number,
): Omit<ChildPlan, 'traffic'> {
  const small = exchanges.some(({ notes = [] }) => notes.some(({ code }) => code === 'small-datagrams'));
  const most = exchange === 'ikev1-quick' ? (small ? 32 : 255) : small ? 900 : 8000;
  return {
    grid,
    suites,
    manner: { exchange, usualGroup, most },
    begin: (on) => new WatchedMap(on, (map) => progress?.(progressOf(exchange, map, wire.counters.requests))),
  };
}

/** A map that tells of each answer. */
class WatchedMap extends CellMap {
  readonly #tell: (map: CellMap) => void;

  constructor(grid: Grid, tell: (map: CellMap) => void) {
    super(grid);
    this.#tell = tell;
  }

  override keep(answer: Parameters<CellMap['keep']>[0]): number {
    this.#tell(this);
    return super.keep(answer);
  }
}

function progressOf(exchange: string, map: CellMap, requests: number): ProgressEvent {
  const accepted = map.accepted.length;
  const undecided = map.states.reduce((sum, state) => sum + (state === 1 ? 1 : 0), 0);
  const combinations = map.states.reduce((sum, state) => sum + (state === 0 ? 0 : 1), 0);
  return { exchange, requests, decided: combinations - undecided, combinations, accepted };
}

function sizeOf(
  { universe: { name } }: ProbeOptions,
  universe: { readonly combinations: number } | undefined,
): { readonly name: string; readonly combinations: number } {
  return { name, combinations: universe?.combinations ?? 0 };
}

/** The mapping broke off because of the traffic, before anything was said about algorithms. */
function onlyTraffic(map: CellMap | undefined): boolean {
  return map === undefined || map.notes.some((note) => note.code === 'stopped' && note.why === 'traffic');
}
