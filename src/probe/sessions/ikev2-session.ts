/**
 * An IKEv2 session from IKE_SA_INIT to its Delete: who the peer is, what its child SAs may be, and what happens when lifetimes are over.
 *
 * The first child SA is made within IKE_AUTH and exchanges no keys of its own, so a peer that wants PFS and one that does not agree there,
 * and part at the first rekeying. That rekeying is forced here.
 *
 * Rule 1: what was learnt stands in the record at once: an interruption loses nothing.
 * Rule 2: what came about is deleted, whatever happened before.
 *
 * @see RFC 7296 §1.2, §1.3, §2.8
 * @module
 */
import type { ChildOutcome } from '../../ike/exchanges/ikev2/child.ts';
import { createChild, rekeyIke } from '../../ike/exchanges/ikev2/create-child.ts';
import { establish, type Established, type EstablishSetup } from '../../ike/exchanges/ikev2/establish.ts';
import { close, deleteChildren } from '../../ike/exchanges/ikev2/informational.ts';
import type { IkeSa } from '../../ike/exchanges/ikev2/ike-sa.ts';
import type { ChildSa, Session } from '../../ike/exchanges/ikev2/session.ts';
import type { Millis } from '../../ike/exchanges/machine.ts';
import type { Script } from '../../ike/exchanges/script.ts';
import { boxesToChildOffer } from '../../proposals/child-offers.ts';
import type { Box, Offer, Suite } from '../../proposals/model.ts';
import { boxOfSuite } from '../asked-offers.ts';
import type { CellMap } from '../cell-map.ts';
import { sameAlgorithms } from '../grid.ts';
import { mapChildren } from '../map-children.ts';
import type { ChildQuestion } from '../question.ts';
import { otherFamily } from './traffic.ts';
import { askChild, type Asking, interviewChildren, type Made, makeChild, suiteOfSlots } from './ikev2-children.ts';
import { type AskedChild, type ChildPlan, type SaTally, since, type TrafficWish, type Watch } from './watch.ts';

/** What is to be done. */
export interface Ikev2Plan extends ChildPlan {
  readonly setup: Omit<EstablishSetup, 'offer' | 'child'>;
  readonly offer: Offer;
  /** The child SA of IKE_AUTH. */
  readonly first: Offer;
  /** Shown each IKE SA that comes about. */
  readonly keys?: (sa: IkeSa) => void;
}

/** What was seen; written as it is seen. */
export interface Ikev2Record {
  established?: Established;
  /** Everything before the first child. */
  evidence: readonly number[];
  first?: Made;
  readonly traffic: { readonly wish: TrafficWish; answered?: TrafficWish; refused?: true; evidence: readonly number[] }[];
  map?: CellMap;
  /** Shows that neither the traffic nor the algorithms of the child SA in IKE_AUTH were to blame for its refusal. */
  notInstalled?: readonly number[];
  readonly asked: AskedChild[];
  readonly rekeys: Rekey[];
  transport?: Made;
  readonly ike: SaTally;
  readonly children: SaTally;
  session?: Session;
  closed?: boolean;
}

/** A rekeying that was forced. */
export type Rekey =
  | {
      readonly what: 'child';
      readonly offer: Offer;
      readonly suite: Suite;
      readonly outcome: ChildOutcome;
      readonly evidence: readonly number[];
    }
  | {
      readonly what: 'ike';
      readonly offer: Offer;
      readonly refused?: number;
      readonly state: RekeyState;
      readonly evidence: readonly number[];
    };

type RekeyState = 'established' | 'refused' | 'silent' | 'failed';

/** One of which nothing is known. */
export function ikev2Record(): Ikev2Record {
  const none = (): SaTally => ({ opened: 0, released: 0 });
  return { evidence: [], traffic: [], asked: [], rekeys: [], ike: none(), children: none() };
}

/** The whole of it. */
export function* ikev2Session(plan: Ikev2Plan, record: Ikev2Record, watch: Watch, from: Millis): Script<void> {
  const [wish] = plan.traffic;
  if (!wish) return;
  const mark = watch.mark();
  watch.requested();
  const child = { offer: plan.first, ownTraffic: wish.own, peerTraffic: wish.peer };
  const made = yield* establish({ ...plan.setup, offer: plan.offer, child }, from);
  record.established = made;
  record.evidence = since(watch, mark);
  if (!made.ok) return;
  record.ike.opened++;
  record.session = made.session;
  plan.keys?.(made.session.sa);
  const on = made.session;
  record.first = { outcome: made.child, evidence: record.evidence };
  count(record.children, made.child);
  const asking: Asking = { on, watch, tally: record.children };
  const usable = yield* mapTraffic(plan, record, asking);
  if (usable) yield* later(plan, record, asking, usable);
  yield* end(record, on, watch);
}

/** Everything within the traffic that the peer does not refuse; nothing when it refuses all. */
function* mapTraffic(plan: ChildPlan, record: Ikev2Record, asking: Asking): Script<TrafficWish | undefined> {
  const { outcome } = record.first ?? { outcome: { kind: 'none' } };
  for (const [i, wish] of plan.traffic.entries()) {
    const entry: Ikev2Record['traffic'][number] = { wish, evidence: i === 0 ? record.evidence : [] };
    record.traffic.push(entry);
    if (i === 0 && outcome.kind === 'refused' && outcome.notify === TS_UNACCEPTABLE) {
      if (!(yield* isAboutTraffic(record, asking, wish))) return undefined;
      entry.refused = true;
      continue;
    }
    const seen = (made: ChildSa): void => {
      entry.answered ??= { own: made.ownTraffic, peer: made.peerTraffic };
    };
    if (i === 0 && outcome.kind === 'established') seen(outcome.child);
    const refused = yield* ask(plan, record, { ...asking, seen }, entry);
    if (!refused) return wish;
    entry.refused = true;
  }
  return undefined;
}

const [NO_PROPOSAL_CHOSEN, TS_UNACCEPTABLE] = [14, 38];

/**
 * Whether the refused child SA of IKE_AUTH was refused for its traffic. libreswan says the same word when its kernel does not take the SA
 * (measured on 4.10). Algorithms of nobody's, with this traffic and with traffic that nobody has, tell: who minds that traffic first and
 * these algorithms only, has nothing against this traffic.
 */
function* isAboutTraffic(record: Ikev2Record, asking: Asking, wish: TrafficWish): Script<boolean> {
  const notify = (answer: AskedChild['answer']): number | undefined => (answer.kind === 'refused' ? answer.notify : undefined);
  const withThis = yield* askChild(asking, questionOf(NOBODYS), wish);
  if (notify(withThis) !== NO_PROPOSAL_CHOSEN) return true;
  const withOther = yield* askChild(asking, questionOf(NOBODYS), otherFamily(wish));
  if (notify(withOther) !== TS_UNACCEPTABLE) return true;
  record.notInstalled = [...record.evidence, ...withThis.evidence, ...withOther.evidence];
  return false;
}

/** Of the numbers for private use. @see RFC 7296 §3.3.2 */
const NOBODYS: Suite = { encryption: { id: 65_000 }, esn: { id: 0 } };

/** Asks all there is to ask; whether the traffic was refused. */
function* ask(plan: ChildPlan, record: Ikev2Record, asking: Asking, entry: Ikev2Record['traffic'][number]): Script<boolean> {
  const { wish } = entry;
  for (const suite of record.asked.length === 0 ? plan.suites : []) {
    const answer = yield* askChild(asking, questionOf(suite), wish);
    entry.evidence = entry.evidence.length > 0 ? entry.evidence : answer.evidence;
    if (answer.kind === 'refused' && answer.notify === TS_UNACCEPTABLE) return true;
    record.asked.push({ suite, answer });
  }
  const explained = plan.suites.length > 0 && record.asked.every(({ answer }) => answer.kind === 'chosen');
  if (!plan.grid || explained) return false;
  const begin = plan.begin(plan.grid);
  record.map = begin;
  yield* interviewChildren(
    asking,
    mapChildren(plan.grid, plan.manner, () => begin),
    wish,
  );
  const stopped = begin.notes.find((note) => note.code === 'stopped');
  if (entry.evidence.length === 0) entry.evidence = begin.answers[0]?.evidence ?? [];
  return stopped?.code === 'stopped' && stopped.why === 'traffic';
}

/** What happens when lifetimes are over, and whether transport mode is granted. */
function* later(plan: Ikev2Plan, record: Ikev2Record, asking: Asking, wish: TrafficWish): Script<void> {
  const { on, watch } = asking;
  const accepted = (record.map?.accepted ?? []).map((cell) => record.map?.grid.suite(cell) ?? {});
  const known = [...record.asked.flatMap(({ suite, answer }) => (answer.kind === 'chosen' ? [suite] : [])), ...accepted];
  const [best] = known.filter(({ encryption }) => encryption?.id !== DES);
  if (on.children.length === 0 && best && !watch.stop()) yield* keepChild(asking, best, wish);
  for (const suite of rekeysOf(plan, record, known)) {
    if (watch.stop() || on.ended !== undefined) return;
    const rekeyed = yield* rekeyChild(asking, suite, wish);
    if (rekeyed) record.rekeys.push(rekeyed);
    if (!rekeyed || record.rekeys.length >= MOST_REKEYS) break;
  }
  if (best && !watch.stop() && on.ended === undefined) record.transport = yield* makeChild(asking, questionOf(best), wish, true);
  if (watch.stop() || on.ended !== undefined) return;
  const mark = watch.mark();
  watch.requested();
  const outcome = yield* rekeyIke(on, plan.offer);
  const evidence = since(watch, mark);
  if (outcome.kind === 'rekeyed') {
    plan.keys?.(on.sa);
    record.ike.opened++;
    if (on.older.length === 0) record.ike.released++;
    record.rekeys.push({ what: 'ike', offer: plan.offer, state: 'established', evidence });
  } else if (outcome.kind === 'refused')
    record.rekeys.push({ what: 'ike', offer: plan.offer, state: 'refused', refused: outcome.notify, evidence });
  else record.rekeys.push({ what: 'ike', offer: plan.offer, state: outcome.kind === 'silence' ? 'silent' : 'failed', evidence });
}

const DES = 2;
const MOST_REKEYS = 4;

/**
 * What the first child would be rekeyed with: what was offered by hand; else its own suite without a key exchange, as who has no PFS
 * configured would do, and with one that is known to be accepted beside it.
 */
function rekeysOf({ suites }: Ikev2Plan, { first }: Ikev2Record, known: readonly Suite[]): readonly Suite[] {
  if (suites.length > 0) return suites;
  const settled = first?.outcome.kind === 'established' ? suiteOfSlots(first.outcome.child.settled.slots) : undefined;
  const bare = settled ?? known.map(withoutGroup)[0];
  if (!bare) return [];
  const withGroup =
    known.find((suite) => suite.group !== undefined && sameButGroup(suite, bare)) ?? known.find(({ group }) => group !== undefined);
  return [bare, ...(withGroup ? [withGroup] : [])];
}

const sameButGroup = (a: Suite, b: Suite): boolean => sameAlgorithms(withoutGroup(a), withoutGroup(b));

function withoutGroup({ group, ...rest }: Suite): Suite {
  return group ? rest : { ...rest };
}

/** A child SA to be rekeyed, where IKE_AUTH made none. */
function* keepChild({ on, watch, tally }: Asking, suite: Suite, { own, peer }: TrafficWish): Script<void> {
  const { offer, keGroup } = questionOf(suite);
  watch.requested();
  const outcome = yield* createChild(on, { offer, ownTraffic: own, peerTraffic: peer }, { pfs: keGroup ?? 'none' });
  count(tally, outcome);
}

/** Rekeys a child SA now. Nothing when there is none. */
function* rekeyChild({ on, watch, tally }: Asking, suite: Suite, { own, peer }: TrafficWish): Script<Rekey | undefined> {
  const { offer, keGroup } = questionOf(suite);
  const wish = { offer, ownTraffic: own, peerTraffic: peer };
  const replaces = on.children.at(-1);
  if (!replaces) return undefined;
  const mark = watch.mark();
  watch.requested();
  const outcome = yield* createChild(on, wish, { pfs: keGroup ?? 'none', replaces });
  // The one before is deleted within the exchange.
  if (outcome.kind === 'established') {
    tally.opened++;
    if (on.ended === undefined) tally.released++;
  }
  return { what: 'child', offer, suite, outcome, evidence: since(watch, mark) };
}

/** Closes what is open, with the packets kept for it. */
function* end(record: Ikev2Record, on: Session, { requested }: Watch): Script<void> {
  if (on.ended !== undefined) return;
  const left: readonly ChildSa[] = on.children;
  requested();
  if (left.length > 0 && (yield* deleteChildren(on, left))) record.children.released += left.length;
  if (on.ended !== undefined) return;
  record.closed = yield* close(on);
  if (record.closed) record.ike.released++;
}

/** One suite, as somebody who has just this one configured would offer it. */
export function questionOf(suite: Suite): ChildQuestion {
  const box: Box = boxOfSuite(suite);
  const key = suite.group === undefined ? {} : { keGroup: suite.group.id };
  return { exchange: 'ikev2-child', offer: boxesToChildOffer([box]), ...key };
}

function count(tally: SaTally, outcome: ChildOutcome): void {
  if (outcome.kind === 'established') tally.opened++;
  if (outcome.kind !== 'answer' || !outcome.made) return;
  tally.opened++;
  tally.released++;
}
