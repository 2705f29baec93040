/**
 * The body of an SA payload: octets ↔ `Offer`, for IKEv1 phase 1 and 2 and for IKEv2.
 *
 * Rule 1: decoding follows the next-payload octets and the lengths, as every implementation does, and keeps whatever
 *         was readable when they lie; each lie is a fault.
 * Rule 2: what decodes without a fault encodes to the same octets.
 *
 * @see RFC 2408 §3.4 - §3.6, RFC 2407 §4.6.1, RFC 7296 §3.3
 * @module
 */
import type { Attribute, Negotiation, Offer, Proposal, ProposalGroup, Transform } from '../model.ts';
import { Reader, Writer } from './bytes.ts';
import { type DecodeFault, faultOf } from './errors.ts';

/** What stands in an SA payload after its generic header. */
export interface SaBody {
  /** IKEv1 only: 1 is IPsec. Left out it is written as 1. */
  readonly doi?: number;
  /** IKEv1 only: a bit map of 4 octets, more with labelled domains. Left out it is written as "identity only". */
  readonly situation?: Uint8Array;
  readonly offer: Offer;
  /** Octets after the last proposal; a fault stands beside them. */
  readonly trailing?: Uint8Array;
}

/** How much of an SA is read before it is called excessive. */
export interface SaLimits {
  /** Proposals per offer. */
  readonly proposals: number;
  /** Transforms per proposal; the wire's own count ends at 255. */
  readonly transforms: number;
  /** Attributes per transform. */
  readonly attributes: number;
}

export const SA_LIMITS: SaLimits = { proposals: 255, transforms: 255, attributes: 255 };

/** `value` is what was readable: the whole SA when there are no faults, nothing when not even its head was there. */
export interface DecodedSa {
  readonly value?: SaBody;
  readonly faults: readonly DecodeFault[];
}

/** The negotiation if it is known, else the version: the protocol of the first proposal then decides. */
export type SaKind = Negotiation | 'ikev1' | 'ikev2';

/**
 * Decodes an SA payload's body. Never throws.
 *
 * @param base what the offsets of the faults begin at
 * @example
 * const { value, faults } = decodeSaBody(octets, 'ikev1');
 * value?.offer.groups[0]?.proposals[0]?.transforms.length;
 */
export function decodeSaBody(octets: Uint8Array, kind: SaKind, limits: SaLimits = SA_LIMITS, base = 0): DecodedSa {
  const faults: DecodeFault[] = [];
  try {
    return { value: readSaBody(new Reader(octets, base), kind, limits, faults), faults };
  } catch (error) {
    faults.push(faultOf(error));
    return { faults };
  }
}

/** Reads to the end of `r`, adding to `faults`. Throws `DecodeError` only when DOI or situation are cut off. */
export function readSaBody(r: Reader, kind: SaKind, limits: SaLimits, faults: DecodeFault[]): SaBody {
  const two = kind.startsWith('ikev2');
  if (two) return finishBody(r, { offer: readOffer(r, kind, two, limits, faults) }, faults);
  const doi = r.u32('sa.doi');
  const situation = readSituation(r, doi);
  return finishBody(r, { doi, situation, offer: readOffer(r, kind, two, limits, faults) }, faults);
}

/** Encodes an SA payload's body. Throws `RangeError` when a length does not fit into 16 bits. */
export function encodeSaBody(body: SaBody): Uint8Array {
  const w = new Writer();
  writeSaBody(w, body);
  return w.finish();
}

/** The same into a writer. */
export function writeSaBody(w: Writer, body: SaBody): void {
  const two = body.offer.negotiation.startsWith('ikev2');
  if (!two) w.u32(body.doi ?? DOI_IPSEC).put(body.situation ?? IDENTITY_ONLY);
  const { groups } = body.offer;
  const lastGroup = groups.findLastIndex((group) => group.proposals.length > 0);
  for (let g = 0; g < groups.length; g++) {
    const { number, proposals } = groups[g] as ProposalGroup;
    for (let p = 0; p < proposals.length; p++) {
      writeProposal(w, number, proposals[p] as Proposal, g === lastGroup && p === proposals.length - 1, two);
    }
  }
  if (body.trailing) w.put(body.trailing);
}

function finishBody(r: Reader, body: SaBody, faults: DecodeFault[]): SaBody {
  if (r.left === 0) return body;
  if (faults.length === 0) faults.push(r.fault('trailing-bytes', 'sa'));
  return { ...body, trailing: r.rest() };
}

/** "Secrecy" and "integrity" situations name a labelled domain, and a level and categories each. @see RFC 2407 §4.6.1 */
function readSituation(r: Reader, doi: number): Uint8Array {
  const ahead = r.ahead();
  const bits = ahead.u32('sa.situation');
  if (doi === DOI_IPSEC && (bits & (SECRECY | INTEGRITY)) !== 0) {
    ahead.u32('situation.domain');
    for (const bit of [SECRECY, INTEGRITY]) if ((bits & bit) !== 0) skipLabel(ahead);
  }
  return r.take(r.left - ahead.left, 'sa.situation');
}

/** The level is counted in octets, the categories in bits; both are padded to 32 bits. */
function skipLabel(r: Reader): void {
  const level = r.u16('situation.levelLength');
  r.u16('situation.reserved');
  r.take(padded(level), 'situation.level');
  const categories = r.u16('situation.categoryLength');
  r.u16('situation.reserved');
  r.take(padded(Math.ceil(categories / 8)), 'situation.categories');
}

const padded = (octets: number): number => Math.ceil(octets / 4) * 4;

function readOffer(r: Reader, kind: SaKind, two: boolean, limits: SaLimits, faults: DecodeFault[]): Offer {
  const groups: ProposalGroup[] = [];
  let proposals: Proposal[] = [];
  let number = -1;
  let first: number | undefined;
  for (let count = 0; r.left > 0; count++) {
    if (count === limits.proposals) {
      faults.push(r.fault('limit-exceeded', 'sa.proposals'));
      break;
    }
    const head = readHead(r, PROPOSAL_HEAD, 'proposal', faults);
    if (!head) break;
    try {
      const own = head.body.u8('proposal.number');
      const proposal = readProposal(head, two, limits, faults);
      first ??= proposal.protocol;
      if (own !== number) groups.push({ number: own, proposals: (proposals = []) });
      number = own;
      proposals.push(proposal);
    } catch (error) {
      faults.push(faultOf(error));
    }
    if (head.nextPayload === LAST) break;
  }
  return { negotiation: negotiationOf(kind, first ?? PROTOCOL_IKE), groups };
}

function negotiationOf(kind: SaKind, protocol: number): Negotiation {
  if (kind === 'ikev1') return protocol === PROTOCOL_IKE ? 'ikev1-phase1' : 'ikev1-phase2';
  if (kind === 'ikev2') return protocol === PROTOCOL_IKE ? 'ikev2-ike' : 'ikev2-child';
  return kind;
}

/** The four octets that begin a proposal and a transform, and a reader of what follows them. */
interface Head {
  readonly nextPayload: number;
  readonly reserved: number;
  readonly body: Reader;
  /** Whether the chain ends here, by its own word or because nothing follows. */
  readonly last: boolean;
}

/** Nothing when there is no way on. A length beyond the end is cut to the end. */
function readHead(r: Reader, size: number, what: 'proposal' | 'transform', faults: DecodeFault[]): Head | undefined {
  if (r.left < 4) {
    faults.push(r.fault('truncated', what));
    return undefined;
  }
  const nextPayload = r.u8(what);
  const reserved = r.u8(what);
  const length = r.u16(what);
  if (length < size) {
    faults.push(r.fault('length-too-small', `${what}.length`, 2));
    return undefined;
  }
  if (length - 4 > r.left) faults.push(r.fault('length-too-large', `${what}.length`, 2));
  const body = r.sub(Math.min(length - 4, r.left), what);
  return { nextPayload, reserved, body, last: nextPayload === LAST || r.left === 0 };
}

function readProposal(head: Head, two: boolean, limits: SaLimits, faults: DecodeFault[]): Proposal {
  const { body } = head;
  const protocol = body.u8('proposal.protocol');
  const spiSize = body.u8('proposal.spiSize');
  const count = body.u8('proposal.transformCount');
  const spi = body.take(spiSize, 'proposal.spi');
  const transforms: Transform[] = [];
  let last = false;
  while (!last && body.left > 0) {
    if (transforms.length === limits.transforms) {
      faults.push(body.fault('limit-exceeded', 'proposal.transforms'));
      break;
    }
    const inner = readHead(body, TRANSFORM_HEAD, 'transform', faults);
    if (!inner) break;
    if (inner.body.left < 4) {
      faults.push(inner.body.fault('truncated', 'transform'));
      break;
    }
    transforms.push(readTransform(inner, two, limits, faults));
    last = inner.nextPayload === LAST;
  }
  if (last && body.left > 0) faults.push(body.fault('trailing-bytes', 'proposal'));
  const implied = head.last ? LAST : MORE_PROPOSALS;
  if (head.nextPayload === implied && head.reserved === 0 && count === transforms.length) return { protocol, spi, transforms };
  const odd = {
    ...(head.nextPayload !== implied && { nextPayload: head.nextPayload }),
    ...(head.reserved !== 0 && { reserved: head.reserved }),
    ...(count !== transforms.length && { transformCount: count }),
  };
  return { protocol, spi, transforms, odd };
}

/** The two versions have the same eight octets: number, id, reserved 16 or type, reserved 8, id 16. */
function readTransform(head: Head, two: boolean, limits: SaLimits, faults: DecodeFault[]): Transform {
  const { body } = head;
  const first = body.u8('transform.number');
  const second = body.u8('transform.id');
  const third = body.u16('transform.id');
  const attributes = readAttributes(body, limits, faults);
  const reserved2 = two ? second : third;
  const transform: Transform = two
    ? { kind: 'single', type: first, id: third, attributes }
    : { kind: 'suite', number: first, id: second, attributes };
  const implied = head.last ? LAST : MORE_TRANSFORMS;
  if (head.nextPayload === implied && head.reserved === 0 && reserved2 === 0) return transform;
  const odd = {
    ...(head.nextPayload !== implied && { nextPayload: head.nextPayload }),
    ...(head.reserved !== 0 && { reserved: head.reserved }),
    ...(reserved2 !== 0 && { reserved2 }),
  };
  return { ...transform, odd };
}

function readAttributes(r: Reader, limits: SaLimits, faults: DecodeFault[]): Attribute[] {
  const attributes: Attribute[] = [];
  while (r.left > 0) {
    if (attributes.length === limits.attributes) {
      faults.push(r.fault('limit-exceeded', 'transform.attributes'));
      break;
    }
    if (r.left < 4) {
      faults.push(r.fault('truncated', 'attribute'));
      break;
    }
    const attribute = readAttribute(r, faults);
    if (!attribute) break;
    attributes.push(attribute);
  }
  return attributes;
}

/** One data attribute, of which at least 4 octets are there; nothing when its value is cut off. @see RFC 2408 §3.3 */
export function readAttribute(r: Reader, faults: DecodeFault[]): Attribute | undefined {
  const head = r.u16('attribute.type');
  const type = head & ~SHORT_FORM;
  const value = r.u16('attribute.value');
  if ((head & SHORT_FORM) !== 0) return { type, form: 'TV', value };
  if (value <= r.left) return { type, form: 'TLV', value: r.take(value, 'attribute.value') };
  faults.push(r.fault('length-too-large', 'attribute.length', 2));
  return undefined;
}

/** One data attribute in the form it says. */
export function writeAttribute(w: Writer, attribute: Attribute): void {
  if (attribute.form === 'TV') {
    w.u16(attribute.type | SHORT_FORM).u16(attribute.value);
    return;
  }
  const { length } = attribute.value;
  const at = w.u16(attribute.type).length;
  w.u16(0).patch16(at, length).put(attribute.value);
}

function writeProposal(w: Writer, number: number, proposal: Proposal, last: boolean, two: boolean): void {
  const { odd, spi, transforms } = proposal;
  const start = w.length;
  w.u8(odd?.nextPayload ?? (last ? LAST : MORE_PROPOSALS))
    .u8(odd?.reserved ?? 0)
    .u16(0);
  w.u8(number)
    .u8(proposal.protocol)
    .u8(spi.length)
    .u8(odd?.transformCount ?? transforms.length)
    .put(spi);
  for (let i = 0; i < transforms.length; i++) writeTransform(w, transforms[i] as Transform, i === transforms.length - 1, two);
  w.patch16(start + 2, w.length - start);
}

function writeTransform(w: Writer, transform: Transform, last: boolean, two: boolean): void {
  const { odd, attributes } = transform;
  const start = w.length;
  w.u8(odd?.nextPayload ?? (last ? LAST : MORE_TRANSFORMS))
    .u8(odd?.reserved ?? 0)
    .u16(0);
  const first = transform.kind === 'single' ? transform.type : transform.number;
  const reserved2 = odd?.reserved2 ?? 0;
  if (two) w.u8(first).u8(reserved2).u16(transform.id);
  else w.u8(first).u8(transform.id).u16(reserved2);
  for (let i = 0; i < attributes.length; i++) writeAttribute(w, attributes[i] as Attribute);
  w.patch16(start + 2, w.length - start);
}

const LAST = 0;
const MORE_PROPOSALS = 2;
const MORE_TRANSFORMS = 3;
const PROPOSAL_HEAD = 8;
const TRANSFORM_HEAD = 8;
/** The attribute's value stands where its length would be. */
const SHORT_FORM = 0x8000;
const PROTOCOL_IKE = 1;
const DOI_IPSEC = 1;
const SECRECY = 2;
const INTEGRITY = 4;
const IDENTITY_ONLY = Uint8Array.of(0, 0, 0, 1);
