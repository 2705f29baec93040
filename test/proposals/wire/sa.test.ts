import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Offer } from '../../../src/proposals/model.ts';
import { decodeSaBody, encodeSaBody, type SaKind } from '../../../src/proposals/wire/sa.ts';
import { NEGOTIATIONS, offer, saBody } from '../../ike/arbitraries.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const bytes = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');

const IKEV1 = '00000001 00000001';
const TRANSFORM = '00000008 0c00 0080';

describe('SA payload body', () => {
  describe('what is wrong with it', () => {
    const cases: [what: string, kind: SaKind, octets: string, faults: string[], proposals: number][] = [
      ['nothing', 'ikev1', `${IKEV1} 00000010 01010001 00000008 01010000`, [], 1],
      ['no proposals', 'ikev2', '', [], 0],
      ['no room for the DOI', 'ikev1', '0000', ['truncated 0 sa.doi'], 0],
      ['no room for the situation', 'ikev1', '00000001 00', ['truncated 4 sa.situation'], 0],
      ['a stump of a proposal', 'ikev2', '0000', ['truncated 0 proposal'], 0],
      ['a proposal shorter than its head', 'ikev2', '00000007 01010000', ['length-too-small 2 proposal.length'], 0],
      ['a proposal beyond the end', 'ikev2', `00000011 01010001 ${TRANSFORM}`, ['length-too-large 2 proposal.length'], 1],
      ['an SPI beyond its proposal', 'ikev2', '00000008 01010400', ['truncated 8 proposal.spi'], 0],
      ['a transform shorter than its head', 'ikev2', '00000010 01010001 00000004 01000002', ['length-too-small 10 transform.length'], 1],
      ['a transform beyond its proposal', 'ikev2', '00000010 01010001 00000009 01000002', ['length-too-large 10 transform.length'], 1],
      ['a stump of a transform', 'ikev2', '0000000a 01010001 0000', ['truncated 8 transform'], 1],
      ['octets after the last transform', 'ikev2', '00000014 01010001 00000008 01000002 00000000', ['trailing-bytes 16 proposal'], 1],
      ['octets after the last proposal', 'ikev2', '00000008 01010000 00', ['trailing-bytes 8 sa'], 1],
      ['a stump of an attribute', 'ikev2', '00000012 01010001 0000000a 01000002 800e', ['truncated 16 attribute'], 1],
      [
        'a value beyond its transform',
        'ikev2',
        '00000014 01010001 0000000c 01000002 000e0001',
        ['length-too-large 18 attribute.length'],
        1,
      ],
      [
        'a broken transform before a sound one',
        'ikev2',
        '0000001c 01010002 0300000c 01000002 000e0001 00000008 02000002',
        ['length-too-large 18 attribute.length'],
        1,
      ],
    ];
    for (const [what, kind, octets, faults, proposals] of cases) {
      it(what, () => {
        const decoded = decodeSaBody(hex(octets), kind);
        expect(decoded.faults.map((fault) => `${fault.code} ${fault.offset} ${fault.field}`)).to.deep.equal(faults);
        expect(decoded.value?.offer.groups.length ?? 0).to.equal(proposals);
      });
    }

    it('counts offsets from where the caller says', () => {
      expect(decodeSaBody(hex('00'), 'ikev2', undefined, 32).faults[0]?.offset).to.equal(32);
    });

    it('keeps the transforms beside a broken one', () => {
      const octets = hex('0000001c 01010002 0300000c 01000002 000e0001 00000008 02000002');
      const transforms = decodeSaBody(octets, 'ikev2').value?.offer.groups[0]?.proposals[0]?.transforms;
      expect(transforms?.map((transform) => transform.attributes.length)).to.deep.equal([0, 0]);
    });

    it('stops at each limit, and says so', () => {
      const one = { proposals: 1, transforms: 1, attributes: 1 };
      const twoProposals = hex('02000008 01010000 00000008 02010000');
      const twoTransforms = hex('00000018 01010002 03000008 01000002 00000008 01000003');
      const twoAttributes = hex('00000018 01010001 00000010 01000002 800e0080 800e0100');
      const fields = [twoProposals, twoTransforms, twoAttributes].map((octets) => decodeSaBody(octets, 'ikev2', one).faults[0]?.field);
      expect(fields).to.deep.equal(['sa.proposals', 'proposal.transforms', 'transform.attributes']);
    });
  });

  describe('what it is', () => {
    it('neighbouring proposals of one number are a group', () => {
      const octets = hex('02000008 01030000 02000008 01020000 02000008 02030000 00000008 01030000');
      const groups = decodeSaBody(octets, 'ikev2').value?.offer.groups;
      expect(groups?.map((group) => [group.number, group.proposals.length])).to.deep.equal([
        [1, 2],
        [2, 1],
        [1, 1],
      ]);
    });

    it('the protocol of the first proposal tells which negotiation', () => {
      const of = (kind: SaKind, octets: string): string | undefined => decodeSaBody(hex(octets), kind).value?.offer.negotiation;
      expect(of('ikev1', `${IKEV1} 00000008 01010000`)).to.equal('ikev1-phase1');
      expect(of('ikev1', `${IKEV1} 00000008 01030000`)).to.equal('ikev1-phase2');
      expect(of('ikev2', '00000008 01010000')).to.equal('ikev2-ike');
      expect(of('ikev2', '00000008 01030000')).to.equal('ikev2-child');
      expect(of('ikev2-child', '00000008 01010000')).to.equal('ikev2-child');
    });

    it('keeps a situation with a labelled domain whole', () => {
      const situation = '00000003 00000007 00010000 aa000000 00090000 bbcc0000';
      const decoded = decodeSaBody(hex(`00000001 ${situation} 00000008 01010000`), 'ikev1');
      expect(bytes(decoded.value?.situation ?? hex(''))).to.equal(situation.replaceAll(' ', ''));
      expect(decoded.faults).to.deep.equal([]);
    });

    it('writes DOI and situation when none are given', () => {
      const empty: Offer = { negotiation: 'ikev1-phase1', groups: [] };
      expect(bytes(encodeSaBody({ offer: empty }))).to.equal(IKEV1.replace(' ', ''));
    });

    it('writes the oddities it is told to write', () => {
      const attributes = [{ type: 14, form: 'TV', value: 256 }] as const;
      const odd: Offer = {
        negotiation: 'ikev2-ike',
        groups: [
          {
            number: 9,
            proposals: [
              {
                protocol: 1,
                spi: new Uint8Array(0),
                odd: { nextPayload: 7, reserved: 8, transformCount: 5 },
                transforms: [{ kind: 'single', type: 1, id: 12, attributes, odd: { nextPayload: 3, reserved: 1, reserved2: 2 } }],
              },
            ],
          },
        ],
      };
      const octets = encodeSaBody({ offer: odd });
      expect(bytes(octets)).to.equal('0708001409010005' + '0301000c0102000c' + '800e0100');
      expect(decodeSaBody(octets, 'ikev2').value?.offer).to.deep.equal(odd);
    });
  });

  describe('laws', () => {
    for (const negotiation of NEGOTIATIONS) {
      it(`decoding finds what was encoded: ${negotiation}`, () => {
        fc.assert(
          fc.property(offer(negotiation), (given) => {
            expect(decodeSaBody(encodeSaBody({ offer: given }), negotiation).value?.offer).to.deep.equal(given);
          }),
        );
      });
    }

    it('what decodes without a fault encodes to the same octets', () => {
      const raw = fc.oneof(fc.uint8Array({ maxLength: 60 }), saBody(1).map(encodeSaBody), saBody(2).map(encodeSaBody));
      fc.assert(
        fc.property(raw, fc.nat(), fc.nat(255), fc.constantFrom<SaKind>('ikev1', 'ikev2'), (octets, at, value, kind) => {
          if (octets.length > 0) octets[at % octets.length] = value;
          const decoded = decodeSaBody(octets, kind);
          if (decoded.value && decoded.faults.length === 0) expect(bytes(encodeSaBody(decoded.value))).to.equal(bytes(octets));
        }),
        { numRuns: 2000 },
      );
    });

    it('any truncation is a fault within the octets, or a shorter SA', () => {
      fc.assert(
        fc.property(saBody(1), fc.nat(), (body, at) => {
          const whole = encodeSaBody(body);
          const cut = whole.subarray(0, at % whole.length);
          for (const fault of decodeSaBody(cut, 'ikev1').faults) expect(fault.offset).to.be.within(0, cut.length);
        }),
      );
    });
  });
});
