/**
 * What the profiles of Pluto's later members share: the lists of `ike=` and `esp=`, the connection, the answer.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Algorithm, Suite } from '../../model.ts';
import { boxOf } from '../../policy.ts';
import { expandBox } from '../../suites.ts';
import { notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import type { Request, Response, Setup, Wire } from '../profile.ts';
import { completeConnection, type FullConnection, type PolicyWord } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { type PlutoVerdict, verdictOf } from './freeswan.ts';
import { judgeSa } from './judge.ts';
import { Ledger } from './ledger.ts';
import type { Traits } from './releases.ts';
import { DROPPED, NOTIFY } from './sa.ts';

const [AH, ESP, IPCOMP] = [2, 3, 4];
const PSK = 1;

/** What `ike=` (phase 1) or `esp=` (phase 2) lists; strict when it ends in an exclamation mark. */
export interface AlgorithmList {
  readonly suites: readonly Suite[];
  readonly strict: boolean;
}

/** The list of a setup; of phase 2 the part about ESP. */
export function listOf({ policy }: Setup, phase: 1 | 2, strict: boolean): AlgorithmList {
  const wants = policy.flat().filter(({ protocol }) => phase === 1 || protocol === ESP);
  return { suites: wants.flatMap((want) => expandBox(boxOf(want))), strict };
}

/** Whether a cipher and its key length are listed; no key length on either side is like any. */
export function listed(list: readonly Suite[], id: number, keyBits: number): boolean {
  return list.some(({ encryption }) => {
    if (encryption?.id !== id) return false;
    const own = encryption.keyBits ?? 0;
    return own === 0 || keyBits === 0 || own === keyBits;
  });
}

/** The ciphers of a list. */
export function ciphersOf(list: readonly Suite[]): readonly Algorithm[] {
  return list.flatMap(({ encryption }) => (encryption ? [encryption] : []));
}

/** A setup as a connection. What the methods of authentication allow, the dialect judges. */
export function familyConnection(setup: Setup, pskKnown: boolean, initiatorCheck: boolean): FullConnection {
  const protocols = new Set(setup.policy.flat().map(({ protocol }) => protocol));
  const policy = new Set<PolicyWord>();
  if ((setup.auth ?? [PSK]).includes(PSK)) policy.add('psk');
  if (protocols.has(ESP)) policy.add('encrypt');
  if (protocols.has(AH)) policy.add('authenticate');
  if (protocols.has(IPCOMP)) policy.add('compress');
  const ourSpi = setup.spi?.reduce((value, octet) => value * 256 + octet, 0);
  return completeConnection({ policy, pskKnown, initiatorCheck, ...(ourSpi !== undefined && { ourSpi }) });
}

/** One member at one release, set up. */
export interface Member {
  readonly traits: Traits;
  readonly dialect: Dialect;
  readonly connection: FullConnection;
}

/** The answer to a request, or what an initiator makes of one. All later members send notifications. */
export function familyResponse(request: Request, member: Member): Response {
  const { connection } = member;
  const ledger = new Ledger();
  const outcome = judgeSa(request.sa, request.negotiation === 'ikev1-phase1' ? 1 : 2, { ...member, ledger });
  const verdict = verdictOf(outcome, ledger, true, connection.initiatorCheck);
  if (verdict.outcome === 'selected' || verdict.code !== DROPPED) return { ...verdict, wire: wireOf(verdict, request) };
  const { trace, logs, code } = verdict;
  // A malformed SA header is answered before there is a state, and so without a cookie.
  return { ...refusal(notify(NOTIFY.payloadMalformed, { protocol: 1, responderSpi: 'zero' }), trace, logs), code };
}

/** A refusal that comes before the selector: nothing is said to the peer. */
export function unheard(trace: PlutoVerdict['trace'], logs: readonly LogLine[], code: number): Response {
  return { outcome: 'refused', notify: 'silence', trace, wire: SILENCE, logs, code };
}

/**
 * On the wire: SPI size 0, no data, the cookies of the exchange.
 *
 * @see FreeS/WAN 1.97 with the notification patch, `ipsec_doi.c`, `send_notification`
 */
export function wireOf(verdict: PlutoVerdict, { step }: Request): Wire {
  if (verdict.outcome === 'selected') return verdict.reply ? { kind: 'answer', sa: verdict.reply } : PROCEEDS;
  if (verdict.notify === 'silence') return SILENCE;
  return notify(verdict.notify, {
    protocol: 1,
    messageId: step === 'quick' ? 'random' : 'zero',
    ...(step === 'quick' && { encrypted: true }),
  });
}
