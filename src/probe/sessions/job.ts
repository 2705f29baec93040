/**
 * What the sessions of both versions have in common: what they are given, and how they are driven, stopped and mapped.
 *
 * @module
 */
import type { Place } from '../../ike/exchanges/place.ts';
import { machineOf, type Script } from '../../ike/exchanges/script.ts';
import { addressOctets } from '../../net/addresses.ts';
import { drive } from '../../net/drive.ts';
import type { Box, Suite } from '../../proposals/model.ts';
import { boxOfSuite, suitesOf } from '../asked-offers.ts';
import { CellMap } from '../cell-map.ts';
import { Grid } from '../grid.ts';
import type { ProbeOptions, ProgressEvent } from '../probe.ts';
import type { ExchangeReport, SessionReport } from '../result.ts';
import { isChildOffer } from '../suite-text.ts';
import { addressIdentity, type Identity } from './identity.ts';
import type { SessionMeans } from './means.ts';
import type { SessionHead } from './session-report.ts';
import { type SharedWire, sessionPipes } from './wire.ts';
import type { ChildPlan, Watch } from './watch.ts';

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

/** Packets that are kept for closing what is open. */
const RESERVE = 16;

/** Drives a script to its end. Ctrl-C does not break it off: it closes what is open, within its patience. */
export async function run<Event>(
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

/** Whether nothing new is to be begun. */
export const stopper =
  ({ signal, wire }: SessionsJob) =>
  (): boolean =>
    signal?.aborted === true || wire.pace.left <= RESERVE;

/** To whom wants them. */
export const tellKeys = ({ keys }: SessionMeans, line: string | undefined): void => {
  if (line !== undefined) keys?.(line);
};

/** What is known before anything was sent. */
export function headOf(
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
export function endsOf({ transport }: SharedWire): { readonly ends?: { readonly own: Place; readonly peer: Place } } {
  const { local, peer } = transport;
  if (!local) return {};
  const place = ({ address, port }: { readonly address: string; readonly port: number }): Place => ({
    address: addressOctets(address),
    port,
  });
  return { ends: { own: place(local), peer: place(peer) } };
}

/** The suites of those offers that are for child SAs: they begin with their protocol. */
export function childSuites(offers: readonly string[], negotiation: 'ikev1-phase2' | 'ikev2-child'): readonly Suite[] {
  return offers.filter(isChildOffer).flatMap((text) => suitesOf(text, negotiation));
}

/** The universe, and those suites that are not in it. */
export function gridOf(boxes: readonly Box[], suites: readonly Suite[]): Grid {
  const universe = new Grid(boxes);
  const outside = suites.filter((suite) => {
    const cell = universe.cell(suite);
    return cell === undefined || universe.combinations()[cell] !== 1;
  });
  return outside.length === 0 ? universe : new Grid([...boxes, ...outside.map(boxOfSuite)]);
}

/** How child SAs are mapped: IKEv1's transforms are counted, IKEv2's octets; both fewer where large datagrams are lost. */
export function childPlan(
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

/** Of a universe as reports name it. */
export function sizeOf(
  { universe: { name } }: ProbeOptions,
  universe: { readonly combinations: number } | undefined,
): { readonly name: string; readonly combinations: number } {
  return { name, combinations: universe?.combinations ?? 0 };
}
