import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type Policy, wantOf } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import type { Request, Response, Setup } from '../../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';
import { hexOf, outcome, payload } from '../../support/suite-octets.ts';

const racoon = selectorFor('racoon');
type Level = 'strict' | 'obey' | 'claim' | 'exact';
const level = (proposal_check: Level): Pick<Setup, 'settings'> => ({ settings: { proposal_check } });
const normal = ({ logs }: Response): string[] => logs.filter((line) => line.level === 'normal').map(({ text }) => text);

const TDES = '1=5 2=2 3=1 4=2';
const AES = '1=7 14=256 2=2 3=1 4=14';
const POLICY: Policy = [
  [wantOf(1, { encryption: [{ id: 5 }], hash: [{ id: 2 }], group: [{ id: 2 }] })],
  [wantOf(1, { encryption: [{ id: 7, keyBits: 192 }], hash: [{ id: 2 }], group: [{ id: 14 }] })],
];

describe('racoon', () => {
  describe('phase 1', () => {
    const phase1 = (sa: Uint8Array, setup: Partial<Setup> = {}): Response =>
      racoon.configured('ikev1-phase1', { policy: POLICY, ...setup }).respond({ negotiation: 'ikev1-phase1', step: 'main', sa });

    const cases: [name: string, offer: string, expected: string][] = [
      ['a configured transform comes back as it is', `1.1.: 1.1 ${TDES} 11=1 12=3600`, `1.1.: 1.1 ${TDES} 11=1 12=3600`],
      ['the initiator leads', `1.1.: 1.1 ${AES}, 2.1 ${TDES}`, `1.1.: 1.1 ${AES}`],
      ['numbers stay', `200.1.: 9.1 ${TDES}`, `200.1.: 9.1 ${TDES}`],
      ['an SPI comes back as zeros', `1.1.0102030405060708: 1.1 ${TDES}`, `1.1.0000000000000000: 1.1 ${TDES}`],
      ['proposals are tried by number', `2.1.: 1.1 ${TDES}|1.1.: 1.1 ${AES}`, `1.1.: 1.1 ${AES}`],
      ['two proposals are fine', `1.1.: 1.1 1=1 2=1 3=1 4=1|2.1.: 1.1 ${TDES}`, `2.1.: 1.1 ${TDES}`],
      [
        'with the head of a proposal come those behind it under its number',
        `1.1.: 1.1 ${TDES}|1.1.: 1.1 1=1 2=1 3=1 4=1, 2.1 ${AES}`,
        `1.1.: 1.1 ${TDES}|1.1.: 1.1 1=1 2=1 3=1 4=1`,
      ],
      ['but not with another transform', `1.1.: 1.1 1=1 2=1 3=1 4=1, 2.1 ${TDES}|1.1.: 1.1 ${AES}`, `1.1.: 2.1 ${TDES}`],
      ['transform numbers may repeat', `1.1.: 1.1 1=1 2=1 3=1 4=1, 1.1 ${TDES}`, `1.1.: 1.1 ${TDES}`],
      ['the last of two counts', `1.1.: 1.1 1=7 ${TDES}`, `1.1.: 1.1 1=7 ${TDES}`],
      ['the last of two counts against it', `1.1.: 1.1 ${TDES} 1=7`, 'silence'],
      ['an enumerated value in the long form', `1.1.: 1.1 1=#0005 2=2 3=1 4=2, 2.1 ${TDES}`, `1.1.: 2.1 ${TDES}`],
      ['attribute type 16385', `1.1.: 1.1 ${TDES} 16385=1, 2.1 ${TDES}`, `1.1.: 2.1 ${TDES}`],
      ['PRF is no matter', `1.1.: 1.1 ${TDES} 13=1`, `1.1.: 1.1 ${TDES} 13=1`],
      ['group type MODP is no matter', `1.1.: 1.1 ${TDES} 5=1`, `1.1.: 1.1 ${TDES} 5=1`],
      ['group type EC2N', `1.1.: 1.1 ${TDES} 5=2`, 'silence'],
      ['field size', `1.1.: 1.1 ${TDES} 15=8`, 'silence'],
      ['a group it does not compute', `1.1.: 1.1 1=5 2=2 3=1 4=19`, 'silence'],
      ['a method it has not', `1.1.: 1.1 1=5 2=2 3=2 4=2`, 'silence'],
      ['a key length of 3DES', `1.1.: 1.1 ${TDES} 14=192`, 'silence'],
      ['a key length that is not whole octets', '1.1.: 1.1 1=7 14=255 2=2 3=1 4=14', 'silence'],
      ['a longer key', `1.1.: 1.1 ${AES}`, `1.1.: 1.1 ${AES}`],
      ['a shorter key', '1.1.: 1.1 1=7 14=128 2=2 3=1 4=14', 'silence'],
      ['no key length', '1.1.: 1.1 1=7 2=2 3=1 4=14', 'silence'],
      ['a lifetime of its own length', `1.1.: 1.1 ${TDES} 11=1 12=28800`, `1.1.: 1.1 ${TDES} 11=1 12=28800`],
      ['a longer lifetime', `1.1.: 1.1 ${TDES} 11=1 12=28801`, 'silence'],
      ['a lifetime of 0', `1.1.: 1.1 ${TDES} 11=1 12=0`, 'silence'],
      ['a lifetime of 8 octets', `1.1.: 1.1 ${TDES} 11=1 12=#0000000000000e10`, 'silence'],
      ['a duration that does not follow a type is no matter', `1.1.: 1.1 12=65535 ${TDES}`, `1.1.: 1.1 12=65535 ${TDES}`],
      ['life type 3', `1.1.: 1.1 ${TDES} 11=3 12=3600`, 'silence'],
      ['a method that is missing', '1.1.: 1.1 1=5 2=2 4=2', 'silence'],
      ['protocol ESP beside', `1.3.01020304: 1.3 4=1|1.1.: 1.1 ${TDES}`, `1.1.: 1.1 ${TDES}`],
      ['transform id 2 beside', `1.1.: 1.2 ${TDES}, 2.1 ${TDES}`, `1.1.: 2.1 ${TDES}`],
    ];
    for (const [name, offer, expected] of cases) {
      it(name, () => {
        const answer = /^\d/.test(expected) ? hexOf('ikev1-phase1', expected) : expected;
        expect(outcome(phase1(payload('ikev1-phase1', offer)))).to.equal(answer);
      });
    }

    const levels: [check: Level, offer: string, kind: string][] = [
      ['obey', `${AES} 11=1 12=#00ffffff`, 'answer'],
      ['obey', '1=7 14=128 2=2 3=1 4=14', 'answer'],
      ['obey', '1=7 2=2 3=1 4=14', 'answer'],
      ['obey', '1=7 14=256 2=1 3=1 4=14', 'silence'],
      ['claim', `${AES} 11=1 12=28801`, 'silence'],
      ['claim', AES, 'answer'],
      ['exact', AES, 'silence'],
      ['exact', '1=7 14=192 2=2 3=1 4=14', 'answer'],
      ['exact', `${TDES} 11=1 12=3600`, 'silence'],
      ['exact', `${TDES} 11=1 12=28800`, 'answer'],
    ];
    for (const [check, offer, kind] of levels) {
      it(`proposal_check ${check}: ${offer}: ${kind}`, () => {
        expect(phase1(payload('ikev1-phase1', `1.1.: 1.1 ${offer}`), level(check)).wire.kind).to.equal(kind);
      });
    }

    it('knows either side of XAUTH', () => {
      const sa = payload('ikev1-phase1', '1.1.: 1.1 1=5 2=2 3=65001 4=2');
      expect([65001, 65002, 1].map((method) => phase1(sa, { auth: [method] }).wire.kind)).to.deep.equal(['answer', 'answer', 'silence']);
    });

    const broken: [name: string, at: number, octet: number][] = [
      ['DOI', 7, 2],
      ['situation', 11, 2],
      ['proposal length', 15, 3],
      ['transform length', 23, 3],
      ['transform longer than its proposal', 23, 60],
    ];
    for (const [name, at, octet] of broken) {
      it(`drops the whole payload for ${name}`, () => {
        const sa = payload('ikev1-phase1', `1.1.: 1.1 ${TDES}`);
        sa[at] = octet;
        const response = phase1(sa);
        expect(response.wire.kind).to.equal('silence');
        expect(response.trace[0]?.path).to.deep.equal([]);
      });
    }

    it('does not look at counts and reserved octets', () => {
      const sa = payload('ikev1-phase1', `1.1.: 1.1 ${TDES}`);
      [sa[13], sa[19], sa[21], sa[26]] = [1, 9, 2, 3];
      const { wire } = phase1(sa);
      const expected = Uint8Array.from(sa);
      expected[19] = 1;
      expect(wire).to.deep.equal({ kind: 'answer', sa: expected });
    });

    it('says that it found nothing, and why a transform was left out', () => {
      expect(normal(phase1(payload('ikev1-phase1', '1.1.: 1.1 1=5 2=2 3=1 4=2 77=1, 2.1 1=5 2=1 3=1 4=2')))).to.deep.equal([
        'invalid attribute type 77.',
        'no suitable proposal found.',
        'failed to get valid proposal.',
        'failed to process ph1 packet (side: 1, status: 1).',
      ]);
      expect(normal(phase1(payload('ikev1-phase1', '1.1.: 1.1 1=99')))).to.deep.equal([
        'invalied encryption algorithm=99.',
        'no Proposal found.',
        'failed to get valid proposal.',
        'failed to process ph1 packet (side: 1, status: 1).',
      ]);
    });

    it('keeps what it never says', () => {
      const { trace } = phase1(payload('ikev1-phase1', '1.1.: 1.1 1=7 14=128 2=1 3=1 4=14 11=1 12=60000'));
      expect(trace[0]?.reasons.map(({ code }) => code)).to.deep.equal([
        'algorithm-not-configured',
        'key-length-mismatch',
        'lifetime-too-long',
      ]);
    });
  });

  describe('phase 2', () => {
    const esp = wantOf(3, { encryption: [{ id: 12, keyBits: 192 }, { id: 3 }], integrity: [{ id: 2 }, { id: 1 }] });
    const ah = wantOf(2, { integrity: [{ id: 3 }] });
    const ipcomp = wantOf(4, { compression: [{ id: 2 }] });
    const phase2 = (offer: string, policy: Policy, setup: Partial<Setup> = {}, keGroup?: number): Response => {
      const request: Request = { negotiation: 'ikev1-phase2', step: 'quick', sa: payload('ikev1-phase2', offer) };
      return racoon.configured('ikev1-phase2', { policy, ...setup }).respond(keGroup === undefined ? request : { ...request, keGroup });
    };
    const SPI = '00001001';
    const good = '1.3 4=1 5=2';
    const cases: [name: string, offer: string, policy: Policy, expected: string][] = [
      ['a bundle of one', `1.3.aabbccdd: ${good}`, [[esp]], `1.3.${SPI}: ${good}`],
      ['the first offered', `1.3.aabbccdd: ${good}, 2.12 4=1 5=2 6=256`, [[esp]], `1.3.${SPI}: ${good}`],
      ['a longer key', '1.3.aabbccdd: 1.12 4=1 5=2 6=256', [[esp]], `1.3.${SPI}: 1.12 4=1 5=2 6=256`],
      ['a shorter key', '1.3.aabbccdd: 1.12 4=1 5=2 6=128', [[esp]], 'notify 14'],
      ['a bundle by number', `9.3.aabbccdd: ${good}|3.3.aabbccdd: 7.3 4=1 5=1`, [[esp]], `3.3.${SPI}: 7.3 4=1 5=1`],
      [
        'AH and ESP in the order of the peer',
        `1.2.aabbccdd: 1.3 4=1 5=2|1.3.aabbccdd: ${good}`,
        [[esp, ah]],
        `1.2.${SPI}: 1.3 4=1 5=2|1.3.${SPI}: ${good}`,
      ],
      ['AH and ESP where ESP is configured', `1.2.aabbccdd: 1.3 4=1 5=2|1.3.aabbccdd: ${good}`, [[esp]], 'notify 14'],
      [
        'IPCOMP with an SPI of 4 octets',
        `1.3.aabbccdd: ${good}|1.4.0000aabb: 1.2 4=1`,
        [[esp, ipcomp]],
        `1.3.${SPI}: ${good}|1.4.${SPI}: 1.2 4=1`,
      ],
      ['IPCOMP with a CPI', `1.3.aabbccdd: ${good}|1.4.aabb: 1.2 4=1`, [[esp, ipcomp]], `1.3.${SPI}: ${good}|1.4.1001: 1.2 4=1`],
      ['no mode is transport mode', '1.3.aabbccdd: 1.3 5=2', [[esp]], 'notify 14'],
      ['another mode', '1.3.aabbccdd: 1.3 4=2 5=2', [[esp]], 'notify 14'],
      ['two modes in a protocol', `1.3.aabbccdd: 1.3 4=2 5=2, 2.3 4=1 5=2`, [[esp]], 'notify 14'],
      ['no authentication', '1.3.aabbccdd: 1.3 4=1', [[esp]], 'notify 14'],
      ['an SPI of 8 octets', `1.3.aabbccddaabbccdd: ${good}`, [[esp]], 'notify 14'],
      ['an unknown transform beside', `1.3.aabbccdd: 1.99 4=1 5=2, 2.3 4=1 5=2`, [[esp]], `1.3.${SPI}: 2.3 4=1 5=2`],
      ['AH that contradicts itself', '1.2.aabbccdd: 1.3 4=1 5=1', [[ah]], 'notify 14'],
      ['the first of one transform number goes back', `1.3.aabbccdd: 1.2 4=1 5=2, 1.3 4=1 5=2`, [[esp]], `1.3.${SPI}: 1.2 4=1 5=2`],
      [
        'the lifetime of the last transform counts',
        `1.3.aabbccdd: 1.3 1=1 2=#0000ffff 4=1 5=2, 2.3 1=1 2=60 4=1 5=2`,
        [[esp]],
        `1.3.${SPI}: 1.3 1=1 2=#0000ffff 4=1 5=2`,
      ],
    ];
    for (const [name, offer, policy, expected] of cases) {
      it(name, () => {
        const answer = /^\d/.test(expected) ? hexOf('ikev1-phase2', expected) : expected;
        expect(outcome(phase2(offer, policy))).to.equal(answer);
      });
    }

    const levels: [check: Level, attributes: string, setup: Partial<Setup>, keGroup: number | undefined, line: string | undefined][] = [
      ['strict', '1=1 2=28801 4=1 5=2', {}, undefined, 'long lifetime proposed: my:28800 peer:28801'],
      ['strict', '3=2 4=1 5=2', {}, 2, undefined],
      ['strict', '3=2 4=1 5=2', { pfsGroup: 5 }, 2, 'pfs group mismatched: my:5 peer:2'],
      ['strict', '4=1 5=2', { pfsGroup: 5 }, undefined, 'pfs group mismatched: my:5 peer:0'],
      ['strict', '4=1 5=2', {}, 2, 'no PFS is specified, but peer sends KE.'],
      ['strict', '3=2 4=1 5=2', {}, undefined, "PFS is specified, but peer doesn't sends KE."],
      ['claim', '1=1 2=28801 4=1 5=2', {}, undefined, undefined],
      ['obey', '1=1 2=28801 3=2 4=1 5=2', { pfsGroup: 5 }, 2, undefined],
      ['exact', '1=1 2=28800 4=1 5=2', {}, undefined, 'lifebyte mismatched: my:2147483647 peer:0'],
      ['exact', '1=1 2=28800 1=2 2=#7fffffff 4=1 5=2', {}, undefined, undefined],
      ['exact', '1=1 2=3600 1=2 2=#7fffffff 4=1 5=2', {}, undefined, 'lifetime mismatched: my:28800 peer:3600'],
    ];
    for (const [check, attributes, setup, keGroup, line] of levels) {
      it(`proposal_check ${check}: ${attributes}, KE ${keGroup ?? 'none'}: ${line ?? 'taken'}`, () => {
        const response = phase2(`1.3.aabbccdd: 1.3 ${attributes}`, [[esp]], { ...setup, ...level(check) }, keGroup);
        expect(response.outcome).to.equal(line === undefined ? 'selected' : 'refused');
        if (line !== undefined) expect(normal(response)).to.include(line);
      });
    }

    it('refuses inside the phase 1 SA', () => {
      const response = phase2('1.3.aabbccdd: 1.2 4=1 5=2', [[esp]]);
      expect(response.wire).to.deep.include({ type: 14, protocol: 1, spi: 'none', encrypted: true, messageId: 'random' });
      expect(normal(response).slice(-4)).to.deep.equal([
        'not matched',
        'no suitable policy found.',
        'no proposal chosen.',
        'failed to pre-process ph2 packet (side: 1, status 1).',
      ]);
    });

    it('checks an answer against what it offered, by numbers', () => {
      const peer = racoon.configured('ikev1-phase2', { policy: [[esp]] });
      const offered = writeSa({ offer: peer.offer('quick') });
      const check = (text: string): string =>
        outcome(peer.check({ negotiation: 'ikev1-phase2', step: 'quick', sa: payload('ikev1-phase2', text), offered }));
      expect(check('1.3.aabbccdd: 3.3 1=1 2=28800 4=1 5=2')).to.equal('proceeds');
      // The attributes are another transform's: only a warning.
      expect(check('1.3.aabbccdd: 1.3 1=1 2=60 4=1 5=1')).to.equal('proceeds');
      expect(check('1.3.aabbccdd: 9.3 4=1 5=2')).to.equal('notify 14');
      expect(check('2.3.aabbccdd: 1.3 4=1 5=2')).to.equal('notify 14');
    });
  });

  describe('as the initiator of phase 1', () => {
    const peer = racoon.configured('ikev1-phase1', { policy: POLICY });
    const offered = writeSa({ offer: peer.offer('main') });

    it('offers lifetimes first, the key length behind the cipher', () => {
      const life = '11=1 12=28800';
      const text = `1.1.: 1.1 ${life} 1=5 3=1 2=2 4=2, 2.1 ${life} 1=7 14=192 3=1 2=2 4=14`;
      expect(Buffer.from(offered).toString('hex')).to.equal(hexOf('ikev1-phase1', text));
    });

    it('takes whatever it is configured for', () => {
      const check = (text: string): string =>
        outcome(peer.check({ negotiation: 'ikev1-phase1', step: 'main', sa: payload('ikev1-phase1', text), offered }));
      expect(check(`7.1.: 9.1 ${AES}`)).to.equal('proceeds');
      expect(check('1.1.: 1.1 1=5 2=1 3=1 4=2')).to.equal('silence');
    });
  });

  it('will not load a key length of 3DES, nor what it has not', () => {
    const refused = (box: Parameters<typeof wantOf>[1], rule: string): void => {
      expect(() => racoon.configured('ikev1-phase1', { policy: [[wantOf(1, box)]] })).to.throw(ConfigError, rule);
    };
    refused({ encryption: [{ id: 5, keyBits: 192 }] }, 'keylen not allowed');
    refused({ group: [{ id: 19 }] }, 'algorithm not supported');
  });

  it('never throws', () => {
    const one = racoon.configured('ikev1-phase1', { policy: POLICY, ...level('obey') });
    const two = racoon.configured('ikev1-phase2', { policy: [[wantOf(3, { encryption: [{ id: 3 }], integrity: [{ id: 2 }] })]] });
    const texts = [
      `1.1.: 1.1 ${TDES} 11=1 12=#00000e10, 2.1 ${AES}`,
      '1.2.aabbccdd: 1.3 4=1 5=2|1.3.aabbccdd: 1.3 4=1 5=2 1=1 2=60, 2.12 6=128|2.3.: 1.3',
    ];
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
