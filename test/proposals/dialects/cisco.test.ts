import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { existsSync, readFileSync } from 'node:fs';
import {
  type CiscoConfig,
  ciscoPolicy,
  type CiscoPlatform,
  parseCisco,
  printCisco,
  printCiscoPolicy,
} from '../../../src/proposals/dialects/cisco/index.ts';
import { BLOCKS, IPSEC_PROPOSAL_WORDS, numberOf, SET_WORDS } from '../../../src/proposals/dialects/cisco/words.ts';
import type { Algorithm, Negotiation } from '../../../src/proposals/model.ts';
import { type Policy, wantOf } from '../../../src/proposals/policy.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';

/** A policy without its maps. */
const plain = (policy: Policy): unknown =>
  policy.map((bundle) => bundle.map(({ protocol, slots }) => ({ protocol, ...Object.fromEntries(slots) })));
/** A configuration without lines. */
const unplaced = ({ platform, policies, orders, sets }: CiscoConfig): unknown => ({
  platform,
  policies: policies.map(({ want, ...rest }) => ({ ...rest, want: Object.fromEntries(want.slots), line: 0 })),
  orders: orders.map((order) => ({ ...order, line: 0 })),
  sets: sets.map((set) => ({ ...set, line: 0 })),
});

describe('cisco policies', () => {
  it('reads an IOS policy, and what it does not say', () => {
    const { platform, policies, faults } = parseCisco(
      '!\ncrypto isakmp policy 20\n!\ncrypto isakmp policy 10\n encr aes 256\n hash sha256\n group 14\n',
    );
    expect(faults).to.deep.equal([]);
    expect(platform).to.equal('ios');
    expect(policies.map(({ name, auth, lifetime, assumed, line }) => ({ name, auth, lifetime, assumed, line }))).to.deep.equal([
      { name: '10', auth: [3], lifetime: 86_400, assumed: ['auth', 'lifetime'], line: 4 },
      { name: '20', auth: [3], lifetime: 86_400, assumed: ['encryption', 'hash', 'group', 'auth', 'lifetime'], line: 2 },
    ]);
    expect(plain(ciscoPolicy({ platform, policies, orders: [], sets: [], faults }, 'ikev1-phase1'))).to.deep.equal([
      [{ protocol: 1, encryption: [{ id: 7, keyBits: 256 }], hash: [{ id: 4 }], group: [{ id: 14 }] }],
      [{ protocol: 1, encryption: [{ id: 1 }], hash: [{ id: 2 }], group: [{ id: 1 }] }],
    ]);
  });

  const phase1: [what: string, text: string, platform: CiscoPlatform, slots: unknown, auth: readonly number[], lifetime: number | null][] =
    [
      [
        'abbreviated',
        'crypto isakmp policy 1\n enc aes 192\n ha md5\n auth pre\n gr 5\n life 3600',
        'ios',
        { encryption: [{ id: 7, keyBits: 192 }], hash: [{ id: 1 }], group: [{ id: 5 }] },
        [1],
        3600,
      ],
      [
        'AES of no length',
        'crypto isakmp policy 1\n encryption aes\n authentication rsa-encr',
        'ios',
        { encryption: [{ id: 7, keyBits: 128 }], hash: [{ id: 2 }], group: [{ id: 1 }] },
        [4],
        86_400,
      ],
      [
        'ECDSA',
        'crypto isakmp policy 1\n authentication ecdsa-sig\n group 20',
        'ios',
        { encryption: [{ id: 1 }], hash: [{ id: 2 }], group: [{ id: 20 }] },
        [9, 10, 11],
        86_400,
      ],
      [
        'said twice',
        'crypto isakmp policy 1\n hash md5\n hash sha512\ncrypto isakmp policy 1\n group 2',
        'ios',
        { encryption: [{ id: 1 }], hash: [{ id: 6 }], group: [{ id: 2 }] },
        [3],
        86_400,
      ],
      [
        'taken back',
        'crypto isakmp policy 1\n hash md5\n no hash',
        'ios',
        { encryption: [{ id: 1 }], hash: [{ id: 2 }], group: [{ id: 1 }] },
        [3],
        86_400,
      ],
      [
        'of ASA',
        'crypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 5\n lifetime none',
        'asa',
        { encryption: [{ id: 7, keyBits: 256 }], hash: [{ id: 2 }], group: [{ id: 5 }] },
        [1],
        null,
      ],
      [
        'of ASA, in one line each',
        'crypto isakmp policy 10 encryption aes-192\ncrypto isakmp policy 10 hash md5\ncrypto ikev1 enable outside',
        'asa',
        { encryption: [{ id: 7, keyBits: 192 }], hash: [{ id: 1 }], group: [{ id: 2 }] },
        [1],
        86_400,
      ],
      [
        'up to its exit',
        'crypto isakmp policy 1\n group 2\n exit\n group 5',
        'ios',
        { encryption: [{ id: 1 }], hash: [{ id: 2 }], group: [{ id: 2 }] },
        [3],
        86_400,
      ],
      ['of ASA, empty', 'crypto ikev1 policy 10', 'asa', { encryption: [{ id: 5 }], hash: [{ id: 2 }], group: [{ id: 2 }] }, [1], 86_400],
    ];
  for (const [what, text, platform, slots, auth, lifetime] of phase1) {
    it(`reads a policy ${what}`, () => {
      const config = parseCisco(text);
      expect(config.faults.map(({ fault }) => fault.message)).to.deep.equal([]);
      expect(config.platform).to.equal(platform);
      const [policy] = config.policies;
      expect({ slots: Object.fromEntries(policy?.want.slots ?? []), auth: policy?.auth, lifetime: policy?.lifetime }).to.deep.equal({
        slots,
        auth,
        lifetime,
      });
    });
  }

  const ikev2: [what: string, text: string, policy: unknown][] = [
    [
      'of IOS, the PRF from the integrity',
      'crypto ikev2 proposal P\n encryption aes-cbc-256 aes-cbc-128\n integrity sha256 sha1\n group 19 14\n!\ncrypto ikev2 policy 5\n proposal P\n',
      [
        [
          {
            protocol: 1,
            encryption: [
              { id: 12, keyBits: 256 },
              { id: 12, keyBits: 128 },
            ],
            integrity: [{ id: 12 }, { id: 2 }],
            prf: [{ id: 5 }, { id: 2 }],
            group: [{ id: 19 }, { id: 14 }],
          },
        ],
      ],
    ],
    [
      'of IOS, AEAD',
      'crypto ikev2 proposal P\n encryption aes-gcm-256\n prf sha384\n group 20',
      [[{ protocol: 1, encryption: [{ id: 20, keyBits: 256 }], prf: [{ id: 6 }], group: [{ id: 20 }] }]],
    ],
    [
      'of ASA',
      'crypto ikev2 policy 1\n encryption aes-256 aes\n integrity sha256 sha\n group 14 5 2\n prf sha256 sha\n lifetime seconds 86400',
      [
        [
          {
            protocol: 1,
            encryption: [
              { id: 12, keyBits: 256 },
              { id: 12, keyBits: 128 },
            ],
            integrity: [{ id: 12 }, { id: 2 }],
            prf: [{ id: 5 }, { id: 2 }],
            group: [{ id: 14 }, { id: 5 }, { id: 2 }],
          },
        ],
      ],
    ],
    [
      'of ASA, AEAD',
      'crypto ikev2 policy 1\n encryption aes-gcm-256\n integrity null\n group 19\n prf sha256',
      [[{ protocol: 1, encryption: [{ id: 20, keyBits: 256 }], integrity: [{ id: 0 }], prf: [{ id: 5 }], group: [{ id: 19 }] }]],
    ],
  ];
  for (const [what, text, policy] of ikev2) {
    it(`reads an IKEv2 policy ${what}`, () => {
      const config = parseCisco(text);
      expect(config.faults.map(({ fault }) => fault.message)).to.deep.equal([]);
      expect(plain(ciscoPolicy(config, 'ikev2-ike'))).to.deep.equal(policy);
    });
  }

  it('takes IOS proposals in the order of the policy that names them', () => {
    const proposal = (name: string, group: number): string =>
      `crypto ikev2 proposal ${name}\n encryption 3des\n integrity md5\n group ${group}\n`;
    const text = `${proposal('A', 1)}${proposal('B', 2)}${proposal('C', 5)}crypto ikev2 policy p\n proposal C\n proposal A\n`;
    expect(ciscoPolicy(parseCisco(text), 'ikev2-ike').map(([want]) => want?.slots.get('group'))).to.deep.equal([[{ id: 5 }], [{ id: 1 }]]);
  });

  const sets: [what: string, text: string, negotiation: Negotiation, policy: unknown][] = [
    [
      'for IKEv1',
      'crypto ipsec transform-set T esp-aes 256 esp-sha-hmac',
      'ikev1-phase2',
      [[{ protocol: 3, encryption: [{ id: 12, keyBits: 256 }], integrity: [{ id: 2 }], group: [{ id: 14 }] }]],
    ],
    [
      'for IKEv2',
      'crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac',
      'ikev2-child',
      [[{ protocol: 3, encryption: [{ id: 12, keyBits: 256 }], integrity: [{ id: 12 }], group: [{ id: 14 }] }]],
    ],
    [
      'of three protocols',
      'crypto ipsec transform-set T esp-3des esp-md5-hmac ah-sha-hmac comp-lzs\n mode transport',
      'ikev1-phase2',
      [
        [
          { protocol: 2, integrity: [{ id: 3 }], group: [{ id: 14 }] },
          { protocol: 3, encryption: [{ id: 3 }], integrity: [{ id: 1 }], group: [{ id: 14 }] },
          { protocol: 4, compression: [{ id: 3 }] },
        ],
      ],
    ],
    [
      'of ASA for IKEv1',
      'crypto ipsec ikev1 transform-set T esp-aes-256 esp-sha-hmac\ncrypto ipsec ikev1 transform-set T mode transport',
      'ikev1-phase2',
      [[{ protocol: 3, encryption: [{ id: 12, keyBits: 256 }], integrity: [{ id: 2 }], group: [{ id: 14 }] }]],
    ],
    [
      'of ASA for IKEv2',
      'crypto ipsec ikev2 ipsec-proposal T\n protocol esp encryption aes-256 aes\n protocol esp integrity sha-256 sha-1',
      'ikev2-child',
      [
        [
          {
            protocol: 3,
            encryption: [
              { id: 12, keyBits: 256 },
              { id: 12, keyBits: 128 },
            ],
            integrity: [{ id: 12 }, { id: 2 }],
            group: [{ id: 14 }],
          },
        ],
      ],
    ],
  ];
  for (const [what, text, negotiation, policy] of sets) {
    it(`reads a transform set ${what}`, () => {
      const config = parseCisco(text);
      expect(config.faults.map(({ fault }) => fault.message)).to.deep.equal([]);
      expect(plain(ciscoPolicy(config, negotiation, { pfsGroup: 14 }))).to.deep.equal(policy);
      expect(config.sets[0]?.mode).to.equal(text.includes('transport') ? 'transport' : 'tunnel');
    });
  }

  it('takes the transform sets that a crypto map names, in its order', () => {
    const config = parseCisco('crypto ipsec transform-set A esp-des\ncrypto ipsec transform-set B esp-3des\n');
    const ids = (names: string[]): unknown =>
      ciscoPolicy(config, 'ikev2-child', { sets: names }).map(([want]) => want?.slots.get('encryption')?.[0]?.id);
    expect([ids(['B', 'A']), ids(['B', 'Z'])]).to.deep.equal([[3, 2], [3]]);
  });

  const faults: [text: string, line: number, code: string, offset: number, length: number, hint?: string][] = [
    ['crypto isakmp policy 10\n encr aes 512', 2, 'unexpected', 10, 3],
    ['crypto isakmp policy 10\n encr aee', 2, 'unknown-word', 6, 3, 'aes'],
    ['crypto isakmp policy 10\n hash sha265', 2, 'unknown-word', 6, 6, 'sha256'],
    ['crypto isakmp policy 10\n hahs md5', 2, 'unknown-word', 1, 4, 'hash'],
    ['crypto isakmp policy 10\n group 31', 2, 'unknown-word', 7, 2],
    ['crypto isakmp policy 10\n group 14 5', 2, 'unexpected', 10, 1],
    ['crypto isakmp policy 10\n group', 2, 'missing', 6, 0],
    ['crypto isakmp policy 10\n authentication psk', 2, 'unknown-word', 16, 3],
    ['crypto isakmp policy 10\n lifetime 86401', 2, 'number-out-of-range', 10, 5],
    ['crypto isakmp policy 10\n lifetime day', 2, 'unexpected', 10, 3],
    ['crypto isakmp policy 0', 1, 'number-out-of-range', 21, 1],
    ['crypto isakmp policy ten', 1, 'unexpected', 21, 3],
    ['crypto isakmp policy', 1, 'missing', 20, 0],
    ['hostname a\n!\ncrypto ikev2 policy 1\n encryption aes-512', 4, 'unknown-word', 12, 7, 'aes-192'],
    ['crypto ikev2 proposal P\n encryption 3des\n group 2', 1, 'missing', 0, 0],
    ['crypto ipsec transform-set T esp-aes esp-3des', 1, 'repeated', 37, 8],
    ['crypto ipsec transform-set T esp-sha-hmac', 1, 'missing', 29, 12, 'esp-null'],
    ['crypto ipsec transform-set T esp-ase', 1, 'unknown-word', 29, 7, 'esp-aes'],
    ['crypto ipsec transform-set T esp-aes\n mode bridge', 2, 'unknown-word', 6, 6],
    ['crypto ipsec ikev2 ipsec-proposal P\n protocol ah integrity sha-1', 2, 'unknown-word', 10, 2],
  ];
  for (const [text, line, code, offset, length, hint] of faults) {
    it(`${text.split('\n').at(-1)} is ${code} in line ${line} at ${offset}`, () => {
      const [first] = parseCisco(text).faults;
      const { fault } = first ?? {};
      expect({ line: first?.line, code: fault?.code, offset: fault?.offset, length: fault?.length, hint: fault?.hint }).to.deep.equal({
        line,
        code,
        offset,
        length,
        hint,
      });
    });
  }

  it('passes over what is not about proposals, and goes on behind a fault', () => {
    const text =
      'hostname r\ncrypto isakmp policy 10\n hash sha1024\n group 2\ncrypto isakmp key x address 1.2.3.4\ninterface Tunnel1\n group 14\n';
    const { policies, faults: found } = parseCisco(text);
    expect(found).to.have.length(1);
    expect(policies[0]?.want.slots.get('group')).to.deep.equal([{ id: 2 }]);
  });

  const corpus: [path: string, policies: number, sets: number][] = [
    ['batfish/cisco/ios-crypto.txt', 3, 0],
    ['batfish/cisco/ios-crypto-map.txt', 0, 2],
    ['batfish/cisco/ios-crypto-ipsec/configs/r1.txt', 1, 2],
    ['batfish/cisco/ios-crypto-ipsec/configs/r3.txt', 1, 2],
    ['batfish/aws/ipsec-vpn-host-aws-cisco/configs/cisco_host.txt', 2, 2],
    ['lab-validation/iosxe-exitgw-running-config.txt', 2, 4],
    ['gcp/using-cloud-vpn-with-cisco-asr.blocks.txt', 1, 1],
    ['ntc-templates/cisco_asa_show_running-config_crypto_ikev1.raw.txt', 12, 0],
  ];
  for (const [path, policies, transformSets] of corpus) {
    const file = `../shared/corpus/${path}`;
    (existsSync(file) ? it : it.skip)(`reads ${path} without a fault (skipped: no corpus)`, () => {
      const config = parseCisco(readFileSync(file, 'utf8'));
      expect([config.policies.length, config.sets.length, config.faults.length]).to.deep.equal([policies, transformSets, 0]);
      expect(unplaced(parseCisco(printCisco(config), config))).to.deep.equal(unplaced(config));
    });
  }

  it('has a number in the registry for every word', () => {
    const wrong: string[] = [];
    for (const { ike, words } of Object.values(BLOCKS)) {
      for (const [parameter, vocabulary] of Object.entries(words)) {
        for (const [word, { row }] of vocabulary)
          if (numberOf(row, ike === 1 ? 'ikev1-phase1' : 'ikev2') === undefined) wrong.push(`${parameter} ${word}`);
      }
    }
    for (const [word, { row }] of [...SET_WORDS, ...IPSEC_PROPOSAL_WORDS.encryption, ...IPSEC_PROPOSAL_WORDS.integrity]) {
      if (!row.startsWith('ipcomp') && numberOf(row, 'ikev2') === undefined) wrong.push(word);
    }
    expect(wrong).to.deep.equal([]);
  });

  for (const platform of ['ios', 'asa'] as const) {
    for (const negotiation of ['ikev1-phase1', 'ikev2-ike', 'ikev1-phase2', 'ikev2-child'] as const) {
      it(`what is printed of a policy of ${negotiation} for ${platform} reads as that policy`, () => {
        fc.assert(
          fc.property(policyOf(negotiation, platform), (policy) => {
            const text = printCiscoPolicy(policy, negotiation, { platform });
            expect(plain(ciscoPolicy(parseCisco(text, { platform }), negotiation)), text).to.deep.equal(plain(policy));
          }),
        );
      });
    }
  }

  const refused: [what: string, policy: Policy, negotiation: Negotiation, platform: CiscoPlatform, rule: string][] = [
    [
      'IDEA',
      [[wantOf(1, { encryption: [{ id: 2 }], hash: [{ id: 2 }], group: [{ id: 2 }] })]],
      'ikev1-phase1',
      'ios',
      'no word for encryption 2',
    ],
    [
      'SHA-256 in IKEv1 of ASA',
      [[wantOf(1, { encryption: [{ id: 5 }], hash: [{ id: 4 }], group: [{ id: 2 }] })]],
      'ikev1-phase1',
      'asa',
      'no word for hash 4',
    ],
    ['an additional key exchange', [[wantOf(1, { encryption: [{ id: 3 }], ake1: [{ id: 36 }] })]], 'ikev2-ike', 'ios', 'no ake1'],
    [
      'AH beside ESP in ASA’s IKEv2',
      [[wantOf(2, { integrity: [{ id: 2 }] }), wantOf(3, { encryption: [{ id: 3 }] })]],
      'ikev2-child',
      'asa',
      'ESP alone',
    ],
    ['ESP without a cipher', [[wantOf(3, { integrity: [{ id: 2 }] })]], 'ikev1-phase2', 'ios', 'no cipher'],
  ];
  for (const [what, policy, negotiation, platform, rule] of refused) {
    it(`cannot express ${what}`, () => {
      expect(() => printCiscoPolicy(policy, negotiation, { platform })).to.throw(ConfigError, rule);
    });
  }

  it('throws for no text that is short enough, in time in proportion', () => {
    const word = fc.constantFrom(
      'crypto',
      'isakmp',
      'ikev1',
      'ikev2',
      'ipsec',
      'policy',
      'proposal',
      'transform-set',
      'ipsec-proposal',
      '10',
      'aes',
      'group',
      'no',
      'mode',
      '\n',
      '\n ',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 30 }), (words) =>
        Array.isArray(parseCisco(words.join(' ')).faults),
      ),
    );
    const start = performance.now();
    parseCisco('crypto isakmp policy 1\n hash x\n'.repeat(20_000));
    parseCisco(`crypto ipsec transform-set T ${'esp-aes '.repeat(100_000)}`);
    parseCisco(`crypto ikev2 policy 1\n group ${'2 5 '.repeat(50_000)}`, { platform: 'asa' });
    expect(performance.now() - start).to.be.lessThan(5000);
    expect(() => parseCisco('!'.repeat(5 << 20))).to.throw('more than 4194304 characters');
  }).timeout(10_000);
});

function policyOf(negotiation: Negotiation, platform: CiscoPlatform): fc.Arbitrary<Policy> {
  const lists = negotiation === 'ikev2-ike' || (negotiation === 'ikev2-child' && platform === 'asa');
  const some = (ids: readonly number[]): fc.Arbitrary<Algorithm[]> =>
    fc.shuffledSubarray(
      ids.map((id) => ({ id })),
      { minLength: 1, maxLength: lists ? Math.min(3, ids.length) : 1 },
    );
  const aes = (id: number): Algorithm[] => [128, 192, 256].map((keyBits) => ({ id, keyBits }));
  const ciphers = (choices: readonly Algorithm[]): fc.Arbitrary<Algorithm[]> =>
    fc.shuffledSubarray([...choices], { minLength: 1, maxLength: lists ? 3 : 1 });
  const [hashes, groups] = [
    platform === 'ios' ? [1, 2, 4, 5, 6] : [1, 2],
    platform === 'ios' ? [1, 2, 5, 14, 15, 16, 19, 20, 21, 24] : [1, 2, 5, 14],
  ];
  const bundles: Record<Negotiation, fc.Arbitrary<Policy[number]>> = {
    'ikev1-phase1': fc
      .record({ encryption: ciphers([{ id: 1 }, { id: 5 }, ...aes(7)]), hash: some(hashes), group: some(groups) })
      .map((box) => [wantOf(1, box)]),
    'ikev2-ike': fc
      .record({
        encryption: ciphers([{ id: 2 }, { id: 3 }, ...aes(12)]),
        integrity: some([1, 2, 12, 13, 14]),
        prf: some([1, 2, 5, 6, 7]),
        group: some(groups),
      })
      .map((box) => [wantOf(1, box)]),
    'ikev1-phase2': fc
      .record({ encryption: ciphers([{ id: 2 }, { id: 3 }, ...aes(12), { id: 11 }]), integrity: some([1, 2, 5, 6, 7]) })
      .map((box) => [wantOf(3, box)]),
    'ikev2-child': fc
      .record({ encryption: ciphers([{ id: 2 }, { id: 3 }, ...aes(12), { id: 11 }]), integrity: some([1, 2, 12, 13, 14]) })
      .map((box) => [wantOf(3, box)]),
  };
  return fc.array(bundles[negotiation], { minLength: 1, maxLength: 4 });
}
