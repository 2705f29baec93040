/** What the manuals of Cisco, Juniper and MikroTik say; each case is a sentence of theirs. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { wantOf } from '../../../src/proposals/policy.ts';
import { checkLifetime, type ProposalCheck } from '../../../src/proposals/selectors/lifetimes.ts';
import { type Response, selectorFor, type Setup } from '../../../src/proposals/selectors/index.ts';
import { phase1, phase2 } from '../../support/sa-payloads.ts';

const AES = '1=7,14=128,2=2,3=1,4=2';
const TRIPLE_DES = '1=5,2=2,3=1,4=2';
const DAY = 86_400;
/** Priority 10: 3DES; priority 20: AES. */
const TWO: Setup = {
  policy: [{ id: 5 }, { id: 7, keyBits: 128 }].map((cipher) => [
    wantOf(1, { encryption: [cipher], hash: [{ id: 2 }], group: [{ id: 2 }] }),
  ]),
};

function main(name: string, setup: Setup | undefined, ...offered: readonly string[]): string {
  const peer = selectorFor(name).configured('ikev1-phase1', setup);
  return said(peer.respond({ negotiation: 'ikev1-phase1', step: 'main', sa: phase1(...offered) }));
}

/** The cipher, or how it refuses, and for what in its last judgement. */
function said({ wire, trace, ...verdict }: Response): string {
  const cipher = verdict.outcome === 'selected' ? verdict.selection.parts[0]?.choices.find(({ slot }) => slot === 'encryption') : undefined;
  if (cipher) return `cipher ${cipher.id}`;
  return `${wire.kind === 'notify' ? wire.type : wire.kind} ${trace.at(-1)?.reasons[0]?.code}`;
}

describe('own policies', () => {
  const cases: readonly (readonly [name: string, what: string, setup: Setup | undefined, offered: readonly string[], expected: string])[] =
    [
      ['cisco-ios', 'the highest priority of its own first', TWO, [`1: ${AES}`, `2: ${TRIPLE_DES}`], 'cipher 5'],
      ['cisco-asa', 'the highest priority of its own first', TWO, [`1: ${AES}`, `2: ${TRIPLE_DES}`], 'cipher 5'],
      ['junose', 'the highest priority of its own first', TWO, [`1: ${AES}`, `2: ${TRIPLE_DES}`], 'cipher 5'],
      ['cisco-ios', 'a lifetime less than or equal', TWO, [`1: ${AES},11=1,12=${DAY}`], 'cipher 7'],
      ['cisco-ios', 'a longer lifetime is no match', TWO, [`1: ${AES},11=1,12=${DAY + 1}`], '14 lifetime-too-long'],
      ['cisco-ios', 'the next policy may match', TWO, [`1: ${TRIPLE_DES},11=1,12=90000`, `2: ${AES},11=1,12=3600`], 'cipher 7'],
      [
        'cisco-asa',
        'read from the other end, a shorter one is no match',
        { ...TWO, settings: { lifetime_rule: 'ge' } },
        [`1: ${AES},11=1,12=3600`],
        '14 policy-requires',
      ],
      ['junose', 'the lesser of two lifetimes', { ...TWO, lifetime: 3600 }, [`1: ${AES},11=1,12=${DAY}`], 'cipher 7'],
      ['cisco-ios', 'no match, no negotiation', TWO, ['1: 1=1,2=2,3=1,4=2'], '14 algorithm-not-configured'],
      ['cisco-ios', 'the default policy: DES, SHA, RSA signatures, group 1', undefined, ['1: 1=1,2=2,3=3,4=1'], 'cipher 1'],
      ['cisco-ios', 'another method of authentication', undefined, ['1: 1=1,2=2,3=1,4=1'], '14 algorithm-not-configured'],
      ['routeros', 'the same algorithms on both sides', TWO, [`1: ${AES}`, `2: ${TRIPLE_DES}`], 'cipher 7'],
      ['routeros@2.9', 'proposal-check is about phase 2', { ...TWO, lifetime: 60 }, [`1: ${AES},11=1,12=${DAY}`], 'cipher 7'],
    ];
  for (const [name, what, setup, offered, expected] of cases) {
    it(`${name}: ${what} → ${expected}`, () => expect(main(name, setup, ...offered)).to.equal(expected));
  }
});

describe('proposal-check', () => {
  const child: Setup = { policy: [[wantOf(3, { encryption: [{ id: 3 }], integrity: [{ id: 2 }] })]], lifetime: 3600 };
  const quick = (name: string, check: string, seconds: number): string => {
    const peer = selectorFor(name).configured('ikev1-phase2', { ...child, settings: { proposal_check: check } });
    return said(peer.respond({ negotiation: 'ikev1-phase2', step: 'quick', sa: phase2(`1/3: 1=1,2=${seconds},4=1,5=2`) }));
  };
  const cases: readonly (readonly [name: string, check: string, seconds: number, expected: string])[] = [
    ['routeros@2.9', 'default', 3601, '14 lifetime-too-long'],
    ['routeros@6.0', 'default', 3601, 'cipher 3'],
    ['routeros', 'strict', 3600, 'cipher 3'],
    ['routeros', 'strict', 60, 'cipher 3'],
    ['routeros', 'claim', 90_000, 'cipher 3'],
    ['routeros', 'exact', 60, '14 policy-requires'],
    ['routeros', 'exact', 3601, '14 lifetime-too-long'],
    ['routeros', 'exact', 3600, 'cipher 3'],
  ];
  for (const [name, check, seconds, expected] of cases) {
    it(`${name}: ${check}, ${seconds} s for 3600 → ${expected}`, () => expect(quick(name, check, seconds)).to.equal(expected));
  }

  const rulings: readonly (readonly [ProposalCheck, proposed: number, ruling: ReturnType<typeof checkLifetime>])[] = [
    ['obey', 90, { taken: true, used: 90, told: false }],
    ['strict', 90, { taken: false }],
    ['strict', 30, { taken: true, used: 30, told: false }],
    ['claim', 90, { taken: true, used: 60, told: true }],
    ['claim', 30, { taken: true, used: 30, told: false }],
    ['exact', 30, { taken: false }],
    ['exact', 60, { taken: true, used: 60, told: false }],
  ];
  for (const [check, proposed, ruling] of rulings) {
    it(`${check}, ${proposed} s for 60`, () => expect(checkLifetime(check, proposed, 60)).to.deep.equal(ruling));
  }
});
