import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseIkeScan, parseIkeScanOffer, printIkeScan, printIkeScanShort } from '../../../src/proposals/dialects/ike-scan.ts';
import { DialectError } from '../../../src/proposals/dialects/scanner.ts';
import type { Attribute } from '../../../src/proposals/model.ts';
import { encodeSaBody } from '../../../src/proposals/wire/sa.ts';

const faultOf = (text: string): DialectError => {
  try {
    parseIkeScan(text);
  } catch (error) {
    if (error instanceof DialectError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
};

describe('ike-scan transforms', () => {
  /** SA payloads that ike-scan 1.9.5 sent, captured on loopback. */
  const sent: [options: Parameters<typeof parseIkeScan>[1], values: string[], sa: string][] = [
    [{}, ['5,2,1,2'], '0000003800000001000000010000002c01010001000000240101000080010005800200028003000180040002800b0001000c000400007080'],
    [
      {},
      ['7/128,2,1,2'],
      '0000003c00000001000000010000003001010001000000280101000080010007800200028003000180040002800e0080800b0001000c000400007080',
    ],
    [
      {},
      ['0x7/0x80,2,1,14'],
      '0000003c0000000100000001000000300101000100000028010100008001000780020002800300018004000e800e0080800b0001000c000400007080',
    ],
    [{}, ['(1=7,14=256,2=4,3=1,4=14)'], '00000030000000010000000100000024010100010000001c0101000080010007800e010080020004800300018004000e'],
    [{}, ['(1=7,,2=1)(3=1)'], '0000002800000001000000010000001c010100010000001401010000800100078002000180030001'],
    [{}, ['(1=7,12=0x00007080)'], '0000002800000001000000010000001c01010001000000140101000080010007000c000400007080'],
    [{}, ['(12=0x)'], '00000020000000010000000100000014010100010000000c01010000000c0000'],
    [{ lifetime: null }, ['5,2,1,2'], '0000002c00000001000000010000002001010001000000180101000080010005800200028003000180040002'],
    [
      { lifesize: 100 },
      ['5,2,1,2'],
      '0000004400000001000000010000003801010001000000300101000080010005800200028003000180040002800b0001000c000400007080' +
        '800b0002000c000400000064',
    ],
    [
      {},
      ['7/256,1,1,5', '5,2,3,5'],
      '0000006000000001000000010000005401010002030000280101000080010007800200018003000180040005800e0100800b0001000c000400007080' +
        '000000240201000080010005800200028003000380040005800b0001000c000400007080',
    ],
  ];
  for (const [options, values, sa] of sent) {
    it(`${values.join(' ')} is sent as ike-scan sent it`, () => {
      expect(Buffer.from(encodeSaBody({ offer: parseIkeScanOffer(values, options) })).toString('hex')).to.equal(sa.slice(8));
    });
  }

  it('reads names of ciphers, hashes and methods', () => {
    expect(parseIkeScan('aes/256,SHA2-256,RSA_Sig,14', { lifetime: null })).to.deep.equal(parseIkeScan('(1=7,2=4,3=3,4=14,14=256)'));
  });

  const faults: [text: string, code: string, offset: number, length: number, hint?: string][] = [
    ['3DES,SHA1,PSK,2', 'not-allowed', 0, 4, '5'],
    ['7,2', 'missing', 3, 0],
    ['', 'missing', 0, 0],
    ['5,2,1,2,9', 'unexpected', 8, 1],
    ['5,SHA2_256,1,2', 'unknown-word', 2, 8, 'sha2-256'],
    ['5/,2,1,2', 'missing', 2, 0],
    ['5,2,1,modp1024', 'unexpected', 6, 8],
    ['70000,2,1,2', 'number-out-of-range', 0, 5],
    ['-1,2,1,2', 'unknown-word', 0, 2],
    ['(1=7,2)', 'missing', 5, 1],
    ['(1=70000)', 'number-out-of-range', 3, 5],
    ['(32769=1)', 'number-out-of-range', 1, 5],
    ['(0x1=7)', 'unexpected', 1, 3],
    ['(12=0x123)', 'missing', 6, 3],
    ['(12=0xzz)', 'unexpected', 6, 2],
    ['()', 'empty', 0, 2],
    [`(${'1=1,'.repeat(70)})`, 'too-long', 254, 0],
  ];
  for (const [text, code, offset, length, hint] of faults) {
    it(`${text.slice(0, 20)} is ${code} at ${offset}`, () => {
      const fault = faultOf(text);
      expect({ code: fault.code, offset: fault.offset, length: fault.length, hint: fault.hint }).to.deep.equal({
        code,
        offset,
        length,
        hint,
      });
    });
  }

  const attribute: fc.Arbitrary<Attribute> = fc.oneof(
    fc.record({ type: fc.nat(0x7fff), form: fc.constant('TV' as const), value: fc.nat(0xffff) }),
    fc.record({ type: fc.nat(0x7fff), form: fc.constant('TLV' as const), value: fc.uint8Array({ maxLength: 8 }) }),
  );

  it('prints pairs that read as the same attributes', () => {
    fc.assert(
      fc.property(fc.array(attribute, { minLength: 1, maxLength: 8 }), (attributes) => {
        expect(parseIkeScan(printIkeScan(attributes))).to.deep.equal(attributes);
      }),
    );
  });

  it('prints the short form where there is one', () => {
    expect(printIkeScanShort(parseIkeScan('7/256,4,1,14'))).to.equal('7/256,4,1,14');
    expect(printIkeScanShort(parseIkeScan('(1=5,2=2,3=1,4=2)'), { lifetime: null })).to.equal('5,2,1,2');
    expect(printIkeScanShort(parseIkeScan('(1=5,2=2,3=1,4=2)'))).to.equal(undefined);
    expect(printIkeScanShort(parseIkeScan('(2=2,1=5,3=1,4=2)'), { lifetime: null })).to.equal(undefined);
    expect(printIkeScanShort([])).to.equal(undefined);
  });

  it('throws nothing but faults, whatever the text', () => {
    const text = fc.array(fc.oneof(fc.constantFrom('(', ')', ',', '=', '/', '0x', '1', '14', 'aes', ' '), fc.string({ maxLength: 3 })), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(text, (pieces) => {
        try {
          return parseIkeScan(pieces.join('')).length > 0;
        } catch (error) {
          return error instanceof DialectError;
        }
      }),
    );
  });
});
