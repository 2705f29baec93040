/** What SoftEther's source says: Proto_IKE.c and Proto_IkePacket.c. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type Response, selectorFor } from '../../../src/proposals/selectors/index.ts';
import { hex, payload, phase1, phase2, suite } from '../../support/sa-payloads.ts';

const AES = '1=7,14=128,2=2,3=1,4=2';

function main(sa: Uint8Array): Response {
  return selectorFor('softether').configured('ikev1-phase1').respond({ negotiation: 'ikev1-phase1', step: 'main', sa });
}

function quick(sa: Uint8Array, raw_esp: 'no' | 'yes' = 'no', keGroup?: number): Response {
  const selector = selectorFor('softether');
  const { policy } = selector.configured('ikev1-phase2').setup;
  const peer = selector.configured('ikev1-phase2', { policy, settings: { raw_esp } });
  return peer.respond({ negotiation: 'ikev1-phase2', step: 'quick', sa, ...(keGroup !== undefined && { keGroup }) });
}

/** The attributes answered, as in the offer's words; or how it refuses. */
function said({ wire }: Response): string {
  if (wire.kind === 'notify') return `notify ${wire.type}`;
  return wire.kind === 'answer' ? hex(wire.sa) : wire.kind;
}

/** Of a phase 1 answer: proposal 1, no SPI, one transform 1 of KEY_IKE. */
function phase1Answer(attributes: string): string {
  const octets = attributes.length / 2;
  const length = (n: number): string => n.toString(16).padStart(4, '0');
  return (
    `0000${length(28 + octets)}0000000100000001` + `0000${length(16 + octets)}01010001` + `0000${length(8 + octets)}01010000${attributes}`
  );
}

describe('softether', () => {
  const [ENC, HASH, AUTH, GROUP, KEY] = ['80010007', '80020002', '80030001', '80040002', '800e0080'];
  const cases: readonly (readonly [what: string, offered: readonly string[], expected: string])[] = [
    ['the key length goes last', [`1: ${AES}`], phase1Answer(ENC + HASH + AUTH + GROUP + KEY)],
    ['numbers are 1', [`5: 1=9,2=2,3=1,4=2`, `9: ${AES}`], phase1Answer(ENC + HASH + AUTH + GROUP + KEY)],
    ['lifetimes are echoed', [`1: ${AES},11=1,12=90000`], phase1Answer(`${ENC}${HASH}${AUTH}${GROUP}800b0001000c000400015f90${KEY}`)],
    [
      'seconds go before kilobytes',
      [`1: ${AES},11=2,12=5,11=1,12=6`],
      phase1Answer(`${ENC}${HASH}${AUTH}${GROUP}800b0001800c0006800b0002800c0005${KEY}`),
    ],
    ['AES without a key length', ['1: 1=7,2=2,3=1,4=2'], 'notify 14'],
    ['a key length loses what is no whole octet', ['1: 1=7,14=129,2=2,3=1,4=2'], phase1Answer(ENC + HASH + AUTH + GROUP + KEY)],
    ['the first of a repeated attribute counts', ['1: 1=5,1=99,2=2,3=1,4=2'], phase1Answer(`80010005${HASH}${AUTH}${GROUP}`)],
    ['unknown attributes are not seen', [`1: 99=1,${AES}`], phase1Answer(ENC + HASH + AUTH + GROUP + KEY)],
    ['the type is one octet: 16385 is 1', ['1: 16385=5,2=2,3=1,4=2'], phase1Answer(`80010005${HASH}${AUTH}${GROUP}`)],
    ['an unknown life type', [`1: ${AES},11=3,12=5`], 'notify 14'],
    ['RSA signatures', ['1: 1=5,2=2,3=3,4=2'], 'notify 14'],
    ['Blowfish', ['1: 1=3,2=2,3=1,4=2'], 'notify 14'],
    ['group 19', ['1: 1=5,2=2,3=1,4=19'], 'notify 14'],
  ];
  for (const [what, offered, expected] of cases) {
    it(`phase 1: ${what}`, () => {
      expect(said(main(phase1(...offered)))).to.equal(expected);
    });
  }
  it('looks at every proposal', () => {
    const proposal = (attributes: string): { protocol: number; spi: Uint8Array; transforms: ReturnType<typeof suite>[] } => ({
      protocol: 1,
      spi: new Uint8Array(8),
      transforms: [suite(`1: ${attributes}`)],
    });
    expect(said(main(payload('ikev1-phase1', [proposal('1=3,2=2,3=1,4=2')], [proposal(AES)])))).to.equal(
      phase1Answer(ENC + HASH + AUTH + GROUP + KEY),
    );
  });
  it('refuses what it cannot read like an offer of nothing, under cookies of its own', () => {
    const { wire, logs } = main(phase1(`1: ${AES}`).subarray(0, 30));
    expect(wire).to.deep.include({ kind: 'notify', type: 14, protocol: 1, spi: 'cookies', responderSpi: 'zero', ownExchange: true });
    expect(logs.map(({ text }) => text)).to.deep.equal([
      'There are no acceptable transform proposals from the client for establishing an IKE SA.',
    ]);
  });

  const quicks: readonly (readonly [what: string, response: () => Response, expected: string])[] = [
    [
      'the mode goes last',
      () => quick(phase2('1/12: 4=3,5=2,6=128,1=1,2=3600')),
      '00000034000000010000000100000028010304010000' +
        '1001' +
        '0000001c010c0000' +
        '80050002' +
        '8001000180020e10' +
        '80060080' +
        '80040003',
    ],
    ['plain tunnel mode', () => quick(phase2('1/12: 4=1,5=2,6=128')), 'notify 14'],
    ['no integrity', () => quick(phase2('1/12: 4=3,6=128')), 'notify 14'],
    ['a group without a KE payload', () => quick(phase2('1/12: 3=2,4=3,5=2,6=128')), 'silence'],
  ];
  for (const [what, response, expected] of quicks) it(`phase 2: ${what}`, () => expect(said(response())).to.equal(expected));

  it('phase 2: plain modes where ESP can be sent without UDP', () => {
    expect(quick(phase2('1/12: 4=1,5=2,6=128'), 'yes').outcome).to.equal('selected');
  });
  it('phase 2: a group that it does not know is as none', () => {
    const response = quick(phase2('1/12: 3=19,4=3,5=2,6=128'), 'no', 19);
    expect(response.outcome === 'selected' && response.selection.parts[0]?.choices.map(({ slot }) => slot)).to.deep.equal([
      'encryption',
      'integrity',
      'mode',
    ]);
  });
});
