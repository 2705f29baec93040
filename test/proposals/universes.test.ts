import { expect } from 'chai';
import { describe, it } from 'mocha';
import { boxSize, expandBox, parseUniverse, universe, UniverseError } from '../../src/proposals/universes.ts';

describe('universes', () => {
  it('common holds 1,080 phase 1 suites for each of 8 methods, and 8,778 IKEv2 suites', () => {
    expect(universe('common', 'ikev1-phase1')).to.include({ combinations: 1080, methods: 8 });
    expect(universe('common', 'ikev2-ike')).to.include({ combinations: 8778, methods: 1 });
    expect(universe('common', 'ikev2-ike').boxes.map(boxSize)).to.deep.equal([7524, 1254]);
  });

  it('full holds common, except lengths that no registry allows', () => {
    for (const space of ['ikev1-phase1', 'ikev2-ike'] as const) {
      const all = universe('full', space).boxes.flatMap((box) =>
        Object.entries(box).flatMap(([slot, choices]) => choices.map((c) => `${slot} ${c.id}`)),
      );
      const some = universe('common', space).boxes.flatMap((box) =>
        Object.entries(box).flatMap(([slot, choices]) => choices.map((c) => `${slot} ${c.id}`)),
      );
      expect(all).to.include.members(some);
    }
  });

  it('expands to as many different suites as it says', () => {
    const suites = universe('common', 'ikev1-phase1').boxes.flatMap(expandBox);
    expect(new Set(suites.map((s) => JSON.stringify(s))).size).to.equal(1080);
  });

  it('reads a file', () => {
    const { 'ikev2-ike': found } = parseUniverse(
      '{"name":"mine","ikev2-ike":{"boxes":[{"encryption":["aes256","aes128"],"prf":["prfsha256"],"group":["modp2048"]}]}}',
    );
    expect(found).to.include({ name: 'mine', combinations: 2, methods: 1 });
  });

  const wrong: [text: string, code: string, path: string][] = [
    ['{', 'not-json', '$'],
    ['[]', 'not-a-universe', '$'],
    ['{}', 'not-a-universe', '$'],
    ['{"ikev2-ike":{"boxes":[]}}', 'not-a-universe', 'ikev2-ike.boxes'],
    ['{"ikev2-ike":{"boxes":[{"cipher":["aes256"]}]}}', 'unknown-slot', 'ikev2-ike.boxes[0].cipher'],
    ['{"ikev1-phase1":{"boxes":[{"hash":["sha1","sha9"]}]}}', 'unknown-keyword', 'ikev1-phase1.boxes[0].hash[1]: "sha9"'],
    ['{"ikev1-phase1":{"boxes":[{"hash":[70000]}]}}', 'unknown-keyword', 'ikev1-phase1.boxes[0].hash[0]: 70000'],
  ];
  for (const [text, code, path] of wrong) {
    it(`${text}: ${code}`, () => {
      expect(() => parseUniverse(text))
        .to.throw(UniverseError)
        .that.includes({ code, path });
    });
  }
});
