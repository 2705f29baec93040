/**
 * The proposal tree, as it is on the wire, for IKEv1 phase 1 and 2 and for IKEv2.
 *
 * An SA payload alternates OR and AND: an offer is an OR of groups, a group an AND of proposals, a proposal an OR of
 * transforms (one of each type in IKEv2), a transform an AND of attributes.
 *
 * Rule 1: whatever a peer can send has a place here. Order, numbers, unknown values, repeated attributes and reserved
 *         octets survive decoding and encoding.
 * Rule 2: nothing here judges. An odd tree is a value; selectors say what is wrong with it.
 *
 * @module
 */

/** Which of the four negotiations an offer belongs to; it decides number spaces and structure. */
export type Negotiation = 'ikev1-phase1' | 'ikev1-phase2' | 'ikev2-ike' | 'ikev2-child';

/** OR: the responder answers with exactly one group. @see RFC 2408 §4.2, RFC 7296 §3.3 */
export interface Offer {
  readonly negotiation: Negotiation;
  readonly groups: readonly ProposalGroup[];
}

/** AND: every proposal of the group applies together; adjacent proposals with one number form a group. */
export interface ProposalGroup {
  readonly number: number;
  readonly proposals: readonly Proposal[];
}

/** OR: one of the transforms (IKEv1), or one of each transform type (IKEv2). */
export interface Proposal {
  /** 1 ISAKMP/IKE, 2 AH, 3 ESP, 4 IPCOMP; any octet is legal. */
  readonly protocol: number;
  readonly spi: Uint8Array;
  readonly transforms: readonly Transform[];
  /** Only where the wire is not as the tree says. */
  readonly odd?: ProposalOddities;
}

/** A transform: IKEv1 names a whole suite by attributes, IKEv2 one algorithm of one type. */
export type Transform = SuiteTransform | SingleTransform;

export interface SuiteTransform {
  readonly kind: 'suite';
  readonly number: number;
  readonly id: number;
  readonly attributes: readonly Attribute[];
  readonly odd?: TransformOddities;
}

export interface SingleTransform {
  readonly kind: 'single';
  readonly type: number;
  readonly id: number;
  readonly attributes: readonly Attribute[];
  readonly odd?: TransformOddities;
}

/** AND: all attributes of a transform apply. TV carries a 16-bit number, TLV any octets. @see RFC 2408 §3.3 */
export type Attribute =
  | { readonly type: number; readonly form: 'TV'; readonly value: number }
  | { readonly type: number; readonly form: 'TLV'; readonly value: Uint8Array };

/** Octets of a proposal header that differ from what the tree implies. Absent fields are as implied. */
export interface ProposalOddities {
  readonly nextPayload?: number;
  readonly reserved?: number;
  readonly transformCount?: number;
}

/** Octets of a transform header that differ from what the tree implies. */
export interface TransformOddities {
  readonly nextPayload?: number;
  readonly reserved?: number;
  /** The second reserved field: 16 bits in IKEv1, 8 bits in IKEv2. */
  readonly reserved2?: number;
}

/** Indices from the offer down: group, proposal, transform, attribute. */
export type Path = readonly number[];

/** What a negotiation settles, one algorithm per slot. */
export type Slot =
  | 'encryption'
  | 'integrity'
  | 'prf'
  | 'hash'
  | 'group'
  | 'auth'
  | 'mode'
  | 'esn'
  | 'compression'
  | `ake${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

/** An algorithm inside a slot: its wire number, known or not, and the Key Length attribute in bits if there is one. */
export interface Algorithm {
  readonly id: number;
  readonly keyBits?: number;
}

/** One algorithm as offered, and where it stands in the offer. */
export interface Choice extends Algorithm {
  readonly slot: Slot;
  readonly path: Path;
}

/** One algorithm per slot: what one successful negotiation of one protocol settles on. */
export type Suite = Readonly<Partial<Record<Slot, Algorithm>>>;

/** AND over slots, OR inside a slot: a product set of suites. */
export type Box = Readonly<Partial<Record<Slot, readonly Algorithm[]>>>;

/** A lifetime as offered: seconds or kilobytes (KiB), `amount` clamps at 2^53 - 1. */
export interface Lifetime {
  readonly unit: 'seconds' | 'kilobytes' | number;
  readonly amount: number;
}

/** IKEv1 phase 1 attribute classes. @see RFC 2409 Appendix A */
export const OAKLEY = {
  encryption: 1,
  hash: 2,
  auth: 3,
  group: 4,
  lifeType: 11,
  lifeDuration: 12,
  prf: 13,
  keyLength: 14,
} as const;

/** IKEv2 transform types and the slots they fill. @see RFC 7296 §3.3.2, RFC 9370 §2.2 */
export const TRANSFORM_TYPE_SLOT: ReadonlyMap<number, Slot> = new Map<number, Slot>([
  [1, 'encryption'],
  [2, 'prf'],
  [3, 'integrity'],
  [4, 'group'],
  [5, 'esn'],
  [6, 'ake1'],
  [7, 'ake2'],
  [8, 'ake3'],
  [9, 'ake4'],
  [10, 'ake5'],
  [11, 'ake6'],
  [12, 'ake7'],
]);

/** IKEv2 Key Length attribute. @see RFC 7296 §3.3.5 */
export const KEY_LENGTH_ATTRIBUTE = 14;
