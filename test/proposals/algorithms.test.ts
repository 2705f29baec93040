import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { algorithmByKeyword, ALGORITHMS, ianaName, lookup, type NumberSpace, spaceOf } from '../../src/proposals/algorithms.ts';
import type { Slot } from '../../src/proposals/model.ts';

const FACTS = '../shared/facts/algorithms.json';
const SPACES: readonly NumberSpace[] = ['ikev1-phase1', 'ikev1-esp', 'ikev1-ah', 'ikev1-auth', 'ikev1-ipcomp', 'ikev2'];
const SLOTS = [...new Set(ALGORITHMS.map((row) => row.slot))];
const duplicates = (values: readonly unknown[]): unknown[] => values.filter((v, i) => values.indexOf(v) !== i);

describe('the table of algorithms', () => {
  it('has no id twice', () => expect(duplicates(ALGORITHMS.map((row) => row.id))).to.deep.equal([]));

  for (const slot of SLOTS) {
    for (const space of SPACES) {
      const rows = ALGORITHMS.filter((row) => row.slot === slot && row.numbers[space] !== undefined);
      if (rows.length === 0) continue;
      it(`has no number, name or keyword twice in ${slot} of ${space}`, () => {
        expect(duplicates(rows.map((row) => row.numbers[space]))).to.deep.equal([]);
        expect(duplicates(rows.map((row) => row.name))).to.deep.equal([]);
        expect(duplicates(rows.map((row) => row.keyword))).to.deep.equal([]);
      });
      it(`finds every row of ${slot} in ${space} by number and by keyword`, () => {
        for (const row of rows) {
          expect(lookup(slot, space, row.numbers[space] ?? -1)).to.equal(row);
          expect(algorithmByKeyword(slot, space, row.keyword.replace('#', ''))).to.equal(row);
        }
      });
    }
  }

  const sizes: [group: number, bytes: number][] = [
    [1, 96],
    [2, 128],
    [5, 192],
    [14, 256],
    [18, 1024],
    [19, 64],
    [20, 96],
    [21, 132],
    [22, 128],
    [24, 256],
    [31, 32],
    [32, 56],
    [36, 1184],
  ];
  for (const [group, bytes] of sizes) {
    it(`sends ${bytes} octets for group ${group}`, () => expect(lookup('group', 'ikev2', group)?.publicValueBytes).to.equal(bytes));
  }

  it('knows AES-CBC and Camellia by a different number in each space', () => {
    for (const [space, aes, camellia] of [
      ['ikev1-phase1', 7, 8],
      ['ikev1-esp', 12, 22],
      ['ikev2', 12, 23],
    ] as const) {
      expect(lookup('encryption', space, aes)?.name).to.equal('AES_CBC');
      expect(lookup('encryption', space, camellia)?.name).to.equal('CAMELLIA_CBC');
    }
  });

  it('names what it does not know, and looks additional key exchanges up among the groups', () => {
    expect(ianaName('encryption', 'ikev2-ike', { id: 65009 })).to.equal('ENCRYPTION 65009');
    expect(ianaName('group', 'ikev1-phase2', { id: 14 })).to.equal('MODP_2048');
    expect(lookup('ake3', 'ikev2', 36)?.id).to.equal('ke-ml-kem-768');
    for (const id of [-1, 0.5, Number.NaN, 2 ** 40]) expect(lookup('group', 'ikev2', id)).to.equal(undefined);
  });

  it('numbers AH integrity by transform and ESP integrity by attribute', () => {
    expect(spaceOf('integrity', 'ikev1-phase2', 2)).to.equal('ikev1-ah');
    expect(spaceOf('integrity', 'ikev1-phase2', 3)).to.equal('ikev1-auth');
    expect(spaceOf('integrity', 'ikev2-child', 2)).to.equal('ikev2');
  });

  const known = existsSync(FACTS);
  (known ? it : it.skip)(`holds every number of the collected facts${known ? '' : ' (skipped: ../shared/facts is not here)'}`, () => {
    const columns: Record<string, NumberSpace> = {
      ikev2: 'ikev2',
      ikev1Phase1: 'ikev1-phase1',
      ikev1EspTransform: 'ikev1-esp',
      ikev1AhTransform: 'ikev1-ah',
      ikev1Phase2Auth: 'ikev1-auth',
    };
    const slots: Record<string, Slot> = { encr: 'encryption', integ: 'integrity', ke: 'group', sn: 'esn' };
    const facts = JSON.parse(readFileSync(FACTS, 'utf8')) as {
      algorithms: { id: string; kind: string; numbers: Record<string, number> }[];
    };
    for (const fact of facts.algorithms) {
      for (const [column, number] of Object.entries(fact.numbers)) {
        const row = lookup(slots[fact.kind] ?? (fact.kind as Slot), columns[column] ?? 'ikev2', number);
        expect(row?.id, `${fact.id} ${column}`).to.equal(fact.id);
      }
    }
  });
});
