/**
 * What really happened in a cell: from the wire, from what both control programs say, and from the logs where the wire is closed.
 *
 * Rule 1: a step came about when both sides hold what it makes. One that holds it alone has been refused by the other.
 * Rule 2: who refused, and with what, is what was said on the wire; a log is believed for messages that nobody can open.
 * Rule 3: nothing here knows what was foretold.
 */
import { EXCHANGE } from '../../src/ike/index.ts';
import type { MatrixStep, StepOutcome } from '../../src/report/index.ts';
import type { ChildStatus, IkeStatus, Told } from '../daemons/peer.ts';
import type { Role } from '../daemons/connection.ts';
import type { WireMessage } from './messages.ts';
import { childSuite, exchangeOf, ikeSuite, isInformational, refusalIn, rekeyedSuite, unanswered } from './said.ts';

/** One thing that was done in a cell, and what could be seen of it. */
export interface Phase {
  readonly what: 'begin' | 'rekey-child' | 'rekey-ike';
  /** What the initiator's control program said. */
  readonly told: Told;
  /** While it was done. */
  readonly messages: readonly WireMessage[];
  readonly logs: { readonly [R in Role]: string };
  /** At its end. */
  readonly status: { readonly [R in Role]: readonly IkeStatus[] };
}

/** What is known of the case: whether a child is asked for at all. */
export interface Observed {
  readonly childless: boolean;
}

/** The steps that were come to, in order. */
export function observe(phases: readonly Phase[], { childless }: Observed): readonly StepOutcome[] {
  const [begin, ...later] = phases;
  if (begin === undefined) return [];
  const steps = beginning(begin, childless);
  for (const [i, phase] of later.entries()) steps.push(rekeying(phase, phases[i] ?? begin));
  return steps;
}

function beginning(phase: Phase, childless: boolean): StepOutcome[] {
  const { messages, status } = phase;
  const [ours, theirs] = [current(status.initiator), current(status.responder)];
  const held = { initiator: ours?.established === true, responder: theirs?.established === true };
  if (!held.initiator || !held.responder) return [notMade('ike', phase, held)];
  const ike = made('ike', ikeSuite(messages) ?? ours?.suite ?? theirs?.suite ?? null);
  if (childless) return [ike];
  const [own, peer] = [childOf(ours), childOf(theirs)];
  if (own === undefined || peer === undefined)
    return [ike, notMade('child', phase, { initiator: own !== undefined, responder: peer !== undefined })];
  return [ike, made('child', childSuite(messages) ?? own.suite ?? peer.suite)];
}

function rekeying(phase: Phase, before: Phase): StepOutcome {
  const { what, messages, status } = phase;
  const step: MatrixStep = what === 'rekey-ike' ? 'rekey-ike' : 'rekey-child';
  const { initiator, responder } = renewed(before.status, status, step);
  const suite = rekeyedSuite(messages, step);
  const told = suite !== undefined || phase.told.outcome === 'done';
  // Behind a refusal a peer may give up what it has and begin anew: what stands there then was not rekeyed.
  const anew = refusalIn(messages, UNSAID, step) !== undefined;
  if (initiator === false || responder === false || !told || anew)
    return notMade(step, phase, { initiator: initiator === true, responder: responder === true });
  const now = current(status.initiator);
  return made(step, suite ?? (step === 'rekey-ike' ? now : childOf(now))?.suite ?? null);
}

/** Logs tell of refusals that were made good, too. */
const UNSAID = { initiator: '', responder: '' };

const made = (step: MatrixStep, suite: string | null): StepOutcome => ({ step, state: 'established', suite, refusal: null });

/** Refused or unanswered. Where nothing was said, who does not have it is who refused it. */
function notMade(step: MatrixStep, phase: Phase, held: { readonly [R in Role]: boolean }): StepOutcome {
  const { logs } = phase;
  const messages = phase.what === 'begin' ? firstOnes(phase.messages) : phase.messages;
  const refusal = refusalIn(messages, logs, step);
  if (refusal !== undefined) return { step, state: 'refused', suite: null, refusal };
  const silent = unanswered(messages);
  if (silent !== undefined) {
    const state = silent.by === 'responder' ? 'silent' : 'refused';
    return { step, state, suite: null, refusal: { ...silent, notify: null } };
  }
  const last = messages.findLast((message) => !isInformational(message));
  const by: Role = held.initiator ? 'responder' : held.responder || last?.from === 'responder' ? 'initiator' : 'responder';
  const exchange = last === undefined ? 'nothing' : exchangeOf(last);
  return { step, state: 'refused', suite: null, refusal: { by, exchange, notify: null } };
}

/** CREATE_CHILD_SA is about other SAs than the first ones: some make up for a child that did not come about. */
function firstOnes(messages: readonly WireMessage[]): readonly WireMessage[] {
  const end = messages.findIndex(({ header }) => header.exchange === EXCHANGE.createChildSa);
  return end < 0 ? messages : messages.slice(0, end);
}

/** The one that counts: established ones first, then the newest. */
function current(status: readonly IkeStatus[]): IkeStatus | undefined {
  return status.find(({ established }) => established) ?? status[0];
}

/** What a rekeying makes another one of. */
function heldBy(status: readonly IkeStatus[], step: MatrixStep): readonly Numbered[] {
  const ikes = status.filter(({ established }) => established);
  return step === 'rekey-ike' ? ikes : ikes.flatMap(({ children }) => children.filter(({ established }) => established));
}

function childOf(ike: IkeStatus | undefined): ChildStatus | undefined {
  return ike?.children.find(({ established }) => established);
}

/** Who has what a rekeying makes, that was not there before. Nothing where a control program does not tell SPIs. */
export function renewed(before: Phase['status'], now: Phase['status'], step: MatrixStep): { readonly [R in Role]: boolean | undefined } {
  const of = (role: Role): boolean | undefined => isNew(heldBy(now[role], step), heldBy(before[role], step));
  return { initiator: of('initiator'), responder: of('responder') };
}

/** Whether there is one that was not there before. Nothing where a control program does not tell SPIs. */
function isNew(now: readonly Numbered[], before: readonly Numbered[]): boolean | undefined {
  const known = new Set(before.map(({ spis }) => spis?.join()));
  if (now.length > 0 && [...now, ...before].every(({ spis }) => spis === null)) return undefined;
  return now.some(({ spis }) => spis !== null && !known.has(spis.join()));
}

type Numbered = Pick<IkeStatus, 'spis'>;
