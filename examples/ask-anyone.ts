/**
 * What would this implementation answer to that offer, and why?
 * Run: node --import tsx examples/ask-anyone.ts [profile]
 */
import { type NameAlgorithm, explainReason, ianaName, parseOffer, parsePolicy, selectorFor, writeSa } from 'ike-probe';

const selector = selectorFor(process.argv[2] ?? 'strongswan@5.9.8');
const peer = selector.configured('ikev2-ike', { policy: parsePolicy('aes256-sha256-ecp256-modp2048', 'ikev2-ike') });

const offer = parseOffer('aes128-sha1-modp1024,aes256-sha256-modp2048', 'ikev2-ike');
const answer = peer.respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa: writeSa({ offer }), keGroup: 14 });

console.log(`${selector.profile.title} ${selector.release}: ${answer.outcome}`);
const name: NameAlgorithm = (slot, algorithm, negotiation) => ianaName(slot, negotiation, algorithm);
for (const { path, accepted, reasons } of answer.trace) {
  console.log(`proposal ${(path[0] ?? 0) + 1}: ${accepted ? 'accepted' : 'refused'}`);
  for (const reason of reasons) console.log(`  ${explainReason(reason, offer.negotiation, name)}`);
}
for (const { text, level } of answer.logs) console.log(`its log (${level}): ${text}`);

switch (answer.wire.kind) {
  case 'answer':
    console.log(`on the wire: ${Buffer.from(answer.wire.sa).toString('hex')}`);
    break;
  case 'notify':
    console.log(`on the wire: notify ${answer.wire.type}`);
    break;
  default:
    console.log(`on the wire: ${answer.wire.kind}`);
}
