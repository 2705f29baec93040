import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { wantOf } from '../../../src/proposals/policy.ts';
import { writeSa } from '../../../src/proposals/selectors/answers.ts';
import { ConfigError } from '../../../src/proposals/selectors/errors.ts';
import type { Response, Setup } from '../../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';
import { hexOf, payload } from '../../support/suite-octets.ts';

interface MeasuredRow {
  readonly id: string;
  readonly name: string;
  readonly saPayload: string;
  /** `end`: it gave up for a weak algorithm, or died. */
  readonly expected: { readonly accepted: boolean; readonly code?: number; readonly end?: 'weak' | 'crash' };
}

const vpnc = selectorFor('vpnc');
const TLV = '12=#0020c49b';
const phase1 = (text: string, settings: Setup['settings'] = {}): Response => {
  const peer = vpnc.configured('ikev1-phase1', { policy: [], settings });
  const offered = writeSa({ offer: peer.offer('aggressive') });
  return peer.check({ negotiation: 'ikev1-phase1', step: 'aggressive', sa: payload('ikev1-phase1', text), offered });
};
const phase2 = (text: string, setup: Partial<Setup> = {}): Response => {
  const peer = vpnc.configured('ikev1-phase2', { policy: [], ...setup });
  const offered = writeSa({ offer: peer.offer('quick') });
  return peer.check({ negotiation: 'ikev1-phase2', step: 'quick', sa: payload('ikev1-phase2', text), offered });
};
/** `proceeds`, or the number by which it names what is wrong. */
const said = ({ outcome, code, wire }: Response): string => (outcome === 'selected' ? 'proceeds' : `${code ?? wire.kind}`);

describe('vpnc', () => {
  it('offers its tables from the back, transforms numbered from 0', () => {
    const ciphers = ['14=256 1=7', '14=192 1=7', '14=128 1=7', '1=5', '1=1', '1=0'];
    const list = [65001, 1].flatMap((auth) =>
      ciphers.flatMap((cipher) => [2, 1].map((hash) => `1 ${cipher} 2=${hash} 4=2 3=${auth} 11=1 ${TLV}`)),
    );
    const text = `0.1.: ${list.map((each, number) => `${number}.${each}`).join(', ')}`;
    const offer = vpnc.configured('ikev1-phase1').offer('aggressive');
    expect(Buffer.from(writeSa({ offer })).toString('hex')).to.equal(hexOf('ikev1-phase1', text));
  });

  it('offers hybrid authentication alone, and the group it is told', () => {
    const policy = [[wantOf(1, { encryption: [], hash: [], group: [{ id: 14 }] })]];
    expect(() => vpnc.configured('ikev1-phase1', { policy })).to.throw(ConfigError, 'built in');
    const { policy: known } = vpnc.configured('ikev1-phase1').setup;
    const boxes = known.map((bundle) =>
      bundle.map(({ protocol, slots }) => ({ protocol, slots: new Map([...slots, ['group', [{ id: 14 }]] as const]) })),
    );
    const peer = vpnc.configured('ikev1-phase1', { policy: boxes, settings: { ike_authmode: 'hybrid' } });
    const [proposal] = peer.offer('aggressive').groups[0]?.proposals ?? [];
    expect(proposal?.transforms).to.have.lengthOf(12);
    expect(proposal?.transforms[3]?.attributes.slice(2, 5)).to.deep.equal([
      { type: 2, form: 'TV', value: 1 },
      { type: 4, form: 'TV', value: 14 },
      { type: 3, form: 'TV', value: 64221 },
    ]);
  });

  it('offers a proposal for each pair in phase 2', () => {
    const offer = vpnc.configured('ikev1-phase2', { policy: [], pfsGroup: 2 }).offer('quick');
    const life = '1=1 2=#0020c49b';
    const first = `0.3.00001001: 0.12 6=256 4=1 5=2 3=2 ${life}|1.3.00001001: 0.12 6=256 4=1 5=1 3=2 ${life}`;
    const sa = writeSa({ offer: { ...offer, groups: offer.groups.slice(0, 2) } });
    expect(offer.groups).to.have.lengthOf(12);
    expect(Buffer.from(sa).toString('hex')).to.equal(hexOf('ikev1-phase2', first));
  });

  describe('checks a phase 1 answer', () => {
    const good = '1=7 14=256 2=2 3=65001 4=2';
    const cases: [name: string, answer: string, expected: string][] = [
      ['one of its own', `0.1.: 0.1 ${good} 11=1 ${TLV}`, 'proceeds'],
      ['other numbers, another lifetime', `9.1.: 7.1 ${good} 11=1 12=60`, 'proceeds'],
      ['a method that it did not offer but knows', '1.1.: 1.1 1=7 14=256 2=2 3=64221 4=2', 'proceeds'],
      ['two proposals', `1.1.: 1.1 ${good}|2.1.: 1.1 ${good}`, '15'],
      ['two transforms', `1.1.: 1.1 ${good}, 2.1 ${good}`, '15'],
      ['protocol ESP', `1.3.: 1.1 ${good}`, '10'],
      ['an SPI', `1.1.0102030405060708: 1.1 ${good}`, '11'],
      ['transform id 2', `1.1.: 1.2 ${good}`, '12'],
      ['another group', '1.1.: 1.1 1=7 14=256 2=2 3=65001 4=14', '15'],
      ['another group before what else it needs', '1.1.: 1.1 4=14 1=7 14=256 2=2 3=65001', '14'],
      ['an enumerated value in the long form', '1.1.: 1.1 1=7 14=256 2=2 4=2 3=#fde9', '14'],
      ['an unknown attribute at the end', `1.1.: 1.1 ${good} 77=1`, '13'],
      ['an unknown attribute at the beginning', `1.1.: 1.1 77=1 ${good}`, '14'],
      ['PRF', `1.1.: 1.1 ${good} 13=1`, '13'],
      ['no group', '1.1.: 1.1 1=7 14=256 2=2 3=65001', '15'],
      ['no hash', '1.1.: 1.1 1=7 14=256 3=65001 4=2', '14'],
      ['no encryption, which is number 0', '1.1.: 1.1 1=0 2=2 3=65001 4=2', '15'],
      ['SHA2-256', '1.1.: 1.1 1=7 14=256 2=4 3=65001 4=2', '14'],
      ['no key length', '1.1.: 1.1 1=7 2=2 3=65001 4=2', '14'],
      ['RSA signatures', '1.1.: 1.1 1=7 14=256 2=2 3=3 4=2', '14'],
      ['a life type that no duration follows', `1.1.: 1.1 11=1 ${good}`, '14'],
      ['a life type at the end', `1.1.: 1.1 ${good} 11=1`, 'silence'],
      ['life type 3', `1.1.: 1.1 ${good} 11=3 12=1`, 'silence'],
    ];
    for (const [name, answer, expected] of cases) it(`${name}: ${expected}`, () => expect(said(phase1(answer))).to.equal(expected));

    it('ends without a word to the peer', () => {
      const { wire, logs } = phase1(`1.1.: 1.1 ${good} 77=1`);
      expect(wire.kind).to.equal('silence');
      expect(logs.map(({ text }) => text)).to.deep.equal([
        'unknown attribute 77, aborting..',
        'response was invalid [2]:  (ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED)(13)',
      ]);
    });

    const weak: [answer: string, told: 'no' | 'encryption' | 'authentication' | 'all', expected: string][] = [
      ['1=5 2=2 3=1 4=2', 'no', 'silence'],
      ['1=5 2=2 3=1 4=2', 'encryption', 'proceeds'],
      ['1=1 2=2 3=1 4=2', 'authentication', 'silence'],
      ['1=7 14=128 2=1 3=1 4=2', 'encryption', 'silence'],
      ['1=7 14=128 2=1 3=1 4=2', 'authentication', 'proceeds'],
      ['1=5 2=1 3=1 4=2', 'all', 'proceeds'],
    ];
    for (const [answer, told, expected] of weak) {
      it(`weak ${told}: ${answer}: ${expected}`, () => expect(said(phase1(`1.1.: 1.1 ${answer}`, { weak: told }))).to.equal(expected));
    }
  });

  describe('checks a phase 2 answer', () => {
    const good = '6=256 4=1 5=2';
    const cases: [name: string, answer: string, setup: Partial<Setup>, expected: string][] = [
      ['one of its own', `1.3.aabbccdd: 1.12 ${good}`, {}, 'proceeds'],
      ['AH', `1.2.aabbccdd: 1.3 ${good}`, {}, '10'],
      ['an SPI of 8 octets', `1.3.aabbccddaabbccdd: 1.12 ${good}`, {}, '11'],
      ['another mode', '1.3.aabbccdd: 1.12 6=256 4=2 5=2', {}, '15'],
      ['a group where none is used', `1.3.aabbccdd: 1.12 ${good} 3=2`, {}, '15'],
      ['no group where one is', `1.3.aabbccdd: 1.12 ${good}`, { pfsGroup: 2 }, '15'],
      ['the group', `1.3.aabbccdd: 1.12 ${good} 3=2`, { pfsGroup: 2 }, 'proceeds'],
      ['ESN', `1.3.aabbccdd: 1.12 ${good} 11=1`, {}, '13'],
      ['SHA2-256', '1.3.aabbccdd: 1.12 6=256 4=1 5=5', {}, '15'],
      ['no encryption', '1.3.aabbccdd: 1.11 4=1 5=2', {}, 'silence'],
      ['no encryption, borne', '1.3.aabbccdd: 1.11 4=1 5=2', { settings: { no_encryption: 'yes' } }, 'proceeds'],
    ];
    for (const [name, answer, setup, expected] of cases) {
      it(`${name}: ${expected}`, () => expect(said(phase2(answer, setup))).to.equal(expected));
    }

    it('tells the peer', () => {
      expect(phase2('1.3.aabbccdd: 1.12 6=256 4=1 5=5').wire).to.deep.include({ type: 15, protocol: 1, encrypted: true });
    });
  });

  describe('ends as the real one did', () => {
    const file = new URL('../../../vectors/vpnc/measured-answers.jsonl', import.meta.url);
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const { id, name, saPayload, expected } = JSON.parse(line) as MeasuredRow;
      it(`${id} ${name}`, () => {
        const peer = vpnc.configured('ikev1-phase1');
        const offered = writeSa({ offer: peer.offer('aggressive') });
        const sa = Buffer.from(saPayload, 'hex');
        const { outcome, code, trace } = peer.check({ negotiation: 'ikev1-phase1', step: 'aggressive', sa, offered });
        expect(outcome === 'selected').to.equal(expected.accepted);
        expect(code).to.equal(expected.code);
        if (expected.end === 'weak') expect(trace[0]?.reasons[0]?.code).to.equal('algorithm-forbidden');
        if (expected.end === 'crash') expect(trace[0]?.reasons[0]?.code).to.equal('structure');
      });
    }
  });

  it('does not respond', () => {
    const sa = payload('ikev1-phase1', '1.1.: 1.1 1=7');
    const peer = vpnc.configured('ikev1-phase1');
    expect(() => peer.respond({ negotiation: 'ikev1-phase1', step: 'aggressive', sa })).to.throw(ConfigError, 'does not respond');
  });

  it('never throws', () => {
    const one = vpnc.configured('ikev1-phase1');
    const two = vpnc.configured('ikev1-phase2');
    const texts = ['1.1.: 1.1 1=7 14=256 2=2 3=65001 4=2 11=1 12=#0020c49b', '1.3.aabbccdd: 1.12 6=256 4=1 5=2 1=1 2=60'];
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })).map(([text, changes]) => {
        const sa = payload('ikev1-phase1', text);
        for (const [at, octet] of changes) sa[at % sa.length] = octet;
        return sa;
      }),
    );
    fc.assert(
      fc.property(octets, (sa) => {
        for (const [peer, negotiation, step] of [
          [one, 'ikev1-phase1', 'aggressive'],
          [two, 'ikev1-phase2', 'quick'],
        ] as const) {
          expect(peer.check({ negotiation, step, sa, offered: sa }).outcome).to.be.oneOf(['selected', 'refused']);
        }
      }),
      { numRuns: 500 },
    );
  });
});
