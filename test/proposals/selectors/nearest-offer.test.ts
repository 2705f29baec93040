/** The smallest change that a peer accepts: what must change, in our notation. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { formatOffer, parseOffer } from '../../../src/proposals/notation.ts';
import { nearestOffers, selectorFor } from '../../../src/proposals/selectors/index.ts';
import type { Setup } from '../../../src/proposals/selectors/index.ts';

interface Row {
  readonly profile: string;
  readonly setup: string;
  readonly offer: string;
  /** Each path, its changed slots, and what is then accepted; the best first. */
  readonly near: readonly (readonly [path: string, slots: string, accepted: string])[];
}

const PHASE1: readonly Row[] = [
  {
    profile: 'freeswan',
    setup: 'psk',
    offer: 'des-md5-modp768,3des-sha1-modp2048,3des-sha1-modp1024',
    near: [
      ['0.0.2', '', '3des-sha1-modp1024'],
      ['0.0.1', 'group', '3des-sha1-modp1024'],
    ],
  },
  {
    profile: 'freeswan@1.97',
    setup: 'psk',
    offer: 'aes256-sha256-modp2048',
    near: [['0.0.0', 'encryption,attribute,hash,group', '3des-md5-modp1024']],
  },
];

describe('the nearest acceptable offer', () => {
  for (const { profile, setup, offer, near } of PHASE1) {
    it(`${profile} (${setup}): ${offer}`, () => {
      const how: Setup = { policy: [], settings: { connection: setup } };
      const found = nearestOffers(selectorFor(profile).configured('ikev1-phase1', how), parseOffer(offer, 'ikev1-phase1'), 'main');
      expect(
        found.map(({ path, edits, offer: changed }) => [path.join('.'), edits.map(({ slot }) => slot).join(), formatOffer(changed)]),
      ).to.deep.equal(near);
    });
  }
});
