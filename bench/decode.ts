/**
 * IKE messages decoded per second, beside tshark and scapy on the same messages, and a line for each beside `tshark -V`.
 * Run: npx tsx bench/decode.ts
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMessage } from '../src/ike/index.ts';
import { writePcap } from '../src/net/index.ts';
import { messages } from './messages.ts';
import { perSecond, rate } from './rate.ts';

const COUNT = 100_000;
/** scapy is slow: fewer messages, and the rate from the time inside the loop. */
const SCAPY_COUNT = 2_000;
const SCAPY = `
import sys, time
from scapy.layers.isakmp import ISAKMP
from scapy.utils import rdpcap, RawPcapReader
packets = [data[28:] for data, _ in RawPcapReader(sys.argv[1])]
start = time.time()
for data in packets: ISAKMP(data)
print(len(packets) / (time.time() - start))
`;

/** Seconds that a command takes with its output thrown away; nothing when it is not there or fails. */
function seconds(command: string, args: readonly string[]): number | undefined {
  const sink = openSync('/dev/null', 'w');
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: ['ignore', sink, 'ignore'] });
  closeSync(sink);
  return status === 0 ? (performance.now() - start) / 1000 : undefined;
}

const pcap = (octets: readonly Uint8Array[]): Uint8Array =>
  writePcap(
    octets.map((bytes) => ({ direction: 'sent', at: 0, bytes })),
    { local: { address: '10.0.0.1', port: 500 }, peer: { address: '10.0.0.2', port: 500 } },
  );

const all = messages(COUNT);
const ours = rate(all, (octets) => decodeMessage(octets));
console.log(`decode, ${COUNT} messages: ${perSecond(ours)} (goal 300 k/s)`);

const folder = mkdtempSync(join(tmpdir(), 'ike-bench-'));
try {
  const file = join(folder, 'all.pcap');
  writeFileSync(file, pcap(all));
  const few = join(folder, 'few.pcap');
  writeFileSync(few, pcap(all.slice(0, SCAPY_COUNT)));

  const dump = seconds(process.execPath, [...process.execArgv, join(import.meta.dirname, 'dump.ts'), file]);
  if (dump !== undefined) console.log(`our line for each: ${dump.toFixed(2)} s`);
  for (const args of [[], ['-V']]) {
    const took = seconds('tshark', ['-r', file, ...args]);
    const name = ['tshark', ...args].join(' ');
    if (took === undefined) console.log(`${name}: not here`);
    else {
      const lines = dump === undefined ? '' : `, our lines take ${(dump / took).toFixed(3)} of its time`;
      console.log(
        `${name}: ${perSecond(COUNT / took)}, ${took.toFixed(2)} s; we decode ${Math.round((ours * took) / COUNT)} times as fast${lines}`,
      );
    }
  }
  // A machine can have several Pythons; Debian gives scapy to its own.
  const measured = ['python3', '/usr/bin/python3'].map((python) =>
    Number.parseFloat(spawnSync(python, ['-c', SCAPY, few], { encoding: 'utf8' }).stdout),
  );
  const scapy = measured.find((found) => !Number.isNaN(found));
  if (scapy === undefined) console.log('scapy: not here');
  else console.log(`scapy: ${perSecond(scapy)}; we decode ${Math.round(ours / scapy)} times as fast`);
} finally {
  rmSync(folder, { recursive: true });
}
