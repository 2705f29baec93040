/**
 * Offers of IKEv2 with the SPI of the moment, and without groups where there is no place for them.
 *
 * @see RFC 7296 §1.2, §3.3
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';

/** The offer with one SPI in every proposal; groups of key exchange left out where there is no place for them. @see RFC 7296 §1.2 */
export function withSpi(offer: Offer, spi: Uint8Array, keys: 'with-groups' | 'without-groups' = 'with-groups'): Offer {
  return {
    ...offer,
    groups: offer.groups.map((group) => ({
      ...group,
      proposals: group.proposals.map((proposal) => ({
        ...proposal,
        spi,
        transforms:
          keys === 'with-groups'
            ? proposal.transforms
            : proposal.transforms.filter((each) => each.kind === 'suite' || (each.type !== KEY_EXCHANGE && each.type < FIRST_ADDITIONAL)),
      })),
    })),
  };
}

const KEY_EXCHANGE = 4;
const FIRST_ADDITIONAL = 6;
