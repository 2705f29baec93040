/**
 * Suites and boxes of child SAs → offers. What has a cipher is ESP, what has integrity alone is AH.
 *
 * @module
 */
import type { Box, Offer, Suite } from './model.ts';
import { singleTransforms } from './offers.ts';
import { phase2Transform } from './policy.ts';

const [AH, ESP] = [2, 3];
const NO_SPI = new Uint8Array();

/** The protocol that a suite or box of a child SA is for: AH (2) where there is no cipher, ESP (3) else. */
export function childProtocol(of: Box | Suite): number {
  return of.encryption === undefined ? AH : ESP;
}

/**
 * One proposal per box, numbered from 1. A box that does not speak of extended sequence numbers does without them, and says so.
 *
 * @see RFC 7296 §3.3.2, §3.3.3: ESN is a mandatory transform type
 */
export function boxesToChildOffer(boxes: readonly Box[]): Offer {
  const groups = boxes.map((box, i) => ({
    number: (i + 1) & 0xff,
    proposals: [{ protocol: childProtocol(box), spi: NO_SPI, transforms: singleTransforms({ esn: NO_ESN, ...box }) }],
  }));
  return { negotiation: 'ikev2-child', groups };
}

const NO_ESN = [{ id: 0 }];

/**
 * The suites of ESP as the transforms of one proposal, those of AH as those of another. `mode`: 1 tunnel, 2 transport.
 *
 * @see RFC 2407 §4.5
 */
export function suitesToPhase2Offer(suites: readonly Suite[], mode: number, lifetime: { readonly seconds: number }): Offer {
  const proposals = [ESP, AH].flatMap((protocol) => {
    const own = suites.filter((suite) => childProtocol(suite) === protocol);
    const transforms = own.map((suite, i) => phase2Transform(protocol, { ...suite, mode: { id: mode } }, (i + 1) & 0xff, lifetime));
    return transforms.length > 0 ? [{ protocol, spi: NO_SPI, transforms }] : [];
  });
  return { negotiation: 'ikev1-phase2', groups: proposals.map((proposal, i) => ({ number: i + 1, proposals: [proposal] })) };
}
