import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { addressOctets, addressText, parseRange, prefixBits, rangeText } from '../../src/net/addresses.ts';

describe('addresses', () => {
  const table: readonly (readonly [text: string, canonical: string])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:0:0:0:0', '2001:db8::'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ];
  for (const [text, canonical] of table) it(`${text} is ${canonical}`, () => expect(addressText(addressOctets(text))).to.equal(canonical));

  it('what is written is read back as the same octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        const sparse = octets.map((octet) => (octet < 160 ? 0 : octet));
        expect(addressOctets(addressText(sparse))).to.deep.equal(sparse);
      }),
    );
  });
});

describe('ranges', () => {
  const table: readonly (readonly [text: string, canonical: string | undefined])[] = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['2001:db8::/33', '2001:db8::/33'],
    ['10.0.0.0-10.255.255.255', '10.0.0.0/8'],
    ['10.0.0.1-10.0.0.9', '10.0.0.1-10.0.0.9'],
    ['10.0.0.9-10.0.0.1', undefined],
    ['10.0.0.0/33', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/-1', undefined],
    ['10.0.0/8', undefined],
    ['10.0.0.1-::1', undefined],
    ['net', undefined],
    ['', undefined],
    ['10.0.0.0/8/9', undefined],
  ];
  for (const [text, canonical] of table)
    it(`${text || 'nothing'}: ${canonical ?? 'no range'}`, () => {
      const range = parseRange(text);
      expect(range && rangeText(range)).to.equal(canonical);
    });

  it('a prefix covers what it says', () => {
    expect(prefixBits({ start: addressOctets('10.0.0.0'), end: addressOctets('10.0.1.255') })).to.equal(23);
    expect(prefixBits({ start: addressOctets('10.0.1.0'), end: addressOctets('10.0.2.255') })).to.equal(undefined);
  });
});
