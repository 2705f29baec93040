/**
 * charon's IKEv1 phase 1, main and aggressive mode.
 *
 * Rule: algorithms alone decide. DOI, situation, method and lifetime are not looked at before the choice.
 *
 * @see strongSwan main_mode.c, aggressive_mode.c; proposal_substructure.c: set_from_proposal_v1_ike
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { type Attribute, OAKLEY } from '../../model.ts';
import { choice, judgement, notify, phase1Answer, PROCEEDS, refusal } from '../answers.ts';
import type { AnswerToCheck, Request, Response } from '../profile.ts';
import type { Judgement, Reason } from '../../verdict.ts';
import { type CharonTransform, type Selected, TYPE } from './algebra.ts';
import { flagsOf, type Here, malformed, processingFailed, selectionOf } from './choose.ts';
import { configuredProposals } from './configured.ts';
import { authMethod, lifetimeOf, methodText, valueAttribute } from './ikev1.ts';
import { cipherFault } from './key-derivation.ts';
import { LOG } from './log.ts';
import { HASH_INTEGRITY, PHASE1_ENCRYPTION } from './numbers.ts';
import { readPayload, type Substructure } from './payload.ts';
import { receivedProposals, singles } from './received.ts';
import { canCompute, keFit } from './key-exchange.ts';
import { contest } from './trace.ts';

/** How long charon's own IKE SAs live when nothing is configured: four hours and a tenth more. */
export const IKE_LIFETIME = 15840;

/** The answer to the first message. */
export function respondPhase1(request: Request, here: Here): Response {
  const aggressive = request.step === 'aggressive';
  const { substructures, fault } = readPayload(request.sa, request.negotiation);
  if (fault) return malformed(fault, PAYLOAD_MALFORMED, CLEAR, [processingFailed(aggressive ? 'AGGRESSIVE' : 'ID_PROT')]);
  const { alone, selected, trace, logs } = search(
    request,
    substructures,
    here,
    aggressive ? responderFlags(request, here) : flagsOf(request, here),
  );
  if (!selected) return refused(NO_PROPOSAL_CHOSEN, trace, [...logs, LOG.write('noneFound')]);
  const method = authMethod(substructures);
  if (aggressive) {
    const obstacle = aggressiveObstacle(request, selected, method, here);
    if (obstacle) return refused(obstacle.type, [...trace, judgement([], [obstacle.reason])], [...logs, obstacle.line]);
  }
  const selection = selectionOf(selected, alone, request.negotiation);
  return choice(selection, { kind: 'answer', sa: answerOf(selected, method, substructures) }, trace, logs);
}

/** Only algorithms are compared; another method or lifetime is told, and the own method kept. */
export function checkPhase1(answer: AnswerToCheck, here: Here): Response {
  const aggressive = answer.step === 'aggressive';
  const { substructures, fault } = readPayload(answer.sa, answer.negotiation);
  if (fault) return malformed(fault, PAYLOAD_MALFORMED, CLEAR, [processingFailed(aggressive ? 'AGGRESSIVE' : 'ID_PROT', 'response')]);
  const { skipPrivate, additionalKe } = flagsOf(answer, here);
  const flags = { skipPrivate: skipPrivate === true && !aggressive, additionalKe: additionalKe ?? true };
  const { alone, selected, trace, logs } = search(answer, substructures, here, flags);
  if (!selected) return refused(NO_PROPOSAL_CHOSEN, trace, [...logs, LOG.write('noneFound')]);
  const differences = toldDifferences(selected, substructures, here);
  if (aggressive) {
    const obstacle = keObstacle(answer.keGroup, aggressiveGroup(here));
    if (obstacle) return refused(obstacle.type, [...trace, judgement([], [obstacle.reason])], [...logs, ...differences, obstacle.line]);
  }
  return choice(selectionOf(selected, alone, answer.negotiation), PROCEEDS, trace, [...logs, ...differences]);
}

function search(request: Request, substructures: readonly Substructure[], here: Here, flags: ReturnType<typeof flagsOf>) {
  const { negotiation } = request;
  const alone = singles(substructures);
  const supplied = receivedProposals(alone, negotiation);
  return { alone, ...contest({ negotiation, release: here.release, policy: here.setup.policy, flags, substructures: alone, supplied }) };
}

/** Aggressive mode never takes private numbers; a slip of the code drops that when the peer's order leads. */
function responderFlags(request: Request, here: Here): ReturnType<typeof flagsOf> {
  const flags = flagsOf(request, here);
  return { ...flags, skipPrivate: flags.preferSupplied !== true };
}

interface Obstacle {
  readonly type: number;
  readonly reason: Reason;
  readonly line: LogLine;
}

/** What else must hold in aggressive mode, in charon's order. */
function aggressiveObstacle(request: Request, selected: Selected, method: number | undefined, here: Here): Obstacle | undefined {
  const psk = method !== undefined && PSK_METHODS.includes(method);
  if (psk && here.setting('aggressive_mode_psk') === 'no') {
    const reason: Reason = { code: 'algorithm-forbidden', offered: { slot: 'auth', id: method, path: [] }, by: 'aggressive mode' };
    return { type: AUTHENTICATION_FAILED, reason, line: LOG.write('aggressivePsk') };
  }
  const group = groupOf(selected.chosen);
  if (group !== undefined && !canCompute(group, here.release)) {
    const reason: Reason = { code: 'structure', detail: 'the group that was chosen cannot be computed', path: [] };
    return { type: INVALID_KEY_INFORMATION, reason, line: LOG.write('groupNotSupported') };
  }
  const ke = keObstacle(request.keGroup, group);
  if (ke?.type === INVALID_PAYLOAD_TYPE) return ke;
  const allowed = here.setup.auth ?? [PSK];
  // A public key is a public key: where RSA is configured, ECDSA is not refused yet.
  const wanted = method !== undefined && ECDSA.includes(method) ? RSA : method;
  // Keys are derived last of all.
  if (wanted !== undefined && allowed.includes(wanted)) return ke ?? cipherObstacle(selected);
  const offered = { slot: 'auth', id: method ?? 0, path: [] } as const;
  return {
    type: AUTHENTICATION_FAILED,
    reason: { code: 'algorithm-not-configured', offered, allowed: allowed.map((id) => ({ id })) },
    line: LOG.write('noneAllows', { count: 1, method: methodText(method) }),
  };
}

/** A KE payload made for another group may have the wrong length. */
function keObstacle(sent: number | undefined, wanted: number | undefined): Obstacle | undefined {
  if (wanted === undefined) return undefined;
  if (sent === undefined) {
    const reason: Reason = { code: 'structure', detail: 'there is no KE payload', path: [] };
    return { type: INVALID_PAYLOAD_TYPE, reason, line: LOG.write('keMissingInMessage') };
  }
  const fit = keFit(sent, wanted);
  if (fit === 'fits') return undefined;
  const reason: Reason = { code: 'structure', detail: 'the KE payload is not of the group that was chosen', path: [] };
  if (fit === 'not-applied') return { type: INVALID_PAYLOAD_TYPE, reason, line: LOG.write('keNotApplied') };
  return { type: INVALID_KEY_INFORMATION, reason, line: LOG.write('keNotInSubgroup') };
}

function cipherObstacle({ chosen }: Selected): Obstacle | undefined {
  const line = cipherFault(chosen);
  const reason: Reason = { code: 'structure', detail: 'no keys can be made for the cipher that was chosen', path: [] };
  return line && { type: INVALID_KEY_INFORMATION, reason, line };
}

function aggressiveGroup(here: Here): number | undefined {
  const own = configuredProposals(here.setup.policy, 'ikev1-phase1', here.release);
  return own.map(({ transforms }) => groupOf(transforms)).find((group) => group !== undefined);
}

function groupOf(transforms: readonly CharonTransform[]): number | undefined {
  return transforms.find(({ type }) => type === TYPE.group)?.id;
}

function toldDifferences({ supplied }: Selected, substructures: readonly Substructure[], { setup }: Here): LogLine[] {
  const received = lifetimeOf(supplied, substructures);
  const configured = setup.lifetime ?? IKE_LIFETIME;
  const method = authMethod(substructures);
  const own = setup.auth?.[0] ?? PSK;
  return [
    ...(received === configured ? [] : [LOG.write('otherLifetime', { received, configured })]),
    ...(method === own ? [] : [LOG.write('otherMethod', { received: methodText(method), configured: methodText(own) })]),
  ];
}

/** Built anew: what was not understood is gone, and a method and a lifetime are always there. */
function answerOf({ supplied, chosen }: Selected, method: number | undefined, substructures: readonly Substructure[]): Uint8Array {
  const spi = supplied.spi.some((octet) => octet !== 0) ? supplied.spi : undefined;
  return phase1Answer({
    number: supplied.number || 1,
    transform: supplied.transformNumber || 1,
    attributes: phase1Attributes(chosen, method ?? PSK, lifetimeOf(supplied, substructures)),
    ...(spi && { spi }),
  });
}

/** In charon's order. Of several algorithms of one kind the first that IKEv1 has a number for. */
export function phase1Attributes(transforms: readonly CharonTransform[], method: number, lifetime: number): Attribute[] {
  const attributes: Attribute[] = [];
  const cipher = transforms.find(({ type, id }) => type === TYPE.encryption && PHASE1_ENCRYPTION.toIkev1.has(id));
  const integrity = transforms.find(({ type, id }) => type === TYPE.integrity && HASH_INTEGRITY.toIkev1.has(id));
  const group = groupOf(transforms);
  const add = (type: number, value: number | undefined): void => {
    if (value !== undefined) attributes.push(valueAttribute(type, value));
  };
  if (cipher) add(OAKLEY.encryption, PHASE1_ENCRYPTION.toIkev1.get(cipher.id));
  if (cipher && cipher.keyBits !== 0) add(OAKLEY.keyLength, cipher.keyBits);
  if (integrity) add(OAKLEY.hash, HASH_INTEGRITY.toIkev1.get(integrity.id));
  add(OAKLEY.group, group);
  add(OAKLEY.auth, method);
  add(OAKLEY.lifeType, 1);
  add(OAKLEY.lifeDuration, lifetime);
  return attributes;
}

/** The notification of a task names both cookies. */
function refused(type: number, trace: readonly Judgement[], logs: readonly LogLine[]): Response {
  return refusal(notify(type, { ...CLEAR, spi: 'cookies' }), trace, logs);
}

/** An Informational exchange of its own message ID, under the cookies of the exchange. */
const CLEAR = { protocol: 1, messageId: 'random' } as const;
const PSK = 1;
const RSA = 3;
const PSK_METHODS: readonly number[] = [PSK, 65001, 65002];
const ECDSA: readonly number[] = [9, 10, 11];
const INVALID_PAYLOAD_TYPE = 1;
const NO_PROPOSAL_CHOSEN = 14;
const PAYLOAD_MALFORMED = 16;
const INVALID_KEY_INFORMATION = 17;
const AUTHENTICATION_FAILED = 24;
