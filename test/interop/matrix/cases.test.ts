/** The cases of the matrix: that they are what they claim to be, that each can be configured somewhere, and what is never left out. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { CASES, type CaseDefinition, connectionOf, shownCase } from '../../../interop/cases/index.ts';
import { readCases } from '../../../interop/cases/read.ts';
import type { Authority } from '../../../interop/daemons/authority.ts';
import type { Connection } from '../../../interop/daemons/connection.ts';
import { libreswanConfig } from '../../../interop/daemons/libreswan-config.ts';
import { openikedConfig } from '../../../interop/daemons/openiked-config.ts';
import { strongswanConfig } from '../../../interop/daemons/strongswan-config.ts';

const ADDRESSES = {
  initiator: { address4: '10.99.0.2', address6: 'fd99:99::2' },
  responder: { address4: '10.99.0.3', address6: 'fd99:99::3' },
};

describe('the cases of the matrix', () => {
  it('are at least 60, each known by its id, with the section of an RFC', () => {
    expect(CASES.length).to.be.at.least(60);
    expect(new Set(CASES.map(({ id }) => id)).size).to.equal(CASES.length);
    for (const { id, reference, speaks, title, about } of CASES) {
      expect(id).to.match(speaks === 'ikev2' ? /^v2-[a-z0-9-]+$/ : /^v1-[a-z0-9-]+$/);
      expect(reference, id).to.match(/^RFC \d{4}( §[\d.]+| Appendix [A-Z])?$/);
      expect(title, id).to.match(/^[A-Z\d].*[^.]$/);
      expect(about, id).to.match(/[.?]$/);
    }
  });

  it('have every area', () => {
    expect([...new Set(CASES.map(({ area }) => area))]).to.have.members([
      'ikev1-main',
      'ikev1-aggressive',
      'ikev1-quick',
      'ikev2-init',
      'ikev2-auth',
      'ikev2-child',
      'ikev2-rekey',
    ]);
  });

  /** What a reader may count on to find, in each version where it has a meaning. */
  const TOPICS: readonly [topic: string, ...ids: string[]][] = [
    ['the same suite', 'v1-main-same', 'v1-aggressive-same', 'v2-same'],
    ['defaults', 'v1-main-defaults', 'v2-defaults', 'v2-child-defaults'],
    [
      'cipher families of IKE',
      'v2-ike-gcm',
      'v2-ike-ccm',
      'v2-ike-chacha20',
      'v2-ike-ctr',
      'v2-ike-camellia',
      'v2-ike-3des',
      'v1-main-camellia',
    ],
    [
      'cipher families of ESP',
      'v2-esp-gcm',
      'v2-esp-ccm',
      'v2-esp-chacha20',
      'v2-esp-ctr',
      'v2-esp-camellia',
      'v2-esp-3des',
      'v2-esp-null',
      'v1-quick-gcm',
    ],
    ['AH', 'v1-quick-ah', 'v2-ah'],
    ['AEAD with and without INTEG', 'v2-aead-against-classic', 'v2-aead-beside-classic', 'v2-child-aead-against-classic'],
    ['ESN', 'v2-child-esn', 'v2-child-esn-initiator', 'v2-child-esn-either'],
    ['another group is asked for', 'v2-group-retry', 'v2-group-preferred', 'v2-rekey-child-group-retry'],
    [
      'PFS',
      'v1-quick-pfs-same',
      'v1-quick-pfs-different',
      'v1-quick-pfs-initiator',
      'v1-quick-pfs-responder',
      'v2-rekey-child-pfs',
      'v2-rekey-child-pfs-different',
      'v2-rekey-child',
    ],
    ['lifetimes', 'v1-main-lifetimes'],
    ['orders that conflict', 'v1-main-order', 'v1-quick-order', 'v2-order-proposals', 'v2-order-transforms', 'v2-child-order'],
    ['single DES', 'v1-main-des-first', 'v1-main-des-only', 'v2-des-first', 'v2-des-only'],
    ['weak groups', 'v1-main-weak', 'v2-ike-modp768', 'v2-ike-modp1024'],
    ['ML-KEM', 'v2-mlkem', 'v2-mlkem-against-classic', 'v2-mlkem-or-classic', 'v2-rekey-mlkem'],
    ['certificates', 'v1-main-rsa', 'v1-main-ecdsa', 'v2-rsa', 'v2-ecdsa256', 'v2-ed25519', 'v2-cert-untrusted', 'v2-cert-expired'],
    ['another key', 'v1-main-psk-wrong', 'v1-aggressive-psk-wrong', 'v2-psk-wrong'],
    ['another identity', 'v1-main-id-unknown', 'v2-id-unknown', 'v2-peer-id-unknown'],
    ['fragmentation', 'v2-rsa4096-chain', 'v2-no-fragmentation', 'v1-main-rsa-chain'],
    ['traffic selectors', 'v2-traffic-wider', 'v2-traffic-narrower', 'v2-traffic-other', 'v1-quick-clients-wider'],
    ['versions and modes that are not configured', 'v1-to-v2-only', 'v2-to-v1-only', 'v1-aggressive-to-main'],
    ['rekeying', 'v1-quick-rekey', 'v2-rekey-ike', 'v2-rekey-both'],
  ];
  for (const [topic, ...ids] of TOPICS) it(`cover ${topic}`, () => expect(CASES.map(({ id }) => id)).to.include.members(ids));

  it('say what is expected in steps that come one after the other', () => {
    for (const { id, expected, rekeys = [] } of CASES) {
      if (!expected) continue;
      const order = ['ike', 'child', ...rekeys.map((part) => `rekey-${part}`)];
      const steps = expected.steps.map(({ step }) => step as string);
      expect(steps, id).to.deep.equal(order.slice(0, steps.length));
      expect(expected.because, id).to.match(/\.$/);
      // Behind what did not come about there is nothing.
      expect(
        expected.steps.slice(0, -1).every(({ state }) => state === 'established'),
        id,
      ).to.equal(true);
    }
  });

  it('show no secret', () => {
    for (const one of CASES) expect(JSON.stringify(shownCase(one)), one.id).not.to.match(/lab-key/);
  });

  it('come back out of JSON as they were', () => {
    expect(readCases(JSON.parse(JSON.stringify(CASES)))).to.deep.equal(JSON.parse(JSON.stringify(CASES)));
  });
});

describe('each case of the matrix', () => {
  const PEM = 'a certificate';
  const authority: Authority = {
    root: async () => PEM,
    chain: async ({ key }) => ({ kind: key, certificate: PEM, key: PEM, intermediates: [], root: PEM }),
  };
  const RENDER: readonly ((connection: Connection) => Promise<{ readonly doubts: ReadonlyMap<string, string> }>)[] = [
    (connection) => strongswanConfig([connection], '5.9.8', authority),
    (connection) => strongswanConfig([connection], '6.1.0', authority),
    (connection) => libreswanConfig([connection], '5.2', authority),
    async (connection) => openikedConfig([connection], authority),
  ];

  it('can be configured for at least one daemon, in both roles', async () => {
    const nowhere: string[] = [];
    for (const one of CASES)
      for (const role of ['initiator', 'responder'] as const) {
        const connection = connectionOf(one, role, ADDRESSES);
        const doubts = await Promise.all(RENDER.map((render) => render(connection)));
        if (doubts.every((each) => each.doubts.size > 0))
          nowhere.push(`${one.id} ${role}: ${[...(doubts[0]?.doubts.values() ?? [])].join()}`);
      }
    expect(nowhere).to.deep.equal([]);
  });
});

describe('cases out of a file', () => {
  const good: CaseDefinition = {
    id: 'my-case',
    title: 'Mine',
    area: 'ikev2-init',
    reference: 'RFC 7296 §2.7',
    about: 'To see.',
    speaks: 'ikev2',
    initiator: { ike: 'aes256-sha256-modp2048' },
  };
  const bad: readonly [value: unknown, place: string, wanted: string][] = [
    [7, 'the file', 'an object'],
    [[good, null], '[1]', 'an object'],
    [{ ...good, rekey: [] }, 'rekey', 'one of the fields id, '],
    [{ ...good, id: 'My Case' }, 'id', 'small letters'],
    [{ ...good, title: '' }, 'title', 'a text'],
    [{ ...good, area: 'ikev3' }, 'area', 'one of ikev1-main, '],
    [{ ...good, speaks: 'ikev1' }, 'speaks', 'one of ikev1-main, '],
    [{ ...good, both: 'all' }, 'both', 'an object'],
    [{ ...good, responder: { cipher: 'aes' } }, 'responder.cipher', 'one of the fields speaks, '],
    [[{ ...good, initiator: { ike: 'aes256-sha257' } }], '[0].initiator.ike', 'a policy in the suite notation (unknown'],
  ];
  for (const [value, place, wanted] of bad)
    it(`${place} must be ${wanted}`, () => {
      const read = readCases(value);
      expect(read).to.have.property('place', place);
      expect((read as { wanted: string }).wanted).to.include(wanted);
    });

  it('are read alone or as a list', () => {
    expect(readCases(good)).to.deep.equal([good]);
    expect(readCases([good, good])).to.deep.equal([good, good]);
  });
});
