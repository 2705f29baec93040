/** Whole probes of live peers with random policies: the map is what the profile says when it is asked for each suite alone. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { boxOfSuite } from '../../src/probe/asked-offers.ts';
import type { Suite } from '../../src/proposals/model.ts';
import { formatSuite } from '../../src/proposals/notation.ts';
import { boxesToIkeOffer, suitesToPhase1Offer } from '../../src/proposals/offers.ts';
import { writeSa } from '../../src/proposals/selectors/answers.ts';
import { ConfigError } from '../../src/proposals/selectors/errors.ts';
import { mindOf } from '../../src/proposals/selectors/mind.ts';
import type { Setup } from '../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../src/proposals/selectors/selector.ts';
import { expandBox } from '../../src/proposals/suites.ts';
import { universe } from '../../src/proposals/universes.ts';
import { livePeer } from '../support/live-peer.ts';
import { acceptedIn, exchangeOf, probing } from '../support/probing.ts';
import { randomPolicy } from '../support/random-policies.ts';

type Negotiation = 'ikev1-phase1' | 'ikev2-ike';

const CASES: readonly (readonly [profile: string, negotiation: Negotiation])[] = [
  ['strongswan@5.9.8', 'ikev1-phase1'],
  ['strongswan@6.1.0', 'ikev2-ike'],
  ['libreswan@4.10', 'ikev1-phase1'],
  ['libreswan@5.2', 'ikev2-ike'],
  ['openiked@7.2', 'ikev2-ike'],
  ['racoon', 'ikev1-phase1'],
];
const POLICIES = 2;

/** Random setups that the daemon would load. */
function setups(profile: string, negotiation: Negotiation): readonly Setup[] {
  const loaded: Setup[] = [];
  for (let seed = 0; loaded.length < POLICIES && seed < 100; seed++) {
    const setup = { policy: randomPolicy(negotiation, seed) };
    try {
      selectorFor(profile).configured(negotiation, setup);
      loaded.push(setup);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  return loaded;
}

/** What it takes, each suite offered alone. */
function taken(profile: string, negotiation: Negotiation, setup: Setup): readonly string[] {
  const mind = mindOf(selectorFor(profile), { [negotiation]: setup });
  const takes = (suite: Suite): boolean => {
    const one = negotiation === 'ikev1-phase1';
    const offer = one ? suitesToPhase1Offer([suite], 1, { seconds: 3600 }) : boxesToIkeOffer([boxOfSuite(suite)]);
    const group = suite.group?.id ?? 0;
    const { wire } = mind({ negotiation, step: one ? 'main' : 'sa-init', sa: writeSa({ offer }), ...(!one && { keGroup: group }) });
    return wire.kind === 'answer';
  };
  const suites = universe('common', negotiation).boxes.flatMap(expandBox).filter(takes);
  return [...new Set(suites.map((suite) => formatSuite(suite, negotiation)))].toSorted();
}

describe('a probe of a live peer', function () {
  this.timeout(60_000);
  for (const [profile, negotiation] of CASES)
    it(`finds what ${profile} takes in ${negotiation}, under ${POLICIES} random policies`, async () => {
      const all = setups(profile, negotiation);
      expect(all).to.have.length(POLICIES);
      const [version, exchange] = negotiation === 'ikev1-phase1' ? ([1, 'ikev1-main'] as const) : ([2, 'ikev2-init'] as const);
      for (const [i, setup] of all.entries()) {
        const peer = livePeer({ profile, versions: [version], ike: setup });
        const { report } = await probing(peer.network, { options: { ike: version === 1 ? 'v1' : 'v2' } });
        expect(acceptedIn(exchangeOf(report, exchange)), `policy ${i}`).to.deep.equal(taken(profile, negotiation, setup));
      }
    });
});
