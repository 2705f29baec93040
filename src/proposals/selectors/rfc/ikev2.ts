/**
 * IKEv2 by the letter: IKE SAs, child SAs and their rekeying, both roles.
 *
 * Rule 1: which acceptable proposal is taken, and which transform of a type, is left to the responder. Choice made here: the first in the
 *         initiator's order.
 * Rule 2: a longer key than configured may be accepted. Choice made here: it is not. @see RFC 7296 §3.3.5
 *
 * @module
 */
import type { Algorithm, Choice, Negotiation, Offer, Path, Proposal, SingleTransform, Slot } from '../../model.ts';
import { type Policy, policyToOffer, type Want } from '../../policy.ts';
import { choiceReason, same } from '../../rules.ts';
import type { Judgement, Reason, Selection } from '../../verdict.ts';
import { askForGroup, choice, judgement, notify, PROCEEDS, readSa, refusal, SILENCE, writeSa } from '../answers.ts';
import type { AnswerToCheck, Request, Response, Setup, Step } from '../profile.ts';
import { differentMethods } from './different-methods.ts';
import { isCombined, isNone, lookThrough, type LookedThrough, type Sound } from './ikev2-rules.ts';
import { type Fault, spiSizeOf, structureFault } from './ikev2-structure.ts';

const [INVALID_SYNTAX, NO_PROPOSAL_CHOSEN] = [7, 14];

/** The responder. */
export function respondIkev2(request: Request, setup: Setup): Response {
  const { sa, negotiation, step } = request;
  const decoded = readSa(sa, negotiation);
  const broken = structureFault(decoded, step);
  if (broken || decoded.value === undefined) return refusal(notify(INVALID_SYNTAX, how(step)), [faultJudgement(broken, INVALID_SYNTAX)]);
  const wants = wantsAt(step, setup.policy).flat();
  const trace: Judgement[] = [];
  for (const [g, { number, proposals }] of decoded.value.offer.groups.entries()) {
    for (const proposal of proposals) {
      const looked = lookThrough(proposal, [g, 0], request);
      trace.push(...looked.refused.map(({ path, reasons }) => judgement(path, reasons)));
      const settled = settle(looked, wants, { negotiation, protocol: proposal.protocol, path: [g, 0] });
      trace.push(judgement([g, 0], 'reasons' in settled ? settled.reasons : []));
      if (!('reasons' in settled)) return chosen(request, setup, settled, proposal, { number, g }, trace);
    }
  }
  return refusal(notify(NO_PROPOSAL_CHOSEN, how(step)), trace);
}

/** IKE_AUTH has no key exchange: there the child SA is without. @see RFC 7296 §1.2 */
function wantsAt(step: Step, policy: Policy): Policy {
  if (step !== 'auth') return policy;
  const without = (want: Want): Want => ({
    ...want,
    slots: new Map([...want.slots].filter(([slot]) => slot !== 'group' && !slot.startsWith('ake'))),
  });
  return policy.map((bundle) => bundle.map(without));
}

/** A refusal of the first exchange is in the clear, and there is no SPI of ours; others are protected. @see RFC 7296 §2.21 */
function how(step: Step): Parameters<typeof notify>[1] {
  return step === 'sa-init' ? { responderSpi: 'zero' } : { encrypted: true, messageId: 'same' };
}

interface Where {
  readonly negotiation: Negotiation;
  readonly protocol: number;
  readonly path: Path;
}

/** One transform of each slot, or why there is none. */
function settle(looked: LookedThrough, wants: readonly Want[], where: Where): readonly Sound[] | { readonly reasons: readonly Reason[] } {
  if (looked.reasons.length > 0) return looked;
  let nearest: readonly Reason[] | undefined;
  for (const want of wants) {
    const settled = settleFor(looked, want, where);
    if (!('reasons' in settled)) return settled;
    if (nearest === undefined || settled.reasons.length < nearest.length) nearest = settled.reasons;
  }
  return { reasons: nearest ?? [{ code: 'protocol-mismatch', offered: where.protocol, allowed: [] }] };
}

function settleFor(looked: LookedThrough, want: Want, where: Where): readonly Sound[] | { readonly reasons: readonly Reason[] } {
  if (want.protocol !== where.protocol)
    return { reasons: [{ code: 'protocol-mismatch', offered: where.protocol, allowed: [want.protocol] }] };
  const reasons: Reason[] = [];
  const suiting = new Map<Slot, readonly Sound[]>();
  for (const slot of new Set([...want.slots.keys(), ...looked.present])) {
    const offered = looked.sound.get(slot) ?? [];
    const allowed = want.slots.get(slot) ?? implied(slot);
    const good = offered.filter((each) => allowed.some((algorithm) => same(each.choice, algorithm)));
    if (good.length > 0) suiting.set(slot, good);
    else if (offered.length > 0) reasons.push(...offered.map((each) => choiceReason(each.choice, allowed, where)));
    // A type that is offered has to be answered: when its transforms went one by one, nothing of it can be taken.
    else if (looked.present.has(slot) || !optional(slot, want)) reasons.push({ code: 'slot-missing', slot, allowed });
  }
  reasons.push(...protect(suiting, want, where));
  return reasons.length > 0 ? { reasons } : different(suiting, where);
}

/** Where integrity is demanded and none is offered, only combined ciphers are left. */
function protect(suiting: Map<Slot, readonly Sound[]>, want: Want, { negotiation }: Where): readonly Reason[] {
  const ciphers = suiting.get('encryption');
  const allowed = want.slots.get('integrity') ?? [];
  const demanded = negotiation === 'ikev2-ike' || (allowed.length > 0 && !allowed.some(({ id }) => isNone('integrity', id)));
  const offered = suiting.get('integrity')?.some((each) => !isNone('integrity', each.choice.id)) ?? false;
  if (ciphers === undefined || offered || !demanded) return [];
  const combined = ciphers.filter((each) => isCombined(each.choice));
  suiting.set('encryption', combined);
  return combined.length > 0 ? [] : [{ code: 'slot-missing', slot: 'integrity', allowed }];
}

/** A type that the policy does not name may still be offered, if NONE is among it. */
function implied(slot: Slot): readonly Algorithm[] {
  return isNone(slot, 0) ? [{ id: 0 }] : [];
}

/** Integrity is not there with a combined cipher; a group, or an additional key exchange, may be wanted as NONE. */
function optional(slot: Slot, want: Want): boolean {
  const allowed = want.slots.get(slot) ?? [];
  if (allowed.some(({ id }) => isNone(slot, id))) return true;
  const ciphers = want.slots.get('encryption') ?? [];
  return slot === 'integrity' && ciphers.some(({ id }) => isCombined({ slot: 'encryption', id, path: [] }));
}

/** The first of each, the key exchanges all different. */
function different(
  suiting: ReadonlyMap<Slot, readonly Sound[]>,
  { path }: Where,
): readonly Sound[] | { readonly reasons: readonly Reason[] } {
  const exchanges = [...suiting].filter(([slot]) => slot === 'group' || slot.startsWith('ake'));
  const methods = differentMethods(exchanges.map(([, each]) => each.map(({ choice: { id } }) => id)));
  if (methods === undefined) return { reasons: [{ code: 'policy-requires', what: 'different key exchange methods', path }] };
  const picked = [...suiting].flatMap(([slot, each]) => {
    const at = exchanges.findIndex(([exchange]) => exchange === slot);
    const found = at < 0 ? each[0] : each.find(({ choice: { id } }) => id === methods[at]);
    return found ? [found] : [];
  });
  return picked;
}

function chosen(
  request: Request,
  setup: Setup,
  settled: readonly Sound[],
  proposal: Proposal,
  { number, g }: { readonly number: number; readonly g: number },
  trace: readonly Judgement[],
): Response {
  const { negotiation, step, keGroup } = request;
  const group = settled.find((each) => each.choice.slot === 'group')?.choice.id ?? 0;
  // With NONE the KE payload is ignored; IKE_AUTH has none. @see RFC 7296 §1.3.1, §1.2
  if (group !== 0 && keGroup !== undefined && keGroup !== group) return askForGroup(group, how(step) ?? {}, trace);
  const sorted = settled.toSorted((a, b) => a.transform.type - b.transform.type);
  const transforms = sorted.map(({ transform: { type, id, attributes } }): SingleTransform => ({ kind: 'single', type, id, attributes }));
  const answer: Proposal = { protocol: proposal.protocol, spi: ownSpi(setup, step), transforms };
  const choices = sorted.map((each): Choice => each.choice);
  const selection: Selection = { group: g, parts: [{ path: [g, 0], protocol: proposal.protocol, choices }] };
  const sa = writeSa({ offer: { negotiation, groups: [{ number, proposals: [answer] }] } });
  return choice(selection, { kind: 'answer', sa }, trace);
}

/** What it would ask for. */
export function offerIkev2(step: Step, negotiation: Negotiation, { policy, ...setup }: Setup): Offer {
  const spi = ownSpi({ policy, ...setup }, step);
  const { groups } = policyToOffer(askable(wantsAt(step, policy)), negotiation, { spi });
  return {
    negotiation,
    groups: groups.map((group) => ({ ...group, proposals: group.proposals.map((proposal) => ({ ...proposal, spi })) })),
  };
}

/** Combined ciphers and others stand in proposals of their own. @see RFC 7296 §3.3 */
function askable(policy: Policy): Policy {
  return policy.flatMap((bundle) => bundle.flatMap(separated)).map((want) => [want]);
}

function separated(want: Want): readonly Want[] {
  const ciphers = want.slots.get('encryption') ?? [];
  const combined = ciphers.filter(({ id }) => isCombined({ slot: 'encryption', id, path: [] }));
  if (combined.length === 0) return [want];
  const plain = ciphers.filter((cipher) => !combined.includes(cipher));
  const alone = new Map([...want.slots, ['encryption', combined] as const]);
  alone.delete('integrity');
  const first: Want = { ...want, slots: alone };
  return plain.length === 0 ? [first] : [first, { ...want, slots: new Map([...want.slots, ['encryption', plain] as const]) }];
}

/**
 * The initiator's check: one proposal, of a number and protocol that were offered, one transform of each type that this proposal had, and
 * each of them one of its own with the attributes as they were. @see RFC 7296 §2.7, §3.3.6
 */
export function checkIkev2({ sa, offered, negotiation, step }: AnswerToCheck): Response {
  const decoded = readSa(sa, negotiation);
  const groups = decoded.value?.offer.groups ?? [];
  const [answer, ...others] = groups[0]?.proposals ?? [];
  const asked = readSa(offered, negotiation).value?.offer.groups.find(({ number }) => number === groups[0]?.number)?.proposals[0];
  const readable = decoded.faults.length === 0 && groups.length === 1 && others.length === 0;
  if (!readable || answer === undefined || asked === undefined || asked.protocol !== answer.protocol)
    return ended('RFC 7296 §3.3.6: the answer is one of the proposals offered');
  if (answer.spi.length !== spiSizeOf(step)) return ended('RFC 7296 §3.3.1: SPI size');
  const types = (proposal: Proposal): string => JSON.stringify(proposal.transforms.map(typeOf).toSorted((a, b) => a - b));
  const each = new Set(asked.transforms.map(typeOf));
  const one = answer.transforms.length === new Set(answer.transforms.map(typeOf)).size;
  const all = one && (types(answer) === JSON.stringify([...each].toSorted((a, b) => a - b)) || lacksOnlyNone(asked, answer));
  const contents = new Set(asked.transforms.map(contentOf));
  if (!all || !answer.transforms.every((transform) => contents.has(contentOf(transform)))) {
    return ended('RFC 7296 §2.7: one transform of each type, as offered');
  }
  const looked = lookThrough(answer, [0, 0], { sa, negotiation, step, notifies: [16438] });
  const choices = [...looked.sound.values()].flatMap((sound) => sound.map((transform) => transform.choice));
  return choice({ group: 0, parts: [{ path: [0, 0], protocol: answer.protocol, choices }] }, PROCEEDS, [judgement([0, 0])]);
}

/** A type of which NONE was offered may be left out. @see RFC 7296 §3.3.6 */
function lacksOnlyNone(asked: Proposal, answer: Proposal): boolean {
  const answered = new Set(answer.transforms.map(typeOf));
  const missing = new Set(asked.transforms.map(typeOf).filter((type) => !answered.has(type)));
  return [...missing].every((type) => asked.transforms.some((transform) => typeOf(transform) === type && transform.id === 0 && type !== 5));
}

const typeOf = (transform: Proposal['transforms'][number]): number => (transform.kind === 'single' ? transform.type : -1);

function contentOf(transform: Proposal['transforms'][number]): string {
  const attributes = transform.attributes.map((attribute) => [
    attribute.type,
    attribute.form,
    [...(attribute.form === 'TLV' ? attribute.value : [attribute.value])],
  ]);
  return JSON.stringify([typeOf(transform), transform.id, attributes]);
}

function ended(detail: string): Response {
  return refusal(SILENCE, [faultJudgement({ detail, path: [] })]);
}

function faultJudgement(fault: Fault | undefined, fatal?: number): Judgement {
  const { detail, path } = fault ?? { detail: 'RFC 7296 §3.3', path: [] };
  return judgement(path, [{ code: 'structure', detail, path }], fatal === undefined ? {} : { fatal });
}

function ownSpi({ spi = DEFAULT_SPI }: Setup, step: Step): Uint8Array {
  const size = spiSizeOf(step);
  const octets = new Uint8Array(size);
  octets.set(spi.slice(-size || spi.length), Math.max(0, size - spi.length));
  return octets;
}

const DEFAULT_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
