/**
 * charon's IKEv1 phase 2, Quick Mode.
 *
 * @see strongSwan quick_mode.c; proposal_substructure.c: set_from_proposal_v1, proposal_substructure_create_for_ipcomp_v1
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import type { Attribute, Proposal, SuiteTransform } from '../../model.ts';
import type { Judgement, Reason } from '../../verdict.ts';
import { choice, judgement, notify, PROCEEDS, refusal, writeSa } from '../answers.ts';
import type { AnswerToCheck, Request, Response } from '../profile.ts';
import { type CharonTransform, PROTOCOL, type Selected, TYPE } from './algebra.ts';
import { flagsOf, type Here, malformed, selectionOf } from './choose.ts';
import { encapsulation, lifebytesOf, lifetimeOf, valueAttribute } from './ikev1.ts';
import { childSpi } from './ikev2.ts';
import { LOG } from './log.ts';
import { groupText } from './names.ts';
import { AH_INTEGRITY, ATTRIBUTE_INTEGRITY, ESP_ENCRYPTION } from './numbers.ts';
import { readPayload, type Substructure } from './payload.ts';
import { ipcompPair, receivedProposals, singles } from './received.ts';
import { canCompute, keFit } from './key-exchange.ts';
import { contest } from './trace.ts';

/** How long charon's own CHILD_SAs live when nothing is configured: an hour and a tenth more. */
export const CHILD_LIFETIME = 3960;

/** The answer to the first message of a Quick Mode whose traffic selectors suit. */
export function respondPhase2(request: Request, here: Here): Response {
  const { substructures, fault } = readPayload(request.sa, request.negotiation);
  if (fault) return malformed(fault, PAYLOAD_MALFORMED, { ...ENCRYPTED, protocol: PROTOCOL.ike }, []);
  const mode = encapsulation(substructures);
  const own = here.setup.mode ?? TUNNEL;
  if (mode?.mode !== own) {
    const reason: Reason = { code: 'value-invalid', attribute: IPSEC.mode, value: mode?.mode ?? 0, path: [] };
    return refused(INVALID_ID_INFORMATION, [judgement([], [reason])], [LOG.write('noChildConfig', { theirs: '?', ours: '?' })]);
  }
  const { compressed, alone, selected, trace, logs } = search(request, substructures, here, flagsOf(request, here));
  if (!selected) return refused(NO_PROPOSAL_CHOSEN, trace, [...logs, LOG.write('noMatchingSending')]);
  const terms = { seconds: lifetimeOf(selected.supplied, substructures), octets: lifebytesOf(selected.supplied, substructures) };
  const told = [...logs, ...toldLifetimes(terms, here)];
  const group = groupOf(selected.chosen);
  if (group !== undefined && !canCompute(group, here.release)) {
    const reason: Reason = { code: 'structure', detail: 'the group that was chosen cannot be computed', path: [] };
    const line = LOG.write('groupNotSupportedChild', { group: groupText(group, here.release) });
    return refused(INVALID_KEY_INFORMATION, [...trace, judgement([], [reason])], [...told, line]);
  }
  const keFault = keFaultOf(request.keGroup, group);
  if (keFault) return refused(INVALID_PAYLOAD_TYPE, [...trace, judgement([], [keFault.reason])], [...told, keFault.line]);
  const wire = { kind: 'answer', sa: answerOf(selected, { ...terms, mode: own + (mode.udp ? IN_UDP : 0), compressed }, here) } as const;
  return choice(selectionOf(selected, alone, request.negotiation), wire, trace, told);
}

/** Only algorithms are compared; lifetimes are taken over, the mode is not looked at. */
export function checkPhase2(answer: AnswerToCheck, here: Here): Response {
  const { substructures, fault } = readPayload(answer.sa, answer.negotiation);
  if (fault) return malformed(fault, PAYLOAD_MALFORMED, { ...ENCRYPTED, protocol: PROTOCOL.ike }, []);
  const { skipPrivate, additionalKe } = flagsOf(answer, here);
  const flags = { skipPrivate: skipPrivate ?? true, additionalKe: additionalKe ?? true };
  const { alone, selected, trace, logs } = search(answer, substructures, here, flags);
  if (!selected) return refused(NO_PROPOSAL_CHOSEN, trace, [...logs, LOG.write('noMatching')]);
  const terms = { seconds: lifetimeOf(selected.supplied, substructures), octets: lifebytesOf(selected.supplied, substructures) };
  return choice(selectionOf(selected, alone, answer.negotiation), PROCEEDS, trace, [...logs, ...toldLifetimes(terms, here)]);
}

function search(request: Request, substructures: readonly Substructure[], here: Here, flags: ReturnType<typeof flagsOf>) {
  const { negotiation } = request;
  const pair = here.setting('ipcomp') === 'yes' ? ipcompPair(substructures) : undefined;
  const paired = pair ? receivedProposals([pair.child], negotiation) : [];
  const compressed = paired.length > 0;
  const alone = compressed && pair ? [pair.child] : singles(substructures);
  const supplied = compressed ? paired : receivedProposals(alone, negotiation);
  const found = contest({ negotiation, release: here.release, policy: here.setup.policy, flags, substructures: alone, supplied });
  return { compressed, alone, ...found };
}

interface Lifetimes {
  readonly seconds: number;
  readonly octets: bigint;
}

function toldLifetimes({ seconds, octets }: Lifetimes, { setup }: Here): LogLine[] {
  const configured = setup.lifetime ?? CHILD_LIFETIME;
  return [
    ...(seconds === configured ? [] : [LOG.write('childLifetime', { received: seconds, configured })]),
    ...(octets === 0n ? [] : [LOG.write('childLifebytes', { received: String(octets), configured: 0 })]),
  ];
}

/** A group that was chosen needs a KE payload of its size. */
function keFaultOf(sent: number | undefined, wanted: number | undefined): { readonly reason: Reason; readonly line: LogLine } | undefined {
  if (wanted === undefined) return undefined;
  if (sent === undefined) {
    return { reason: { code: 'structure', detail: 'there is no KE payload', path: [] }, line: LOG.write('keMissing') };
  }
  if (keFit(sent, wanted) !== 'not-applied') return undefined;
  const detail = 'the KE payload is not of the group that was chosen';
  return { reason: { code: 'structure', detail, path: [] }, line: LOG.write('keNotApplied') };
}

function groupOf(transforms: readonly CharonTransform[]): number | undefined {
  return transforms.find(({ type }) => type === TYPE.group)?.id;
}

/** What an answer says beside its algorithms. */
export interface Terms extends Lifetimes {
  /** As encoded, with UDP or without. */
  readonly mode: number;
  readonly compressed: boolean;
}

/** With compression the proposal comes twice, the second time without it: charon answers as it would offer. */
function answerOf({ supplied, chosen }: Selected, terms: Terms, here: Here): Uint8Array {
  const number = supplied.number || 1;
  const transform = phase2Transform(chosen, supplied.transformNumber || 1, terms);
  const spi = childSpi(here.setup.spi);
  const proposal: Proposal = { protocol: supplied.protocol, spi, transforms: transform ? [transform] : [] };
  const groups = terms.compressed
    ? [
        { number, proposals: [proposal, ipcompProposal(terms)] },
        { number: (number + 1) & 0xff, proposals: [proposal] },
      ]
    : [{ number, proposals: [proposal] }];
  return writeSa({ offer: { negotiation: 'ikev1-phase2', groups } });
}

/** One transform of charon's own; of several algorithms of one kind the first. Nothing when IKEv1 has no number for them. */
export function phase2Transform(transforms: readonly CharonTransform[], number: number, terms: Terms): SuiteTransform | undefined {
  const attributes: Attribute[] = [];
  const cipher = transforms.find(({ type }) => type === TYPE.encryption);
  const integrity = transforms.find(({ type }) => type === TYPE.integrity);
  let id = cipher && ESP_ENCRYPTION.toIkev1.get(cipher.id);
  if (cipher && id !== undefined && cipher.keyBits !== 0) attributes.push(valueAttribute(IPSEC.keyLength, cipher.keyBits));
  const hmac = integrity && ATTRIBUTE_INTEGRITY.toIkev1.get(integrity.id);
  if (integrity && hmac !== undefined) {
    id ??= AH_INTEGRITY.toIkev1.get(integrity.id);
    if (id !== undefined) attributes.push(valueAttribute(IPSEC.integrity, hmac));
  }
  if (id === undefined) return undefined;
  const group = groupOf(transforms);
  if (group !== undefined) attributes.push(valueAttribute(IPSEC.group, group));
  attributes.push(...termsAttributes(terms));
  for (const each of transforms) if (each.type === TYPE.esn && each.id === 1) attributes.push(valueAttribute(IPSEC.esn, 1));
  return { kind: 'suite', number, id, attributes };
}

/** DEFLATE is all that charon has. */
export function ipcompProposal(terms: Terms): Proposal {
  const transform: SuiteTransform = { kind: 'suite', number: 1, id: 2, attributes: termsAttributes(terms) };
  return { protocol: PROTOCOL.ipcomp, spi: CPI, transforms: [transform] };
}

function termsAttributes({ mode, seconds, octets }: Terms): Attribute[] {
  const life = (unit: number, amount: bigint | number): Attribute[] =>
    BigInt(amount) === 0n ? [] : [valueAttribute(IPSEC.lifeType, unit), valueAttribute(IPSEC.lifeDuration, amount)];
  const kilobytes = octets === 0n ? [] : [valueAttribute(IPSEC.lifeType, 2), valueAttribute(IPSEC.lifeDuration, octets / 1000n)];
  return [valueAttribute(IPSEC.mode, mode), ...life(1, seconds), ...kilobytes];
}

/** The notify names our SPI of the child, which is not allocated yet: four octets of zero. `Notification` has no word for that. */
function refused(type: number, trace: readonly Judgement[], logs: readonly LogLine[]): Response {
  return refusal(notify(type, ENCRYPTED), trace, logs);
}

/** Protocol ESP, whatever was offered, and an SPI that is not yet chosen. */
const ENCRYPTED = { protocol: PROTOCOL.esp, spi: 'zero', messageId: 'random', encrypted: true } as const;
const TUNNEL = 1;
/** What UDP adds to a mode. @see RFC 3947 §5.1 */
const IN_UDP = 2;
const CPI = Uint8Array.of(0x12, 0x34);
const INVALID_PAYLOAD_TYPE = 1;
const NO_PROPOSAL_CHOSEN = 14;
const PAYLOAD_MALFORMED = 16;
const INVALID_KEY_INFORMATION = 17;
const INVALID_ID_INFORMATION = 18;
