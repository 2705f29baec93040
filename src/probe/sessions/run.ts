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
import type { Suite } from '../../proposals/model.ts';
import { keyword } from '../../proposals/notation.ts';
import { boxesToIkeOffer, suitesToPhase1Offer } from '../../proposals/offers.ts';
import { boxOfSuite } from '../asked-offers.ts';
import type { CellMap } from '../cell-map.ts';
import type { ChildExchange } from '../question.ts';
import type { ExchangeReport, SessionCode, SessionReport, Traffic } from '../result.ts';
import { childReport } from './child-report.ts';
import { computableIkev1, computableIkev2, firstOffer, takes } from './choose.ts';
import { ikev1Failure, ikev2Failure } from './failure.ts';
import { ikev1Record, ikev1Session } from './ikev1-session.ts';
import { ikev2Record, ikev2Session } from './ikev2-session.ts';
import { ownCertificateFault, requestedBy } from './own-certificate.ts';
import { type Closer, ikev1SessionReport, ikev2SessionReport, saCount, type SessionHead, untried } from './session-report.ts';
import { clientsOf, trafficWishes } from './traffic.ts';
import type { SaTally } from './watch.ts';
import { childPlan, childSuites, endsOf, gridOf, headOf, tellKeys, run, sizeOf, stopper, type SessionsJob } from './job.ts';

/** What came of them. */
export interface ProbedSessions {
  readonly exchanges: readonly ExchangeReport[];
  readonly sessions: readonly SessionReport[];
  readonly counts: Pick<Traffic, 'ikeSas' | 'childSas'>;
}

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
  const leave = leaving(head, 'ikev2-child', sizeOf(options, universe));
  if (!suite) return leave(phase1?.accepted.length ? 'not-computable' : 'not-accepted');
  if (!credentials.ikev2) return leave('no-method');
  if (stopper(job)()) return leave(job.signal?.aborted === true ? 'interrupted' : 'budget');
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
    keys: (sa: IkeSa) => tellKeys(means, ikev2TableLine(sa)),
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
  const leave = leaving(head, 'ikev1-quick', sizeOf(options, universe));
  if (!phase1 || phase1.accepted.length === 0) return leave('not-accepted');
  if (refusedBefore) return leave('credential-refused-before');
  if (!authenticator) return leave('no-method');
  if (!suite) return leave(phase1.accepted.some(({ auth }) => takes(auth, method)) ? 'not-computable' : 'no-method');
  if (stopper(job)()) return leave(job.signal?.aborted === true ? 'interrupted' : 'budget');
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
    keys: (sa: IsakmpSa) => tellKeys(means, ikev1TableLine(sa)),
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

/** What there is to say when nothing is tried, by its reason. */
function leaving(head: SessionHead, exchange: ChildExchange, universe: ReturnType<typeof sizeOf>): (code: SessionCode) => Done {
  return (code) => ({
    session: untried(head, { code, basis: 'observed', credential: false }),
    exchange: childReport({ exchange, universe, asked: [], established: false, trafficRefused: false }),
    credentialRefused: false,
  });
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

/** The mapping broke off because of the traffic, before anything was said about algorithms. */
function onlyTraffic(map: CellMap | undefined): boolean {
  return map === undefined || map.notes.some((note) => note.code === 'stopped' && note.why === 'traffic');
}
