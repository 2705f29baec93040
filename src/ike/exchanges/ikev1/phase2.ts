/**
 * Phase 2 offers and answers: SPIs, what was chosen, and the keys of each direction.
 *
 * @see RFC 2407 §4.4, §4.5, RFC 2409 §5.5
 * @module
 */
import { lookup } from '../../../proposals/algorithms.ts';
import type { Attribute, Offer, Proposal, SuiteTransform } from '../../../proposals/model.ts';
import { type Phase1Keys, phase2Keymat } from '../../crypto/keymat-v1.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import { PROTOCOL } from './numbers.ts';
import { type AnswerFault, type Settling, valueOf } from './suite.ts';

/** Attribute classes of phase 2. @see RFC 2407 §4.5 */
export const PHASE2 = { lifeType: 1, lifeDuration: 2, group: 3, mode: 4, authentication: 5, keyLength: 6, esn: 11 } as const;

/** One protocol of an SA as it was chosen, by IPsec numbers. */
export interface Chosen {
  readonly protocol: number;
  /** The transform: of ESP the cipher, of AH the integrity, of IPCOMP the compression. */
  readonly transform: number;
  readonly keyBits?: number;
  readonly authentication?: number;
  /** 1 tunnel, 2 transport, 3 and 4 the same within UDP. */
  readonly mode?: number;
  readonly group?: number;
  /** 1: extended sequence numbers. @see RFC 4304 */
  readonly esn?: number;
  /** What each side receives on: 4 octets, of IPCOMP 2. */
  readonly ownSpi: Uint8Array;
  readonly peerSpi: Uint8Array;
}

/** The offer with our SPIs: one for each protocol. */
export function withSpis(offer: Offer, random: Entropy): Offer {
  const spis = new Map<number, Uint8Array>();
  const spiOf = (protocol: number): Uint8Array => {
    const known = spis.get(protocol) ?? newSpi(random, protocol);
    spis.set(protocol, known);
    return known;
  };
  const proposals = (all: readonly Proposal[]): Proposal[] => all.map((each) => ({ ...each, spi: spiOf(each.protocol) }));
  return { ...offer, groups: offer.groups.map((group) => ({ ...group, proposals: proposals(group.proposals) })) };
}

/** Above the reserved ones: 255 for SPIs, 255 (well-known) for CPIs. @see RFC 2406 §2.1, RFC 3173 §3.3 */
function newSpi(random: Entropy, protocol: number): Uint8Array {
  const spi = random(protocol === PROTOCOL.ipcomp ? 2 : 4);
  const first = spi[0] as number;
  spi[0] = protocol === PROTOCOL.ipcomp ? (first & 0x7f) | 0x01 : first === 0 ? 0x10 : first;
  return spi;
}

/** The offer with its modes within UDP, as they have to be once a NAT was found. @see RFC 3947 §5.1 */
export function withinUdp(offer: Offer): Offer {
  const attribute = (each: Attribute): Attribute =>
    each.type === PHASE2.mode && each.form === 'TV' && (each.value === 1 || each.value === 2) ? { ...each, value: each.value + 2 } : each;
  const groups = offer.groups.map((group) => ({
    ...group,
    proposals: group.proposals.map((proposal) => ({
      ...proposal,
      transforms: proposal.transforms.map((each) => ({ ...each, attributes: each.attributes.map(attribute) })),
    })),
  }));
  return { ...offer, groups };
}

/** What an answer chose, if it lies within the offer: one proposal number, each of its protocols with one transform. */
export function settlePhase2(offer: Offer, answer: Offer): Settling<readonly Chosen[]> {
  const [group, ...more] = answer.groups;
  if (!group || more.length > 0 || group.proposals.length === 0) return fail('not-one-choice');
  if (group.proposals.some(({ transforms }) => transforms.length !== 1)) return fail('not-one-choice');
  const same = offer.groups.filter((each) => each.proposals.length === group.proposals.length);
  // The number should come back (RFC 2408 §4.2), but what counts is that it was offered.
  const candidates = [...same.filter(({ number }) => number === group.number), ...same.filter(({ number }) => number !== group.number)];
  for (const candidate of candidates) {
    const chosen = group.proposals.map((each) =>
      chosenOf(
        candidate.proposals.find(({ protocol }) => protocol === each.protocol),
        each,
      ),
    );
    if (!chosen.every((each) => each !== undefined)) continue;
    return chosen.some(isDes) ? { ok: false, fault: 'des', value: chosen } : { ok: true, value: chosen };
  }
  return fail('not-offered');
}

const fail = (fault: AnswerFault): Settling<never> => ({ ok: false, fault });

function chosenOf(offered: Proposal | undefined, answered: Proposal): Chosen | undefined {
  const [transform] = answered.transforms;
  if (!offered || transform?.kind !== 'suite') return undefined;
  if (!offered.transforms.some((each) => each.kind === 'suite' && sameSuite(each, transform))) return undefined;
  return chosenFrom(answered.protocol, transform, offered.spi, answered.spi);
}

/** A transform as a choice. */
export function chosenFrom(protocol: number, transform: SuiteTransform, ownSpi: Uint8Array, peerSpi: Uint8Array): Chosen {
  const { attributes } = transform;
  const part = (type: number, name: keyof Chosen): object => {
    const value = valueOf(attributes, type);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    protocol,
    transform: transform.id,
    ...part(PHASE2.keyLength, 'keyBits'),
    ...part(PHASE2.authentication, 'authentication'),
    ...part(PHASE2.mode, 'mode'),
    ...part(PHASE2.group, 'group'),
    ...part(PHASE2.esn, 'esn'),
    ownSpi,
    peerSpi,
  };
}

/** Lifetimes may differ: the shorter one counts, or a RESPONDER-LIFETIME says so. @see RFC 2407 §4.5.4 */
function sameSuite(a: SuiteTransform, b: SuiteTransform): boolean {
  const compared = [PHASE2.group, PHASE2.mode, PHASE2.authentication, PHASE2.keyLength, PHASE2.esn];
  return a.id === b.id && compared.every((type) => valueOf(a.attributes, type) === valueOf(b.attributes, type));
}

/** Single DES, with and without an explicit IV: never used. */
const isDes = ({ protocol, transform }: Chosen): boolean =>
  protocol === PROTOCOL.esp && (transform === 1 || transform === 2 || transform === 9);

/** Octets of KEYMAT: the cipher's key with its salt, then the key of the integrity; nothing for what the registry does not know. */
export function keymatBytes({ protocol, transform, keyBits, authentication }: Chosen): number | undefined {
  if (protocol === PROTOCOL.ipcomp) return 0;
  if (protocol === PROTOCOL.ah) return lookup('integrity', 'ikev1-ah', transform)?.bytes?.key;
  const cipher = lookup('encryption', 'ikev1-esp', transform);
  if (!cipher) return undefined;
  const bits = cipher.keyBits?.fixed ?? keyBits ?? cipher.keyBits?.default ?? cipher.keyBits?.allowed?.[0] ?? 0;
  const integrity = authentication === undefined ? 0 : lookup('integrity', 'ikev1-auth', authentication)?.bytes?.key;
  return integrity === undefined ? undefined : bits / 8 + (cipher.bytes?.salt ?? 0) + integrity;
}

/** Keys of one protocol of an SA, one string of octets per direction. They never leave this machine. */
export interface ChildKeys {
  readonly inbound: Uint8Array;
  readonly outbound: Uint8Array;
}

/** What KEYMAT hangs on besides the SPIs: both nonces, and with PFS the shared secret. */
export interface ChildSeed {
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  readonly secret?: Uint8Array;
}

/** Each direction under the SPI of the one who receives. @see RFC 2409 §5.5 */
export function childKeys(provider: CryptoProvider, keys: Phase1Keys, chosen: Chosen, seed: ChildSeed): ChildKeys {
  const length = keymatBytes(chosen) ?? 0;
  const one = (spi: Uint8Array): Uint8Array => phase2Keymat(provider, keys, { ...seed, protocol: chosen.protocol, spi }, length);
  return { inbound: one(chosen.ownSpi), outbound: one(chosen.peerSpi) };
}
