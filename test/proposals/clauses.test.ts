import { expect } from 'chai';
import { describe, it } from 'mocha';
import { clauses, IPSEC } from '../../src/proposals/clauses.ts';
import type { Attribute, Negotiation, Proposal } from '../../src/proposals/model.ts';

const tv = (type: number, value: number): Attribute => ({ type, form: 'TV', value });
const suite = (protocol: number, id: number, ...attributes: Attribute[]): Proposal => ({
  protocol,
  spi: new Uint8Array(),
  transforms: [{ kind: 'suite', number: 1, id, attributes }],
});
const seen = (negotiation: Negotiation, proposal: Proposal): unknown =>
  clauses(negotiation, proposal, [0, 0]).map((clause) => Object.fromEntries(clause.slots));

describe('clauses', () => {
  it('gives a phase 1 key length to the cipher, wherever it stands', () => {
    expect(seen('ikev1-phase1', suite(1, 1, tv(14, 256), tv(2, 4), tv(1, 7)))).to.deep.equal([
      {
        hash: [{ slot: 'hash', id: 4, path: [0, 0, 0, 1] }],
        encryption: [{ slot: 'encryption', id: 7, keyBits: 256, path: [0, 0, 0, 2] }],
      },
    ]);
  });

  it('reads a lifetime as a type followed by a duration, in either form', () => {
    const long: Attribute = { type: 12, form: 'TLV', value: Uint8Array.of(0, 1, 0x51, 0x80) };
    const huge: Attribute = { type: 12, form: 'TLV', value: new Uint8Array(40).fill(255) };
    const [clause] = clauses('ikev1-phase1', suite(1, 1, tv(12, 5), tv(11, 1), long, tv(11, 2), huge, tv(11, 9), tv(12, 1)), [0, 0]);
    expect(clause?.lifetimes).to.deep.equal([
      { unit: 'seconds', amount: 86400 },
      { unit: 'kilobytes', amount: Number.MAX_SAFE_INTEGER },
      { unit: 9, amount: 1 },
    ]);
  });

  it('takes AH integrity from the transform and keeps what the attribute says beside it', () => {
    const [clause] = clauses('ikev1-phase2', suite(2, 2, tv(IPSEC.integrity, 4)), [0, 0]);
    expect(clause?.slots.get('integrity')).to.deep.equal([{ slot: 'integrity', id: 2, path: [0, 0, 0] }]);
    expect(clause?.restated).to.deep.equal([{ slot: 'integrity', id: 4, path: [0, 0, 0, 0] }]);
  });

  it('keeps a repeated attribute as a second choice', () => {
    const [clause] = clauses('ikev1-phase1', suite(1, 1, tv(1, 5), tv(1, 1)), [0, 0]);
    expect(clause?.slots.get('encryption')?.map((c) => c.id)).to.deep.equal([5, 1]);
  });

  it('makes one clause of an IKEv2 proposal, unknown types aside', () => {
    const single = (type: number, id: number, ...attributes: Attribute[]) => ({ kind: 'single' as const, type, id, attributes });
    const proposal: Proposal = {
      protocol: 1,
      spi: new Uint8Array(),
      transforms: [single(1, 12, tv(14, 128)), single(1, 3), single(242, 7, tv(14, 64)), single(6, 36)],
    };
    const [clause, ...others] = clauses('ikev2-ike', proposal, [2, 0]);
    expect(others).to.deep.equal([]);
    expect(Object.fromEntries(clause?.slots ?? [])).to.deep.equal({
      encryption: [
        { slot: 'encryption', id: 12, keyBits: 128, path: [2, 0, 0] },
        { slot: 'encryption', id: 3, path: [2, 0, 1] },
      ],
      ake1: [{ slot: 'ake1', id: 36, path: [2, 0, 3] }],
    });
    expect(clause?.unknown).to.deep.equal([{ type: 242, id: 7, keyBits: 64, path: [2, 0, 2] }]);
  });

  it('has no clause for transforms of the other version', () => {
    expect(
      clauses('ikev1-phase1', { protocol: 1, spi: new Uint8Array(), transforms: [{ kind: 'single', type: 1, id: 1, attributes: [] }] }, []),
    ).to.deep.equal([]);
  });
});
