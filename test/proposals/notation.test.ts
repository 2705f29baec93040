import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Negotiation, Slot } from '../../src/proposals/model.ts';
import { formatOffer, formatSuite, keyword, NotationError, parseOffer, parseSuite } from '../../src/proposals/notation.ts';

const fault = (text: string, negotiation: Negotiation): NotationError => {
  try {
    parseOffer(text, negotiation);
  } catch (error) {
    if (error instanceof NotationError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
};

describe('notation', () => {
  const canonical: [Negotiation, text: string, canonical: string][] = [
    ['ikev1-phase1', '3des-md5-modp1024', '3des-md5-modp1024'],
    ['ikev1-phase1', '3des-sha1-modp1024-rsasig, aes256-sha256-modp2048', '3des-sha1-modp1024-rsasig,aes256-sha256-modp2048'],
    ['ikev1-phase1', 'AES_CBC_256-SHA2_256-dh14', 'aes256-sha256-modp2048'],
    ['ikev1-phase1', 'rc5128-sha1-modp1024', 'encryption:4/128-sha1-modp1024'],
    ['ikev1-phase1', 'cast128-md5-modp768', 'cast128-md5-modp768'],
    ['ikev2-ike', 'aes256-sha256-modp2048', 'aes256-sha256-prfsha256-modp2048'],
    ['ikev2-ike', 'aes-256-gcm-sha384-ecp384', 'aes256gcm16-prfsha384-ecp384'],
    ['ikev2-ike', 'aes_gcm_16_256-prf-hmac-sha2-256-dh14', 'aes256gcm16-prfsha256-modp2048'],
    ['ikev2-ike', 'aes256-aes128-sha256-prfsha256-modp2048-ecp256', 'aes256-aes128-sha256-prfsha256-modp2048-ecp256'],
    ['ikev2-ike', 'aes256-sha256-prfsha256-x25519-ke1_mlkem768', 'aes256-sha256-prfsha256-x25519-ke1_mlkem768'],
    ['ikev1-phase2', 'esp:aes128-sha1+ah:sha1,esp:3des-md5', 'esp:aes128-sha1+ah:sha1,esp:3des-md5'],
    ['ikev1-phase2', 'esp:aes128-sha1|3des-md5+ipcomp:deflate', 'esp:aes128-sha1|3des-md5+ipcomp:deflate'],
    ['ikev2-child', 'aes128gcm16-x25519-esn', 'aes128gcm16-x25519-esn'],
    ['ikev2-child', 'aes128-integrity:0-type242:42/128', 'aes128-integrity:0-type242:42/128'],
  ];
  for (const [negotiation, text, expected] of canonical) {
    it(`${negotiation}: ${text} = ${expected}`, () => {
      const offer = parseOffer(text, negotiation);
      expect(formatOffer(offer)).to.equal(expected);
      expect(parseOffer(expected, negotiation)).to.deep.equal(offer);
    });
  }

  const faults: [Negotiation, text: string, code: string, offset: number, hint?: string][] = [
    ['ikev1-phase1', '', 'empty', 0],
    ['ikev1-phase1', '3des--modp1024', 'empty', 5],
    ['ikev2-ike', 'aes256-sha255-modp2048', 'unknown-keyword', 7, 'sha256'],
    ['ikev2-ike', 'aes256-sha256-modp2047', 'unknown-keyword', 14, 'modp2048'],
    ['ikev1-phase1', '3des-md5-modp1024,aes256-sha1', 'slot-missing', 18],
    ['ikev1-phase1', '3des-des-md5-modp1024', 'duplicate-slot', 0],
    ['ikev1-phase1', 'esp:3des-md5-modp1024', 'wrong-protocol', 0],
    ['ikev2-ike', 'encryption:65536-sha1-modp1024', 'number-too-large', 0],
  ];
  for (const [negotiation, text, code, offset, hint] of faults) {
    it(`${negotiation}: '${text}' is ${code} at ${offset}`, () => {
      const error = fault(text, negotiation);
      expect([error.code, error.offset]).to.deep.equal([code, offset]);
      if (hint !== undefined) expect(error.hint).to.equal(hint);
    });
  }

  it('numbers phase 1 transforms from 1, with attributes in the usual order', () => {
    const { groups } = parseOffer('3des-sha1-modp1024,aes256-sha256-modp2048', 'ikev1-phase1', { lifetime: { seconds: 86400 } });
    expect(groups).to.have.length(1);
    const [first, second] = groups[0]?.proposals[0]?.transforms ?? [];
    expect(first).to.include({ kind: 'suite', number: 1, id: 1 });
    expect(second).to.include({ number: 2 });
    expect(second?.attributes.map((a) => a.type)).to.deep.equal([1, 14, 2, 3, 4, 11, 12]);
  });

  const id = fc.integer({ min: 0, max: 0xffff });
  const algorithm = fc.oneof(fc.record({ id }), fc.record({ id, keyBits: id }), fc.record({ id: fc.integer({ min: 0, max: 40 }) }));
  const places: [Negotiation, protocol: number, slots: Slot[]][] = [
    ['ikev1-phase1', 1, ['encryption', 'hash', 'group']],
    ['ikev1-phase2', 3, ['encryption', 'integrity', 'group', 'mode', 'esn']],
    ['ikev1-phase2', 2, ['integrity', 'group', 'mode']],
    ['ikev1-phase2', 4, ['compression', 'group']],
    ['ikev2-ike', 1, ['encryption', 'integrity', 'prf', 'group', 'ake1', 'ake7']],
    ['ikev2-child', 3, ['encryption', 'integrity', 'group', 'esn', 'ake2']],
  ];
  for (const [negotiation, protocol, slots] of places) {
    for (const slot of slots) {
      it(`reads back every keyword of ${slot} in ${negotiation}, protocol ${protocol}`, () => {
        const check = (value: { id: number; keyBits?: number }): void => {
          const word = keyword(slot, negotiation, value, protocol);
          expect(parseSuite(word + (slot === 'integrity' ? '-noprf' : ''), negotiation, protocol)).to.deep.equal({ [slot]: value });
        };
        for (let n = 0; n < 300; n++) for (const bits of [{}, { keyBits: 0 }, { keyBits: 128 }]) check({ id: n, ...bits });
        fc.assert(fc.property(algorithm, check), { numRuns: 300 });
      });
    }
    it(`reads back every suite of ${negotiation}, protocol ${protocol}`, () => {
      const suites = fc.record(Object.fromEntries(slots.map((s) => [s, algorithm])), { requiredKeys: [slots[0] ?? ''] });
      fc.assert(
        fc.property(suites, (suite) => {
          const text = formatSuite(suite, negotiation, protocol);
          expect(parseSuite(text, negotiation, protocol)).to.deep.equal(suite);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('answers any text with a value or a NotationError', () => {
    const words = fc.constantFrom('aes256', '-', ',', '+', '|', 'esp:', 'sha1', 'ke1_', 'type9:', '7', 'modp2048', ' ', 'prf', ':', '/');
    const negotiation = fc.constantFrom<Negotiation>('ikev1-phase1', 'ikev1-phase2', 'ikev2-ike', 'ikev2-child');
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), negotiation, (parts, n) => {
        try {
          parseOffer(parts.join(''), n);
        } catch (error) {
          expect(error).to.be.instanceOf(NotationError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
