/** The law of a map: it holds exactly the suites that the peer takes when it is offered each of them alone. The profile itself says which these are. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { encodeSaBody } from '../../../src/ike/index.ts';
import { boxesToChildOffer, suitesToPhase2Offer } from '../../../src/proposals/child-offers.ts';
import { expandBox } from '../../../src/proposals/suites.ts';
import type { Offer, Suite } from '../../../src/proposals/model.ts';
import { parsePolicy } from '../../../src/proposals/notation.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';
import { boxOfSuite } from '../../../src/probe/asked-offers.ts';
import { suiteText } from '../../../src/probe/suite-text.ts';
import { acceptedIn } from '../../support/probing.ts';
import { CHILD_UNIVERSES, probingSession } from '../../support/session-probing.ts';

function payloadOf(offer: Offer): Uint8Array {
  const groups = offer.groups.map((group) => ({
    ...group,
    proposals: group.proposals.map((each) => ({ ...each, spi: Uint8Array.of(1, 2, 3, 4) })),
  }));
  const body = encodeSaBody({ offer: { ...offer, groups } });
  return Uint8Array.from([0, 0, (body.length + 4) >> 8, (body.length + 4) & 0xff, ...body]);
}

/** Every suite of the universe, asked alone. */
function alone(profile: string, policy: string, version: 1 | 2): string[] {
  const negotiation = version === 1 ? 'ikev1-phase2' : 'ikev2-child';
  const peer = selectorFor(profile).configured(negotiation, { policy: parsePolicy(policy, negotiation) });
  const suites = CHILD_UNIVERSES[version === 1 ? 'v1Child' : 'v2Child'].boxes.flatMap(expandBox);
  const takes = (suite: Suite): boolean => {
    const offer = version === 1 ? suitesToPhase2Offer([suite], 1, { seconds: 3600 }) : boxesToChildOffer([boxOfSuite(suite)]);
    const step = version === 1 ? 'quick' : 'create-child';
    const keys = suite.group ? { keGroup: suite.group.id } : {};
    return peer.respond({ negotiation, step, sa: payloadOf(offer), ...keys }).wire.kind === 'answer';
  };
  return suites
    .filter(takes)
    .map((suite) => suiteText(suite, negotiation))
    .toSorted();
}

const TABLE: readonly (readonly [version: 1 | 2, profile: string, policy: string])[] = [
  [2, 'strongswan@5.9.8', 'aes256-sha256-noesn'],
  [2, 'strongswan@5.9.8', 'aes256-aes128-sha256-sha1-modp2048-ecp256-noesn,aes128gcm16-x25519-noesn-esn,3des-md5-noesn'],
  [2, 'strongswan@6.1.0', 'ah:sha256-noesn,null-sha256-noesn,chacha20poly1305-ecp384-noesn'],
  [2, 'libreswan@4.10', 'aes256gcm16-aes128gcm16-noesn,aes256-aes128-sha512-sha256-noesn'],
  [2, 'libreswan@5.2', 'aes128-sha1-noesn-esn'],
  [2, 'openiked@7.4', 'aes256-sha1-modp2048-noesn,aes128-sha512-noesn'],
  [2, 'rfc', 'aes256-aes192-aes128-sha256-sha384-sha512-modp2048-modp3072-modp4096-ecp256-ecp384-esn'],
  [1, 'strongswan@5.9.8', 'aes256-sha256-modp2048,aes128gcm16'],
  [1, 'libreswan@4.10', 'aes256-sha256,3des-sha1'],
  [1, 'racoon', 'aes256-sha1-modp1536,aes128-md5-modp1536'],
];

describe('a map of child SAs holds what the peer takes alone', () => {
  for (const [version, profile, policy] of TABLE)
    it(`${profile}: ${policy}`, async () => {
      const { children, report } = await probingSession({
        peer: { profile, child: policy },
        options: { ike: version === 1 ? 'v1' : 'v2' },
      });
      expect(acceptedIn(children)).to.deep.equal(alone(profile, policy, version));
      expect(children.coverage.undecided).to.equal(0);
      expect(report.traffic.childSas?.left).to.equal(0);
    });
}).timeout(60_000);
