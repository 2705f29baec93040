import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Negotiation } from '../../src/proposals/model.ts';
import { formatOffer } from '../../src/proposals/notation.ts';
import { boxesToIkeOffer, suitesToPhase1Offer } from '../../src/proposals/offers.ts';
import { type Policy, policyToOffer, wantOf } from '../../src/proposals/policy.ts';

const [ah, esp, ipcomp] = [
  wantOf(2, { integrity: [{ id: 3 }] }),
  wantOf(3, { encryption: [{ id: 12, keyBits: 128 }, { id: 3 }], integrity: [{ id: 2 }] }),
  wantOf(4, { compression: [{ id: 2 }] }),
];
const ike = wantOf(1, {
  encryption: [{ id: 12, keyBits: 256 }],
  prf: [{ id: 5 }],
  integrity: [{ id: 12 }],
  group: [{ id: 14 }, { id: 19 }],
});
const phase1 = wantOf(1, { encryption: [{ id: 5 }, { id: 7, keyBits: 128 }], hash: [{ id: 2 }], group: [{ id: 2 }] });

describe('policy', () => {
  const cases: [Negotiation, Policy, expected: string][] = [
    ['ikev1-phase1', [[phase1]], '3des-sha1-modp1024,aes128-sha1-modp1024'],
    ['ikev1-phase2', [[esp, ipcomp], [ah]], 'esp:aes128-sha1|3des-sha1+ipcomp:deflate,ah:sha1'],
    ['ikev2-ike', [[ike]], 'aes256-sha256-prfsha256-modp2048-ecp256'],
    ['ikev2-child', [[esp]], 'aes128-3des-sha1'],
  ];
  for (const [negotiation, policy, expected] of cases) {
    it(`${negotiation}: offers ${expected}`, () => expect(formatOffer(policyToOffer(policy, negotiation))).to.equal(expected));
  }

  it("puts a suite's own method before the given one", () => {
    const offer = suitesToPhase1Offer([{ encryption: { id: 5 }, auth: { id: 3 } }, { encryption: { id: 5 } }], 1);
    expect(offer.groups[0]?.proposals[0]?.transforms.map((t) => t.attributes.find((a) => a.type === 3)?.value)).to.deep.equal([3, 1]);
  });

  it('numbers IKEv2 proposals from 1 and orders transforms by type', () => {
    const offer = boxesToIkeOffer([
      { group: [{ id: 14 }], encryption: [{ id: 12, keyBits: 256 }] },
      { prf: [{ id: 5 }], ake1: [{ id: 36 }] },
    ]);
    expect(offer.groups.map((g) => g.number)).to.deep.equal([1, 2]);
    expect(offer.groups.map((g) => g.proposals[0]?.transforms.map((t) => t.kind === 'single' && t.type))).to.deep.equal([
      [1, 4],
      [2, 6],
    ]);
  });
});
