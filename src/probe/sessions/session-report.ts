/**
 * What was seen of a session, as the report says it.
 *
 * @module
 */
import type { ChildOutcome } from '../../ike/exchanges/ikev2/child.ts';
import type { Ikev1Event } from '../../ike/exchanges/ikev1/conversation.ts';
import type { Client } from '../../ike/exchanges/ikev1/quick-mode.ts';
import { notifyName } from '../../ike/numbers.ts';
import type { TrafficSelector } from '../../ike/payloads/ts.ts';
import { addressText, rangeText } from '../../net/addresses.ts';
import { clauses } from '../../proposals/clauses.ts';
import type { Negotiation, Offer, Suite } from '../../proposals/model.ts';
import { keyword } from '../../proposals/notation.ts';
import { expandBox } from '../../proposals/suites.ts';
import { explainSession } from '../../report/explain-sessions.ts';
import type { ChildView, RekeyView, SaCount, SessionReport, TrafficView } from '../result.ts';
import { NO_GROUP, suiteText } from '../suite-text.ts';
import { type Failure, ikev1Failure, ikev2Failure, type Proving } from './failure.ts';
import { type Identity, identityView } from './identity.ts';
import { suiteOfSlots } from './ikev2-children.ts';
import type { Ikev1Record } from './ikev1-session.ts';
import type { Ikev2Record, Rekey } from './ikev2-session.ts';
import type { SaTally, TrafficWish } from './watch.ts';

/** What stands before anything was sent. */
export interface SessionHead {
  readonly version: 1 | 2;
  readonly exchange: SessionReport['exchange'];
  readonly suite: string | null;
  readonly auth: string;
  readonly identity: Identity;
  readonly proving: Proving;
  readonly port: number;
}

/** A failure looked at more closely, with what is known here besides. */
export type Closer = (failure: Failure) => Failure;

/** A session that was not tried, and why. */
export function untried(head: SessionHead, failure: Failure, evidence: readonly number[] = []): SessionReport {
  return {
    version: head.version,
    exchange: head.exchange,
    state: 'not-tried',
    why: whyOf(failure, head, evidence),
    suite: head.suite,
    auth: head.auth,
    ours: identityView(head.identity),
    peer: null,
    nat: null,
    port: head.port,
    firstChild: null,
    traffic: [],
    modes: { tunnel: null, transport: null },
    rekeys: [],
    ended: null,
    evidence,
  };
}

function whyOf({ code, basis }: Failure, { version, proving }: SessionHead, evidence: readonly number[]): SessionReport['why'] {
  return { code, text: explainSession(code, { version, proving }), basis, evidence };
}

function stateOf({ code }: Failure): SessionReport['state'] {
  return code === 'silent' ? 'silent' : REFUSALS.has(code) ? 'refused' : 'failed';
}

/** The peer said no; else it is we who do. */
const REFUSALS: ReadonlySet<Failure['code']> = new Set([
  'key-or-identity',
  'wrong-key',
  'identity-refused',
  'certificate-refused',
  'certificate-untrusted',
  'certificate-expired',
  'certificate-identity',
  'child-refused',
  'suite-refused',
  'eap-wanted',
  'xauth-wanted',
]);

/** Of IKEv2. Nothing had been sent when there is no result. */
export function ikev2SessionReport(head: SessionHead, record: Ikev2Record, closer: Closer): SessionReport {
  const { established, session, first, transport } = record;
  const base = untried(head, { code: 'interrupted', basis: 'observed', credential: false }, record.evidence);
  if (!established) return { ...base, state: 'silent' };
  if (!established.ok) {
    const failure = closer(ikev2Failure(established, head.proving));
    const failed = established.failure;
    const shown = failed.kind === 'peer-identity' || failed.kind === 'peer-proof' ? failed.identity : undefined;
    const peer = shown ? { ...identityView(shown), auth: '' } : null;
    return { ...base, state: stateOf(failure), why: whyOf(failure, head, record.evidence), peer, ended: 'refused' };
  }
  const { begun, peer, method } = established;
  return {
    ...base,
    state: 'established',
    why: null,
    peer: { ...identityView(peer), auth: IKEV2_METHODS.get(method) ?? `auth:${method}` },
    nat: begun.nat,
    firstChild: first ? childView(first.outcome, first.evidence) : null,
    traffic: record.traffic.map(trafficView),
    modes: {
      tunnel: first?.outcome.kind === 'established' || (record.map?.accepted.length ?? 0) > 0 || null,
      transport: transport === undefined ? null : transport.outcome.kind === 'established' && transport.outcome.child.transport === true,
    },
    rekeys: record.rekeys.map(rekeyView),
    ended: endOf(session?.ended, record.closed),
  };
}

/** @see RFC 7296 §3.8, RFC 7427 */
const IKEV2_METHODS: ReadonlyMap<number, string> = new Map([
  [1, 'rsasig'],
  [2, 'psk'],
  [3, 'dsssig'],
  [9, 'ecdsa256'],
  [10, 'ecdsa384'],
  [11, 'ecdsa521'],
  [12, 'gspm'],
  [13, 'null'],
  [14, 'signature'],
]);

function endOf(ended: string | undefined, closed: boolean | undefined): SessionReport['ended'] {
  if (ended === 'peer-deleted') return 'peer-deleted';
  if (ended === 'peer-refused-us') return 'refused';
  if (closed === true) return 'deleted';
  if (closed === false) return 'deleted-unconfirmed';
  return ended === undefined ? null : 'silence';
}

/** Of IKEv1. */
export function ikev1SessionReport(head: SessionHead, record: Ikev1Record, closer: Closer): SessionReport {
  const { phase1 } = record;
  const base = untried(head, { code: 'interrupted', basis: 'observed', credential: false }, record.evidence);
  if (!phase1) return { ...base, state: 'silent' };
  if (!phase1.ok) {
    const failure = closer(ikev1Failure(phase1.failure, head.proving));
    return { ...base, state: stateOf(failure), why: whyOf(failure, head, record.evidence), ended: 'refused' };
  }
  const { sa, nat } = phase1.value;
  const wantsMore = record.events.some(wantsXauth);
  const failure: Failure = { code: 'xauth-wanted', basis: 'observed', credential: false };
  return {
    ...base,
    state: wantsMore && record.ended === 'peer-deleted' ? 'refused' : 'established',
    why: wantsMore ? whyOf(failure, head, record.evidence) : null,
    peer: { ...identityView(sa.peerIdentity), auth: keyword('auth', 'ikev1-phase1', { id: sa.suite.auth }) },
    nat,
    traffic: record.traffic.map(({ clients, refused, evidence }) => {
      const asked = { own: clients ? [clientText(clients.own)] : [], peer: clients ? [clientText(clients.peer)] : [] };
      return { asked, answered: refused ? null : asked, refused: refused === true, evidence };
    }),
    modes: {
      tunnel: (record.map?.accepted.length ?? 0) > 0 || record.asked.some(({ answer }) => answer.kind === 'chosen') || null,
      transport: record.transport ? record.transport.result.ok : null,
    },
    // Nobody acknowledges a Delete in IKEv1.
    ended: record.ended === 'deleted' ? 'deleted-unconfirmed' : (record.ended ?? null),
  };
}

const wantsXauth = (event: Ikev1Event): boolean => event.kind === 'config-refused' && event.what === 'xauth';

function clientText({ idType, data }: Client): string {
  const half = data.length / 2;
  if (idType === SUBNET4 || idType === SUBNET6) {
    const bits = data.subarray(half).reduce((sum, octet) => sum + octet.toString(2).replaceAll('0', '').length, 0);
    return `${addressText(data.subarray(0, half))}/${bits}`;
  }
  if (idType === RANGE4 || idType === RANGE6) return rangeText({ start: data.subarray(0, half), end: data.subarray(half) });
  return addressText(data);
}

const [SUBNET4, SUBNET6, RANGE4, RANGE6] = [4, 6, 7, 8];

function trafficView({ wish, answered, refused, evidence }: Ikev2Record['traffic'][number]): TrafficView {
  const texts = ({ own, peer }: TrafficWish) => ({ own: own.map(selectorText), peer: peer.map(selectorText) });
  return { asked: texts(wish), answered: answered ? texts(answered) : null, refused: refused === true, evidence };
}

/** `10.0.0.0/8`, `10.0.0.1[6/80]`, `10.0.0.1[17/1000-2000]`. */
function selectorText(selector: TrafficSelector): string {
  if (selector.form !== 'range') return `type ${selector.tsType}`;
  const { protocol, startPort, endPort } = selector;
  const ports = startPort === 0 && endPort === 0xffff ? '' : `/${startPort === endPort ? startPort : `${startPort}-${endPort}`}`;
  return `${rangeText(selector)}${protocol === 0 && ports === '' ? '' : `[${protocol}${ports}]`}`;
}

function childView(outcome: ChildOutcome, evidence: readonly number[]): ChildView {
  switch (outcome.kind) {
    case 'established':
      return { state: 'established', suite: suiteText(suiteOfSlots(outcome.child.settled.slots), 'ikev2-child'), notify: null, evidence };
    case 'refused':
      return { state: 'refused', suite: null, notify: notifyName(2, outcome.notify), evidence };
    case 'silence':
      return { state: 'silent', suite: null, notify: null, evidence };
    case 'answer': {
      const suite = outcome.settled ? suiteText(suiteOfSlots(outcome.settled.slots), 'ikev2-child') : null;
      return { state: 'failed', suite, notify: null, evidence };
    }
    case 'none':
      return { state: 'refused', suite: null, notify: null, evidence };
    default:
      return outcome satisfies never;
  }
}

function rekeyView(rekey: Rekey): RekeyView {
  const { what, offer, evidence } = rekey;
  const negotiation: Negotiation = what === 'ike' ? 'ikev2-ike' : 'ikev2-child';
  const offered = suitesOfOffer(offer);
  const groups = [...new Set(offered.map(({ group }) => (group ? keyword('group', negotiation, group) : NO_GROUP)))];
  const base = { what, offered: offered.map((suite) => suiteText(suite, negotiation)).join(','), group: groups.join() };
  if (rekey.what === 'child') return { ...base, ...childView(rekey.outcome, evidence) };
  const suite = rekey.state === 'established' ? (base.offered.split(',')[0] ?? null) : null;
  return { ...base, state: rekey.state, suite, notify: rekey.refused === undefined ? null : notifyName(2, rekey.refused), evidence };
}

function suitesOfOffer({ negotiation, groups }: Offer): readonly Suite[] {
  const all = groups.flatMap(({ proposals }) => proposals.flatMap((proposal) => clauses(negotiation, proposal, [])));
  return all.flatMap((clause) => {
    const plain = [...clause.slots].map(([slot, choices]) => [
      slot,
      choices.map(({ id, keyBits }) => (keyBits === undefined ? { id } : { id, keyBits })),
    ]);
    return expandBox(Object.fromEntries(plain));
  });
}

/** SAs that came about, were deleted with the peer's knowledge, and may still be held. */
export function saCount(tallies: readonly SaTally[]): SaCount {
  const opened = tallies.reduce((sum, tally) => sum + tally.opened, 0);
  const released = tallies.reduce((sum, tally) => sum + tally.released, 0);
  return { opened, released, left: opened - released };
}
