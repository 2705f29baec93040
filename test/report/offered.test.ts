/** Verdicts on offers as trees, and exchanges slot by slot. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { OfferVerdict, ReasonView } from '../../src/probe/result.ts';
import { offeredSuites } from '../../src/report/offered.ts';
import { takenBySlot } from '../../src/report/taken.ts';
import { interrupted, silentPeer, threeSuites } from './samples.ts';

function reason(code: ReasonView['code'], slot: ReasonView['slot'], offered: string | null, changes?: ReasonView['changes']): ReasonView {
  return { code, slot, offered, accepted: [], basis: 'inferred', evidence: [], text: `${offered} is refused`, ...(changes && { changes }) };
}

describe('an offer as a tree', () => {
  const cases: [name: string, offer: Partial<OfferVerdict> & { suite: string }, expected: string][] = [
    ['accepted', { suite: 'aes256-sha256-modp2048', auth: ['psk'], accepted: true, reasons: [] }, 'chosen: aes256 sha256 modp2048 psk'],
    [
      'refused for its cipher and group',
      {
        suite: 'des-md5-prfmd5-modp768',
        reasons: [reason('algorithm-not-accepted', 'encryption', 'des'), reason('algorithm-not-accepted', 'group', 'modp768')],
      },
      'refused: des! md5 prfmd5 modp768!',
    ],
    [
      'refused for its method',
      { suite: '3des-sha1-modp1024', auth: ['rsasig'], reasons: [reason('method-not-accepted', 'auth', 'rsasig')] },
      'refused: 3des sha1 modp1024 rsasig!',
    ],
    [
      'refused together: the smallest change is marked',
      {
        suite: 'aes256-sha1-modp1024',
        reasons: [
          reason('combination-not-accepted', 'encryption', 'aes256-sha1-modp1024', [
            { hash: ['sha256'], group: ['modp2048'] },
            { encryption: ['3des'] },
          ]),
        ],
      },
      'refused: aes256 sha1! modp1024!',
    ],
    [
      'without what is wanted',
      { suite: 'aes256-modp2048', reasons: [reason('slot-missing', 'prf', null)] },
      'refused: aes256 modp2048 no PRF!',
    ],
    ['undecided', { suite: 'aes256gcm16-prfsha256-x25519', undecided: true, reasons: [] }, 'not-looked-at: aes256gcm16 prfsha256 x25519'],
  ];
  for (const [name, offer, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      const exchange = offer.suite.includes('prf') || offer.suite === 'aes256-modp2048' ? 'ikev2-init' : 'ikev1-main';
      const [suite] = offeredSuites({ exchange, offers: [{ auth: '*', accepted: false, reasons: [], ...offer }] });
      expect(`${suite?.state}: ${suite?.attributes.map(({ text, failed }) => `${text}${failed ? '!' : ''}`).join(' ')}`).to.equal(expected);
    });
  }
});

describe('what an exchange takes, slot by slot', () => {
  const shown = (report: typeof threeSuites): readonly string[] =>
    report.exchanges.flatMap(takenBySlot).map(({ slot, values }) => {
      const of = (state: string): string =>
        values
          .filter((value) => value.state === state)
          .map(({ keyword }) => keyword)
          .join(',');
      return `${slot}: ${of('accepted')} / ${of('undecided')} / ${values.filter(({ state }) => state === 'refused').length} refused`;
    });

  it('has the accepted values, strongest first, and how many others were asked about', () =>
    expect(shown(threeSuites)).to.deep.equal([
      'encryption: aes256,aes128,3des /  / 9 refused',
      'hash: sha256,sha1 /  / 4 refused',
      'group: modp2048,modp1024 /  / 13 refused',
    ]));
  it('tells what is undecided from what is refused', () =>
    expect(shown(interrupted)[0]).to.match(/^encryption: des \/ blowfish128,.* \/ 1 refused$/));
  it('says nothing where nothing is accepted', () => expect(shown(silentPeer)).to.deep.equal([]));
});
