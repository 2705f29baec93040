/** `probe --html`: a page with the report that `--json` prints and every datagram of the transcript, written by a live probe and by a replay. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { datagramsOf } from '../../src/cli/probe-page.ts';
import { run } from '../../src/cli/program.ts';
import { Transcript } from '../../src/net/transcript.ts';
import type { ProbePayload } from '../../src/report/html/payload.ts';
import { payloadIn } from '../support/pages.ts';
import { udpPeer } from '../support/udp-peer.ts';
import { type TestIo, testIo } from './test-io.ts';

const OFFER = ['--ike', 'v2', '--offer', 'aes256-sha256-modp2048', '--source-port', 'any'];
const pageOf = (io: TestIo): Promise<ProbePayload> => payloadIn(String(io.written.get('page.html')));

describe('probe --html', () => {
  it('writes the report and the datagrams that its evidence counts, and prints what it prints without', async () => {
    const peer = await udpPeer({ versions: [2], psk: 'x' });
    const io = testIo();
    try {
      expect(await run(['probe', peer.target, ...OFFER, '--json', '--save', 't.json', '--html', 'page.html'], io)).to.equal(0);
    } finally {
      await peer.server.close();
    }
    const { kind, report, datagrams } = await pageOf(io);
    expect(kind).to.equal('probe');
    expect(report).to.deep.equal(JSON.parse(io.out()));
    const { entries } = JSON.parse(String(io.written.get('t.json'))) as { entries: { bytes: string; direction: string }[] };
    expect(datagrams.map(({ hex, direction }) => `${direction} ${hex}`)).to.deep.equal(
      entries.map(({ bytes, direction }) => `${direction} ${bytes}`),
    );
    expect(datagrams[0]?.summary).to.equal('IKE_SA_INIT request: SA KE Ni');
    expect(datagrams[0]?.lines[0]).to.equal('SA: proposal 1, IKE: aes256 prfsha256 sha256 modp2048');

    const again = testIo({ files: { 't.json': String(io.written.get('t.json')) } });
    await run(['probe', '--replay', 't.json', '--html', 'page.html', '--json'], again);
    expect((await pageOf(again)).datagrams).to.deep.equal(datagrams);
  });

  it('tells obstacles and octets that are no IKE message in the place of messages', () => {
    const transcript = new Transcript({ target: { input: 'x', address: '192.0.2.1', port: 500 }, started: '2026-11-28T00:00:00Z' });
    transcript.append({ direction: 'sent', at: 0, bytes: Uint8Array.of(1, 2, 3) });
    transcript.append({ direction: 'received', at: 5, bytes: new Uint8Array(), obstacle: { kind: 'refused', code: 'ECONNREFUSED' } });
    expect(datagramsOf(transcript)).to.deep.equal([
      { at: 0, direction: 'sent', summary: 'no IKE message: truncated at octet 0', lines: [], hex: '010203' },
      { at: 5, direction: 'received', summary: 'ICMP: refused (ECONNREFUSED)', lines: [], hex: '' },
    ]);
  });

  it('is no option of a dry run, in which nothing is found out', async () => {
    const io = testIo();
    expect(await run(['probe', '192.0.2.1', '--dry-run', '--html', 'page.html'], io)).to.equal(2);
    expect(io.err()).to.include('--html');
  });
});
