/**
 * The smallest change of an offer that a peer would accept.
 * Run: node --import tsx examples/nearest-offer.ts
 */
import { formatOffer, keyword, nearestOffers, parseOffer, parsePolicy, selectorFor } from 'ike-probe';

const peer = selectorFor('libreswan').configured('ikev2-ike', { policy: parsePolicy('aes256-sha512-prfsha512-modp4096', 'ikev2-ike') });
const offer = parseOffer('aes128-sha256-modp2048,aes256-sha512-ecp256', 'ikev2-ike');

for (const { path, edits, offer: near } of nearestOffers(peer, offer, 'sa-init')) {
  console.log(`proposal ${(path[0] ?? 0) + 1} becomes ${formatOffer(near)}`);
  for (const { slot, from, to } of edits) {
    if (slot === 'lifetime' || slot === 'attribute') continue;
    const words = from.map((algorithm) => keyword(slot, 'ikev2-ike', algorithm)).join(' or ');
    console.log(`  ${slot}: ${words || 'nothing'} → ${to ? keyword(slot, 'ikev2-ike', to) : 'nothing'}`);
  }
}
