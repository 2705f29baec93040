/**
 * What dgram-as-promised does, row by row of what the transport relies on or works around. A failure here after an upgrade
 * means that src/net/udp.ts wants another look, not that it is wrong.
 */
import { createSocket } from 'node:dgram';
import { DgramAsPromised } from 'dgram-as-promised';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const turn = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

describe('dgram-as-promised', () => {
  it('keeps nothing while no recv() is pending, but its .socket tells of every datagram', async () => {
    const socket = DgramAsPromised.createSocket('udp4');
    let heard = 0;
    socket.socket.on('message', () => heard++);
    const { port } = await socket.bind({ port: 0, address: '127.0.0.1' });
    for (let i = 0; i < 20; i++) await socket.send(Uint8Array.of(i), port, '127.0.0.1');
    await turn();
    expect(heard).to.equal(20);
    const late = socket.recv();
    await socket.close();
    expect(await late).to.equal(undefined);
  });

  it('cannot send on a connected socket; the raw socket can, and then knows the local address', async () => {
    const socket = DgramAsPromised.createSocket('udp4');
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(0, '127.0.0.1', resolve));
    const { port } = other.address();
    await socket.bind({ port: 0 });
    await new Promise<void>((resolve) => socket.socket.connect(port, '127.0.0.1', resolve));
    expect(await code(socket.send(Uint8Array.of(1), port, '127.0.0.1'))).to.equal('ERR_SOCKET_DGRAM_IS_CONNECTED');
    expect(await new Promise((resolve) => socket.socket.send(Uint8Array.of(1), resolve))).to.equal(null);
    expect(socket.address().address).to.equal('127.0.0.1');
    await socket.close();
    other.close();
  });

  it('rejects a bind to a port in use, and a second close', async () => {
    const first = DgramAsPromised.createSocket('udp4');
    const { port } = await first.bind({ port: 0, address: '127.0.0.1' });
    const second = DgramAsPromised.createSocket('udp4');
    expect(await code(second.bind({ port, address: '127.0.0.1' }))).to.equal('EADDRINUSE');
    await second.close();
    await first.close();
    expect(await code(first.close())).to.equal('ERR_SOCKET_DGRAM_NOT_RUNNING');
  });

  it('recurses without end in getSendBufferSize()', async () => {
    const socket = DgramAsPromised.createSocket('udp4');
    await socket.bind({ port: 0, address: '127.0.0.1' });
    expect(() => socket.getSendBufferSize()).to.throw(RangeError);
    expect(socket.socket.getSendBufferSize()).to.be.above(0);
    await socket.close();
  });
});
