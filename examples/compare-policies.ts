/**
 * Two policies side by side: what both take, and what only one of them takes.
 * Run: node --import tsx examples/compare-policies.ts
 */
import { comparePolicies, formatPolicy, parsePolicy, regionsToPolicy } from 'ike-probe';

const ours = parsePolicy('aes256-aes128-sha256-modp2048-ecp256', 'ikev2-ike');
const theirs = parsePolicy('aes256-sha256-sha512-prfsha256-ecp256,aes256gcm16-prfsha384-ecp384', 'ikev2-ike');

const { both, onlyFirst, onlySecond } = comparePolicies(ours, theirs);
for (const [title, regions] of Object.entries({ both, 'only ours': onlyFirst, 'only theirs': onlySecond })) {
  console.log(`${title}:`);
  for (const bundle of regionsToPolicy(regions)) console.log(`  ${formatPolicy([bundle], 'ikev2-ike')}`);
}
