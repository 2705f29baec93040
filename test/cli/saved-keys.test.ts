/** What --pcap and --save-keys write is read in the clear again: here, and by Wireshark's own dissector where it is installed. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program.ts';
import { Decryptor, insideOffers, readIkev1DecryptionTable, readIkev2DecryptionTable } from '../../src/ike/decryption/index.ts';
import { readCapture } from '../../src/net/index.ts';
import { nodeCrypto } from '../../src/node-crypto/index.ts';
import { udpPeer } from '../support/udp-peer.ts';
import { testIo } from './test-io.ts';

const PSK = 'correct horse battery staple 7';

interface Saved {
  readonly pcap: Uint8Array;
  readonly keys: string;
}

/** A probe of our own responder, with its capture and its keys. */
async function saved(version: 1 | 2, suite: string, address = '127.0.0.1'): Promise<Saved> {
  const peer = await udpPeer({ address, versions: [version], psk: PSK, ike: suite, child: 'aes256-sha256' });
  const io = testIo({ files: { psk: `${PSK}\n` } });
  const argv = ['probe', peer.target, '--ike', `v${version}`, '--mode', 'main', '--offer', suite, '--offer', 'esp:aes256-sha256'];
  try {
    const files = ['--psk-file', 'psk', '--id', 'client.example', '--pcap', 'capture', '--save-keys', 'keys'];
    expect(await run([...argv, '--source-port', 'any', '-q', ...files], io), io.err()).to.equal(0);
  } finally {
    await peer.server.close();
  }
  return { pcap: Buffer.from(io.written.get('capture') as Uint8Array), keys: String(io.written.get('keys')) };
}

const SUITES = [
  [1, 'aes256-sha256-modp2048'],
  [1, '3des-sha1-modp1024'],
  [2, 'aes256-sha256-prfsha256-modp2048'],
  [2, 'aes256gcm16-prfsha384-ecp256'],
] as const;

describe('saved keys', () => {
  for (const [version, suite] of SUITES)
    it(`IKEv${version} ${suite}: every encrypted message of the capture opens, and names its ESP proposal`, async () => {
      const { pcap, keys } = await saved(version, suite);
      const { packets } = readCapture(pcap);
      const table = (version === 1 ? readIkev1DecryptionTable : readIkev2DecryptionTable)(keys);
      expect(table.faults).to.deep.equal([]);
      const decryptor = new Decryptor(nodeCrypto, table.keys);
      const read = packets.map(({ payload }, frame) => ({ frame, read: decryptor.add(payload) }));
      expect(read.filter((each) => each.read.state === 'closed')).to.deep.equal([]);
      expect(read.filter((each) => each.read.state === 'opened').length).to.be.greaterThan(5);
      expect(insideOffers(read).length).to.be.greaterThan(1);
    });

  for (const [version, suite] of SUITES)
    it(`IKEv${version} ${suite}: tshark reads the ESP proposal too (skipped where tshark is not installed)`, async function () {
      this.timeout(20_000);
      // It tells the ends of an SA apart by their addresses.
      if (spawnSync('tshark', ['-v']).error) this.skip();
      const { pcap, keys } = await saved(version, suite, '127.0.0.2');
      const directory = mkdtempSync(join(tmpdir(), 'saved-keys-'));
      try {
        const file = join(directory, 'capture.pcap');
        writeFileSync(file, pcap);
        const lines = keys.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        const options = lines.flatMap((line) => ['-o', `uat:ikev${version}_decryption_table:${line}`]);
        const port = readCapture(pcap).packets[0]?.destination.port ?? 0;
        const fields = ['-d', `udp.port==${port},isakmp`, '-T', 'fields', '-e', 'isakmp.prop.protoid'];
        const shown = execFileSync('tshark', ['-n', '-r', file, ...options, ...fields], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const ESP = 3;
        expect(shown.split(/[\n,]/).filter((id) => Number(id) === ESP).length).to.be.greaterThan(1);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    });
});
