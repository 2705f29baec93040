import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { wantOf, type Policy } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import type { Request, Response, Setup } from '../../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';
import { hexOf, outcome, payload } from '../../support/suite-octets.ts';

const isakmpd = selectorFor('isakmpd');
const POLICY: Policy = [
  [wantOf(1, { encryption: [{ id: 5 }], hash: [{ id: 2 }], group: [{ id: 2 }] })],
  [wantOf(1, { encryption: [{ id: 7, keyBits: 256 }], hash: [{ id: 4 }], group: [{ id: 14 }] })],
];
const phase1 = (sa: Uint8Array, more: Partial<Setup> = {}): Response =>
  isakmpd.configured('ikev1-phase1', { policy: POLICY, ...more }).respond({ negotiation: 'ikev1-phase1', step: 'main', sa });
const normal = ({ logs }: Response): string[] => logs.filter(({ level }) => level === 'normal').map(({ text }) => text);
const patched = (text: string, ...changes: readonly (readonly [at: number, octet: number])[]): Uint8Array => {
  const sa = payload('ikev1-phase1', text);
  for (const [at, octet] of changes) sa[at] = octet;
  return sa;
};

const TDES = '1=5 2=2 3=1 4=2';
const AES = '1=7 2=4 3=1 4=14 14=256';
const LIFE = '11=1 12=3600';
/** The first transform begins after payload header, DOI, situation and proposal. */
const T = 4 + 8 + 8;

describe('isakmpd', () => {
  describe('phase 1', () => {
    const cases: [name: string, offer: string, expected: string][] = [
      ['a configured transform comes back as it is', `1.1.: 0.1 ${TDES} ${LIFE}`, `1.1.: 0.1 ${TDES} ${LIFE}`],
      ['the initiator leads', `1.1.: 0.1 ${AES}, 1.1 ${TDES}`, `1.1.: 0.1 ${AES}`],
      ['proposal and transform numbers stay', `200.1.: 5.1 1=5 2=1 3=1 4=2, 9.1 ${TDES}`, `200.1.: 9.1 ${TDES}`],
      ['an SPI is not given back', `1.1.0102030405060708: 1.1 ${TDES}`, `1.1.: 1.1 ${TDES}`],
      ['attributes in any order and form', '1.1.: 1.1 12=#00000e10 4=2 3=1 2=#0002 1=5 11=1 12=#00000e10', 'notify 14'],
      ['attributes in another order', `1.1.: 1.1 11=1 12=#00000e10 4=2 3=1 2=#0002 1=5`, `1.1.: 1.1 11=1 12=#00000e10 4=2 3=1 2=#0002 1=5`],
      ['the same attribute twice, both equal', `1.1.: 1.1 1=5 ${TDES}`, `1.1.: 1.1 1=5 ${TDES}`],
      ['the same attribute twice, one not configured', `1.1.: 1.1 1=7 ${TDES}`, 'notify 14'],
      ['no key length though one is configured', '1.1.: 1.1 1=7 2=4 3=1 4=14', '1.1.: 1.1 1=7 2=4 3=1 4=14'],
      ['another key length', '1.1.: 1.1 1=7 2=4 3=1 4=14 14=128', 'notify 14'],
      ['a key length where none is configured', `1.1.: 1.1 ${TDES} 14=192`, 'notify 14'],
      ['a key length that is not whole octets', '1.1.: 1.1 1=7 2=4 3=1 4=14 14=255', 'notify 14'],
      ['a lifetime in the range', `1.1.: 1.1 ${TDES} 11=1 12=60`, `1.1.: 1.1 ${TDES} 11=1 12=60`],
      ['a lifetime above the range', `1.1.: 1.1 ${TDES} 11=1 12=#00015181`, 'notify 14'],
      ['a lifetime of 8 octets', `1.1.: 1.1 ${TDES} 11=1 12=#0000000000000e10`, 'notify 14'],
      ['a lifetime in kilobytes', `1.1.: 1.1 ${TDES} 11=2 12=1000`, 'notify 14'],
      ['a duration without a type', `1.1.: 1.1 ${TDES} 12=3600`, 'notify 14'],
      ['PRF', `1.1.: 1.1 ${TDES} 13=1`, 'notify 14'],
      ['XAUTH', '1.1.: 1.1 1=5 2=2 3=65001 4=2', 'notify 14'],
      ['no group', '1.1.: 1.1 1=5 2=2 3=1', 'notify 16'],
      ['nothing at all', '1.1.: 1.1', 'notify 16'],
      ['attribute type 17', `1.1.: 1.1 ${TDES}, 2.1 ${TDES} 17=1`, 'notify 13'],
      ['attribute type 16385', `1.1.: 1.1 ${TDES}, 2.1 ${TDES} 16385=1`, 'notify 13'],
      ['two proposals', `1.1.: 1.1 ${TDES}|2.1.: 1.1 ${TDES}`, 'notify 16'],
      ['proposal numbers decrease', `2.1.: 1.1 ${TDES}|1.1.: 1.1 ${TDES}`, 'notify 15'],
      ['transform numbers repeat', `1.1.: 1.1 ${TDES}, 1.1 ${AES}`, 'notify 15'],
      ['transform numbers decrease', `1.1.: 2.1 ${TDES}, 1.1 ${AES}`, 'notify 15'],
      ['transform id 2', `1.1.: 1.2 ${TDES}`, 'notify 12'],
      ['protocol 5', `1.5.: 1.1 ${TDES}`, 'notify 10'],
      ['protocol 0', `1.0.: 1.1 ${TDES}`, 'notify 10'],
      ['protocol ESP, which syntax allows and policy does not look at', `1.3.: 1.1 ${TDES}`, `1.3.: 1.1 ${TDES}`],
    ];
    for (const [name, offer, expected] of cases) {
      it(name, () => {
        const answer = /^\d/.test(expected) ? hexOf('ikev1-phase1', expected) : expected;
        expect(outcome(phase1(payload('ikev1-phase1', offer)))).to.equal(answer);
      });
    }

    const structures: [name: string, changes: readonly (readonly [number, number])[], expected: string][] = [
      ['DOI 2', [[7, 2]], 'notify 2'],
      ['situation 2', [[11, 2]], 'notify 3'],
      ['reserved octet of a proposal', [[13, 1]], 'notify 16'],
      ['reserved octet of a transform', [[T + 1, 1]], 'notify 16'],
      ['reserved field of a transform', [[T + 7, 1]], 'notify 16'],
      ['a transform that is followed by a reserved type', [[T, 22]], 'notify 1'],
      ['a transform that says a proposal follows, and none does', [[T, 2]], 'notify 30'],
      ['a transform that is followed by itself', [[T, 3]], 'notify 30'],
      ['a transform too short', [[T + 3, 7]], 'notify 16'],
      ['a transform too long', [[T + 3, 200]], 'notify 16'],
      ['a count of transforms that is wrong', [[19, 9]], 'answer'],
      ['a proposal that is longer than its transforms', [[15, 9]], 'answer'],
      ['an attribute cut off', [[T + 3, 22]], 'notify 13'],
    ];
    for (const [name, changes, expected] of structures) {
      it(name, () => {
        const { wire } = phase1(patched(`1.1.: 1.1 ${TDES}`, ...changes));
        expect(wire.kind === 'notify' ? `notify ${wire.type}` : wire.kind).to.equal(expected);
      });
    }

    const lives: [life: string, offer: string, kind: string][] = [
      ['ANY', '11=2 12=#ffffffff', 'answer'],
      ['NONE', '11=1 12=3600', 'notify'],
      ['NONE', '', 'answer'],
      ['SECONDS 7200', '11=1 12=7200', 'answer'],
      ['SECONDS 7200', '11=1 12=3600', 'notify'],
      ['SECONDS ANY; KILOBYTES 100,1:200', '11=2 12=200 11=1 12=9', 'answer'],
      ['SECONDS ANY; KILOBYTES 100,1:200', '11=2 12=201', 'notify'],
    ];
    for (const [life, offer, kind] of lives) {
      it(`Life ${life}, offered ${offer}`, () => {
        const sa = payload('ikev1-phase1', `1.1.: 1.1 ${TDES} ${offer}`.trim());
        expect(phase1(sa, { settings: { life } }).wire.kind).to.equal(kind);
      });
    }

    it('takes one lifetime when the setup has one', () => {
      const offers = [28800, 3600].map((seconds) => payload('ikev1-phase1', `1.1.: 1.1 ${TDES} 11=1 12=${seconds}`));
      expect(offers.map((sa) => phase1(sa, { lifetime: 28800 }).wire.kind)).to.deep.equal(['answer', 'notify']);
    });

    it('refuses in an exchange of its own', () => {
      const { wire } = phase1(payload('ikev1-phase1', '1.1.: 1.1 1=5 2=1 3=1 4=2'));
      expect(wire).to.deep.include({ type: 14, protocol: 1, spi: 'none', responderSpi: 'zero', messageId: 'zero', ownExchange: true });
    });

    it('says what it got and what it expected, of every section', () => {
      expect(normal(phase1(payload('ikev1-phase1', `1.1.: 1.1 1=5 2=1 3=1 4=2, 2.1 ${TDES} 11=1 12=30`)))).to.deep.equal([
        'attribute_unacceptable: HASH_ALGORITHM: got MD5, expected SHA',
        'attribute_unacceptable: ENCRYPTION_ALGORITHM: got 3DES_CBC, expected AES_CBC',
        'attribute_unacceptable: LIFE_DURATION: got 30,  expected 3600,60:86400',
        'attribute_unacceptable: ENCRYPTION_ALGORITHM: got 3DES_CBC, expected AES_CBC',
        'message_negotiate_sa: no compatible proposal found',
        'dropped message from 10.0.0.2 port 500 due to notification type NO_PROPOSAL_CHOSEN',
      ]);
    });

    it('keeps every reason against the nearest section', () => {
      const { trace } = phase1(payload('ikev1-phase1', '1.1.: 1.1 1=5 2=1 3=1 4=5 13=1'));
      expect(trace[0]?.reasons.map(({ code }) => code)).to.deep.equal([
        'attribute-unsupported',
        'algorithm-not-configured',
        'algorithm-not-configured',
        'attribute-unsupported',
      ]);
    });
  });

  describe('phase 2', () => {
    const esp = wantOf(3, { encryption: [{ id: 3 }], integrity: [{ id: 2 }] });
    const ah = wantOf(2, { integrity: [{ id: 3 }] });
    const phase2 = (offer: string, policy: Policy, more: Partial<Setup> = {}, keGroup?: number): Response => {
      const request: Request = { negotiation: 'ikev1-phase2', step: 'quick', sa: payload('ikev1-phase2', offer) };
      return isakmpd.configured('ikev1-phase2', { policy, ...more }).respond(keGroup === undefined ? request : { ...request, keGroup });
    };
    const SPI = '00001001';
    const good = '1.3 4=1 5=2';
    const cases: [name: string, offer: string, policy: Policy, expected: string][] = [
      ['a suite of one', `1.3.aabbccdd: ${good}`, [[esp]], `1.3.${SPI}: ${good}`],
      [
        'the second transform, after the policy refused the first',
        `1.3.aabbccdd: 1.2 4=1 5=2, 2.3 4=1 5=2`,
        [[esp]],
        `1.3.${SPI}: 2.3 4=1 5=2`,
      ],
      ['the second suite', `1.3.aabbccdd: 1.2 4=1 5=2|2.3.aabbccdd: ${good}`, [[esp]], `2.3.${SPI}: ${good}`],
      [
        'AH and ESP together',
        `1.2.aabbccdd: 1.3 5=2 4=1|1.3.aabbccdd: ${good}`,
        [[ah, esp]],
        `1.2.${SPI}: 1.3 5=2 4=1|1.3.${SPI}: ${good}`,
      ],
      ['AH and ESP, ESP alone configured', `1.2.aabbccdd: 1.3 5=2 4=1|1.3.aabbccdd: ${good}`, [[esp]], 'notify 14'],
      ['ECN', `1.3.aabbccdd: ${good} 10=1`, [[esp]], 'notify 14'],
      ['attribute type 11 (ESN)', `1.3.aabbccdd: ${good} 11=1`, [[esp]], 'notify 13'],
      ['ESP transform 24', `1.3.aabbccdd: 1.24 4=1 5=2`, [[esp]], 'notify 12'],
      ['AH without an algorithm', `1.2.aabbccdd: 1.3 4=1`, [[ah]], 'notify 14'],
      ['numbers decrease', `2.3.aabbccdd: ${good}|1.3.aabbccdd: ${good}`, [[esp]], 'notify 15'],
    ];
    for (const [name, offer, policy, expected] of cases) {
      it(name, () => {
        const answer = /^\d/.test(expected) ? hexOf('ikev1-phase2', expected) : expected;
        expect(outcome(phase2(offer, policy))).to.equal(answer);
      });
    }

    it('accepts all that it can do without KeyNote', () => {
      expect(phase2(`1.3.aabbccdd: 1.12 4=1 5=5 6=128`, [[esp]], { settings: { policy: 'none' } }).outcome).to.equal('selected');
    });

    it('wants a group with a KE payload', () => {
      expect(outcome(phase2(`1.3.aabbccdd: ${good}`, [[esp]], {}, 2))).to.equal('notify 14');
      expect(phase2(`1.3.aabbccdd: ${good} 3=2`, [[esp]], {}, 2).outcome).to.equal('selected');
    });

    it('refuses inside the phase 1 SA', () => {
      expect(phase2('1.3.aabbccdd: 1.2 4=1', [[esp]]).wire).to.deep.include({ encrypted: true, messageId: 'random', protocol: 1 });
    });
  });

  describe('as the initiator', () => {
    const peer = isakmpd.configured('ikev1-phase1', { policy: POLICY });
    const offered = writeSa({ offer: peer.offer('main') });

    it('numbers from 0, lifetimes before key lengths', () => {
      const text = `1.1.: 0.1 ${TDES} ${LIFE}, 1.1 1=7 2=4 3=1 4=14 ${LIFE} 14=256`;
      expect(Buffer.from(offered).toString('hex')).to.equal(hexOf('ikev1-phase1', text));
    });

    const cases: [name: string, answer: string, expected: string][] = [
      ['one of those offered', `1.1.: 0.1 ${TDES} ${LIFE}`, 'proceeds'],
      ['under another number', `7.1.: 9.1 ${TDES} ${LIFE}`, 'proceeds'],
      ['with the lifetime in another form', `1.1.: 0.1 ${TDES} 11=1 12=#00000e10`, 'proceeds'],
      ['without the lifetime', `1.1.: 0.1 ${TDES}`, 'silence'],
      ['with another lifetime', `1.1.: 0.1 ${TDES} 11=1 12=7200`, 'silence'],
      ['with more', `1.1.: 0.1 ${TDES} ${LIFE} 14=192`, 'silence'],
      ['two transforms', `1.1.: 0.1 ${TDES} ${LIFE}, 1.1 ${AES}`, 'notify 16'],
      ['what it cannot do', `1.1.: 0.1 1=1 2=2 3=1 4=2 ${LIFE}`, 'notify 14'],
    ];
    for (const [name, answer, expected] of cases) {
      it(`${name}: ${expected}`, () => {
        const response = peer.check({ negotiation: 'ikev1-phase1', step: 'main', sa: payload('ikev1-phase1', answer), offered });
        expect(outcome(response)).to.equal(expected);
      });
    }
  });

  it('will not load what it cannot do', () => {
    const des: Policy = [[wantOf(1, { encryption: [{ id: 1 }], hash: [{ id: 2 }], group: [{ id: 2 }] })]];
    expect(() => isakmpd.configured('ikev1-phase1', { policy: des })).to.throw(ConfigError, 'has unsupported attribute(s)');
    expect(() => isakmpd.configured('ikev1-phase1', { policy: POLICY, settings: { life: 'HOURS 1' } })).to.throw(ConfigError, 'HOURS 1');
  });

  it('never throws', () => {
    const one = isakmpd.configured('ikev1-phase1', { policy: POLICY });
    const two = isakmpd.configured('ikev1-phase2', { policy: [[wantOf(3, { encryption: [{ id: 3 }] })]] });
    const texts = [`1.1.: 1.1 ${TDES} ${LIFE}, 2.1 ${AES}`, '1.2.aabbccdd: 1.3 5=2|1.3.aabbccdd: 1.3 4=1 5=2, 2.12 6=128|2.3.: 1.3'];
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })).map(([text, changes]) => {
        const sa = payload('ikev1-phase1', text);
        for (const [at, octet] of changes) sa[at % sa.length] = octet;
        return sa;
      }),
    );
    fc.assert(
      fc.property(octets, (sa) => {
        for (const [peer, negotiation, step] of [
          [one, 'ikev1-phase1', 'main'],
          [two, 'ikev1-phase2', 'quick'],
        ] as const) {
          expect(peer.respond({ negotiation, step, sa }).outcome).to.be.oneOf(['selected', 'refused']);
          expect(peer.check({ negotiation, step, sa, offered: sa }).outcome).to.be.oneOf(['selected', 'refused']);
        }
      }),
      { numRuns: 500 },
    );
  });
});
