/**
 * An IKEv1 session from phase 1 to its Delete: who the peer is, and what its quick modes take.
 *
 * A quick mode says everything each time, PFS included: a rekeying is another quick mode, and has no surprises.
 *
 * Rule 1: what was learnt stands in the record at once: an interruption loses nothing.
 * Rule 2: what came about is deleted, whatever happened before. A quick mode that settled on single DES is left unfinished, and goes with
 *         the ISAKMP SA.
 *
 * @see RFC 2409 §5.5
 * @module
 */
import { aggressiveMode } from '../../ike/exchanges/ikev1/aggressive-mode.ts';
import { aside } from '../../ike/exchanges/ikev1/aside.ts';
import { type Ikev1Event, sendAway } from '../../ike/exchanges/ikev1/conversation.ts';
import { deleteAll, deletePayload, type Inbound, informational } from '../../ike/exchanges/ikev1/informational.ts';
import type { IsakmpSa } from '../../ike/exchanges/ikev1/isakmp-sa.ts';
import { mainMode } from '../../ike/exchanges/ikev1/main-mode.ts';
import type { Phase1Result, Phase1Setup } from '../../ike/exchanges/ikev1/phase1.ts';
import { type Chosen, withinUdp } from '../../ike/exchanges/ikev1/phase2.ts';
import { type Client, quickMode, type QuickResult } from '../../ike/exchanges/ikev1/quick-mode.ts';
import type { Millis } from '../../ike/exchanges/machine.ts';
import type { Script } from '../../ike/exchanges/script.ts';
import { suitesToPhase2Offer } from '../../proposals/child-offers.ts';
import type { Suite } from '../../proposals/model.ts';
import type { CellMap } from '../cell-map.ts';
import { mapChildren } from '../map-children.ts';
import type { Answer, AnswerBody, ChildQuestion, Inference } from '../question.ts';
import { answered, type AskedChild, type ChildPlan, type SaTally, since, type Watch } from './watch.ts';

/** The two ends that an SA is for; without them the ends of phase 1 themselves. */
export type Clients = { readonly own: Client; readonly peer: Client } | undefined;

/** What is to be done. */
export interface Ikev1Plan extends Omit<ChildPlan, 'traffic'> {
  readonly setup: Phase1Setup;
  readonly mode: 'main' | 'aggressive';
  /** Tried one after the other, until one is not refused. */
  readonly clients: readonly Clients[];
  /** How long to listen after phase 1 for what the peer begins on its own: XAUTH, Mode Config. */
  readonly linger: Millis;
  /** Shown the ISAKMP SA once it has come about. */
  readonly keys?: (sa: IsakmpSa) => void;
}

/** What was seen; written as it is seen. */
export interface Ikev1Record {
  phase1?: Phase1Result;
  /** Phase 1 was given up on the way. Nothing tells whether the peer forgets it, or keeps it for its own time. */
  halfOpen?: true;
  evidence: readonly number[];
  readonly traffic: { readonly clients: Clients; refused?: true; evidence: readonly number[] }[];
  map?: CellMap;
  readonly asked: AskedChild[];
  transport?: { readonly result: QuickResult; readonly evidence: readonly number[] };
  readonly events: Ikev1Event[];
  readonly isakmp: SaTally;
  readonly children: SaTally;
  ended?: 'deleted' | 'peer-deleted' | 'silence';
}

/** One of which nothing is known. */
export function ikev1Record(): Ikev1Record {
  const none = (): SaTally => ({ opened: 0, released: 0 });
  return { evidence: [], traffic: [], asked: [], events: [], isakmp: none(), children: none() };
}

/** The session while it lives. */
interface Living {
  readonly sa: IsakmpSa;
  readonly plan: Ikev1Plan;
  readonly record: Ikev1Record;
  readonly watch: Watch;
  /** The newest child SA stays until there is a newer one: pluto ends the ISAKMP SA together with it. Measured on libreswan 4.10. */
  kept: readonly Inbound[];
  now: Millis;
}

/** The whole of it. */
export function* ikev1Session(plan: Ikev1Plan, record: Ikev1Record, watch: Watch, from: Millis): Script<void, Ikev1Event> {
  const mark = watch.mark();
  watch.requested();
  const setup = { ...plan.setup, linger: plan.linger };
  const phase1 = yield* plan.mode === 'main' ? mainMode(setup, from) : aggressiveMode(setup, from);
  record.phase1 = phase1;
  record.evidence = since(watch, mark);
  if (!phase1.ok) {
    if (plan.mode === 'main' && phase1.failure.kind === 'proof') {
      record.isakmp.opened++;
      record.isakmp.released++;
    } else if (phase1.failure.step !== 'proposal') record.halfOpen = true;
    return;
  }
  const { sa, at } = phase1.value;
  record.isakmp.opened++;
  plan.keys?.(sa);
  const living: Living = { sa, plan, record, watch, kept: [], now: at };
  if (plan.mode === 'main') {
    yield* sendAway([], (datagram) => aside(sa, datagram), { from: at, floated: sa.floated, linger: plan.linger });
    living.now += plan.linger;
  }
  if (gone(living)) return;
  const clients = yield* findClients(living);
  if (clients !== REFUSED) yield* askTransport(living, clients);
  if (record.ended !== undefined) return;
  yield* deleteAll(sa, living.kept, { random: plan.setup.random, from: living.now });
  if (living.kept.length > 0) record.children.released++;
  record.isakmp.released++;
  record.ended = 'deleted';
}

const REFUSED = Symbol('all clients were refused');
const INVALID_ID_INFORMATION = 18;

/** The clients that are not refused, with everything asked for them. */
function* findClients(living: Living): Script<Clients | typeof REFUSED, Ikev1Event> {
  const { plan, record } = living;
  for (const clients of plan.clients) {
    const entry: Ikev1Record['traffic'][number] = { clients, evidence: [] };
    record.traffic.push(entry);
    const refused = yield* askAll(living, clients, entry);
    if (!refused) return clients;
    entry.refused = true;
    if (living.watch.stop() || record.ended !== undefined) break;
  }
  return REFUSED;
}

function* askAll(living: Living, clients: Clients, entry: Ikev1Record['traffic'][number]): Script<boolean, Ikev1Event> {
  const { plan, record } = living;
  for (const suite of record.asked.length === 0 ? plan.suites : []) {
    const answer = yield* askQuick(living, quickQuestion([suite], TUNNEL), clients);
    if (entry.evidence.length === 0) entry.evidence = answer.evidence;
    if (answer.kind === 'refused' && answer.notify === INVALID_ID_INFORMATION) return true;
    record.asked.push({ suite, answer });
  }
  const explained = plan.suites.length > 0 && record.asked.every(({ answer }) => answer.kind === 'chosen');
  if (!plan.grid || explained) return false;
  const map = plan.begin(plan.grid);
  record.map = map;
  yield* interviewQuick(
    living,
    mapChildren(plan.grid, plan.manner, () => map),
    clients,
  );
  if (entry.evidence.length === 0) entry.evidence = map.answers[0]?.evidence ?? [];
  return map.notes.some((note) => note.code === 'stopped' && note.why === 'traffic');
}

function* interviewQuick<T>(living: Living, run: Inference<T, ChildQuestion>, clients: Clients): Script<T, Ikev1Event> {
  let step = run.next([]);
  while (step.done !== true) {
    const answers: Answer<ChildQuestion>[] = [];
    for (const question of step.value) answers.push(yield* askQuick(living, question, clients));
    step = run.next(answers);
  }
  return step.value;
}

const [TUNNEL, TRANSPORT] = [1, 2];

function* askTransport(living: Living, clients: Clients): Script<void, Ikev1Event> {
  const { record, watch } = living;
  const { map } = record;
  const known = [
    ...record.asked.flatMap(({ suite, answer }) => (answer.kind === 'chosen' ? [suite] : [])),
    ...(map?.accepted ?? []).map((cell) => map?.grid.suite(cell) ?? {}),
  ];
  const [best] = known.filter(({ encryption }) => encryption?.id !== DES);
  if (best && !watch.stop() && record.ended === undefined)
    record.transport = yield* quick(living, quickQuestion([best], TRANSPORT), clients);
}

const DES = 2;

function* askQuick(living: Living, question: ChildQuestion, clients: Clients): Script<Answer<ChildQuestion>, Ikev1Event> {
  if (living.record.ended !== undefined || living.watch.stop()) return answered(question, { kind: 'not-asked' }, []);
  const { result, evidence } = yield* quick(living, question, clients);
  return answered(question, meaningOf(result), evidence);
}

/** One quick mode, and the deletion of what it made. */
function* quick(
  living: Living,
  { offer, keGroup }: ChildQuestion,
  clients: Clients,
): Script<{ readonly result: QuickResult; readonly evidence: readonly number[] }, Ikev1Event> {
  const { sa, plan, record, watch } = living;
  const { random, patience } = plan.setup;
  const mark = watch.mark();
  watch.requested();
  const offers = [sa.floated ? withinUdp(offer) : offer];
  const group = keGroup === undefined ? {} : { group: keGroup };
  const result = yield* quickMode(sa, { random, patience, offers, ...group, ...(clients && { clients }) }, living.now);
  const evidence = since(watch, mark);
  living.now = result.at;
  if (result.ok) {
    const made = result.children.flat().map(({ protocol, ownSpi }): Inbound => ({ protocol, spi: ownSpi }));
    record.children.opened++;
    if (living.kept.length > 0) yield* deleteNow(living, living.kept);
    living.kept = made;
  } else if (result.failure.kind === 'notify') yield* settle(living, mark);
  else if (result.failure.kind === 'deleted') record.ended = 'peer-deleted';
  else if (result.failure.kind === 'silence') record.ended = 'silence';
  gone(living);
  return { result, evidence };
}

/**
 * A question that was repeated may be refused twice, and nothing ties a refusal to what it refuses: what is late has to be here before the
 * next question.
 */
function* settle(living: Living, mark: number): Script<void, Ikev1Event> {
  const { sa, watch } = living;
  if (watch.sent(mark) < 2) return;
  yield* sendAway([], (datagram) => aside(sa, datagram), { from: living.now, floated: sa.floated, linger: LATE });
  living.now += LATE;
}

const LATE = 400;

/** Nobody acknowledges a Delete: it counts as heard, since the ISAKMP SA is deleted after it. */
function* deleteNow({ sa, plan, record, now }: Living, made: readonly Inbound[]): Script<void, Ikev1Event> {
  const deletes = made.map(({ protocol, spi }) => informational(sa, plan.setup.random, [deletePayload(protocol, [spi])]));
  yield* sendAway(deletes, (datagram) => aside(sa, datagram), { from: now, floated: sa.floated, linger: 0 });
  record.children.released++;
}

/** Whether the peer has deleted the ISAKMP SA by itself. */
function gone({ record }: Living): boolean {
  const over = record.events.some((event) => event.kind === 'deleted' && event.protocol === ISAKMP);
  if (over) record.ended ??= 'peer-deleted';
  return over;
}

const ISAKMP = 1;

function meaningOf(result: QuickResult): AnswerBody {
  if (result.ok) return chosen(result.children[0]?.[0]);
  const { failure } = result;
  switch (failure.kind) {
    case 'notify':
      return { kind: 'refused', notify: failure.notify, form: { spiSize: 0, messageId: 0, responderSpi: true } };
    case 'silence':
      return { kind: 'silence', sends: failure.sent };
    case 'deleted':
      return { kind: 'not-asked' };
    case 'answer':
      return failure.fault === 'des' ? chosen(failure.chosen?.[0]) : { kind: 'garbled', code: failure.fault };
    default:
      return failure satisfies never;
  }
}

function chosen(choice: Chosen | undefined): AnswerBody {
  if (!choice) return { kind: 'garbled', code: 'incomplete' };
  return { kind: 'chosen', suite: suiteOfChoice(choice), form: { order: [], proposalNumber: 0 } };
}

/** The suite of one protocol of an SA; its mode is left out. */
function suiteOfChoice({ protocol, transform, keyBits, authentication, group, esn }: Chosen): Suite {
  const named = keyBits === undefined ? { id: transform } : { id: transform, keyBits };
  const ah = protocol === AH;
  return {
    ...(ah ? { integrity: { id: transform } } : { encryption: named }),
    ...(!ah && authentication !== undefined && { integrity: { id: authentication } }),
    ...(group !== undefined && { group: { id: group } }),
    ...(esn !== undefined && { esn: { id: esn } }),
  };
}

const AH = 2;
const LIFETIME = { seconds: 3600 };

/** Suites that name the same group, or none. */
export function quickQuestion(suites: readonly Suite[], mode: number): ChildQuestion {
  const group = suites[0]?.group?.id;
  const offer = suitesToPhase2Offer(suites, mode, LIFETIME);
  return { exchange: 'ikev1-quick', offer, ...(group !== undefined && { keGroup: group }) };
}
