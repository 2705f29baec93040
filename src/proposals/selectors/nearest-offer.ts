/**
 * The smallest change of an offer that a peer would accept, found by following its own reasons.
 *
 * Rule: nothing is called acceptable that the profile did not select when it was asked again.
 *
 * @module
 */
import type { Attribute, Negotiation, Offer, Path, Proposal, Transform } from '../model.ts';
import { KEY_LENGTH_ATTRIBUTE, OAKLEY, TRANSFORM_TYPE_SLOT } from '../model.ts';
import { IPSEC } from '../clauses.ts';
import type { Algorithm, Slot } from '../model.ts';
import { duration } from '../offers.ts';
import type { Reason } from '../verdict.ts';
import { writeSa } from './answers.ts';
import { groupsOf } from './negotiation.ts';
import type { Request } from './profile.ts';
import type { Configured } from './selector.ts';

/** One change: a slot's algorithm replaced, added (`from` empty) or taken away (no `to`), or an attribute of another kind mended. */
export interface Edit {
  readonly slot: Slot | 'lifetime' | 'attribute';
  readonly from: readonly Algorithm[];
  readonly to?: Algorithm;
}

/** A transform (IKEv1) or proposal (IKEv2) of the offer, changed until it is accepted. */
export interface NearOffer {
  /** Where it stood in the offer. */
  readonly path: Path;
  /** In the order in which the peer asked for them; none when it is accepted as it stands. */
  readonly edits: readonly Edit[];
  /** The changed offer: this alone. */
  readonly offer: Offer;
}

/** Which of those that a peer takes is wanted; nothing when none is. */
export type Choose = (slot: Slot, allowed: readonly Algorithm[]) => Algorithm | undefined;

const first: Choose = (_, allowed) => allowed[0];

/** A peer that wants more changes than this wants another offer. */
const MOST_ROUNDS = 12;

/**
 * For each transform (IKEv1) or proposal (IKEv2): what must change so that it is accepted alone; the fewest changes first. Those
 * that cannot be mended are left out. Where the peer would take several algorithms, `choose` has the word; without it, the peer's first.
 *
 * @example
 * const peer = selectorFor('strongswan').configured('ikev2-ike', { policy: parsePolicy('aes256-sha256-modp2048', 'ikev2-ike') });
 * const [best] = nearestOffers(peer, parseOffer('aes128-sha256-modp2048', 'ikev2-ike'), 'sa-init');
 * best?.edits; // [{ slot: 'encryption', from: [{ id: 12, keyBits: 128 }], to: { id: 12, keyBits: 256 } }]
 */
export function nearestOffers(peer: Configured, offer: Offer, step: Request['step'], choose: Choose = first): readonly NearOffer[] {
  const found = pathsOf(offer).flatMap((path) => mend({ peer, step, choose }, path, alone(offer, path)) ?? []);
  return found.toSorted((a, b) => a.edits.length - b.edits.length);
}

function pathsOf({ negotiation, groups }: Offer): Path[] {
  const suites = negotiation.startsWith('ikev1');
  return groups.flatMap(({ proposals }, g) =>
    proposals.length !== 1 ? [] : suites ? (proposals[0] as Proposal).transforms.map((_, t) => [g, 0, t]) : [[g, 0]],
  );
}

/** The offer reduced to one group, and to one transform in IKEv1. IKEv2 numbers its first proposal 1. */
function alone({ negotiation, groups }: Offer, [g = 0, , t]: Path): Offer {
  const group = groups[g];
  const proposal = group?.proposals[0];
  if (!group || !proposal) return { negotiation, groups: [] };
  const transforms = t === undefined ? proposal.transforms : proposal.transforms.slice(t, t + 1);
  const number = negotiation.startsWith('ikev2') ? 1 : group.number;
  return { negotiation, groups: [{ number, proposals: [{ protocol: proposal.protocol, spi: proposal.spi, transforms }] }] };
}

interface Asking {
  readonly peer: Configured;
  readonly step: Request['step'];
  readonly choose: Choose;
}

function mend({ peer, step, choose }: Asking, path: Path, start: Offer): NearOffer | undefined {
  const { negotiation } = start;
  let offer = start;
  const edits: Edit[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [keGroup] = groupsOf(offer);
    const response = peer.respond({ negotiation, step, sa: writeSa({ offer }), ...(keGroup !== undefined && { keGroup }) });
    if (response.outcome === 'selected' || response.wantsGroup !== undefined) return { path, edits, offer };
    const reasons = response.trace.flatMap((judgement) => judgement.reasons);
    const before = edits.length;
    for (const reason of reasons) {
      const edit = editFor(reason, choose);
      if (edit === undefined || edits.slice(before).some(({ slot }) => slot === edit.slot && slot !== 'attribute')) continue;
      offer = applied(offer, edit, reason);
      edits.push(edit);
    }
    if (edits.length === before) return undefined;
  }
  return undefined;
}

/** What a reason asks for; nothing when no change of the offer helps. */
function editFor(reason: Reason, choose: Choose): Edit | undefined {
  switch (reason.code) {
    case 'algorithm-not-configured': {
      const { offered, allowed } = reason;
      const to = choose(offered.slot, allowed);
      return to && { slot: offered.slot, from: [plain(offered)], to };
    }
    case 'key-length-mismatch': {
      const { slot, id } = reason.offered;
      const [bits] = reason.allowed;
      return bits === undefined ? undefined : { slot, from: [plain(reason.offered)], to: bits === 0 ? { id } : { id, keyBits: bits } };
    }
    case 'slot-missing': {
      const to = choose(reason.slot, reason.allowed);
      return to && { slot: reason.slot, from: [], to };
    }
    case 'slot-unexpected':
      return { slot: reason.slot, from: reason.offered.map(plain) };
    case 'lifetime-too-long':
      return { slot: 'lifetime', from: [{ id: reason.seconds }], to: { id: reason.limit } };
    case 'attribute-unsupported':
      return { slot: 'attribute', from: [{ id: reason.attribute }] };
    default:
      return undefined;
  }
}

const plain = ({ id, keyBits }: Algorithm): Algorithm => (keyBits === undefined ? { id } : { id, keyBits });

function applied(offer: Offer, edit: Edit, reason: Reason): Offer {
  const { negotiation } = offer;
  return {
    negotiation,
    groups: offer.groups.map((group) => ({
      ...group,
      proposals: group.proposals.map((proposal) => ({
        ...proposal,
        transforms: negotiation.startsWith('ikev2')
          ? editedSingles(proposal.transforms, edit)
          : proposal.transforms.map((transform) => editedSuite(transform, edit, reason, negotiation, proposal.protocol)),
      })),
    })),
  };
}

/** IKEv2: the slot's transforms give way to the one that is wanted, in their place. */
function editedSingles(transforms: readonly Transform[], { slot, to }: Edit): readonly Transform[] {
  const type = [...TRANSFORM_TYPE_SLOT].find(([, each]) => each === slot)?.[0];
  if (type === undefined) return transforms;
  const attributes: Attribute[] = to?.keyBits === undefined ? [] : [{ type: KEY_LENGTH_ATTRIBUTE, form: 'TV', value: to.keyBits }];
  const wanted: readonly Transform[] = to ? [{ kind: 'single', type, id: to.id, attributes }] : [];
  const at = transforms.findIndex((each) => each.kind === 'single' && each.type === type);
  const kept = transforms.filter((each) => each.kind !== 'single' || each.type !== type);
  const place = at < 0 ? kept.length : at;
  return [...kept.slice(0, place), ...wanted, ...kept.slice(place)];
}

const ESP = 3;
const SECONDS = 1;

/** IKEv1: the attribute of the slot, the key length beside a cipher; in phase 2 a cipher is the transform's own identifier. */
function editedSuite(transform: Transform, { slot, to }: Edit, reason: Reason, negotiation: Negotiation, protocol: number): Transform {
  if (transform.kind !== 'suite') return transform;
  if (slot === 'attribute') {
    const type = reason.code === 'attribute-unsupported' ? reason.attribute : -1;
    return { ...transform, attributes: transform.attributes.filter((each) => each.type !== type) };
  }
  const phase1 = negotiation === 'ikev1-phase1';
  const classes = phase1 ? OAKLEY : IPSEC;
  if (slot === 'lifetime') {
    const seconds = duration(classes.lifeDuration, to?.id ?? 0);
    if (transform.attributes.some(({ type }) => type === classes.lifeDuration))
      return { ...transform, attributes: set(transform.attributes, classes.lifeDuration, seconds) };
    // What is not said is 28,800 seconds to many: then it is to be said, the unit first. RFC 2407 §4.5.4
    const unit: Attribute = { type: classes.lifeType, form: 'TV', value: SECONDS };
    return { ...transform, attributes: [...transform.attributes.filter(({ type }) => type !== classes.lifeType), unit, seconds] };
  }
  let { id, attributes } = transform;
  const isNamed = !phase1 && ((slot === 'encryption' && protocol === ESP) || slot === 'compression');
  if (isNamed && to) id = to.id;
  const type: number | undefined = isNamed ? undefined : (classes as Partial<Record<string, number>>)[slot];
  if (type !== undefined) attributes = set(attributes, type, to && { type, form: 'TV', value: to.id });
  if (slot === 'encryption') {
    const key = classes.keyLength;
    attributes = set(attributes, key, to?.keyBits === undefined ? undefined : { type: key, form: 'TV', value: to.keyBits });
  }
  return { ...transform, id, attributes };
}

/** The attribute in the place of those of its type, at the end when there is none; nothing takes them away. */
function set(attributes: readonly Attribute[], type: number, attribute: Attribute | undefined): readonly Attribute[] {
  const at = attributes.findIndex((each) => each.type === type);
  const kept = attributes.filter((each) => each.type !== type);
  if (attribute === undefined) return kept;
  const place = at < 0 ? kept.length : at;
  return [...kept.slice(0, place), attribute, ...kept.slice(place)];
}
