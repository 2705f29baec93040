/**
 * The short text form of suites and offers: `aes256-sha256-prfsha256-modp2048`, `esp:aes128-sha1+ah:sha1,esp:3des-md5`.
 *
 * `,` separates groups (OR), `+` the proposals of a group (AND), `|` the transforms of one phase 2 proposal (OR), `-` the words.
 *
 * Law: parsing what was formatted gives the same suite, and an offer with the same choices.
 *
 * @module
 */
import { lookup } from './algorithms.ts';
import { attributeNumber, type Clause, clauses, transformSlot } from './clauses.ts';
import {
  type Algorithm,
  type Attribute,
  type Box,
  KEY_LENGTH_ATTRIBUTE,
  type Negotiation,
  type Offer,
  type Proposal,
  type ProposalGroup,
  type Slot,
  type Suite,
  type Transform,
} from './model.ts';
import { NotationError } from './notation/error.ts';
import { keyword, nearestWord, type Place, readWord, slotsOf, type Word } from './notation/words.ts';
import { singleTransforms, suitesToPhase1Offer } from './offers.ts';
import { phase2Transform, type Policy, type Want, wantOf } from './policy.ts';
import { boxSize, expandBox } from './suites.ts';

export { NotationError, type NotationFault } from './notation/error.ts';
export { keyword } from './notation/words.ts';
export { boxSize, expandBox } from './suites.ts';

/** What the text does not say. */
export interface ParseOptions {
  /** Phase 1 authentication method where a suite names none; 1 (pre-shared key) by default. */
  readonly auth?: number;
  /** Adds life type and duration to IKEv1 transforms. */
  readonly lifetime?: { readonly seconds: number };
  /** The SPI of each proposal; none by default. */
  readonly spi?: Uint8Array;
  /** Takes suites that lack what their protocol needs. */
  readonly incomplete?: boolean;
}

/** What one proposal's text says. */
interface Part {
  readonly protocol: number;
  readonly box: Partial<Record<Slot, Algorithm[]>>;
  readonly types: Extract<Word, { kind: 'type' }>[];
  readonly transform?: number;
}

const NO_SPI = new Uint8Array();
const [IKE, AH, ESP, IPCOMP] = [1, 2, 3, 4];
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['ike', IKE],
  ['isakmp', IKE],
  ['ah', AH],
  ['esp', ESP],
  ['ipcomp', IPCOMP],
]);
const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [IKE, 'ike'],
  [AH, 'ah'],
  [ESP, 'esp'],
  [IPCOMP, 'ipcomp'],
]);
/** The PRF that a text without one means, by integrity algorithm. */
const PRF_OF: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
  [5, 4],
  [6, 1],
  [7, 2],
  [8, 8],
  [12, 5],
  [13, 6],
  [14, 7],
]);
const MAX_TRANSFORMS = 255;
/** Dialect names hold up to this many hyphenated pieces (`chacha20-poly1305`, `hmac-sha-256-128`). */
const MAX_PIECES = 5;

/** A suite in canonical words. The authentication method of phase 1 stands beside a suite, not in it. */
export function formatSuite(suite: Suite, negotiation: Negotiation, protocol: number = usualProtocol(negotiation)): string {
  const box: Box = Object.fromEntries(Object.entries(suite).map(([slot, algorithm]) => [slot, [algorithm]]));
  if (negotiation !== 'ikev1-phase1') return formatBox(box, { negotiation, protocol });
  const { auth: _, ...beside } = box;
  return formatBox(beside, { negotiation, protocol });
}

/** Reads one suite. A missing PRF of an IKEv2 IKE suite is derived from its integrity. @throws NotationError */
export function parseSuite(text: string, negotiation: Negotiation, protocol: number = usualProtocol(negotiation)): Suite {
  const part = parsePart(text, 0, { negotiation, protocol });
  for (const [slot, choices] of Object.entries(part.box)) if (choices.length > 1) throw new NotationError('duplicate-slot', slot, 0);
  return Object.fromEntries(Object.entries(part.box).map(([slot, choices]) => [slot, choices[0]]));
}

/** An offer in canonical words; lifetimes, SPIs and oddities of the wire are left out. */
export function formatOffer(offer: Offer): string {
  const { negotiation } = offer;
  const usual = usualProtocol(negotiation);
  const plain = offer.groups.every((group) => group.proposals.every((proposal) => proposal.protocol === usual));
  const or = negotiation === 'ikev1-phase1' ? ',' : '|';
  const proposal = (p: Proposal): string => {
    const prefix = plain ? '' : `${PROTOCOL_NAMES.get(p.protocol) ?? `protocol${p.protocol}`}:`;
    return (
      prefix +
      clauses(negotiation, p, [])
        .map((clause) => formatClause(clause, p, negotiation))
        .join(or)
    );
  };
  return offer.groups.map((group) => group.proposals.map(proposal).join('+')).join(',');
}

/** Reads an offer. Phase 1 suites become the numbered transforms of one proposal. @throws NotationError */
export function parseOffer(text: string, negotiation: Negotiation, options: ParseOptions = {}): Offer {
  const groups = split(text, 0, ',').map(([group, at]) =>
    split(group, at, '+').map(([part, from]) => parseProposal(part, from, negotiation, options)),
  );
  if (negotiation === 'ikev1-phase1') {
    const suites = groups.flat(2).flatMap((part) => expandBox(part.box));
    if (suites.length > MAX_TRANSFORMS) throw new NotationError('too-many', String(suites.length), 0);
    return phase1Offer(suites, options);
  }
  if (groups.length > MAX_TRANSFORMS) throw new NotationError('too-many', String(groups.length), 0);
  return {
    negotiation,
    groups: groups.map(
      (parts, i): ProposalGroup => ({ number: i + 1, proposals: parts.map((part) => toProposal(part, negotiation, options)) }),
    ),
  };
}

/**
 * Reads a policy: the form of an offer, best first. `|` in a phase 2 bundle multiplies it out. @throws NotationError
 *
 * @example
 * parsePolicy('aes256-aes128-sha256-modp2048,aes128gcm16-prfsha256-x25519', 'ikev2-ike').length; // 2
 */
export function parsePolicy(text: string, negotiation: Negotiation): Policy {
  const bundles = split(text, 0, ',').flatMap(([group, at]) => {
    let alternatives: readonly (readonly Want[])[] = [[]];
    for (const [part, from] of split(group, at, '+')) {
      const wants = parseProposal(part, from, negotiation, {}).map(({ protocol, box }) => wantOf(protocol, box));
      if (alternatives.length * wants.length > MAX_TRANSFORMS) throw new NotationError('too-many', group, at);
      alternatives = alternatives.flatMap((bundle) => wants.map((want) => [...bundle, want]));
    }
    return alternatives;
  });
  if (bundles.length > MAX_TRANSFORMS) throw new NotationError('too-many', String(bundles.length), 0);
  return bundles;
}

/** A policy in canonical words. */
export function formatPolicy(policy: Policy, negotiation: Negotiation): string {
  const usual = usualProtocol(negotiation);
  const plain = policy.every((bundle) => bundle.every(({ protocol }) => protocol === usual));
  const want = ({ protocol, slots }: Want): string => {
    const prefix = plain ? '' : `${PROTOCOL_NAMES.get(protocol) ?? `protocol${protocol}`}:`;
    return prefix + formatBox(Object.fromEntries(slots), { negotiation, protocol });
  };
  return policy.map((bundle) => bundle.map(want).join('+')).join(',');
}

function usualProtocol(negotiation: Negotiation): number {
  return negotiation === 'ikev1-phase2' || negotiation === 'ikev2-child' ? ESP : IKE;
}

function formatBox(box: Box, place: Place): string {
  const keywords = slotsOf(place).flatMap((slot) => (box[slot] ?? []).map((a) => keyword(slot, place.negotiation, a, place.protocol)));
  if (place.negotiation === 'ikev2-ike' && box.prf === undefined && derivedPrf(box).length > 0) keywords.push('noprf');
  return keywords.join('-');
}

function formatClause(clause: Clause, proposal: Proposal, negotiation: Negotiation): string {
  const place = { negotiation, protocol: clause.protocol };
  const box: Partial<Record<Slot, readonly Algorithm[]>> = Object.fromEntries(clause.slots);
  const extras: string[] = [];
  if (negotiation === 'ikev1-phase1') {
    if (box.auth === undefined) extras.push('noauth');
    else if (box.auth.length === 1 && box.auth[0]?.id === 1) delete box.auth;
  }
  const transform = proposal.transforms[clause.path.at(-1) ?? 0];
  if (negotiation === 'ikev1-phase2' && transform?.kind === 'suite' && transformSlot(clause.protocol) === undefined) {
    extras.push(`transform:${transform.id}`);
  }
  for (const { type, id, keyBits } of clause.unknown ?? []) extras.push(`type${type}:${id}${keyBits === undefined ? '' : `/${keyBits}`}`);
  return [formatBox(box, place), ...extras].filter((word) => word !== '').join('-');
}

function parseProposal(text: string, offset: number, negotiation: Negotiation, options: ParseOptions): Part[] {
  const prefix = /^(ike|isakmp|ah|esp|ipcomp|protocol(\d{1,3})):/i.exec(text);
  const protocol = prefix === null ? usualProtocol(negotiation) : (PROTOCOLS.get((prefix[1] ?? '').toLowerCase()) ?? Number(prefix[2]));
  if (protocol > 0xff) throw new NotationError('unknown-protocol', prefix?.[0] ?? '', offset);
  if (protocol !== IKE && usualProtocol(negotiation) === IKE) throw new NotationError('wrong-protocol', prefix?.[0] ?? '', offset);
  const start = prefix?.[0].length ?? 0;
  const body = text.slice(start);
  const single = negotiation === 'ikev2-ike' || negotiation === 'ikev2-child';
  const alternatives = single ? [[body, offset + start] as const] : split(body, offset + start, '|');
  return alternatives.map(([suite, at]) => {
    const part = parsePart(suite, at, { negotiation, protocol });
    if (!options.incomplete) requireSlots(part, negotiation, at);
    if (usualProtocol(negotiation) === ESP || negotiation === 'ikev2-ike') return part;
    for (const [slot, choices] of Object.entries(part.box)) if (choices.length > 1) throw new NotationError('duplicate-slot', slot, at);
    return part;
  });
}

function requireSlots({ box, protocol }: Part, negotiation: Negotiation, offset: number): void {
  const needed: Slot[] =
    negotiation === 'ikev1-phase1'
      ? ['encryption', 'hash', 'group']
      : negotiation === 'ikev2-ike'
        ? ['encryption', 'prf', 'group']
        : protocol === ESP
          ? ['encryption']
          : protocol === AH
            ? ['integrity']
            : protocol === IPCOMP
              ? ['compression']
              : [];
  for (const slot of needed) if (box[slot] === undefined) throw new NotationError('slot-missing', slot, offset, slot);
}

function parsePart(text: string, offset: number, place: Place): Part {
  const box: Partial<Record<Slot, Algorithm[]>> = {};
  const types: Extract<Word, { kind: 'type' }>[] = [];
  const absent = new Set<Slot>();
  let transform: number | undefined;
  for (const word of words(text, offset, place)) {
    if (word.kind === 'algorithm') (box[word.slot] ??= []).push(word.algorithm);
    else if (word.kind === 'type') types.push(word);
    else if (word.kind === 'absent') absent.add(word.slot);
    else transform = word.id;
  }
  if (place.negotiation === 'ikev2-ike' && box.prf === undefined && !absent.has('prf')) completePrf(box);
  if (place.negotiation === 'ikev1-phase1' && absent.has('auth')) box.auth = [NO_AUTH];
  const part = { protocol: place.protocol, box, types };
  return transform === undefined ? part : { ...part, transform };
}

/** Stands for "no authentication method attribute" between parsing and building; no number off the wire is negative. */
const NO_AUTH: Algorithm = { id: -1 };

function phase1Offer(suites: readonly Suite[], options: ParseOptions): Offer {
  const offer = suitesToPhase1Offer(suites, options.auth ?? 1, options.lifetime);
  const present = (a: Attribute): boolean => attributeNumber(a) >= 0;
  const groups = offer.groups.map((group) => ({
    ...group,
    proposals: group.proposals.map((p) => ({
      ...p,
      spi: options.spi ?? p.spi,
      transforms: p.transforms.map((t): Transform => ({ ...t, attributes: t.attributes.filter(present) })),
    })),
  }));
  return { ...offer, groups };
}

function* words(text: string, offset: number, place: Place): Generator<Word> {
  const pieces = split(text, offset, '-');
  for (let i = 0; i < pieces.length; ) {
    const [piece = '', at = offset] = pieces[i] ?? [];
    let taken = Math.min(MAX_PIECES, pieces.length - i);
    let word: Word | undefined;
    for (; taken > 0 && word === undefined; taken--) {
      word = readWord(
        pieces
          .slice(i, i + taken)
          .map(([p]) => p)
          .join('-'),
        place,
        at,
      );
      if (word !== undefined) break;
    }
    if (word === undefined) throw new NotationError('unknown-keyword', piece, at, nearestWord(piece, place));
    yield word;
    i += taken;
  }
}

/** As strongSwan does: the PRF follows the integrity, and a proposal of AEAD ciphers then needs no integrity. */
function completePrf(box: Partial<Record<Slot, Algorithm[]>>): void {
  const prf = derivedPrf(box);
  if (prf.length === 0) return;
  box.prf = prf;
  if (box.encryption?.every(({ id }) => lookup('encryption', 'ikev2', id)?.aead)) delete box.integrity;
}

function derivedPrf(box: Box): Algorithm[] {
  const ids = (box.integrity ?? []).flatMap(({ id }) => PRF_OF.get(id) ?? []);
  return [...new Set(ids)].map((id) => ({ id }));
}

function toProposal(parts: readonly Part[], negotiation: Negotiation, options: ParseOptions): Proposal {
  const protocol = parts[0]?.protocol ?? usualProtocol(negotiation);
  const transforms = parts.flatMap((part) => toTransforms(part, negotiation, options)).map(numbered);
  return { protocol, spi: options.spi ?? NO_SPI, transforms };
}

function toTransforms(part: Part, negotiation: Negotiation, options: ParseOptions): Transform[] {
  if (negotiation === 'ikev1-phase2') {
    if (boxSize(part.box) > MAX_TRANSFORMS) throw new NotationError('too-many', String(boxSize(part.box)), 0);
    return expandBox(part.box).map((suite) => {
      const made = phase2Transform(part.protocol, suite, 0, options.lifetime);
      return part.transform === undefined ? made : { ...made, id: part.transform };
    });
  }
  const unknown = part.types.map(({ type, algorithm: { id, keyBits } }): Transform => {
    const attributes: Attribute[] = keyBits === undefined ? [] : [{ type: KEY_LENGTH_ATTRIBUTE, form: 'TV', value: keyBits }];
    return { kind: 'single', type, id, attributes };
  });
  return [...singleTransforms(part.box), ...unknown];
}

function numbered(transform: Transform, i: number): Transform {
  return transform.kind === 'suite' ? { ...transform, number: (i + 1) & 0xff } : transform;
}

/** The trimmed pieces with their offsets; an empty one is an error. */
function split(text: string, offset: number, separator: string): [piece: string, offset: number][] {
  let at = offset;
  return text.split(separator).map((raw) => {
    const piece = raw.trim();
    const from = at + raw.length - raw.trimStart().length;
    at += raw.length + 1;
    if (piece === '') throw new NotationError('empty', text, from);
    return [piece, from];
  });
}
