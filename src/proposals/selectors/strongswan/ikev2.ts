/**
 * charon's IKEv2: what it answers to an SA payload, and what it makes of an answer.
 *
 * @see strongSwan ike_init.c, child_create.c, task_manager_v2.c
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { askForGroup, choice, ikev2Answer, judgement, notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import type { AnswerToCheck, Notification, Request, Response } from '../profile.ts';
import { type CharonTransform, PROTOCOL, type Selected, TYPE } from './algebra.ts';
import { flagsOf, type Here, malformed, processingFailed, selectionOf } from './choose.ts';
import { cipherFault } from './key-derivation.ts';
import { LOG } from './log.ts';
import { groupText } from './names.ts';
import { readPayload } from './payload.ts';
import { receivedProposals, singles } from './received.ts';
import { canCompute } from './key-exchange.ts';
import { contest, type Outcome } from './trace.ts';

/** The answer to a request of any IKEv2 exchange. */
export function respondIkev2(request: Request, here: Here): Response {
  const { negotiation, step, keGroup } = request;
  const initial = step === 'sa-init';
  const { substructures, fault } = readPayload(request.sa, negotiation);
  if (fault) return malformed(fault, INVALID_SYNTAX, carrier(request), initial ? [processingFailed('IKE_SA_INIT')] : []);
  if (initial && keGroup === undefined) return keMissing();
  const alone = singles(substructures);
  const flags = { ...flagsOf(request, here), skipKe: step === 'auth' };
  const supplied = receivedProposals(alone, negotiation);
  const found = contest({ negotiation, release: here.release, policy: here.setup.policy, flags, substructures: alone, supplied });
  const { selected, trace, logs } = found;
  const how = { ...carrier(request), ...(initial && { responderSpi: 'zero' as const }) };
  if (!selected) {
    const line = negotiation === 'ikev2-ike' ? LOG.write('unacceptable') : LOG.write('noAcceptable');
    return refusal(notify(NO_PROPOSAL_CHOSEN, how), trace, [...logs, line]);
  }
  const group = groupOf(selected.chosen);
  if (group !== undefined && !canCompute(group, here.release)) return notComputed(group, request, here, how, found);
  if (group !== undefined && group !== keGroup) {
    return askForGroup(group, how, trace, [...logs, groupLine(keGroup ?? 0, group, here)]);
  }
  const unkeyed = step === 'rekey-ike' || (initial && !here.release.since('5.9.7')) ? cipherFault(selected.chosen) : undefined;
  if (unkeyed) {
    const line = LOG.write('derivationFailed');
    return refusal(notify(NO_PROPOSAL_CHOSEN, how), [...trace, judgement([], [withoutKeys])], [...logs, unkeyed, line]);
  }
  if (lacksIntermediate(request, selected)) {
    return refusal(
      notify(NO_PROPOSAL_CHOSEN, how),
      [...trace, judgement([], [withoutIntermediate])],
      [...logs, LOG.write('noIntermediate')],
    );
  }
  const ignored = group === undefined && step !== 'auth' && (keGroup ?? 0) !== 0 ? [ignoringKe(here)] : [];
  const selection = selectionOf(selected, alone, negotiation);
  return choice(selection, { kind: 'answer', sa: answerOf(request, selected, here) }, trace, [...logs, ...ignored]);
}

/** Before 6.0 it asks for a group that it cannot compute, even when it was sent. */
function notComputed(
  group: number,
  { keGroup = 0 }: Request,
  here: Here,
  how: ReturnType<typeof carrier>,
  { trace, logs }: Outcome,
): Response {
  if (group !== keGroup || !here.release.since('6.0')) {
    return askForGroup(group, how, trace, [...logs, groupLine(keGroup, group, here)]);
  }
  const reason = { code: 'structure', detail: 'the group that was chosen cannot be computed', path: [] } as const;
  return refusal(notify(NO_PROPOSAL_CHOSEN, how), [...trace, judgement([], [reason])], [...logs, LOG.write('noAcceptable')]);
}

/** Selects once more from what is configured: an answer that was never offered passes when it is configured. */
export function checkIkev2(answer: AnswerToCheck, here: Here): Response {
  const { negotiation, step, keGroup } = answer;
  const { substructures, fault } = readPayload(answer.sa, negotiation);
  if (fault) {
    const trace = [judgement([], [{ code: 'structure', detail: fault.detail, path: fault.path }])];
    const failed = step === 'sa-init' ? [processingFailed('IKE_SA_INIT', 'response')] : [];
    return refusal(SILENCE, trace, [...fault.logs, ...failed]);
  }
  const alone = singles(substructures);
  const flags = { ...flagsOf(answer, here), skipKe: step === 'auth' };
  const supplied = receivedProposals(alone, negotiation);
  const found = contest({ negotiation, release: here.release, policy: here.setup.policy, flags, substructures: alone, supplied });
  const { selected, trace, logs } = found;
  const newer = here.release.since('6.0');
  if (!selected) {
    const line = negotiation === 'ikev2-child' ? 'noAcceptable' : newer ? 'answerInvalid' : 'answerInvalid5';
    return refusal(SILENCE, trace, [...logs, LOG.write(line)]);
  }
  const group = groupOf(selected.chosen);
  const sent = sentGroup(answer);
  if (group !== undefined && (group !== keGroup || (sent !== undefined && sent !== keGroup))) {
    return refusal(SILENCE, [...trace, judgement([], [otherGroup])], [...logs, LOG.write(newer ? 'answerGroup' : 'answerGroup5')]);
  }
  if (lacksIntermediate(answer, selected)) {
    return refusal(SILENCE, [...trace, judgement([], [withoutIntermediate])], [...logs, LOG.write('answerNoIntermediate')]);
  }
  return choice(selectionOf(selected, alone, negotiation), PROCEEDS, trace, logs);
}

/** The group of the KE payload that went out: that of the offer's first proposal. */
function sentGroup({ offered, negotiation }: AnswerToCheck): number | undefined {
  const [first] = receivedProposals(readPayload(offered, negotiation).substructures, negotiation);
  return first && groupOf(first.transforms);
}

function groupOf(transforms: readonly CharonTransform[]): number | undefined {
  return transforms.find(({ type }) => type === TYPE.group)?.id;
}

/** More than one key exchange needs IKE_INTERMEDIATE; rekeying has IKE_FOLLOWUP_KE for it. @see RFC 9370 §2.2 */
function lacksIntermediate({ step, notifies }: Request, { chosen }: Selected): boolean {
  const additional = chosen.some(({ type }) => type >= TYPE.additional && type <= TYPE.lastAdditional);
  return step === 'sa-init' && additional && notifies?.includes(INTERMEDIATE_EXCHANGE_SUPPORTED) !== true;
}

/** One proposal. Types go out as ENCR, INTEG, PRF, KE, additional KE, ESN; others not at all, key lengths with ciphers only. */
function answerOf({ negotiation, step }: Request, { supplied, chosen }: Selected, here: Here): Uint8Array {
  const order = here.release.since('6.0') ? ORDER : ORDER_BEFORE_6;
  const transforms = order.flatMap((type) =>
    chosen
      .filter((each) => each.type === type)
      .map(({ id, keyBits }) => ({ type, id, ...(type === TYPE.encryption && keyBits !== 0 && { keyBits }) })),
  );
  const spi = supplied.protocol === PROTOCOL.ike ? ikeSpi(step === 'rekey-ike', supplied.spi, here.setup.spi) : childSpi(here.setup.spi);
  return ikev2Answer(negotiation, { number: supplied.number, protocol: supplied.protocol, spi, transforms });
}

/** Rekeying names our new SPI; the initial exchange gives back what it was sent. */
function ikeSpi(rekeying: boolean, theirs: Uint8Array, ours: Uint8Array | undefined): Uint8Array {
  if (rekeying) return ours ?? Uint8Array.of(0, 0, 0, 0, 0, 0, 0x10, 1);
  return theirs.some((octet) => octet !== 0) ? theirs : NO_SPI;
}

/** Our SPI of a child. */
export function childSpi(ours: Uint8Array | undefined): Uint8Array {
  return ours ?? Uint8Array.of(0, 0, 0x10, 1);
}

/** How a notification of this exchange travels. */
function carrier({ step }: Request): Partial<Omit<Notification, 'kind' | 'type'>> {
  return step === 'sa-init' ? {} : { messageId: 'same', encrypted: true };
}

/** An IKE_SA_INIT without KE is no IKE_SA_INIT. */
function keMissing(): Response {
  const logs = [LOG.write('payloadMissing', { payload: 'KEY_EXCHANGE' }), LOG.write('verificationFailed'), processingFailed('IKE_SA_INIT')];
  const trace = [judgement([], [{ code: 'structure', detail: 'there is no KE payload', path: [] }], { shown: 1, fatal: INVALID_SYNTAX })];
  return refusal(notify(INVALID_SYNTAX), trace, logs);
}

function groupLine(offered: number, wanted: number, { release }: Here): LogLine {
  const groups = { offered: groupText(offered, release), wanted: groupText(wanted, release) };
  return LOG.write(release.since('6.0') ? 'groupUnacceptable' : 'groupUnacceptable5', groups);
}

function ignoringKe({ release }: Here): LogLine {
  return LOG.write(release.since('6.0') ? 'ignoringKe' : 'ignoringKe5');
}

const withoutKeys = { code: 'structure', detail: 'no keys can be made for the cipher that was chosen', path: [] } as const;
const withoutIntermediate = {
  code: 'structure',
  detail: 'several key exchanges need INTERMEDIATE_EXCHANGE_SUPPORTED beside them',
  path: [],
} as const;
const otherGroup = { code: 'structure', detail: 'the group of the KE payload is not the one that was sent or chosen', path: [] } as const;

const ORDER_BEFORE_6 = [TYPE.encryption, TYPE.integrity, TYPE.prf, TYPE.group, TYPE.esn] as const;
const ORDER = [TYPE.encryption, TYPE.integrity, TYPE.prf, TYPE.group, 6, 7, 8, 9, 10, 11, 12, TYPE.esn] as const;
const NO_SPI = new Uint8Array();
const INVALID_SYNTAX = 7;
const NO_PROPOSAL_CHOSEN = 14;
const INTERMEDIATE_EXCHANGE_SUPPORTED = 16438;
