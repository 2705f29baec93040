/**
 * Suites as a report writes them.
 *
 * Rule: what goes without saying is left out (short sequence numbers), and what would be taken for something else has its protocol in front
 * (`ah:sha256`).
 *
 * @module
 */
import { childProtocol } from '../proposals/child-offers.ts';
import type { Algorithm, Box, Negotiation, Slot, Suite } from '../proposals/model.ts';
import { formatSuite, keyword } from '../proposals/notation.ts';

/** No key exchange of its own: "without PFS". */
export const NO_GROUP = 'none';

/** Whether a negotiation is about child SAs. */
export function isChild(negotiation: Negotiation): boolean {
  return negotiation === 'ikev1-phase2' || negotiation === 'ikev2-child';
}

/** `esp:…`, `ah:…`: an offer of child SAs. Without its protocol in front it would read as one of phase 1. */
export function isChildOffer(text: string): boolean {
  return /^\s*(?:esp|ah):/i.test(text);
}

/** `aes256-sha256-modp2048`, `aes128gcm16-esn`, `ah:sha256`. */
export function suiteText(suite: Suite, negotiation: Negotiation): string {
  if (!isChild(negotiation)) return formatSuite(suite, negotiation);
  const { esn, ...rest } = suite;
  const text = formatSuite(esn && esn.id !== 0 ? suite : rest, negotiation, childProtocol(suite));
  return suite.encryption === undefined ? `${childProtocolName(suite)}:${text}` : text;
}

/** `esp` or `ah`. */
export function childProtocolName(of: Box | Suite): string {
  return of.encryption === undefined ? 'ah' : 'esp';
}

/** The keyword of an algorithm within a suite or box: AH has numbers of its own. */
export function keywordIn(slot: Slot, negotiation: Negotiation, algorithm: Algorithm, of: Box | Suite): string {
  return keyword(slot, negotiation, algorithm, isChild(negotiation) ? childProtocol(of) : undefined);
}
