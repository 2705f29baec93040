import { after, before, it } from 'mocha';
import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import { namespacesOf } from '../../interop/daemons/network.ts';
import type { Peer } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';

/** Sends argv[2] (hex) to argv[1], port 500; prints the answer in hex, "silent", or the error's code. Runs inside the client. */
const EXCHANGE = `
  const [, address, hex] = process.argv;
  const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const end = (text) => { process.stdout.write(text); socket.close(); clearTimeout(timer); };
  const timer = setTimeout(() => end('silent'), 1500);
  socket.on('message', (answer) => end(answer.toString('hex')));
  socket.on('error', (error) => end(error.code));
  socket.connect(500, address, () => socket.send(Buffer.from(hex, 'hex')));
`;

/** IKE_SA_INIT with the one transform ENCR_DES (header, SA, KE of group 1, nonce): everybody refuses it. */
function refusedRequest(initiatorSpi: string): string {
  const payload = (next: number, body: string): string => `${hex(next, 1)}00${hex(body.length / 2 + 4, 2)}${body}`;
  const sa = payload(34, '00000010010100010000000801000002');
  const ke = payload(40, `00010000${'5a'.repeat(96)}`);
  const nonce = payload(0, 'a5'.repeat(32));
  const length = 28 + (sa.length + ke.length + nonce.length) / 2;
  return `${initiatorSpi}${'00'.repeat(8)}21202208${'00'.repeat(4)}${hex(length, 4)}${sa}${ke}${nonce}`;
}

function hex(value: number, octets: number): string {
  return value.toString(16).padStart(2 * octets, '0');
}

describeDaemons('the lab of real daemons', ['strongswan', 'libreswan', 'openiked'], () => {
  let lab: Lab;
  let peers: readonly [Peer, Peer, Peer];
  let asked = 0;
  const nextSpi = (): string => hex(++asked, 8);
  const exchange = async (address: string, spi = nextSpi()): Promise<string> =>
    (await lab.command([process.execPath, '-e', EXCHANGE, address, refusedRequest(spi)])).stdout;

  before(async () => {
    lab = await createLab('test');
    peers = [
      await lab.strongswan({ ike: ['aes256-sha256-modp2048'] }),
      await lab.libreswan({ ike: ['aes256-sha2_256-modp2048'] }),
      await lab.openiked({ ike: ['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048'] }),
    ];
  });
  after(() => lab?.close());

  it('gives each peer its own address', () => {
    expect(peers.map((peer) => peer.address4)).to.deep.equal(['10.99.0.2', '10.99.0.3', '10.99.0.4']);
  });

  it('starts daemons that answer over IPv4 and IPv6', async () => {
    for (const peer of peers) {
      for (const address of [peer.address4, peer.address6]) {
        const spi = nextSpi();
        const answer = await exchange(address, spi);
        expect(answer.slice(0, 16), `${peer.kind} ${address}`).to.equal(spi);
        expect(answer.slice(-4), `${peer.kind} ${address}: NO_PROPOSAL_CHOSEN`).to.equal('000e');
      }
      expect(await peer.log(), peer.kind).to.match(/DES/);
    }
  });

  it('tells a closed port, a firewall and a silent path apart', async () => {
    const host = await lab.host();
    expect(await exchange(host.address4)).to.equal('ECONNREFUSED');
    await lab.firewall({ block: 'prohibited' }, host);
    expect(await exchange(host.address4)).to.equal('EHOSTUNREACH');
    await lab.firewall({ block: 'silent' }, host);
    expect(await exchange(host.address4)).to.equal('silent');
  });

  it('loses what it is told to lose, and heals', async () => {
    const [peer] = peers;
    await lab.firewall({ lossPercent: 100, direction: 'out' });
    expect(await exchange(peer.address4)).to.equal('silent');
    await lab.firewall({});
    expect(await exchange(peer.address4)).to.match(/000e$/);
  });

  it('stops a daemon and leaves its host with a closed port', async () => {
    const [peer] = peers;
    await peer.stop();
    expect(existsSync(`/proc/${peer.pid}`)).to.equal(false);
    expect(await exchange(peer.address4)).to.equal('ECONNREFUSED');
  });

  it('leaves no process and no namespace behind', async () => {
    const second = await createLab('test');
    const { pid } = await second.openiked();
    await second.close();
    expect(namespacesOf(second.name)).to.deep.equal([]);
    expect(existsSync(`/proc/${pid}`)).to.equal(false);
  });
});
