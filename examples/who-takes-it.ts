/**
 * Who takes this offer as it is installed?
 * Run: node --import tsx examples/who-takes-it.ts [offer]
 */
import { parseOffer, PROFILES, selectorFor, writeSa } from 'ike-probe';

const offer = parseOffer(process.argv[2] ?? 'aes256-sha256-modp2048', 'ikev2-ike');
const request = { negotiation: 'ikev2-ike', step: 'sa-init', sa: writeSa({ offer }), keGroup: 14 } as const;

for (const profile of PROFILES) {
  if (!profile.negotiations.includes('ikev2-ike') || profile.respond === undefined) continue;
  for (const release of profile.releases) {
    const name = release === '' ? profile.name : `${profile.name}@${release}`;
    try {
      const { outcome, wantsGroup } = selectorFor(name).configured('ikev2-ike').respond(request);
      console.log(`${name.padEnd(20)} ${wantsGroup === undefined ? outcome : `asks for group ${wantsGroup}`}`);
    } catch (error) {
      console.log(`${name.padEnd(20)} ${error instanceof Error ? error.message : 'no default is known'}`);
    }
  }
}
