/**
 * Reads the SA payload of an IKEv1 message 1 (hex, as Wireshark copies it) and prints its tree.
 * Run: node --import tsx examples/read-offer.ts [hex]
 */
import { clauses, decodeSaBody, ianaName } from 'ike-probe';

/** 3DES-MD5-MODP1536 and DES-SHA-MODP1024, preshared key; DOI and situation first, without the generic header. */
const SAMPLE =
  '00000001000000010000003800010002' +
  '030000180001000080010005800200018003000180040005' +
  '000000180101000080010001800200028003000180040002';

const octets = Uint8Array.from(Buffer.from(process.argv[2] ?? SAMPLE, 'hex'));
const { value, faults } = decodeSaBody(octets, 'ikev1');
for (const { code, offset, field } of faults) console.log(`${code} at octet ${offset}, ${field}`);

const offer = value?.offer;
offer?.groups.forEach((group, g) => {
  group.proposals.forEach((proposal, p) => {
    console.log(`proposal ${group.number}, protocol ${proposal.protocol}`);
    for (const clause of clauses(offer.negotiation, proposal, [g, p])) {
      const slots = [...clause.slots].map(([slot, choices]) => {
        const names = choices.map((choice) => ianaName(slot, offer.negotiation, choice, proposal.protocol));
        return `${slot} ${names.join(' or ')}`;
      });
      console.log(`  transform ${clause.path.at(-1)}: ${slots.join(', ')}`);
    }
  });
});
