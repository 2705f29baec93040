/** Batches as they come: rows in another order, with more in them than anybody reads, with lines that are broken, and very many. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import { run } from '../../src/cli/program.ts';
import { testIo } from './test-io.ts';

type Line = Readonly<Record<string, unknown>>;

async function batch(cases: string): Promise<{ code: number; lines: readonly Line[]; out: string; err: string }> {
  const io = testIo({ files: { cases } });
  const code = await run(['select', '--batch', 'cases'], io);
  const lines = io
    .out()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { code, lines, out: io.out(), err: io.err() };
}

const vectors = (file: string): string => readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8').trim();
const rowsOf = (file: string): Line[] =>
  vectors(file)
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const written = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

const MEASURED: readonly (readonly [file: string, rows: number])[] = [
  ['libreswan/measured-4.3.jsonl', 167],
  ['libreswan/measured-4.10.jsonl', 167],
  ['libreswan/measured-5.2.jsonl', 167],
  ['openiked/measured-7.2.jsonl', 112],
  ['openiked/measured-7.4.jsonl', 112],
  ['strongswan/measured-5.9.8.jsonl', 26],
  ['vpnc/measured-answers.jsonl', 55],
];

describe('ike-probe select --batch: measured rows', () => {
  for (const [file, count] of MEASURED) {
    it(`agrees with ${file}`, async () => {
      const { code, err, lines } = await batch(vectors(file));
      expect(err).to.equal(`measured: ${count} of ${count} agree\n`);
      expect([code, lines.length]).to.deep.equal([0, count]);
    });

    it(`agrees with ${file} backwards, with other ids, more fields and CRLF`, async () => {
      const rows = rowsOf(file).toReversed();
      const changed = rows.map(({ name: _name, ...row }, i) => ({
        remark: ['x'],
        ...row,
        id: `r ${i} \u202e\u009b`,
        source: null,
        more: { ike: 9 },
      }));
      const { code, lines, out } = await batch(`\ufeff${written(changed).replaceAll('\n', '\r\n\r\n')}\r\n`);
      expect(code).to.equal(0);
      expect(lines.map(({ id }) => id)).to.deep.equal(changed.map(({ id }) => id));
      expect(out, 'nothing that a terminal would obey').to.not.match(/[\u007f-\u009f\u202e]/);
    });

    it(`notices when ${file} says something else`, async () => {
      const rows = rowsOf(file).slice(0, 20);
      const lies = rows.map((row) => {
        const expected = row['expected'] as Line;
        return {
          ...row,
          expected: { ...expected, ...('accepted' in expected ? { accepted: expected['accepted'] !== true } : { code: 24 }) },
        };
      });
      const { code, err } = await batch(written(lies));
      expect([code, err]).to.deep.equal([1, `measured: 0 of ${rows.length} agree\n`]);
    });
  }

  const [sample] = rowsOf('strongswan/measured-5.9.8.jsonl');
  const variants: readonly (readonly [what: string, change: Line, outcome: string])[] = [
    ['no expectation', { expected: undefined }, 'selected'],
    ['an empty expectation', { expected: {} }, 'selected'],
    ['fields that are null', { keGroup: null, settings: null, step: null }, 'selected'],
    ['a setting', { settings: { prefer_configured_proposals: 'no' }, expected: {} }, 'selected'],
    ['a release between', { impl: 'strongSwan 5.9.13', expected: {} }, 'selected'],
    ['a name alone', { impl: 'iked', local: ['aes256-sha256-modp2048'], ike: 2, keGroup: 14, expected: {}, saPayload: '00' }, 'refused'],
    ['a release that never was', { impl: 'strongswan 77.1' }, 'error'],
    ['a name that nobody has', { impl: 'strangeswan 5.9.8' }, 'error'],
    ['no name', { impl: '' }, 'error'],
    ['a policy that no charon loads', { local: ['aes256-aes256gcm16-sha256-modp2048'] }, 'error'],
    ['a policy that cannot be read', { local: [`aes256-\u001b[31m-${'x'.repeat(100_000)}`] }, 'error'],
    ['a setting that nobody has', { settings: { __proto: 'x' } }, 'error'],
  ];
  for (const [what, change, outcome] of variants) {
    it(`${what}: ${outcome}`, async () => {
      const { lines, code } = await batch(written([{ ...sample, ...change }]));
      expect(lines[0]).to.include({ id: sample?.['id'], outcome });
      expect(code).to.equal(outcome === 'error' ? 1 : 0);
      expect(JSON.stringify(lines[0]).length, 'short').to.be.lessThan(5000);
    });
  }
});

describe('ike-probe select --batch: broken lines', () => {
  const [good = ''] = vectors('freeswan/selections.jsonl').split('\n');
  const row = JSON.parse(good) as Line;
  const sa = '220000300000002c010100040300000c0100000c800e0080030000080300000c0300000802000005000000080400000e';
  const iked = { id: 'i', kind: 'ikev2-oracle', local: [], offered: [], rekey: 0, keGroup: -1 };
  const measured = { id: 'm', kind: 'measured', impl: 'strongswan 5.9.8', ike: 2, local: ['aes128-sha256-modp2048'], saPayload: sa };
  const broken: readonly (readonly [line: string, message: RegExp, id: string | null])[] = [
    ['{"id":', /not JSON/, null],
    ['x'.repeat(2_000_000), /not JSON/, null],
    ['[]', /not a JSON object/, null],
    ['null', /not a JSON object/, null],
    ['{"kind":"pluto-oracle"}', /"id" must be a text/, null],
    ['{"id":7,"kind":"pluto-oracle"}', /"id" must be a text/, null],
    ['{"id":"a"}', /"kind" must be a text/, 'a'],
    ['{"id":"a","kind":null}', /"kind" must be a text/, 'a'],
    [JSON.stringify({ ...row, phase: 3 }), /"phase" must be 1 or 2/, 'pluto-000'],
    [JSON.stringify({ ...row, phase: null }), /"phase" must be 1 or 2/, 'pluto-000'],
    [JSON.stringify({ ...row, saPayload: null }), /"saPayload" must be a text/, 'pluto-000'],
    [JSON.stringify({ ...row, saPayload: '0' }), /"saPayload" must be octets/, 'pluto-000'],
    [JSON.stringify({ ...row, policy: ['PKS'] }), /"policy" may hold psk/, 'pluto-000'],
    [JSON.stringify({ ...row, policy: 'PSK' }), /"policy" must be a list/, 'pluto-000'],
    [JSON.stringify({ ...row, pskKnown: 'yes' }), /"pskKnown" must be true or false/, 'pluto-000'],
    [JSON.stringify({ ...row, expected: 'yes' }), /"expected" must be an object/, 'pluto-000'],
    [JSON.stringify({ ...iked, keGroup: 1e300 }), /"keGroup" must be a whole number/, 'i'],
    [JSON.stringify({ ...iked, keGroup: 1.5 }), /"keGroup" must be a whole number/, 'i'],
    [JSON.stringify({ ...iked, local: [[1]] }), /"local" must be a list of/, 'i'],
    [JSON.stringify({ ...iked, offered: [{ number: 1, protocol: 1, transforms: [[1, 'x', 0]] }] }), /"offered" must be a list of/, 'i'],
    [JSON.stringify({ ...measured, ike: 3 }), /"ike" must be 1 or 2/, 'm'],
    [JSON.stringify({ ...measured, local: 'aes128' }), /"local" must be a list of texts/, 'm'],
    [JSON.stringify({ ...measured, settings: [] }), /"settings" must be an object of texts/, 'm'],
    [JSON.stringify({ ...measured, ike: 1, step: 'quick' }), /"step" must be one of main, aggressive/, 'm'],
    [
      JSON.stringify({ id: 'w', kind: 'proposal-string', impl: 'strongswan', input: 'aes', protocol: 'TCP' }),
      /"protocol" may be IKE, ESP or AH/,
      'w',
    ],
    [
      JSON.stringify({ id: 'w', kind: 'proposal-string', impl: 'libreswan', input: 'tcp=aes' }),
      /"input" must begin with ike, esp or ah/,
      'w',
    ],
  ];
  for (const [line, message, id] of broken) {
    it(`answers ${line.slice(0, 60)} by an error and goes on: ${message.source}`, async () => {
      const { code, lines, err } = await batch(`${good}\n\n${line}\n${good}\n`);
      expect(code).to.equal(2);
      expect(lines).to.have.length(3);
      expect(lines[1]).to.deep.include({ id, outcome: 'error', code: 'ERR_USAGE_FILE', line: 3 });
      expect(String(lines[1]?.['message']))
        .to.match(message)
        .and.match(/^cases:3: /);
      expect(lines[2]).to.include({ id: 'pluto-000', accepted: true });
      expect(err)
        .to.match(/^ike-probe: cases:3: /)
        .and.match(/pluto-oracle: 2 of 2 agree\n$/);
    });
  }

  it('tells the first twenty of very many on stderr, and no kind at length', async () => {
    const kinds = Array.from({ length: 50 }, (_, i) => JSON.stringify({ id: 'k', kind: `${i}\u001b[31m${'x'.repeat(10_000)}` }));
    const { code, lines, err } = await batch([...Array.from({ length: 500 }, () => '{'), ...kinds, good].join('\n'));
    expect(code).to.equal(2);
    expect(lines).to.have.length(551);
    expect(err)
      .to.match(/cases: 480 more lines that cannot be understood/)
      .and.match(/other kinds: 30 not supported yet/);
    expect(err)
      .to.match(/pluto-oracle: 1 of 1 agree/)
      .and.not.match(/\u001b/);
    expect(err.length).to.be.lessThan(6000);
  });

  it('judges 20,000 cases one after the other', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => good.replace('pluto-000', `many-${i}`));
    const before = process.memoryUsage().heapUsed;
    const { code, lines, err } = await batch(rows.join('\n'));
    expect([code, lines.length, err]).to.deep.equal([0, 20_000, 'pluto-oracle: 20000 of 20000 agree\n']);
    expect(lines.at(-1)).to.include({ id: 'many-19999' });
    expect((process.memoryUsage().heapUsed - before) / 2 ** 20, 'MiB, what was printed included').to.be.lessThan(400);
  }).timeout(20_000);
});
