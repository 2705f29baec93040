import { expect } from 'chai';
import { describe, it } from 'mocha';
import { reasonsFor, rejectedBoxes, smallestChanges } from '../../src/probe/blame.ts';
import { CELL, CellMap } from '../../src/probe/cell-map.ts';
import { Grid } from '../../src/probe/grid.ts';
import type { Box, Negotiation, Suite } from '../../src/proposals/model.ts';
import { keyword, parseSuite } from '../../src/proposals/notation.ts';
import { universe } from '../../src/proposals/universes.ts';
import { ike, phase1 } from '../support/probing.ts';

const V2 = 'ikev2-ike';
const V1 = 'ikev1-phase1';

function blamed(offer: string, accepted: readonly Suite[], negotiation: Negotiation): readonly string[] {
  return reasonsFor(parseSuite(offer, negotiation), accepted, negotiation, [1]).map(
    ({ slot, code, accepted: instead }) => `${slot} ${code} ${instead.join('|')}`,
  );
}

/** A map in which these suites are accepted and everything else of the universe is refused. */
function mapped(boxes: readonly Box[], accepted: readonly Suite[]): CellMap {
  const map = new CellMap(new Grid(boxes));
  const body = { kind: 'refused', notify: 14, form: { spiSize: 0, messageId: 0, responderSpi: false } } as const;
  const answer = map.keep({ ...body, evidence: [0, 1], asked: { exchange: 'ikev2-init', offer: { negotiation: V2, groups: [] } } });
  for (const suite of accepted) map.accept(map.grid.cell(suite) ?? -1, answer);
  map.states.forEach((state, cell) => {
    if (state === CELL.undecided) map.refuse(cell, answer);
  });
  return map;
}

describe('blame', () => {
  describe('against aes256-sha256-prfsha256-modp2048 alone', () => {
    const accepted = ike('aes256-sha256-prfsha256-modp2048');
    const table: readonly (readonly [offer: string, slots: readonly string[]])[] = [
      ['aes128-sha256-prfsha256-modp2048', ['encryption key-length-not-accepted aes256']],
      ['aes256-sha1-prfsha256-modp2048', ['integrity algorithm-not-accepted sha256']],
      ['aes256-sha256-prfsha1-modp2048', ['prf algorithm-not-accepted prfsha256']],
      ['aes256-sha256-prfsha256-modp1024', ['group algorithm-not-accepted modp2048']],
      ['3des-sha256-prfsha256-modp1024', ['encryption algorithm-not-accepted aes256', 'group algorithm-not-accepted modp2048']],
      [
        'aes256-sha1-prfsha1-modp1024',
        ['integrity algorithm-not-accepted sha256', 'prf algorithm-not-accepted prfsha256', 'group algorithm-not-accepted modp2048'],
      ],
      [
        'des-md5-prfmd5-modp768',
        [
          'encryption algorithm-not-accepted aes256',
          'integrity algorithm-not-accepted sha256',
          'prf algorithm-not-accepted prfsha256',
          'group algorithm-not-accepted modp2048',
        ],
      ],
      ['aes256gcm16-prfsha256-modp2048', ['encryption algorithm-not-accepted aes256']],
    ];
    for (const [offer, slots] of table) it(offer, () => expect(blamed(offer, accepted, V2)).to.have.members(slots));
  });

  it('IKEv1: cipher, hash and group', () => {
    const accepted = phase1('aes256-sha256-modp2048');
    expect(blamed('aes128-sha256-modp2048', accepted, V1)).to.deep.equal(['encryption key-length-not-accepted aes256']);
    expect(blamed('aes256-md5-modp2048', accepted, V1)).to.deep.equal(['hash algorithm-not-accepted sha256']);
    expect(blamed('aes256-sha256-modp1024', accepted, V1)).to.deep.equal(['group algorithm-not-accepted modp2048']);
    expect(blamed('des-md5-modp768', accepted, V1)).to.have.length(3);
  });

  it('every way out of the same size is a change', () => {
    const accepted = ike('aes256-sha256-prfsha256-modp2048', 'aes128-sha1-prfsha256-modp2048');
    const changes = smallestChanges(parseSuite('aes256-sha1-prfsha256-modp2048', V2), accepted);
    expect(changes.map(({ slots }) => slots.join())).to.have.members(['encryption', 'integrity']);
    const [reason, ...others] = reasonsFor(parseSuite('aes256-sha1-prfsha256-modp2048', V2), accepted, V2, []);
    expect(others).to.deep.equal([]);
    expect(reason).to.include({ code: 'combination-not-accepted' });
    expect(reason?.changes).to.have.deep.members([{ encryption: ['aes128'] }, { integrity: ['sha256'] }]);
  });

  it('names all that would do in a slot', () => {
    const accepted = ike('aes256-sha256-prfsha256-modp2048', 'aes256-sha256-prfsha256-ecp256');
    expect(blamed('aes256-sha256-prfsha256-modp1024', accepted, V2)).to.deep.equal(['group algorithm-not-accepted modp2048|ecp256']);
  });

  it('a stranger is blamed, what is accepted elsewhere is a combination', () => {
    const accepted = ike('aes256-sha256-prfsha256-modp2048', 'aes128-sha1-prfsha1-modp1024');
    expect(blamed('aes256-sha256-prfsha256-modp1024', accepted, V2)).to.deep.equal(['group combination-not-accepted modp2048']);
    expect(blamed('camellia128-sha256-prfsha256-modp2048', accepted, V2)).to.deep.equal(['encryption algorithm-not-accepted aes256']);
  });

  it('AEAD and classic: the cipher decides whether integrity is there', () => {
    const accepted = ike('aes256gcm16-prfsha384-ecp384');
    expect(blamed('aes256-sha256-prfsha384-ecp384', accepted, V2)).to.deep.equal(['encryption algorithm-not-accepted aes256gcm16']);
    expect(blamed('aes128gcm16-prfsha384-ecp384', accepted, V2)).to.deep.equal(['encryption key-length-not-accepted aes256gcm16']);
    expect(blamed('aes256gcm16-prfsha256-ecp384', accepted, V2)).to.deep.equal(['prf algorithm-not-accepted prfsha384']);
  });

  it('says that nothing is known to be accepted when nothing is', () => {
    const [reason] = reasonsFor(parseSuite('des-md5-modp768', V1), [], V1, [4]);
    expect(reason).to.deep.include({ code: 'combination-not-accepted', slot: null, accepted: [], evidence: [4] });
  });

  for (const [name, negotiation, accepted] of [
    ['IKEv1', V1, phase1('aes128-sha1-modp2048', 'aes256-sha256-modp2048', '3des-sha1-modp1024')],
    ['IKEv2', V2, ike('aes256-sha256-prfsha256-modp2048', 'aes256gcm16-prfsha384-ecp384')],
  ] as const) {
    it(`${name}: the refused boxes hold every refused suite once, each with a reason that blames no accepted value alone`, () => {
      const map = mapped(universe('common', negotiation).boxes, accepted);
      const boxes = rejectedBoxes(map, negotiation);
      expect(boxes.reduce((sum, { count }) => sum + count, 0)).to.equal(map.count(CELL.refused));
      const used = new Set(
        accepted.flatMap((suite) => Object.entries(suite).map(([slot, value]) => keyword(slot as 'group', negotiation, value))),
      );
      for (const { reasons } of boxes) {
        expect(reasons).not.to.deep.equal([]);
        for (const { code, offered } of reasons) if (code === 'algorithm-not-accepted') expect(used.has(offered ?? '')).to.equal(false);
      }
      expect(boxes.length).to.be.lessThan(400);
    });
  }
}).timeout(20_000);
