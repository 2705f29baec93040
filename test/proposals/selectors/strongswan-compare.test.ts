import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { parseStrongswanProposal, printStrongswanProposal } from '../../../src/proposals/dialects/strongswan.ts';
import type { SelectionFlags } from '../../../src/proposals/selectors/strongswan/algebra.ts';
import { selectProposal } from '../../../src/proposals/selectors/strongswan/compare.ts';

const GOLDEN = '../shared/golden/strongswan-select.jsonl';

/** A row of the golden file. */
interface Row {
  readonly id: string;
  readonly kind: string;
  readonly protocol: 'IKE' | 'ESP';
  readonly local: readonly string[];
  readonly offered: readonly string[];
  readonly flags: readonly string[];
  readonly expected: string | null;
  readonly symmetricMatch?: boolean;
}

describe('strongSwan: one list of proposals meets another', () => {
  const cases: [ours: string[], theirs: string[], flags: SelectionFlags, chosen: string | null][] = [
    [['aes128-aes256'], ['aes256-aes128'], {}, 'aes128'],
    [['aes128-aes256'], ['aes256-aes128'], { preferSupplied: true }, 'aes256'],
    [['aes128', 'aes256'], ['aes256', 'aes128'], { preferSupplied: true }, 'aes256'],
    [['aes128-modp2048'], ['aes128-ecp256'], {}, null],
    [['aes128-modp2048'], ['aes128-ecp256'], { skipKe: true }, 'aes128'],
    [['aes128-serpent'], ['serpent-aes128'], { skipPrivate: true, preferSupplied: true }, 'aes128'],
    [['serpent'], ['serpent'], { skipPrivate: true }, null],
    [['aes128-modp2048-ke1_modp2048-ke1_none'], ['aes128-modp2048-ke1_modp2048-ke1_none'], {}, 'aes128-modp2048'],
    [['aes128-modp2048-ke1_ecp256'], ['aes128-modp2048-ke1_ecp256'], { additionalKe: false }, 'aes128-modp2048-ke1_ecp256'],
    [['aes128+T242:8'], ['aes128+T242:9'], {}, null],
    [[], ['aes128'], {}, null],
  ];
  for (const [ours, theirs, flags, chosen] of cases) {
    it(`${ours.join(', ')} meets ${theirs.join(', ')} ${JSON.stringify(flags)}: ${chosen}`, () =>
      expect(chosenOf(ours, theirs, 'ESP', flags)).to.equal(chosen));
  }

  const present = existsSync(GOLDEN);
  const rows = present
    ? readFileSync(GOLDEN, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
    : [];
  (present ? it : it.skip)('agrees with the golden choices (skipped: no golden files)', () => {
    const compared = rows.filter(({ kind }) => kind !== 'ikev2-select-spi');
    expect(rows).to.have.length(49);
    for (const { id, local, offered, protocol, flags, expected, symmetricMatch } of compared) {
      const set = { skipKe: flags.includes('SKIP_KE'), skipPrivate: flags.includes('SKIP_PRIVATE') };
      expect(chosenOf(local, offered, protocol, { ...set, preferSupplied: flags.includes('PREFER_SUPPLIED') }), id).to.equal(expected);
      if (symmetricMatch !== true) continue;
      for (const preferSupplied of [true, false]) {
        expect(chosenOf(offered, local, protocol, { ...set, preferSupplied }) === null, `${id} the other way`).to.equal(expected === null);
      }
    }
  });
});

function chosenOf(ours: readonly string[], theirs: readonly string[], protocol: 'IKE' | 'ESP', flags: SelectionFlags): string | null {
  const negotiation = protocol === 'IKE' ? 'ikev2-ike' : 'ikev2-child';
  const read = (texts: readonly string[]) => texts.map((text) => parseStrongswanProposal(text, negotiation, { unknownTypes: true }));
  const chosen = selectProposal(read(ours), read(theirs), flags);
  return chosen ? printStrongswanProposal(chosen) : null;
}
