import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bytesAsText, count, safe, wrap } from '../../src/report/terminal.ts';

describe('text for a terminal', () => {
  const cases: [raw: string, printed: string][] = [
    ['plain text', 'plain text'],
    ['\u001b[31m', '\\x1b[31m'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['\u009b2J', '\\x9b2J'],
    ['\u202egnp', '\\u{202e}gnp'],
    ['\\x1b', '\\\\x1b'],
    ['\ud800', '\\u{d800}'],
  ];
  for (const [raw, printed] of cases) it(`prints ${printed}`, () => expect(safe(raw)).to.equal(printed));
  it('shows octets, and counts those it leaves out', () => {
    expect(bytesAsText(Uint8Array.of(0x41, 0, 0xff, 0x1b))).to.equal('A\\x00\\xff\\x1b');
    expect(bytesAsText(new Uint8Array(66).fill(0x41), 4)).to.equal('AAAA (and 62 more octets)');
  });
  it('breaks lines between words, and words that are too long', () => {
    expect(wrap('one two three', 9, '  ')).to.deep.equal(['  one two', '  three']);
    expect(wrap('abcdefghijklmnopqrst', 10)).to.deep.equal(['abcdefghij', 'klmnopqrst']);
  });
  it('groups digits', () => expect([0, 999, 1000, 1234567].map(count)).to.deep.equal(['0', '999', '1,000', '1,234,567']));
});
