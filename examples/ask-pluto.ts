/**
 * What would FreeS/WAN's Pluto answer to this offer, and why?
 * Run: node --import tsx examples/ask-pluto.ts
 */
import { type NameAlgorithm, explainReason, freeswan, ianaName, suitesToPhase1Offer } from 'ike-probe';

const PRESHARED_KEY = 1;
const offer = suitesToPhase1Offer(
  [
    { encryption: { id: 1 }, hash: { id: 1 }, group: { id: 2 } }, // DES: Pluto never takes it
    { encryption: { id: 7, keyBits: 256 }, hash: { id: 2 }, group: { id: 14 } }, // AES: it does not know it
    { encryption: { id: 5 }, hash: { id: 2 }, group: { id: 5 } }, // 3DES-SHA1-MODP1536
  ],
  PRESHARED_KEY,
);

const name: NameAlgorithm = (slot, algorithm, negotiation) => ianaName(slot, negotiation, algorithm);
const verdict = freeswan({ release: '2.0' }).select(offer, { policy: 'psk' });
console.log(verdict.outcome);
for (const { path, accepted, reasons } of verdict.trace) {
  console.log(`transform ${path.at(-1)}: ${accepted ? 'accepted' : 'refused'}`);
  for (const reason of reasons) console.log(`  ${explainReason(reason, offer.negotiation, name)}`);
}
console.log('\nIts own log:');
for (const { text } of verdict.logs) console.log(`  ${text}`);
