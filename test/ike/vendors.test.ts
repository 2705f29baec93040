import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { FEATURE_VENDORS, IMPLEMENTATION_VENDORS, identifyVendor, STRONGSWAN_RELEASES } from '../../src/ike/vendors.ts';

const FACTS = '../shared/facts/vendor-ids.json';
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('vendor IDs', () => {
  const known: [what: string, payload: Uint8Array, name: string][] = [
    ['XAUTH', bytes('09002689dfd6b712'), 'XAUTH'],
    ['DPD', bytes('afcad71368a1f1c96b8696fc77570100'), 'Dead Peer Detection (RFC 3706)'],
    [
      'a Windows generation before the generic row',
      bytes('1e2b516905991c7d7c96fcbfb587e46100000009'),
      'Windows 8 and later (8.1, 10, Server 2012 R2, 2016 ...)',
    ],
    ['an unknown Windows generation', bytes('1e2b516905991c7d7c96fcbfb587e461000000ff'), 'MS NT5 ISAKMPOAKLEY'],
    ['text with a version behind it', ascii('OpenIKED-7.2'), 'OpenIKED'],
    ['the longest prefix', ascii('OE-Libreswan-4.10'), 'Libreswan 3.6 and later'],
    ['a suffix', bytes(`0102030405060708ff${Buffer.from('Teldat').toString('hex')}`), 'Teldat (suffix)'],
    ['a strongSwan release', bytes('9e10a0d4205edc6c90bd5381a53c2d2b'), 'strongSwan 5.1.1'],
    ['a FreeS/WAN release', bytes('4f457e4c466e5d427c5c6b52'), 'FreeS/WAN 2.06'],
    ['the shape of a FreeS/WAN ID', ascii('OEABCDEFGHIJ'), 'FreeS/WAN or Openswan'],
  ];
  for (const [what, payload, name] of known) it(`knows ${what}`, () => expect(identifyVendor(payload)?.name).to.equal(name));

  it('knows nothing about the rest, whatever its size', () => {
    for (const length of [0, 1, 11, 16, 63, 64, 65, 65_000]) expect(identifyVendor(new Uint8Array(length).fill(0xee))).to.equal(undefined);
  });

  it('has well-formed rows, none twice', () => {
    const rows = [...FEATURE_VENDORS, ...IMPLEMENTATION_VENDORS];
    for (const row of rows) expect(row.hex, row.name).to.match(/^(?:[0-9a-f]{2}){4,60}$/);
    expect(new Set(rows.map((row) => row.hex)).size).to.equal(rows.length);
  });

  it('finds every row by its own octets', () => {
    for (const row of [...FEATURE_VENDORS, ...IMPLEMENTATION_VENDORS]) expect(identifyVendor(bytes(row.hex))?.name).to.equal(row.name);
  });

  it('holds the strongSwan releases that the rule gives', () => {
    for (const [release, hash] of STRONGSWAN_RELEASES) {
      expect(createHash('md5').update(`strongSwan ${release}`).digest('hex'), release).to.equal(hash);
    }
  });

  const there = existsSync(FACTS);
  (there ? it : it.skip)(`agrees with the collected facts${there ? '' : ' (skipped: ../shared is not here)'}`, () => {
    const facts = JSON.parse(readFileSync(FACTS, 'utf8')) as { vendorIds: { hex: string; match: string; group: string }[] };
    const rows = new Map([...FEATURE_VENDORS, ...IMPLEMENTATION_VENDORS].map((row) => [row.hex, row]));
    for (const fact of facts.vendorIds) expect(rows.get(fact.hex)?.match, fact.hex).to.equal(fact.match);
  });
});
