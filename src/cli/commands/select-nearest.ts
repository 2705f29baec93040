/**
 * What would have to change when everything is refused: the nearest offers that the same implementation takes.
 *
 * Rule: nothing is advised that it did not select when it was asked; where its reasons say nothing of a remedy, there is no advice.
 *
 * @module
 */
import { IPSEC } from '../../proposals/clauses.ts';
import {
  type Algorithm,
  type Negotiation,
  type Offer,
  OAKLEY,
  type Path,
  type Transform,
  TRANSFORM_TYPE_SLOT,
} from '../../proposals/model.ts';
import { formatOffer } from '../../proposals/notation.ts';
import { keyword } from '../../proposals/notation/words.ts';
import { type Choose, type Configured, type Edit, nearestOffers, type Response, type Step } from '../../proposals/selectors/index.ts';
import { explainEdit, explainWantedGroup } from '../../report/explain.ts';
import { byStrength, remark } from '../../report/strength.ts';

/** An offer that is taken, and what makes it of the one that was refused. */
export interface Nearest {
  /** Of the transform (IKEv1) or proposal (IKEv2) that is changed. */
  readonly path: Path;
  readonly edits: readonly NamedEdit[];
  /** All edits in words. */
  readonly text: string;
  /** In suite notation, as `--offer` reads it. */
  readonly offer: string;
}

export interface NamedEdit {
  readonly slot: Edit['slot'];
  readonly from: readonly string[];
  readonly to: string | null;
}

/** Offers with more are looked at in part: each transform or proposal is asked about several times. */
const MOST_GROUPS = 24;
const MOST_TRANSFORMS = 24;
/** So many of those with the fewest changes. */
const MOST_SHOWN = 3;

/** None when something is selected, or when nothing is known to help. */
export function nearestFor(peer: Configured, offer: Offer, step: Step, { outcome, wantsGroup }: Response): readonly Nearest[] {
  if (outcome === 'selected') return [];
  if (wantsGroup !== undefined) return [otherGroup(offer, wantsGroup)];
  const found = nearestOffers(peer, beginning(offer), step, strongest(offer.negotiation)).map(({ path, edits, offer: near }) => {
    const { negotiation } = offer;
    const bare = withoutNone(near);
    const short = bare !== undefined && nearestOffers(peer, bare, step)[0]?.edits.length === 0 ? bare : near;
    const named = merged(edits, negotiation).map((edit) =>
      nameEdit(edit, negotiation, near.groups[0]?.proposals[0]?.protocol, short === bare),
    );
    const text = named.map(({ slot, from, to }) => explainEdit(slot, from, to ?? undefined)).join(', ');
    return { path, edits: named, text, offer: inWords(short) };
  });
  const changed = found.filter(({ edits }) => edits.length > 0);
  const fewest = Math.min(...changed.map(({ edits }) => edits.length));
  const unlike = new Set<string>();
  const best = changed.filter(({ edits, text, offer: near }) => {
    const known = unlike.has(text + near);
    unlike.add(text + near);
    return edits.length === fewest && !known;
  });
  return best.slice(0, MOST_SHOWN);
}

function otherGroup(offer: Offer, id: number): Nearest {
  const name = keyword('group', offer.negotiation, { id });
  return { path: [], edits: [], text: explainWantedGroup(name), offer: inWords(beginning(offer)) };
}

function beginning({ negotiation, groups }: Offer): Offer {
  const short = groups.slice(0, MOST_GROUPS).map(({ number, proposals }) => ({
    number,
    proposals: proposals.map((proposal) => ({
      ...proposal,
      transforms: negotiation.startsWith('ikev1') ? proposal.transforms.slice(0, MOST_TRANSFORMS) : proposal.transforms,
    })),
  }));
  return { negotiation, groups: short };
}

/** A slot that was changed twice was changed from its first value to its last. */
function merged(edits: readonly Edit[], negotiation: Negotiation): readonly Edit[] {
  const { keyLength } = negotiation === 'ikev1-phase1' ? OAKLEY : IPSEC;
  const bySlot = new Map<string, Edit>();
  for (const edit of edits) {
    const key = edit.slot === 'attribute' ? `attribute ${edit.from[0]?.id}` : edit.slot;
    const { from } = bySlot.get(key) ?? edit;
    bySlot.set(key, { slot: edit.slot, from, ...(edit.to && { to: edit.to }) });
  }
  // A key length goes with its cipher.
  return [...bySlot.values()].filter(({ slot, from }) => slot !== 'attribute' || !bySlot.has('encryption') || from[0]?.id !== keyLength);
}

function nameEdit({ slot, from, to }: Edit, negotiation: Negotiation, protocol: number | undefined, bare: boolean): NamedEdit {
  const plain = slot === 'lifetime' || slot === 'attribute';
  const name = (each: Algorithm): string => (plain ? String(each.id) : keyword(slot, negotiation, each, protocol));
  return { slot, from: [...new Set(from.map(name))], to: to && !(bare && isNone(slot, to)) ? name(to) : null };
}

/** The peer's first that nothing is to be said against; where there is none, the strongest. */
function strongest(negotiation: Negotiation): Choose {
  return (slot, allowed) => {
    const named = allowed.map((algorithm) => ({ algorithm, word: keyword(slot, negotiation, algorithm) }));
    const [best] = [...named.filter(({ word }) => remark(word) === undefined), ...named.toSorted((a, b) => byStrength(a.word, b.word))];
    return best?.algorithm;
  };
}

/** IKEv2 says "none" by number 0, or by leaving the type out. */
function isNone(slot: Edit['slot'], { id }: Algorithm): boolean {
  return id === 0 && (slot === 'group' || slot === 'integrity');
}

/** The same without such transforms; nothing when it has none. */
function withoutNone(offer: Offer): Offer | undefined {
  if (offer.negotiation.startsWith('ikev1')) return undefined;
  const kept = (each: Transform): boolean => each.kind !== 'single' || !isNone(TRANSFORM_TYPE_SLOT.get(each.type) ?? 'encryption', each);
  const proposals = offer.groups.flatMap((group) => group.proposals);
  if (proposals.every(({ transforms }) => transforms.every(kept))) return undefined;
  const groups = offer.groups.map((group) => ({
    ...group,
    proposals: group.proposals.map((proposal) => ({ ...proposal, transforms: proposal.transforms.filter(kept) })),
  }));
  return { ...offer, groups };
}

/** With the protocol in front where the text alone would be read as one of phase 1. */
function inWords(offer: Offer): string {
  const text = formatOffer(offer);
  return offer.negotiation.endsWith('ike') || offer.negotiation.endsWith('phase1') || /^[a-z]+\d*:/.test(text) ? text : `esp:${text}`;
}
