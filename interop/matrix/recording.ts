/**
 * What goes over the wire of a pair, as tcpdump writes it down, and the part of it that belongs to one cell.
 *
 * Rule: the octets stay as they were captured, so that a cell's capture opens in Wireshark as the whole one would.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../daemons/lab.ts';
import type { Host } from '../daemons/network.ts';
import { until } from '../daemons/process.ts';

/** A capture that goes on. */
export interface Recording {
  /** The place that has been reached; what was sent before it is behind it. */
  mark(): Promise<number>;
  /** The classic pcap format: everything since a mark. */
  since(mark: number): Promise<Uint8Array>;
  stop(): Promise<void>;
}

/** IKE, the rest of what was cut into fragments, and what the network says of it. */
const FILTER = 'udp or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6 proto 44';
const HEADER = 24;
const RECORD = 16;
/** What is on its way from the kernel to the file. */
const SETTLE_MS = 40;

/** Records all that a host sends and receives. */
export function record(lab: Lab, host: Host): Promise<Recording> {
  return lab.begin(
    'wire',
    async (site) => {
      const file = join(site.directory, 'wire.pcap');
      const argv = ['tcpdump', '-i', 'eth0', '-p', '-n', '-U', '--immediate-mode', '-s', '0', '-Z', 'root', '-w', file, FILTER];
      const daemon = await site.start(argv, 'output');
      await until(daemon, 'the capture begins', async () => (await octetsOf(file)).length >= HEADER);
      const reached = async (from: number): Promise<{ readonly end: number; readonly octets: Uint8Array }> => {
        const octets = await octetsOf(file);
        const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
        let end = from;
        while (end + RECORD <= octets.length) {
          const next = end + RECORD + view.getUint32(end + 8, true);
          if (next > octets.length) break;
          end = next;
        }
        return { end, octets };
      };
      let place = HEADER;
      return {
        async mark() {
          await sleep(SETTLE_MS);
          place = (await reached(place)).end;
          return place;
        },
        async since(mark) {
          await sleep(SETTLE_MS);
          const { end, octets } = await reached(place);
          place = end;
          return Buffer.concat([octets.subarray(0, HEADER), octets.subarray(mark, end)]);
        },
        stop: () => daemon.stop(),
      };
    },
    host,
  );
}

/** Nothing while the file is not there. */
async function octetsOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch {
    return Buffer.alloc(0);
  }
}
