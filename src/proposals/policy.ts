/**
 * What one side is ready to accept, and the offer it would make of it.
 *
 * @module
 */
import { IPSEC } from './clauses.ts';
import {
  type Algorithm,
  type Attribute,
  type Box,
  type Negotiation,
  type Offer,
  type Proposal,
  type Slot,
  type Suite,
  type SuiteTransform,
  type Transform,
} from './model.ts';
import { boxesToIkeOffer, duration, singleTransforms, suitesToPhase1Offer } from './offers.ts';
import { expandBox } from './suites.ts';

/** AND over slots, OR inside a slot, best first: what is wanted of one protocol. */
export interface Want {
  readonly protocol: number;
  readonly slots: ReadonlyMap<Slot, readonly Algorithm[]>;
}

/** OR of AND-bundles, best first. */
export type Policy = readonly (readonly Want[])[];

/** What a policy does not say. */
export interface OfferOptions {
  /** Phase 1 authentication method where a bundle names none; 1 (pre-shared key) by default. */
  readonly auth?: number;
  readonly lifetime?: { readonly seconds: number };
  /** The SPI of each proposal; none by default. */
  readonly spi?: Uint8Array;
}

const NO_SPI = new Uint8Array();
const [AH, ESP] = [2, 3];

/** The offer of a policy: phase 1 suites become the transforms of one proposal, every other bundle a group of its own. */
export function policyToOffer(policy: Policy, negotiation: Negotiation, options: OfferOptions = {}): Offer {
  if (negotiation === 'ikev1-phase1') {
    const suites = policy.flatMap((bundle) => bundle.flatMap((want) => expandBox(boxOf(want))));
    return suitesToPhase1Offer(suites, options.auth ?? 1, options.lifetime);
  }
  const spi = options.spi ?? NO_SPI;
  if (negotiation === 'ikev2-ike') return boxesToIkeOffer(policy.flat().map(boxOf));
  const groups = policy.map((bundle, i) => ({
    number: (i + 1) & 0xff,
    proposals: bundle.map((want): Proposal => {
      const transforms = negotiation === 'ikev2-child' ? singleTransforms(boxOf(want)) : phase2Transforms(want, options);
      return { protocol: want.protocol, spi, transforms };
    }),
  }));
  return { negotiation, groups };
}

/** A want as a product set. */
export function boxOf(want: Want): Box {
  return Object.fromEntries(want.slots);
}

/** A box as a want. */
export function wantOf(protocol: number, box: Box): Want {
  return { protocol, slots: new Map(Object.entries(box) as [Slot, readonly Algorithm[]][]) };
}

/** The same policy with one suite in each bundle, the first slots varying slowest: as IKEv1 has to write it. */
export function oneByOne(policy: Policy): Policy {
  return policy.flatMap((bundle) =>
    bundle.reduce<Policy>(
      (bundles, want) => {
        const suites = expandBox(boxOf(want)).map((suite) => ({
          protocol: want.protocol,
          slots: new Map(Object.entries(suite).map(([slot, algorithm]) => [slot as Slot, [algorithm]])),
        }));
        return bundles.flatMap((begun) => suites.map((single) => [...begun, single]));
      },
      [[]],
    ),
  );
}

/** One phase 2 transform: its id is the cipher, the AH algorithm or the compression. `number` counts from 1. @see RFC 2407 §4.5 */
export function phase2Transform(protocol: number, suite: Suite, number: number, lifetime?: { readonly seconds: number }): SuiteTransform {
  const attributes: Attribute[] = [];
  const add = (type: number, value: number | undefined): void => {
    if (value !== undefined) attributes.push({ type, form: 'TV', value });
  };
  const named = protocol === ESP ? suite.encryption : protocol === AH ? suite.integrity : suite.compression;
  if (lifetime !== undefined) {
    add(IPSEC.lifeType, 1);
    attributes.push(duration(IPSEC.lifeDuration, lifetime.seconds));
  }
  add(IPSEC.group, suite.group?.id);
  add(IPSEC.mode, suite.mode?.id);
  add(IPSEC.integrity, protocol === AH ? ahAttribute(suite.integrity?.id) : suite.integrity?.id);
  add(IPSEC.keyLength, suite.encryption?.keyBits);
  add(IPSEC.esn, suite.esn?.id);
  return { kind: 'suite', number, id: named?.id ?? 0, attributes };
}

function phase2Transforms(want: Want, options: OfferOptions): Transform[] {
  return expandBox(boxOf(want)).map((suite, i) => phase2Transform(want.protocol, suite, (i + 1) & 0xff, options.lifetime));
}

/** AH repeats its algorithm as an attribute; only MD5, SHA-1 and DES-MAC have another number there. @see RFC 2407 §4.4.3, §4.5 */
function ahAttribute(transform: number | undefined): number | undefined {
  return transform !== undefined && transform >= 2 && transform <= 4 ? transform - 1 : transform;
}
