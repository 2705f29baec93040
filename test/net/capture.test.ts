import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type Capture, readCapture, writePcap, type WrittenDatagram } from '../../src/net/capture.ts';

const CASES = '../shared/cases';
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const be16 = (value: number): string => value.toString(16).padStart(4, '0');
const V4 = { local: { address: '192.0.2.1', port: 500 }, peer: { address: '198.51.100.7', port: 500 } };
const V6 = { local: { address: '2001:db8::1', port: 4500 }, peer: { address: 'fe80::1:0:0:2', port: 4500 } };
const ENTRIES: readonly WrittenDatagram[] = [
  { direction: 'sent', at: 0, bytes: hex('0102030405') },
  { direction: 'received', at: 12.5, bytes: hex('aabb') },
  { direction: 'received', at: 13, bytes: new Uint8Array() },
];

/** A pcap of one frame. */
function pcap(link: number, frame: Uint8Array): Uint8Array {
  const file = new Uint8Array(40 + frame.length);
  const view = new DataView(file.buffer);
  [0xa1b2c3d4, 0x00020004, 0, 0, 0xffff, link, 1, 500_000, frame.length, frame.length].forEach((word, i) => view.setUint32(4 * i, word));
  file.set(frame, 40);
  return file;
}

/** An IPv4 packet, perhaps a fragment; the checksum is not looked at. */
function ipv4(payload: string, { id = 1, offset = 0, more = false } = {}): string {
  const size = 20 + payload.length / 2;
  return `4500${be16(size)}${be16(id)}${be16((more ? 0x2000 : 0) | (offset / 8))}40110000c0000201c6336407${payload}`;
}
const udp = (payload: string): string => `01f401f4${be16(8 + payload.length / 2)}0000${payload}`;
const summary = ({ packets }: Capture): string[] =>
  packets.map(
    (p) =>
      `${p.at} ${p.source.address}:${p.source.port} ${p.destination.address}:${p.destination.port} ${Buffer.from(p.payload).toString('hex')}`,
  );

/** pcapng, one section, one Ethernet interface with microseconds, the given packet blocks. */
function pcapng(frame: Uint8Array, { little = true, resolution = 6 } = {}): Uint8Array {
  const blocks: number[] = [];
  const u32 = (n: number): number[] => (little ? [n, n >>> 8, n >>> 16, n >>> 24] : [n >>> 24, n >>> 16, n >>> 8, n]).map((o) => o & 255);
  const u16 = (n: number): number[] => (little ? u32(n).slice(0, 2) : u32(n).slice(2));
  const block = (type: number, body: number[]): void => {
    const full = [...body, ...Array<number>((4 - (body.length % 4)) % 4).fill(0)];
    blocks.push(...u32(type), ...u32(full.length + 12), ...full, ...u32(full.length + 12));
  };
  block(0x0a0d0d0a, [...u32(0x1a2b3c4d), ...u16(1), ...u16(0), ...u32(0xffffffff), ...u32(0xffffffff)]);
  block(1, [...u16(1), ...u16(0), ...u32(0), ...u16(9), ...u16(1), resolution, 0, 0, 0, ...u32(0)]);
  block(6, [...u32(0), ...u32(0), ...u32(1_500_000), ...u32(frame.length), ...u32(frame.length), ...frame]);
  block(3, [...u32(frame.length), ...frame]);
  return Uint8Array.from(blocks);
}

describe('captures', () => {
  for (const [name, ends] of [
    ['IPv4', V4],
    ['IPv6', V6],
  ] as const) {
    it(`reads what it wrote over ${name}, obstacles left out`, () => {
      const { packets, faults: broken } = readCapture(writePcap(ENTRIES, { ...ends, epoch: 1_700_000_000_000 }));
      expect(broken).to.deep.equal([]);
      expect(packets).to.deep.equal([
        { at: 1_700_000_000_000, source: ends.local, destination: ends.peer, payload: hex('0102030405') },
        { at: 1_700_000_000_012.5, source: ends.peer, destination: ends.local, payload: hex('aabb') },
      ]);
    });
  }

  const frame = ipv4(udp('cafe'));
  const seen = ['1500 192.0.2.1:500 198.51.100.7:500 cafe'];
  const mac = '000102030405060708090a0b';
  const links: [what: string, link: number, frame: string][] = [
    ['Ethernet', 1, `${mac}0800${frame}`],
    ['Ethernet with padding', 1, `${mac}0800${frame}000000000000`],
    ['one VLAN tag', 1, `${mac}810000050800${frame}`],
    ['two VLAN tags', 1, `${mac}88a8000181000005 0800${frame}`],
    ['raw IP', 101, frame],
    ['null', 0, `02000000${frame}`],
    ['loop', 108, `00000002${frame}`],
    ['Linux cooked', 113, `0000000100060001020304050000 0800${frame}`],
    ['Linux cooked v2', 276, `0800000000000001000100060001020304050000${frame}`],
  ];
  for (const [what, link, bytes] of links)
    it(`reads ${what}`, () => expect(summary(readCapture(pcap(link, hex(bytes))))).to.deep.equal(seen));

  for (const little of [true, false]) {
    it(`reads pcapng, ${little ? 'little' : 'big'}-endian, enhanced and simple packets`, () => {
      const capture = readCapture(pcapng(hex(`${mac}0800${frame}`), { little }));
      expect(capture.faults).to.deep.equal([]);
      expect(summary(capture)).to.deep.equal([seen[0], seen[0]?.replace('1500', '0')]);
    });
  }

  it('reads nanoseconds in pcapng', () => {
    expect(readCapture(pcapng(hex(`${mac}0800${frame}`), { resolution: 9 })).packets[0]?.at).to.equal(1.5);
  });

  /** Three fragments of one datagram, in the given order, as a raw IP capture. */
  function fragments(order: readonly number[]): Capture {
    const whole = udp('11'.repeat(40));
    const cut = [whole.slice(0, 48), whole.slice(48, 80), whole.slice(80)];
    const offsets = [0, 24, 40];
    const parts = order.map((i) => pcap(101, hex(ipv4(cut[i] ?? '', { id: 9, offset: offsets[i] ?? 0, more: i < 2 }))));
    return readCapture(new Uint8Array(Buffer.concat(parts.map((part, i) => (i === 0 ? part : part.subarray(24))))));
  }
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 1, 2, 0],
  ]) {
    it(`puts fragments ${order.join(', ')} together`, () => {
      const { packets, faults: broken } = fragments(order);
      expect(broken).to.deep.equal([]);
      expect(packets.map((p) => Buffer.from(p.payload).toString('hex'))).to.deep.equal(['11'.repeat(40)]);
    });
  }
  it('says so when a fragment is missing', () => {
    expect(fragments([0, 2]).faults.map((f) => f.code)).to.deep.equal(['fragments-incomplete']);
  });

  const faults: [what: string, bytes: Uint8Array, code: string][] = [
    ['nothing', new Uint8Array(), 'not-a-capture'],
    ['text', new Uint8Array(Buffer.from('this is not a capture at all')), 'not-a-capture'],
    ['a cut pcap', pcap(101, hex(frame)).subarray(0, 60), 'truncated'],
    ['a cut pcapng', pcapng(hex(frame)).subarray(0, 80), 'truncated'],
    ['an unknown link type', pcap(147, hex(frame)), 'link-type-unsupported'],
  ];
  for (const [what, bytes, code] of faults) it(`says ${code} for ${what}`, () => expect(readCapture(bytes).faults[0]?.code).to.equal(code));

  it('never throws, whatever is cut or changed', () => {
    const seeds = [pcap(1, hex(`${mac}0800${frame}`)), pcapng(hex(`${mac}0800${frame}`)), writePcap(ENTRIES, V6)];
    for (const seed of seeds) {
      for (let i = 0; i < seed.length; i++) {
        readCapture(seed.subarray(0, i));
        for (const octet of [0, 0x7f, 0xff, (seed[i] ?? 0) ^ 1]) readCapture(seed.with(i, octet));
      }
    }
  });

  it('writes what tshark reads without complaint (skipped where tshark is not installed)', function () {
    if (spawnSync('tshark', ['-v']).error) this.skip();
    const directory = mkdtempSync(join(tmpdir(), 'ike-probe-'));
    try {
      for (const ends of [V4, V6]) {
        const file = join(directory, 'written.pcap');
        writeFileSync(file, writePcap(ENTRIES, ends));
        const fields = ['-T', 'fields', '-e', 'udp.checksum.status', '-e', 'ip.checksum.status'];
        const options = ['-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', ...fields];
        const lines = execFileSync('tshark', ['-n', '-r', file, ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
        expect(
          lines
            .trim()
            .split('\n')
            .map((line) => line.trim()),
        ).to.deep.equal(ends === V4 ? ['1\t1', '1\t1'] : ['1', '1']);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  }).timeout(20_000);

  it('reads every recorded case (skipped without ../shared/cases)', function () {
    if (!existsSync(CASES)) this.skip();
    for (const name of readdirSync(CASES)) {
      const file = join(CASES, name, 'wire.pcap');
      if (!existsSync(file)) continue;
      const capture = readCapture(new Uint8Array(readFileSync(file)));
      expect(capture.packets.length, name).to.be.above(0);
      expect(
        capture.faults.filter((f) => f.code !== 'fragments-incomplete'),
        name,
      ).to.deep.equal([]);
    }
  });
});
