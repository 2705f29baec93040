import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { openUdp } from '../../src/net/udp.ts';

type Family = 4 | 6;
const LOOPBACK: Readonly<Record<Family, string>> = { 4: '127.0.0.1', 6: '::1' };

interface Peer {
  readonly port: number;
  readonly socket: Socket;
  close(): Promise<void>;
}

async function peer(family: Family, onMessage: (socket: Socket, bytes: Buffer, from: RemoteInfo) => void): Promise<Peer> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => onMessage(socket, bytes, from));
  await new Promise<void>((resolve) => socket.bind(0, LOOPBACK[family], resolve));
  return { port: socket.address().port, socket, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}

const echo = (socket: Socket, bytes: Buffer, from: RemoteInfo): void => socket.send(bytes, from.port, from.address);
const closedPort = async (family: Family): Promise<number> => {
  const gone = await peer(family, () => undefined);
  await gone.close();
  return gone.port;
};
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('UDP transport', () => {
  for (const family of [4, 6] as const) {
    const address = LOOPBACK[family];

    it(`sends and receives over IPv${family}, and knows both ends`, async () => {
      const other = await peer(family, echo);
      const udp = await openUdp({ address, port: other.port, sourcePort: 0 });
      expect(await udp.send(Uint8Array.of(1, 2, 3))).to.deep.equal({ sent: true });
      const got = await udp.receive(udp.clock() + 1000);
      expect(got?.kind === 'datagram' && hex(got.datagram.bytes)).to.equal('010203');
      expect(got?.kind === 'datagram' && got.datagram.from).to.equal(undefined);
      expect(udp.local?.address).to.equal(address);
      await Promise.all([udp.close(), other.close()]);
    });

    it(`says refused for a closed IPv${family} port, once per datagram, and goes on`, async () => {
      const udp = await openUdp({ address, port: await closedPort(family), sourcePort: 0 });
      for (let i = 0; i < 3; i++) {
        await udp.send(Uint8Array.of(i));
        const got = await udp.receive(udp.clock() + 1000);
        expect(got).to.include({ kind: 'refused', code: 'ECONNREFUSED' });
      }
      expect(await udp.receive(udp.clock() + 20)).to.equal(undefined);
      await udp.close();
    });
  }

  it('keeps a burst of 20 datagrams that nobody waits for', async () => {
    const other = await peer(4, (socket, _bytes, from) => {
      for (let i = 0; i < 20; i++) socket.send(Uint8Array.of(i), from.port, from.address);
    });
    const udp = await openUdp({ address: '127.0.0.1', port: other.port, sourcePort: 0 });
    await udp.send(Uint8Array.of(0));
    const got: number[] = [];
    while (got.length < 20) {
      const next = await udp.receive(udp.clock() + 1000);
      if (next?.kind !== 'datagram') break;
      got.push(next.datagram.bytes[0] ?? -1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(got).to.deep.equal([...Array(20).keys()]);
    await Promise.all([udp.close(), other.close()]);
  });

  it('finds what came in time although the process was busy past the deadline', async () => {
    const other = await peer(4, () => undefined);
    const udp = await openUdp({ address: '127.0.0.1', port: other.port, sourcePort: 0 });
    const waiting = udp.receive(udp.clock() + 20);
    other.socket.send(Uint8Array.of(7), udp.local?.port ?? 0, '127.0.0.1');
    const end = udp.clock() + 60;
    await new Promise((resolve) => setImmediate(resolve));
    while (udp.clock() < end);
    expect((await waiting)?.kind).to.equal('datagram');
    await Promise.all([udp.close(), other.close()]);
  });

  it('sees an answer from another port only when not connected, and marks it', async () => {
    const second = await peer(4, () => undefined);
    const other = await peer(4, (_socket, bytes, from) => second.socket.send(bytes, from.port, from.address));
    const connected = await openUdp({ address: '127.0.0.1', port: other.port, sourcePort: 0 });
    await connected.send(Uint8Array.of(1));
    expect(await connected.receive(connected.clock() + 50)).to.equal(undefined);
    await connected.close();
    const open = await openUdp({ address: '127.0.0.1', port: other.port, sourcePort: connected.local?.port ?? 0, connected: false });
    await open.send(Uint8Array.of(2));
    const got = await open.receive(open.clock() + 1000);
    expect(got?.kind === 'datagram' && got.datagram.from).to.deep.equal({ address: '127.0.0.1', port: second.port });
    await Promise.all([open.close(), second.close(), other.close()]);
  });

  it('puts the non-ESP marker before a message and takes it off; ESP and keepalives are not IKE', async () => {
    const seen: string[] = [];
    const other = await peer(4, (socket, bytes, from) => {
      seen.push(hex(bytes));
      for (const answer of ['ff', '00000001aabb', '000000', '00000000cafe'])
        socket.send(Buffer.from(answer, 'hex'), from.port, from.address);
    });
    const udp = await openUdp({ address: '127.0.0.1', port: other.port, sourcePort: 0, marker: true });
    await udp.send(Uint8Array.of(0xbe, 0xef));
    const got = await udp.receive(udp.clock() + 1000);
    expect(got?.kind === 'datagram' && hex(got.datagram.bytes)).to.equal('cafe');
    expect(seen).to.deep.equal(['00000000beef']);
    await Promise.all([udp.close(), other.close()]);
  });

  it('takes another source port when the asked one is in use, and says so', async () => {
    const busy = await peer(4, () => undefined);
    const wildcard = createSocket('udp4');
    await new Promise<void>((resolve) => wildcard.bind(0, resolve));
    const asked = wildcard.address().port;
    const udp = await openUdp({ address: '127.0.0.1', port: busy.port, sourcePort: asked });
    expect(udp.sourcePortNote).to.deep.equal({ asked, used: udp.local?.port, code: 'EADDRINUSE' });
    await Promise.all([udp.close(), busy.close(), new Promise<void>((resolve) => wildcard.close(() => resolve()))]);
  });

  it('closes twice, ends what waits, and answers CLOSED afterwards', async () => {
    const udp = await openUdp({ address: '127.0.0.1', port: 9, sourcePort: 0 });
    const waiting = udp.receive(udp.clock() + 60_000);
    const sleeping = udp.sleepUntil(udp.clock() + 60_000);
    await udp.close();
    await udp.close();
    expect(await waiting).to.equal(undefined);
    await sleeping;
    expect(await udp.send(Uint8Array.of(1))).to.deep.equal({ sent: false, code: 'CLOSED' });
    expect(await udp.receive(udp.clock() + 60_000)).to.equal(undefined);
  });

  it('gives what is too large for UDP back as a value', async () => {
    const other = await peer(4, () => undefined);
    const udp = await openUdp({ address: '127.0.0.1', port: other.port, sourcePort: 0 });
    expect(await udp.send(new Uint8Array(65_508))).to.deep.equal({ sent: false, code: 'EMSGSIZE' });
    await Promise.all([udp.close(), other.close()]);
  });

  it('gives a missing route as unreachable, not as an exception (skipped where IPv6 has a route)', async function () {
    const udp = await openUdp({ address: '2001:db8::1', port: 500, sourcePort: 0 }).catch(() => undefined);
    if (!udp || udp.local?.address !== '::') {
      await udp?.close();
      this.skip();
    }
    expect(await udp.send(Uint8Array.of(1))).to.have.property('sent', false);
    expect((await udp.receive(udp.clock() + 100))?.kind).to.equal('unreachable');
    await udp.close();
  });
});
