/** Verdicts as trees: at which attribute each transform failed, and that no profile's verdict makes a tree that contradicts it. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { ConfigError, parseOffer, parsePolicy, policyToOffer, selectorFor, writeSa } from '../../../src/proposals/index.ts';
import type { Negotiation, Offer } from '../../../src/proposals/model.ts';
import type { Verdict } from '../../../src/proposals/verdict.ts';
import { PROFILES } from '../../../src/proposals/selectors/index.ts';
import type { TraceProposal, TraceSection, TraceTransform } from '../../../src/report/matrix/result.ts';
import { traceSection } from '../../../src/report/matrix/trace.ts';
import { randomPolicy } from '../../support/random-policies.ts';

const STEPS = { 'ikev1-phase1': 'main', 'ikev1-phase2': 'quick', 'ikev2-ike': 'sa-init', 'ikev2-child': 'create-child' } as const;
const MARKS = { chosen: '+', acceptable: '', refused: '-', 'not-looked-at': '?' } as const;

function judged(profile: string, negotiation: Negotiation, policy: string, text: string): TraceSection {
  const offer = parseOffer(
    text,
    negotiation,
    negotiation === 'ikev1-phase2' || negotiation === 'ikev2-child' ? { spi: Uint8Array.of(1, 2, 3, 4) } : {},
  );
  const configured = selectorFor(profile).configured(negotiation, { policy: parsePolicy(policy, negotiation) });
  const verdict = configured.respond({ negotiation, step: STEPS[negotiation], sa: writeSa({ offer }), keGroup: 14 });
  return traceSection({ step: 'ike', judgedBy: 'responder', profile }, offer, verdict);
}

/** `-aes128! sha1 modp2048`: states as signs in front, attributes that failed with a mark behind. */
function short({ groups }: TraceSection): string {
  const transform = ({ slot, text, state, attributes }: TraceTransform): string => {
    const inner = attributes.map((attribute) => `${attribute.text}${attribute.failed ? '!' : ''}`).join(' ');
    return slot === null ? `${MARKS[state]}(${inner})` : `${MARKS[state]}${text}${inner === '' ? '' : `[${inner}]`}`;
  };
  const proposal = ({ protocol, state, transforms, missing }: TraceProposal): string =>
    `${MARKS[state]}${protocol}: ${[...transforms.map(transform), ...missing].join(', ')}`;
  return groups.map(({ proposals }) => proposals.map(proposal).join(' + ')).join(' | ');
}

describe('the tree of a verdict', () => {
  const GOOD = 'aes256-sha256-modp2048';
  const cases: [profile: string, negotiation: Negotiation, policy: string, offer: string, expected: string][] = [
    ['rfc', 'ikev1-phase1', GOOD, `3des-sha1-modp1024,${GOOD}`, '+IKE: -(3des! sha1! modp1024! psk), +(aes256 sha256 modp2048 psk)'],
    [
      'libreswan@4.10',
      'ikev1-phase1',
      GOOD,
      `${GOOD},aes128-sha256-modp2048`,
      '+IKE: +(aes256 sha256 modp2048 psk), ?(aes128 sha256 modp2048 psk)',
    ],
    [
      'strongswan@5.9.8',
      'ikev2-ike',
      GOOD,
      'aes128-aes192-sha256-modp2048',
      '-IKE: -aes128[128 bits!], -aes192[192 bits!], prfsha256, sha256, modp2048',
    ],
    [
      'strongswan@5.9.8',
      'ikev2-ike',
      GOOD,
      'aes256-sha1-modp2048,aes128-aes256-sha256-modp2048',
      '-IKE: aes256, -prfsha1, -sha1, modp2048 | +IKE: aes128, +aes256, +prfsha256, +sha256, +modp2048',
    ],
    ['rfc', 'ikev2-child', 'esp:aes256-sha256', 'esp:aes256-sha256', '-ESP: aes256, sha256, no sequence number size'],
  ];
  for (const [profile, negotiation, policy, offer, expected] of cases)
    it(`${profile} (${policy}) of ${offer}: ${expected}`, () =>
      expect(short(judged(profile, negotiation, policy, offer))).to.equal(expected));

  it('has the reasons as the sentences of select', () => {
    const [group] = judged('strongswan@5.9.8', 'ikev2-ike', GOOD, 'aes256-sha1-modp2048').groups;
    expect(group?.proposals[0]?.reasons).to.deep.equal([
      'sha1 was offered as integrity algorithm; configured is sha256. Offer sha256 instead.',
      'prfsha1 was offered as PRF; configured is prfsha256. Offer prfsha256 instead.',
    ]);
  });

  for (const { name, negotiations } of PROFILES.filter(
    ({ respond, policySetting }) => respond !== undefined && policySetting === undefined,
  )) {
    it(`says of ${name} what the verdict says`, () => {
      const loaded = negotiations.flatMap((negotiation) => Array.from({ length: 40 }, (_, seed) => agree(name, negotiation, seed)));
      expect(loaded.filter(Boolean).length).to.be.greaterThan(5);
    });
  }
});

/** Chosen is what the selection names; what failed has a reason somewhere above or in it. False when the profile would not load the policy. */
function agree(profile: string, negotiation: Negotiation, seed: number): boolean {
  const offer = policyToOffer(randomPolicy(negotiation, seed), negotiation, { spi: Uint8Array.of(1, 2, 3, 4) });
  const verdict = judgedBy(profile, negotiation, seed + (seed % 2) * 1000, offer);
  if (verdict === undefined) return false;
  const { groups, reasons } = traceSection({ step: 'ike', judgedBy: 'responder', profile }, offer, verdict);
  const proposals = groups.flatMap((group) => group.proposals);
  const where = `${profile} ${negotiation} ${seed}`;
  expect(
    proposals.some(({ state }) => state === 'chosen'),
    where,
  ).to.equal(verdict.outcome === 'selected');
  for (const proposal of proposals) {
    const said = [...reasons, ...proposal.reasons, ...proposal.transforms.flatMap((transform) => transform.reasons)];
    if (proposal.state === 'refused') expect(said, where).to.not.deep.equal([]);
    for (const { slot, state, attributes } of proposal.transforms)
      if (slot === null) expect(attributes.some(({ failed }) => failed) && state === 'chosen', where).to.equal(false);
  }
  return true;
}

function judgedBy(profile: string, negotiation: Negotiation, seed: number, offer: Offer): Verdict | undefined {
  const builtIn = ['n3iwf', 'softether'].includes(profile);
  try {
    const configured = selectorFor(profile).configured(negotiation, builtIn ? undefined : { policy: randomPolicy(negotiation, seed) });
    return configured.respond({ negotiation, step: STEPS[negotiation], sa: writeSa({ offer }), keGroup: 14 });
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
