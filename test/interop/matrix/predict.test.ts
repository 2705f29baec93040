/**
 * What is foretold of a case: between two sides that do as the RFCs say it is what the RFCs demand, and between others what their
 * makers' own words (or silence) in the lab have shown.
 */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { CASES, type CaseDefinition } from '../../../interop/cases/index.ts';
import { implementations, partyOf } from '../../../interop/matrix/implementations.ts';
import type { Party } from '../../../interop/matrix/party.ts';
import { type Foretold, predict } from '../../../interop/matrix/predict.ts';
import { explainSteps } from '../../../src/report/index.ts';

const party = (id: string): Party => {
  const found = implementations().find((one) => one.id === id);
  if (!found) throw new Error(`no implementation ${id}`);
  return partyOf(found);
};
const caseOf = (id: string): CaseDefinition => {
  const found = CASES.find((one) => one.id === id);
  if (!found) throw new Error(`no case ${id}`);
  return found;
};
const foretold = (id: string, initiator: string, responder: string): Foretold => predict(caseOf(id), party(initiator), party(responder));
const said = (outcome: Foretold): string => (outcome.kind === 'steps' ? explainSteps(outcome.steps, '') : `${outcome.by} cannot`);

describe('what the RFCs demand of a case', () => {
  for (const one of CASES.filter(({ expected }) => expected !== undefined))
    it(`is what our own machines come to: ${one.id}`, () => {
      const outcome = foretold(one.id, 'ike-probe', 'ike-probe');
      expect(outcome.kind === 'steps' ? outcome.steps : outcome).to.deep.equal(one.expected?.steps);
    });
});

describe('what is foretold of two implementations', () => {
  const IKE = 'IKE SA: aes256-sha256-prfsha256-modp2048';
  const BOTH = `${IKE}; child SA: aes256-sha512-noesn`;
  const cases: readonly [id: string, initiator: string, responder: string, steps: string][] = [
    ['v2-same', 'strongswan@5.9.8', 'libreswan@4.10', BOTH],
    // charon and pluto tell strangers in different ways.
    ['v1-to-v2-only', 'libreswan@5.2', 'strongswan@5.9.8', 'IKE SA: refused by the responder in main mode with NO-PROPOSAL-CHOSEN'],
    ['v1-to-v2-only', 'libreswan@5.2', 'strongswan@6.1.0', 'IKE SA: refused by the responder in main mode with INVALID_MAJOR_VERSION'],
    ['v1-to-v2-only', 'strongswan@5.9.8', 'libreswan@5.2', 'IKE SA: no answer in main mode'],
    ['v2-psk-wrong', 'strongswan@5.9.8', 'libreswan@4.10', 'IKE SA: refused by the responder in IKE_AUTH with AUTHENTICATION_FAILED'],
    ['v2-peer-id-unknown', 'strongswan@5.9.8', 'libreswan@4.10', 'IKE SA: refused by the initiator in IKE_AUTH with AUTHENTICATION_FAILED'],
    ['v2-peer-id-unknown', 'libreswan@4.10', 'strongswan@5.9.8', 'IKE SA: refused by the responder in IKE_AUTH with AUTHENTICATION_FAILED'],
    ['v2-peer-id-unknown', 'libreswan@4.10', 'ike-probe', 'IKE SA: refused by the initiator in IKE_AUTH, without a word'],
    // Narrowing: charon narrows, pluto insists, iked answers with what it has.
    ['v2-traffic-wider', 'strongswan@5.9.8', 'strongswan@6.1.0', BOTH],
    [
      'v2-traffic-wider',
      'strongswan@5.9.8',
      'libreswan@5.2',
      `${IKE}; child SA: refused by the responder in IKE_AUTH with TS_UNACCEPTABLE`,
    ],
    ['v2-traffic-wider', 'libreswan@5.2', 'strongswan@5.9.8', `${IKE}; child SA: refused by the initiator in IKE_AUTH, without a word`],
    ['v2-traffic-other', 'strongswan@5.9.8', 'openiked@7.4', `${IKE}; child SA: refused by the initiator in IKE_AUTH, without a word`],
    // A child that does not suit: iked refuses everything, and so does pluto of old.
    ['v2-child-cipher', 'strongswan@5.9.8', 'openiked@7.4', 'IKE SA: refused by the responder in IKE_AUTH with NO_PROPOSAL_CHOSEN'],
    ['v2-child-cipher', 'strongswan@5.9.8', 'libreswan@4.3', 'IKE SA: refused by the responder in IKE_AUTH with NO_PROPOSAL_CHOSEN'],
    [
      'v2-child-cipher',
      'strongswan@5.9.8',
      'libreswan@5.2',
      `${IKE}; child SA: refused by the responder in IKE_AUTH with NO_PROPOSAL_CHOSEN`,
    ],
    // PFS at rekeying: pluto 4.10 takes the group of the IKE SA, whatever is configured.
    [
      'v2-rekey-child-pfs-different',
      'strongswan@5.9.8',
      'libreswan@5.2',
      `${BOTH}; rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN`,
    ],
    ['v2-rekey-child-pfs-different', 'strongswan@5.9.8', 'libreswan@4.10', `${BOTH}; rekey of the child SA: aes256-sha512-modp2048-noesn`],
    [
      'v2-rekey-child-pfs',
      'strongswan@5.9.8',
      'libreswan@4.10',
      `${BOTH}; rekey of the child SA: refused by the responder in CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN`,
    ],
    // Signatures: pluto 4.3 takes RSA-PSS alone.
    ['v2-rsa', 'strongswan@5.9.8', 'libreswan@5.2', BOTH],
    ['v2-rsa', 'strongswan@5.9.8', 'libreswan@4.3', 'IKE SA: refused by the responder in IKE_AUTH with AUTHENTICATION_FAILED'],
    // Nobody agrees to single DES with us, whoever offers it.
    ['v2-des-only', 'ike-probe', 'strongswan@5.9.8', 'IKE SA: refused by the initiator in IKE_SA_INIT, without a word'],
  ];
  for (const [id, initiator, responder, steps] of cases)
    it(`${id} ${initiator} › ${responder}: ${steps}`, () => expect(said(foretold(id, initiator, responder))).to.equal(steps));

  it('carries what the selectors say against each offer', () => {
    const outcome = foretold('v2-cipher', 'strongswan@5.9.8', 'libreswan@4.10');
    expect(outcome.kind === 'steps' && outcome.trace.map(({ step, judgedBy, profile }) => [step, judgedBy, profile])).to.deep.equal([
      ['ike', 'responder', 'libreswan@4.10'],
    ]);
  });

  it('is that a side cannot be configured so, where a profile would not load it', () => {
    const outcome = foretold('v2-ike-ctr', 'openiked@7.4', 'strongswan@5.9.8');
    expect(outcome.kind === 'cannot' ? outcome.by : outcome.steps).to.equal('initiator');
  });
});
