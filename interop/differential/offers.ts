/** Well-formed offers around a policy: some that it accepts, many that it nearly accepts. */
import {
  type Algorithm,
  type Box,
  boxesToIkeOffer,
  boxOf,
  OAKLEY,
  type Offer,
  type Policy,
  type SingleTransform,
  type Slot,
  suitesToPhase1Offer,
  type SuiteTransform,
  universe,
} from '../../src/proposals/index.ts';
import { negotiationOf, type Subject } from './policies.ts';
import type { Question } from './question.ts';
import type { Random } from './random.ts';

/** A well-formed question for a subject with this policy. */
export function randomQuestion(subject: Subject, policy: Policy, chance: Random): Question {
  const configured = policy.flatMap((bundle) => bundle.map(boxOf));
  const boxes = configured.length > 0 ? configured : subject.version === 1 ? [PHASE1] : IKE;
  const plain = { negotiation: negotiationOf(subject), edits: [], headerOctet: 0, oddities: [] };
  if (subject.version === 1) {
    const offer = phase1Offer(boxes, subject.aggressive === true, chance);
    if (!subject.aggressive) return { ...plain, step: 'main', body: { offer } };
    return { ...plain, step: 'aggressive', body: { offer }, keGroup: groupOf(offer) };
  }
  const offer = ikeOffer(boxes, chance);
  const groups = offer.groups.flatMap(({ proposals }) => proposals.flatMap(({ transforms }) => transforms)).filter(isGroup);
  const known = groups.filter(({ id }) => boxes.some(({ group = [] }) => group.some((each) => each.id === id)));
  const from = known.length > 0 && chance.chance(0.6) ? known : groups;
  const question = { ...plain, step: 'sa-init' as const, body: { offer }, keGroup: from.length > 0 ? chance.pick(from).id : 14 };
  return chance.chance(0.3) || boxes.some(({ ake1 }) => ake1) ? { ...question, notifies: [INTERMEDIATE_EXCHANGE_SUPPORTED] } : question;
}

const isGroup = (transform: { kind: string }): transform is SingleTransform =>
  transform.kind === 'single' && (transform as SingleTransform).type === 4 && (transform as SingleTransform).id !== 0;

const IKE = universe('full', 'ikev2-ike').boxes as readonly [Box, Box];
const PHASE1 = universe('full', 'ikev1-phase1').boxes.at(0) as Box;

const KEY_EXCHANGES = [0, 14, 19, 20, 31, 35, 36, 37].map((id) => ({ id }));
const INTERMEDIATE_EXCHANGE_SUPPORTED = 16_438;

function ikeOffer(boxes: readonly Box[], chance: Random): Offer {
  const offer = boxesToIkeOffer(Array.from({ length: chance.pick([1, 1, 2, 2, 3, 4]) }, () => ikeBox(boxes, chance)));
  // Transforms may stand in any order (RFC 7296 §3.3.2).
  if (!chance.chance(0.2)) return offer;
  const shuffled = offer.groups.map((group) => ({
    ...group,
    proposals: group.proposals.map((proposal) => ({ ...proposal, transforms: chance.shuffle(proposal.transforms) })),
  }));
  return { ...offer, groups: shuffled };
}

function ikeBox(boxes: readonly Box[], chance: Random): Box {
  const wanted = chance.pick(boxes);
  const withAead = wanted.encryption?.some(({ id }) => IKE[1].encryption?.some((each) => each.id === id)) ?? false;
  const withOthers = wanted.integrity?.some(({ id }) => id !== 0) ?? false;
  const aead = withAead && withOthers ? chance.chance(0.5) : withAead || chance.chance(0.1);
  const noise = aead ? IKE[1] : IKE[0];
  const slots: Slot[] = aead ? ['encryption', 'prf', 'group'] : ['encryption', 'prf', 'integrity', 'group'];
  const missed = chance.chance(0.4) ? chance.pick(slots) : undefined;
  const box: Partial<Record<Slot, readonly Algorithm[]>> = {};
  for (const slot of slots) {
    const there = noise[slot] ?? [];
    // AEAD and other ciphers do not stand in one proposal (RFC 7296 §3.3).
    const own = (wanted[slot] ?? []).filter((each) => slot === 'prf' || slot === 'group' || there.some((other) => other.id === each.id));
    box[slot] = algorithms(own, there, slot === missed, chance);
  }
  // An AEAD cipher may stand beside integrity NONE (RFC 7296 §3.3).
  if (aead && chance.chance(0.15)) box.integrity = [{ id: 0 }];
  for (const slot of ['ake1', 'ake2'] as const) {
    const own = wanted[slot];
    if (own && chance.chance(0.85)) box[slot] = algorithms(own, KEY_EXCHANGES, chance.chance(0.2), chance);
  }
  if (chance.chance(0.03)) box.ake1 = chance.some([{ id: 0 }, { id: 35 }, { id: 36 }, { id: 37 }], chance.pick([1, 2]));
  return box;
}

/** Some of those that are wanted, unless they are to be missed, and some others. */
function algorithms(wanted: readonly Algorithm[], others: readonly Algorithm[], missed: boolean, chance: Random): Algorithm[] {
  const good = missed ? [] : chance.some(wanted, 1 + chance.below(wanted.length));
  const count = good.length === 0 ? chance.pick([1, 1, 2]) : chance.pick([0, 0, 1, 1, 2, 3]);
  const same = (a: Algorithm, b: Algorithm): boolean => a.id === b.id && a.keyBits === b.keyBits;
  const bad = chance.some(
    others.filter((each) => !wanted.some((own) => same(own, each))),
    count,
  );
  return chance.shuffle([...good, ...bad]);
}

/** Of the first transform. */
function groupOf(offer: Offer): number {
  const attribute = offer.groups[0]?.proposals[0]?.transforms[0]?.attributes.find(({ type }) => type === OAKLEY.group);
  return attribute?.form === 'TV' ? attribute.value : 14;
}

/** Aggressive mode: one group for all (RFC 2409 §5). */
function phase1Offer(boxes: readonly Box[], oneGroup: boolean, chance: Random): Offer {
  const shared = oneGroup
    ? chance.pick(chance.chance(0.8) ? (chance.pick(boxes).group ?? PHASE1.group ?? []) : (PHASE1.group ?? []))
    : undefined;
  const suites = Array.from({ length: chance.pick([1, 1, 2, 3, 4, 6]) }, () => {
    const wanted = chance.pick(boxes);
    const missed = chance.chance(0.5) ? chance.pick(['encryption', 'hash', 'group'] as const) : undefined;
    const one = (slot: 'encryption' | 'hash' | 'group'): Algorithm => {
      const all = PHASE1[slot] ?? [];
      const { id, keyBits } = chance.pick(slot !== missed && wanted[slot]?.length ? wanted[slot] : all);
      // "Any length" is nothing that can be offered.
      const lengths = all.filter((each) => each.id === id);
      return keyBits === undefined && lengths.length > 0 ? chance.pick(lengths) : { id, ...(keyBits !== undefined && { keyBits }) };
    };
    return { encryption: one('encryption'), hash: one('hash'), group: shared ?? one('group') };
  });
  const lifetime = chance.chance(0.7) ? { seconds: chance.pick([3600, 28_800, 86_400]) } : undefined;
  const offer = suitesToPhase1Offer(suites, chance.chance(0.9) ? 1 : chance.pick([2, 3, 4, 5]), lifetime);
  const first = chance.chance(0.15) ? 0 : 1;
  const shuffles = chance.chance(0.2);
  const [group] = offer.groups;
  const [proposal] = group?.proposals ?? [];
  if (!group || !proposal) return offer;
  const transforms = proposal.transforms.map((transform, i): SuiteTransform => {
    const { attributes } = transform;
    return { kind: 'suite', number: first + i, id: transform.id, attributes: shuffles ? mixed(attributes, chance) : attributes };
  });
  return { ...offer, groups: [{ ...group, proposals: [{ ...proposal, transforms }] }] };
}

/** Attributes may stand in any order, but a lifetime follows its type (RFC 2409 Appendix A). */
function mixed(attributes: SuiteTransform['attributes'], chance: Random): SuiteTransform['attributes'] {
  const lifetime = attributes.filter(({ type }) => type === 11 || type === 12);
  const rest = chance.shuffle(attributes.filter(({ type }) => type !== 11 && type !== 12));
  const at = chance.below(rest.length + 1);
  return [...rest.slice(0, at), ...lifetime, ...rest.slice(at)];
}
