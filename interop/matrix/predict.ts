/**
 * What a case comes to between two parties, made of both configurations before anything runs.
 *
 * Rule 1: proposals are judged by the profiles; everything else is a habit (habits.ts). No result of a run is looked at here.
 * Rule 2: what is foretold is told in the same words as what is observed.
 */
import { notifyName } from '../../src/ike/index.ts';
import { type Configured, type Conversation, converse, type Step } from '../../src/proposals/index.ts';
import { type MatrixStep, type StepOutcome, type TraceSection, traceSection } from '../../src/report/index.ts';
import { type Addresses, type CaseDefinition, connectionOf } from '../cases/index.ts';
import type { Connection, Role } from '../daemons/connection.ts';
import { doubts } from './beliefs.ts';
import { type Habits, habitsOf, type Words } from './habits.ts';
import { groupsOf, mindFor, negotiationsOf, unconfigurable } from './minds.ts';
import { completed, type Party } from './party.ts';
import { suiteOfResponse } from './suites.ts';
import { asked } from './traffic.ts';

/** What is foretold, or who could not even be configured so. */
export type Foretold =
  | { readonly kind: 'steps'; readonly steps: readonly StepOutcome[]; readonly trace: readonly TraceSection[] }
  | { readonly kind: 'cannot'; readonly by: Role; readonly words: string };

/** Any addresses will do: nothing that is foretold hangs on them. */
const ADDRESSES: Addresses = {
  initiator: { address4: '10.99.0.2', address6: 'fd99:99::2' },
  responder: { address4: '10.99.0.3', address6: 'fd99:99::3' },
};

/** The steps that are come to, and what each side thinks of the other's offers. */
export function predict(one: CaseDefinition, initiator: Party, responder: Party): Foretold {
  const parties = { initiator, responder };
  const connections = {
    initiator: completed(connectionOf(one, 'initiator', ADDRESSES), initiator),
    responder: completed(connectionOf(one, 'responder', ADDRESSES), responder),
  };
  for (const by of ROLES)
    for (const part of ['ike', 'child'] as const) {
      const words = unconfigurable(parties[by], connections[by], part);
      if (words !== undefined) return { kind: 'cannot', by, words };
    }
  const habits = { initiator: habitsOf(initiator), responder: habitsOf(responder) };
  const pair: Pairing = { one, parties, connections, habits, steps: [], trace: [] };
  const stranger = strangerTo(pair);
  if (stranger !== undefined) return { kind: 'steps', steps: [stranger], trace: [] };
  if (connections.initiator.speaks === 'ikev2') ikev2(pair);
  else ikev1(pair);
  return { kind: 'steps', steps: pair.steps, trace: pair.trace };
}

const ROLES: readonly Role[] = ['initiator', 'responder'];

interface Pairing {
  readonly one: CaseDefinition;
  readonly parties: { readonly [R in Role]: Party };
  readonly connections: { readonly [R in Role]: Connection };
  readonly habits: { readonly [R in Role]: Habits };
  readonly steps: StepOutcome[];
  readonly trace: TraceSection[];
}

const FIRST: Readonly<Record<Connection['speaks'], string>> = {
  ikev2: 'IKE_SA_INIT',
  'ikev1-main': 'main mode',
  'ikev1-aggressive': 'aggressive mode',
};

/** The responder has no connection for this version or mode. */
function strangerTo({ connections, habits }: Pairing): StepOutcome | undefined {
  const [from, to] = [connections.initiator.speaks, connections.responder.speaks];
  if (from === to) return undefined;
  const { stranger } = habits.responder;
  if (from === 'ikev2') return said('ike', 'responder', FIRST[from], stranger.ikev2);
  if (to === 'ikev2') return said('ike', 'responder', FIRST[from], stranger.ikev1);
  return said('ike', 'responder', FIRST[from], from === 'ikev1-aggressive' ? stranger.aggressive : stranger.main);
}

/** Refused with words; silent without, where it is the responder. */
function said(step: MatrixStep, by: Role, exchange: string, { says: notify }: Words): StepOutcome {
  const state = notify === null && by === 'responder' ? 'silent' : 'refused';
  return { step, state, suite: null, refusal: { by, exchange, notify } };
}

const dropped = (step: MatrixStep, by: Role, exchange: string): StepOutcome => {
  return { step, state: 'refused', suite: null, refusal: { by, exchange, notify: null } };
};

const made = (step: MatrixStep, suite: string | null): StepOutcome => ({ step, state: 'established', suite, refusal: null });

/** Lets both minds talk; the outcome is a part of the steps unless it is a success, which is returned. */
function negotiate(
  { parties, connections, habits, steps, trace }: Pairing,
  step: MatrixStep,
  part: 'ike' | 'child',
  wire: Step,
  exchange: string,
): { readonly outcome: StepOutcome } {
  const negotiation = negotiationsOf(connections.initiator)[part];
  const groups = step === 'rekey-child' && wire !== 'quick' ? groupsOf(steps[0]?.suite ?? '') : undefined;
  const mind = (by: Role): Configured =>
    mindFor(parties[by], connections[by], part, habits[by].pfs === 'of the IKE SA' ? groups : undefined);
  const [initiator, responder] = [mind('initiator'), mind('responder')];
  const kin = parties.initiator.family === parties.responder.family;
  const conversation = converse(initiator, responder, negotiation, wire, { kin });
  const { offer, response } = lastRound(conversation, habits.initiator, wire);
  trace.push(traceSection({ step, judgedBy: 'responder', profile: parties.responder.profile }, offer, response));
  const { check, answer } = conversation;
  if (response.wire.kind === 'notify') {
    const version = negotiation.startsWith('ikev1') ? 1 : 2;
    return { outcome: said(step, 'responder', exchange, { says: notifyName(version, response.wire.type) }) };
  }
  if (response.wire.kind !== 'answer') return { outcome: said(step, 'responder', exchange, { says: null }) };
  if (check && check.outcome !== 'selected') {
    if (answer) trace.push(traceSection({ step, judgedBy: 'initiator', profile: parties.initiator.profile }, answer, check));
    return { outcome: said(step, 'initiator', exchange, wire === 'quick' ? habits.initiator.child.notOffered : { says: null }) };
  }
  const suite = suiteOfResponse(response, negotiation);
  // Single DES is never used by us, whatever was offered.
  const des = suite?.startsWith('des-') === true && ROLES.find((by) => parties[by].ours);
  if (!des) return { outcome: made(step, suite) };
  // As the responder we answer with what our mind has chosen, and then nothing more.
  const next = exchange === 'IKE_SA_INIT' ? 'IKE_AUTH' : exchange;
  return { outcome: des === 'initiator' ? dropped(step, des, exchange) : said(step, des, next, { says: null }) };
}

/** Who does not ask again ends with the first answer. */
function lastRound({ rounds }: Conversation, { groupAgain }: Habits, wire: Step): Conversation['rounds'][0] {
  const again = groupAgain || (wire !== 'create-child' && wire !== 'rekey-child' && wire !== 'rekey-ike');
  return again ? (rounds.at(-1) ?? rounds[0]) : rounds[0];
}

function ikev2(pair: Pairing): void {
  const { one, connections, habits, steps } = pair;
  const { outcome: ike } = negotiate(pair, 'ike', 'ike', 'sa-init', 'IKE_SA_INIT');
  if (ike.state !== 'established') return void steps.push(ike);
  const refusal = disbelieved(pair);
  if (refusal) return void steps.push(refusal);
  if (connections.initiator.childless === true) {
    const { childless } = habits.responder.auth;
    return void steps.push(childless === 'taken' ? ike : said('ike', 'responder', 'IKE_AUTH', childless));
  }
  const child = firstChild(pair);
  if (child.refusal !== null)
    return void (takesAll(pair, child.refusal.by) ? steps.push({ ...child, step: 'ike' }) : steps.push(ike, child));
  const unable = ROLES.find((role) => !habits[role].installs(child.suite ?? ''));
  if (unable) return void steps.push(dropped('ike', unable, 'IKE_AUTH'));
  steps.push(ike, child);
  for (const part of one.rekeys ?? []) {
    const step = `rekey-${part}` as const;
    const { outcome } = negotiate(pair, step, part, step, 'CREATE_CHILD_SA');
    steps.push(outcome);
    if (outcome.state !== 'established') return;
  }
}

/** Whether a child that one of them refuses takes the IKE SA with it. */
function takesAll({ habits }: Pairing, by: Role): boolean {
  const { initiator, responder } = habits;
  const kept = by === 'responder' ? responder.child.refusal === 'child' : responder.child.bereft === 'keeps';
  return !kept || initiator.child.disappointment === 'gives up';
}

/** IKE_AUTH: the responder looks first. */
function disbelieved({ connections, habits }: Pairing): StepOutcome | undefined {
  const { initiator, responder } = connections;
  const mixed = initiator.local.proof.kind !== responder.local.proof.kind && doubts(responder, initiator) !== 'method';
  if (mixed && !habits.responder.auth.mixed) return said('ike', 'responder', 'IKE_SA_INIT', { says: 'NO_PROPOSAL_CHOSEN' });
  const readable = (by: Role): boolean => {
    const { proof } = connections[by === 'initiator' ? 'responder' : 'initiator'].local;
    if (proof.kind === 'psk' || !proof.key.startsWith('rsa') || proof.rsa === 'classic') return true;
    if (connections[by].local.proof.kind === 'psk' && !habits[by].auth.says7427) return true;
    return habits[by].auth.paddings.includes(proof.rsa ?? habits[by === 'initiator' ? 'responder' : 'initiator'].auth.signs);
  };
  const wanted = initiator.remote.identity;
  const elsewhere = wanted !== undefined && wanted !== responder.local.identity && habits.responder.auth.otherWanted === 'refuses';
  if (elsewhere || doubts(responder, initiator) !== undefined || !readable('responder'))
    return said('ike', 'responder', 'IKE_AUTH', { says: 'AUTHENTICATION_FAILED' });
  if (doubts(initiator, responder) !== undefined || !readable('initiator'))
    return said('ike', 'initiator', 'IKE_AUTH', habits.initiator.auth.disbelief);
  return undefined;
}

function firstChild(pair: Pairing): StepOutcome {
  const { connections, habits } = pair;
  const exchange = 'IKE_AUTH';
  const { outcome } = negotiate(pair, 'child', 'child', 'auth', exchange);
  if (outcome.state !== 'established') return outcome;
  const { initiator, responder } = connections;
  const [asks, answers] = [habits.initiator.child, habits.responder.child];
  if (initiator.mode === 'transport' && responder.mode !== 'transport') {
    if (answers.transport === 'tunnel') {
      if (asks.tunnelInstead === 'refuses') return dropped('child', 'initiator', exchange);
    } else if (answers.transport === 'no connection') return said('ike', 'responder', exchange, { says: 'AUTHENTICATION_FAILED' });
  }
  const relation = asked(initiator, responder);
  if (relation === 'equal') return outcome;
  if (answers.traffic === 'exact' || (answers.traffic === 'narrows' && relation === 'other'))
    return said('child', 'responder', exchange, { says: 'TS_UNACCEPTABLE' });
  // Narrowed to what both have, or the responder's own traffic as it is.
  const answered =
    relation === 'wider' ? 'narrower' : answers.traffic === 'narrows' ? 'equal' : relation === 'narrower' ? 'wider' : 'other';
  if (answered !== 'equal' && asks.answered[answered] === 'refuses') return dropped('child', 'initiator', exchange);
  return outcome;
}

function ikev1(pair: Pairing): void {
  const { one, connections, habits, steps } = pair;
  const { speaks } = connections.initiator;
  const exchange = FIRST[speaks];
  const { outcome: ike } = negotiate(pair, 'ike', 'ike', speaks === 'ikev1-main' ? 'main' : 'aggressive', exchange);
  if (ike.state !== 'established') return void steps.push(ike);
  const refusal = disbelieved1(pair, exchange);
  if (refusal) return void steps.push(refusal);
  steps.push(ike);
  const { outcome: child } = negotiate(pair, 'child', 'child', 'quick', 'quick mode');
  if (child.state !== 'established') return void steps.push(child);
  const relation = asked(connections.initiator, connections.responder);
  const serves = relation === 'equal' || (habits.responder.child.clients === 'narrows' && relation !== 'other');
  if (!serves) return void steps.push(said('child', 'responder', 'quick mode', { says: 'INVALID-ID-INFORMATION' }));
  steps.push(child);
  for (const part of one.rekeys ?? []) steps.push(negotiate(pair, `rekey-${part}`, 'child', 'quick', 'quick mode').outcome);
}

/** The third pair of messages, or the second half of aggressive mode. */
function disbelieved1({ connections, habits }: Pairing, exchange: string): StepOutcome | undefined {
  const { initiator, responder } = connections;
  const [ours, theirs] = [doubts(initiator, responder), doubts(responder, initiator)];
  const { phase1 } = habits.responder;
  const refuses = (words: Words): StepOutcome => said('ike', 'responder', exchange, words);
  if (initiator.speaks === 'ikev1-aggressive' && ours === 'key')
    return said('ike', 'initiator', exchange, habits.initiator.phase1.otherHash);
  if (theirs === 'method') return refuses(phase1.otherMethod);
  if (theirs === 'key') return refuses(phase1.otherKey);
  if (theirs === 'certificate') return refuses(phase1.badCertificate);
  if (theirs === 'identity') return refuses(phase1.otherIdentity);
  return ours === undefined ? undefined : said('ike', 'initiator', exchange, habits.initiator.phase1.otherResponder);
}
