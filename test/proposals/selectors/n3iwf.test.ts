/** What free5GC's source says: internal/ike/handler.go, and its IKE library's payload decoder. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { ConfigError, selectorFor } from '../../../src/proposals/selectors/index.ts';
import type { Response, Step } from '../../../src/proposals/selectors/index.ts';
import { hex, ikev2 } from '../../support/sa-payloads.ts';

const GOOD = '1=12/256 2=5 3=12 4=14';
const CHILD = '1=12/256 3=12 5=0';

function ask(negotiation: 'ikev2-ike' | 'ikev2-child', step: Step, sa: Uint8Array, keGroup?: number): Response {
  const peer = selectorFor('n3iwf').configured(negotiation);
  return peer.respond({ negotiation, step, sa, ...(keGroup !== undefined && { keGroup }) });
}

/** `2: encryption 12/256 …`, or how it refuses. */
function said({ wire, ...verdict }: Response): string {
  if (wire.kind === 'notify') return `notify ${wire.type}`;
  if (verdict.outcome !== 'selected') return wire.kind;
  const choices = verdict.selection.parts.flatMap((part) => part.choices);
  return `${verdict.selection.group + 1}: ${choices.map(({ slot, id, keyBits }) => `${slot} ${id}${keyBits === undefined ? '' : `/${keyBits}`}`).join(', ')}`;
}

describe('n3iwf', () => {
  const cases: readonly (readonly [offered: readonly string[], expected: string])[] = [
    [[GOOD], '1: encryption 12/256, prf 5, integrity 12, group 14'],
    [['1=12/256 1=12/128 2=5 2=2 3=12 3=2 4=14'], '1: encryption 12/256, prf 5, integrity 12, group 14'],
    [['1=12/128 1=12/256 2=2 2=5 3=2 3=12 4=14'], '1: encryption 12/128, prf 2, integrity 2, group 14'],
    [['1=20/256 2=5 4=14', GOOD], '2: encryption 12/256, prf 5, integrity 12, group 14'],
    [['1=12/256 2=5 3=12 4=2'], 'notify 14'],
    [['1=12/256 2=5 3=12 4=2 4=14'], '1: encryption 12/256, prf 5, integrity 12, group 14'],
    [[`${GOOD} 5=0`], 'notify 14'],
    [['1=12 2=5 3=12 4=14'], 'notify 14'],
    [['1=12/256 2=7 3=12 4=14'], 'notify 14'],
    // A type that it does not know is forgotten, not refused.
    [[`${GOOD} 6=35`], '1: encryption 12/256, prf 5, integrity 12, group 14'],
  ];
  for (const [offered, expected] of cases) {
    it(`IKE: ${offered.join(' | ')} → ${expected}`, () => {
      expect(said(ask('ikev2-ike', 'sa-init', ikev2('ikev2-ike', ...offered), 14))).to.equal(expected);
    });
  }

  const children: readonly (readonly [offered: readonly string[], expected: string])[] = [
    [[CHILD], '1: encryption 12/256, integrity 12, esn 0'],
    [['1=12/256 3=12 5=1 5=0'], '1: encryption 12/256, integrity 12, esn 1'],
    [['1=12/256 3=12'], 'notify 14'],
    [['1=12/256 2=5 3=12 5=0', CHILD], '2: encryption 12/256, integrity 12, esn 0'],
    [['1=12/256 3=12 4=14 5=0'], 'notify 14'],
    // Taken for the kernel, and then without a key: the exchange ends without an answer.
    [['1=3 3=12 5=0', CHILD], 'silence'],
    [['1=12/256 5=0'], 'silence'],
    [['1=11 5=0'], 'notify 14'],
  ];
  for (const [offered, expected] of children) {
    it(`child: ${offered.join(' | ')} → ${expected}`, () => {
      expect(said(ask('ikev2-child', 'auth', ikev2('ikev2-child', ...offered)))).to.equal(expected);
    });
  }

  it('asks for group 14 whatever the KE payload has', () => {
    const { wire, wantsGroup } = ask('ikev2-ike', 'sa-init', ikev2('ikev2-ike', '1=12/256 2=5 3=12 4=19 4=14'), 19);
    expect(wantsGroup).to.equal(14);
    expect(wire).to.deep.include({ kind: 'notify', type: 17, responderSpi: 'zero', data: Uint8Array.of(0, 14) });
  });
  it('answers by type, the number and the attributes as they came', () => {
    const { wire } = ask('ikev2-ike', 'sa-init', ikev2('ikev2-ike', '1=20/256 2=5 4=14', '4=14 3=12 2=5 1=12/256'), 14);
    expect(wire.kind === 'answer' && hex(wire.sa)).to.equal(
      '00000030' + '0000002c02010004' + '0300000c0100000c800e0100' + '0300000802000005' + '030000080300000c' + '000000080400000e',
    );
  });
  it('says nothing to what it cannot decode', () => {
    const sa = ikev2('ikev2-ike', GOOD).slice();
    sa[7] = 0xff;
    expect(ask('ikev2-ike', 'sa-init', sa, 14).wire).to.deep.equal({ kind: 'silence' });
  });
  it('does not look at the octets that say "last", nor at the count', () => {
    const sa = ikev2('ikev2-ike', '1=12/128 2=2 3=2 4=2', GOOD).slice();
    sa[4] = 0;
    sa[11] = 99;
    expect(said(ask('ikev2-ike', 'sa-init', sa, 14))).to.match(/^2: /);
  });
  it('takes any answer to its own request that it can make keys of', () => {
    const peer = selectorFor('n3iwf').configured('ikev2-child');
    const offered = ikev2('ikev2-child', CHILD);
    const check = (text: string): string =>
      peer.check({ negotiation: 'ikev2-child', step: 'create-child', sa: ikev2('ikev2-child', text), offered }).wire.kind;
    expect(check('1=12/128 3=2 5=1')).to.equal('proceeds');
    expect(check('1=20/256 5=0')).to.equal('silence');
  });
  const logged: readonly (readonly [response: Response, lines: readonly string[]])[] = [
    [
      ask('ikev2-ike', 'sa-init', ikev2('ikev2-ike', '1=12/256 2=5 3=12 4=2'), 2),
      ['DH Group 2 is not allowed in Diffie-Hellman Group Transform, skip this transform.', 'No proposal chosen'],
    ],
    [ask('ikev2-ike', 'sa-init', ikev2('ikev2-ike', GOOD)), ['The key exchange field is nil']],
    [
      ask('ikev2-child', 'auth', ikev2('ikev2-child', '1=12/256 5=0')),
      [
        'Parsing security association',
        'HandleIKEAUTH(): Create child security association context failed: CompleteChildSA: NewChildSAKeyByProposal : IntegrityAlgorithm is nil',
      ],
    ],
  ];
  for (const [{ logs }, lines] of logged) {
    it(`logs ${lines.at(-1)}`, () => expect(logs.map(({ text }) => text)).to.deep.equal(lines));
  }
  it('cannot be configured', () => {
    expect(() => selectorFor('n3iwf').configured('ikev2-ike', { policy: [] })).to.throw(ConfigError);
  });
});
