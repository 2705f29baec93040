/** What RFC 2407, 2408, 2409, 7296 and 9370 demand: one row for each rule that can be broken, with its paragraph. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Proposal } from '../../../src/proposals/model.ts';
import { type Policy, wantOf } from '../../../src/proposals/policy.ts';
import { differentMethods } from '../../../src/proposals/selectors/rfc/different-methods.ts';
import { type Request, type Response, selectorFor, type Setup } from '../../../src/proposals/selectors/index.ts';
import { hex, ikev2, payload, phase1, phase2, singles, suite } from '../../support/sa-payloads.ts';

const AES = '1=7,14=128,2=2,3=1,4=2';
const PHASE1: Setup = {
  policy: [[wantOf(1, { encryption: [{ id: 7, keyBits: 128 }, { id: 5 }], hash: [{ id: 2 }], group: [{ id: 2 }] })]],
};
const PHASE2: Setup = { policy: [[wantOf(3, { encryption: [{ id: 12, keyBits: 128 }], integrity: [{ id: 2 }] })]] };
const ESP = '4=1,5=2,6=128';

function v1(sa: Uint8Array, more: Partial<Request> = {}, setup?: Setup): Response {
  const negotiation = more.negotiation ?? 'ikev1-phase1';
  const own = setup ?? (negotiation === 'ikev1-phase1' ? PHASE1 : PHASE2);
  return selectorFor('rfc')
    .configured(negotiation, own)
    .respond({ negotiation, step: 'main', sa, ...more });
}

/** The choices by number, or the notify and the first reason. */
function said({ wire, trace, ...verdict }: Response): string {
  if (verdict.outcome === 'selected') return verdict.selection.parts.flatMap((part) => part.choices.map(({ id }) => id)).join(' ');
  const [reason] = trace.flatMap(({ reasons }) => reasons);
  const why = reason?.code === 'structure' ? reason.detail.replace(/:.*/, '') : reason?.code;
  return `${wire.kind === 'notify' ? wire.type : wire.kind} ${why}`;
}

/** A copy with octets changed. */
function changed(octets: Uint8Array, changes: Readonly<Record<number, number>>): Uint8Array {
  const copy = octets.slice();
  for (const [at, value] of Object.entries(changes)) copy[Number(at)] = value;
  return copy;
}

describe('rfc, IKEv1 phase 1', () => {
  const good = phase1(`1: ${AES}`);
  const two = phase1(`1: ${AES}`, '2: 1=5,2=2,3=1,4=2');
  const proposal = (protocol: number): Proposal => ({ protocol, spi: new Uint8Array(), transforms: [suite(`1: ${AES}`)] });
  const cases: readonly (readonly [what: string, sa: Uint8Array, expected: string, more?: Partial<Request>])[] = [
    ['the first acceptable of the initiator', phase1('1: 1=5,2=2,3=1,4=2', `2: ${AES}`), '5 2 1 2'],
    ['another DOI', changed(good, { 7: 2 }), '2 RFC 2408 §5.4'],
    ['the generic DOI', changed(good, { 7: 0 }), '2 RFC 2408 §5.4'],
    ['another situation', changed(good, { 11: 0 }), '3 RFC 2407 §4.2'],
    ['cut off', good.subarray(0, 40), '16 RFC 2408 §5.1'],
    ['reserved is not zero, proposal', changed(good, { 13: 1 }), '16 RFC 2408 §5.3'],
    ['reserved is not zero, transform', changed(good, { 21: 1 }), '16 RFC 2408 §5.3'],
    ['reserved is not zero, second of the transform', changed(good, { 26: 1 }), '16 RFC 2408 §5.3'],
    ['next payload of a proposal', changed(good, { 12: 5 }), '15 RFC 2408 §3.5'],
    ['next payload of a transform', changed(two, { 20: 2 }), '15 RFC 2408 §3.6'],
    ['number of transforms', changed(two, { 19: 3 }), '15 RFC 2408 §3.5'],
    ['transform numbers that stand still', phase1(`1: ${AES}`, `1: ${AES}`), '15 RFC 2408 §4.2'],
    ['two proposals', payload('ikev1-phase1', [proposal(1)], [proposal(1)]), '15 RFC 2409 §5'],
    ['two proposals of one number', payload('ikev1-phase1', [proposal(1), proposal(1)]), '15 RFC 2409 §5'],
    ['a protocol that is not ISAKMP', payload('ikev1-phase1', [proposal(3)]), '14 protocol-mismatch'],
    ['a basic attribute with a length', phase1('1: 1=65541,2=2,3=1,4=2'), '15 RFC 2409 Appendix A'],
    ['no transform that is acceptable', phase1('1: 1=1,2=2,3=1,4=2'), '14 algorithm-not-configured'],
    ['an unknown transform ID is passed over', phase1(`1/9: ${AES}`, `2: ${AES}`), '7 2 1 2'],
    ['an unknown attribute', phase1(`1: ${AES},99=1`), '14 attribute-unsupported'],
    ['an attribute twice', phase1(`1: ${AES},4=2`), '14 attribute-repeated'],
    ['a mandatory attribute is missing', phase1('1: 1=5,2=2,4=2'), '14 attribute-missing'],
    ['AES without a key length', phase1('1: 1=7,2=2,3=1,4=2'), '14 attribute-missing'],
    ['3DES with a key length', phase1('1: 1=5,14=192,2=2,3=1,4=2'), '14 key-length-mismatch'],
    ['a duration without a type', phase1(`1: ${AES},12=60`), '14 lifetime-without-type'],
    ['any lifetime', phase1(`1: ${AES},11=1,12=2000000`), '7 2 1 2'],
    [
      'aggressive mode: the group of the KE payload',
      phase1('1: 1=5,2=2,3=1,4=2'),
      '14 algorithm-not-configured',
      { step: 'aggressive', keGroup: 5 },
    ],
  ];
  for (const [what, sa, expected, more] of cases) it(`${what} → ${expected}`, () => expect(said(v1(sa, more))).to.equal(expected));

  it('answers with the transform as it came, and no SPI', () => {
    const offered = {
      protocol: 1,
      spi: new Uint8Array(8),
      transforms: [suite('1: 1=1,2=2,3=1,4=2'), suite('7: 3=1,4=2,11=1,12=90000,1=5,2=2')],
    };
    const { wire } = v1(payload('ikev1-phase1', [offered]));
    expect(wire.kind === 'answer' && hex(wire.sa)).to.equal(
      '000000380000000100000001' +
        '0000002c01010001' +
        '0000002407010000' +
        '80030001' +
        '80040002' +
        '800b0001' +
        '000c000400015f90' +
        '80010005' +
        '80020002',
    );
  });
});

describe('rfc, IKEv1 phase 2', () => {
  const quick = { negotiation: 'ikev1-phase2', step: 'quick' } as const;
  const spi = (size: number): Proposal => ({ protocol: 3, spi: new Uint8Array(size).fill(7), transforms: [suite(`1/12: ${ESP}`)] });
  const ah: Proposal = { protocol: 2, spi: new Uint8Array(4), transforms: [suite('1/3: 4=1,5=2')] };
  const cases: readonly (readonly [what: string, sa: Uint8Array, expected: string, more?: Partial<Request>])[] = [
    ['ESP', phase2(`1/12: ${ESP}`), '12 1 2'],
    ['an SPI of another size', payload('ikev1-phase2', [spi(8)]), '14 RFC 2408 §5.5'],
    ['half of what goes together', payload('ikev1-phase2', [ah, spi(4)]), '14 protocol-mismatch'],
    ['the first group that is acceptable', payload('ikev1-phase2', [ah], [spi(4)]), '12 1 2'],
    ['proposal numbers that fall', changed(payload('ikev1-phase2', [spi(4)], [ah]), { 48: 0 }), '15 RFC 2408 §4.2'],
    ['conflicting attributes', phase2(`1/12: ${ESP},5=1`), '13 RFC 2407 §4.5'],
    ['a defined attribute that is not supported', phase2(`1/12: ${ESP},7=1`), '13 RFC 2407 §4.5.3'],
    ['an attribute that nobody defined', phase2(`1/12: ${ESP},99=1`), '14 attribute-unsupported'],
    ['a group that is not that of the KE payload', phase2(`1/12: ${ESP},3=2`), '14 algorithm-not-configured', { keGroup: 14 }],
    ['a KE payload, and no group', phase2(`1/12: ${ESP}`), '14 attribute-missing', { keGroup: 14 }],
  ];
  for (const [what, sa, expected, more] of cases)
    it(`${what} → ${expected}`, () => expect(said(v1(sa, { ...quick, ...more }))).to.equal(expected));

  const both: Setup = {
    policy: [[wantOf(2, { integrity: [{ id: 3 }] }), wantOf(3, { encryption: [{ id: 12, keyBits: 128 }], integrity: [{ id: 2 }] })]],
  };
  it('AND: every protocol of the number, or nothing', () => {
    const response = v1(payload('ikev1-phase2', [ah, spi(4)]), quick, both);
    expect(response.outcome === 'selected' && response.selection.parts.map(({ protocol }) => protocol)).to.deep.equal([2, 3]);
    expect(said(v1(payload('ikev1-phase2', [spi(4)]), quick, both))).to.match(/^14 /);
  });
  it('AH whose two words differ', () => {
    const differs = { ...ah, transforms: [suite('1/3: 4=1,5=1')] };
    expect(said(v1(payload('ikev1-phase2', [differs]), quick, { policy: [[wantOf(2, { integrity: [{ id: 3 }] })]] }))).to.equal(
      '14 value-invalid',
    );
  });
});

describe('rfc, IKEv1 initiator', () => {
  const offered = phase1(`1: ${AES},11=1,12=3600`, '2: 1=5,2=2,3=1,4=2');
  const cases: readonly (readonly [what: string, sa: Uint8Array, expected: string])[] = [
    ['as offered', phase1('2: 1=5,2=2,3=1,4=2'), 'proceeds'],
    ['numbered anew', phase1('1: 1=5,2=2,3=1,4=2'), 'proceeds'],
    ['in another order', phase1('1: 4=2,3=1,2=2,1=5'), 'proceeds'],
    ['an attribute changed', phase1('1: 1=5,2=1,3=1,4=2'), 'silence'],
    ['an attribute left out', phase1(`1: ${AES}`), 'silence'],
    ['an attribute added', phase1('1: 1=5,2=2,3=1,4=2,11=1,12=3600'), 'silence'],
    ['two transforms', offered, 'silence'],
  ];
  for (const [what, sa, expected] of cases) {
    it(`${what} → ${expected}`, () => {
      const peer = selectorFor('rfc').configured('ikev1-phase1', PHASE1);
      expect(peer.check({ negotiation: 'ikev1-phase1', step: 'main', sa, offered }).wire.kind).to.equal(expected);
    });
  }
});

const IKE: Policy = [
  [wantOf(1, { encryption: [{ id: 20, keyBits: 256 }], prf: [{ id: 5 }], group: [{ id: 14 }] })],
  [
    wantOf(1, {
      encryption: [{ id: 12, keyBits: 256 }, { id: 3 }],
      prf: [{ id: 5 }],
      integrity: [{ id: 12 }],
      group: [{ id: 14 }, { id: 19 }],
    }),
  ],
];
const HYBRID: Policy = [
  [
    wantOf(1, {
      encryption: [{ id: 20, keyBits: 256 }],
      prf: [{ id: 5 }],
      group: [{ id: 19 }],
      ake1: [{ id: 35 }, { id: 36 }],
      ake2: [{ id: 35 }, { id: 0 }],
    }),
  ],
];
const CHILD: Policy = [[wantOf(3, { encryption: [{ id: 12, keyBits: 128 }], integrity: [{ id: 12 }], esn: [{ id: 0 }] })]];
const GOOD = '1=12/256 2=5 3=12 4=14';

function v2(sa: Uint8Array, more: Partial<Request> = {}, policy: Policy = IKE): Response {
  const negotiation = more.negotiation ?? 'ikev2-ike';
  return selectorFor('rfc')
    .configured(negotiation, { policy })
    .respond({ negotiation, step: 'sa-init', sa, keGroup: 14, ...more });
}

describe('rfc, IKEv2', () => {
  const good = ikev2('ikev2-ike', GOOD);
  const cases: readonly (readonly [what: string, sa: Uint8Array, expected: string])[] = [
    ['as wanted', good, '12 5 12 14'],
    ['the first acceptable of each type', ikev2('ikev2-ike', '1=3 1=12/256 2=2 2=5 3=12 4=14'), '3 5 12 14'],
    ['the first acceptable proposal', ikev2('ikev2-ike', GOOD, '1=20/256 2=5 4=14'), '12 5 12 14'],
    ['a first number that is not 1', changed(good, { 8: 2 }), '7 RFC 7296 §3.3.1'],
    ['numbers with a gap', changed(ikev2('ikev2-ike', GOOD, GOOD), { 52: 3 }), '7 RFC 7296 §3.3.1'],
    ['the same number twice', changed(ikev2('ikev2-ike', GOOD, GOOD), { 52: 1 }), '7 RFC 7296 §3.3.1'],
    ['number of transforms', changed(good, { 11: 5 }), '7 RFC 7296 §3.3.1'],
    ['reserved octets are ignored', changed(good, { 5: 1, 13: 1, 17: 1 }), '12 5 12 14'],
    [
      'an SPI in the first exchange',
      payload('ikev2-ike', [{ protocol: 1, spi: new Uint8Array(8), transforms: singles(GOOD) }]),
      '7 RFC 7296 §3.3.1',
    ],
    ['an unknown type refuses the proposal', ikev2('ikev2-ike', `${GOOD} 13=1`, '1=3 2=5 3=12 4=14'), '3 5 12 14'],
    ['a type that has no place refuses the proposal', ikev2('ikev2-ike', `${GOOD} 5=0`), '14 slot-unexpected'],
    ['a mandatory type is missing', ikev2('ikev2-ike', '1=12/256 3=12 4=14'), '14 slot-missing'],
    ['an unknown algorithm refuses the transform', ikev2('ikev2-ike', `1=999 ${GOOD}`), '12 5 12 14'],
    ['AES without a key length', ikev2('ikev2-ike', '1=12 2=5 3=12 4=14'), '14 attribute-missing'],
    ['3DES with a key length', ikev2('ikev2-ike', '1=3/192 2=5 3=12 4=14'), '14 key-length-mismatch'],
    ['a PRF with a key length', ikev2('ikev2-ike', '1=12/256 2=5/256 3=12 4=14'), '14 key-length-mismatch'],
    ['a longer key than configured', ikev2('ikev2-ike', '1=20/128 2=5 4=14'), '14 key-length-mismatch'],
    ['a combined cipher alone', ikev2('ikev2-ike', '1=20/256 2=5 4=14'), '20 5 14'],
    ['a combined cipher with NONE', ikev2('ikev2-ike', '1=20/256 2=5 3=0 4=14'), '20 5 0 14'],
    ['a combined cipher with integrity', ikev2('ikev2-ike', '1=20/256 2=5 3=12 4=14'), '14 slot-unexpected'],
    ['mixed: the plain cipher is left', ikev2('ikev2-ike', '1=20/256 1=12/256 2=5 3=12 4=14'), '12 5 12 14'],
    ['a plain cipher with NONE', ikev2('ikev2-ike', '1=12/256 2=5 3=0 4=14'), '14 algorithm-not-configured'],
    ['no encryption', ikev2('ikev2-ike', '1=11 2=5 3=12 4=14'), '14 algorithm-forbidden'],
    ['no group', ikev2('ikev2-ike', '1=12/256 2=5 3=12 4=0'), '14 algorithm-forbidden'],
  ];
  for (const [what, sa, expected] of cases) it(`${what} → ${expected}`, () => expect(said(v2(sa))).to.equal(expected));

  it('an unknown attribute refuses the transform', () => {
    const [cipher, ...others] = singles(GOOD);
    const odd = {
      ...cipher,
      attributes: [
        { type: 14, form: 'TV', value: 256 },
        { type: 99, form: 'TV', value: 1 },
      ],
    } as typeof cipher & object;
    const sa = payload('ikev2-ike', [{ protocol: 1, spi: new Uint8Array(), transforms: [odd, ...singles('1=3'), ...others] }]);
    expect(said(v2(sa))).to.equal('3 5 12 14');
  });
  it('asks for the group of the chosen proposal', () => {
    const { wire, wantsGroup } = v2(ikev2('ikev2-ike', '1=12/256 2=5 3=12 4=19 4=14'));
    expect(wantsGroup).to.equal(19);
    expect(wire).to.deep.include({ type: 17, data: Uint8Array.of(0, 19), responderSpi: 'zero' });
  });

  const hybrids: readonly (readonly [what: string, text: string, notifies: readonly number[], expected: string])[] = [
    ['additional exchanges', '1=20/256 2=5 4=19 6=36 7=35', [16438], '20 5 19 36 35'],
    ['without IKE_INTERMEDIATE', '1=20/256 2=5 4=19 6=36 7=35', [], '14 policy-requires'],
    ['not the same method twice', '1=20/256 2=5 4=19 6=35 6=36 7=35', [16438], '20 5 19 36 35'],
    ['NONE stands for nothing', '1=20/256 2=5 4=19 6=35 7=35 7=0', [16438], '20 5 19 35 0'],
    ['only the same method', '1=20/256 2=5 4=19 6=35 7=35', [16438], '14 policy-requires'],
    ['a type left out that may be NONE', '1=20/256 2=5 4=19 6=35', [16438], '20 5 19 35'],
  ];
  for (const [what, text, notifies, expected] of hybrids) {
    it(`${what} → ${expected}`, () => expect(said(v2(ikev2('ikev2-ike', text), { notifies, keGroup: 19 }, HYBRID))).to.equal(expected));
  }

  const child = { negotiation: 'ikev2-child', step: 'create-child' } as const;
  const children: readonly (readonly [what: string, text: string, expected: string, more?: Partial<Request>])[] = [
    ['a child', '1=12/128 3=12 5=0', '12 12 0'],
    ['without sequence numbers', '1=12/128 3=12', '14 slot-missing'],
    ['with a PRF', '1=12/128 2=5 3=12 5=0', '14 slot-unexpected'],
    ['without the integrity that is wanted', '1=12/128 5=0', '14 slot-missing'],
    ['a group that may be none', '1=12/128 3=12 4=14 4=0 5=0', '12 12 0 0'],
    ['a group in IKE_AUTH', '1=12/128 3=12 4=14 5=0', '14 algorithm-forbidden', { step: 'auth' }],
  ];
  for (const [what, text, expected, more] of children) {
    it(`${what} → ${expected}`, () => expect(said(v2(ikev2('ikev2-child', text), { ...child, ...more }, CHILD))).to.equal(expected));
  }
});

describe('rfc, IKEv2 initiator', () => {
  const offered = ikev2('ikev2-ike', '1=20/256 2=5 3=0 4=14', '1=12/256 1=3 2=5 3=12 4=14');
  const second = (text: string): Uint8Array => changed(ikev2('ikev2-ike', text), { 8: 2 });
  const cases: readonly (readonly [what: string, sa: Uint8Array, expected: string])[] = [
    ['as offered', second('1=3 2=5 3=12 4=14'), 'proceeds'],
    ['types in another order', second('4=14 3=12 2=5 1=3'), 'proceeds'],
    ['NONE left out', ikev2('ikev2-ike', '1=20/256 2=5 4=14'), 'proceeds'],
    ['another number', ikev2('ikev2-ike', '1=3 2=5 3=12 4=14'), 'silence'],
    ['two of a type', second('1=3 1=12/256 2=5 3=12 4=14'), 'silence'],
    ['a type left out', second('1=3 2=5 4=14'), 'silence'],
    ['a type added', second('1=3 2=5 3=12 4=14 5=0'), 'silence'],
    ['a key length changed', second('1=12/128 2=5 3=12 4=14'), 'silence'],
    ['two proposals', offered, 'silence'],
  ];
  for (const [what, sa, expected] of cases) {
    it(`${what} → ${expected}`, () => {
      const peer = selectorFor('rfc').configured('ikev2-ike', { policy: IKE });
      expect(peer.check({ negotiation: 'ikev2-ike', step: 'sa-init', sa, offered }).wire.kind).to.equal(expected);
    });
  }
});

describe('different key exchange methods', () => {
  const cases: readonly (readonly [slots: readonly (readonly number[])[], expected: readonly number[] | undefined])[] = [
    [
      [[1], [2]],
      [1, 2],
    ],
    [
      [[1, 2], [1]],
      [2, 1],
    ],
    [
      [[1, 2], [1, 3], [1]],
      [2, 3, 1],
    ],
    [
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      undefined,
    ],
    [
      [[0], [0], [1, 0]],
      [0, 0, 1],
    ],
    [[], []],
    [[[]], undefined],
  ];
  for (const [slots, expected] of cases) it(JSON.stringify(slots), () => expect(differentMethods(slots)).to.deep.equal(expected));
});
