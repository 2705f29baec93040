import { expect } from 'chai';
import { describe, it } from 'mocha';
import { memoryNetwork, type MemoryOptions, type MemoryTransport, type Responder } from '../../src/net/memory.ts';
import { VirtualTime } from '../../src/net/virtual-time.ts';

const echo: Responder = (bytes) => [bytes];

async function collect(wire: MemoryTransport, until: number): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const got = await wire.receive(until);
    if (!got) return seen;
    seen.push(got.kind === 'datagram' ? `${got.datagram.bytes[0]}@${Math.round(got.datagram.at)}` : `${got.kind}@${got.at}`);
  }
}

describe('memory transport', () => {
  const cases: [what: string, options: MemoryOptions, expected: string[]][] = [
    ['answers after two latencies', { responder: echo, latency: 20 }, ['0@40', '1@40', '2@40']],
    ['loses by number', { responder: echo, loss: (n, way) => way === 'out' && n < 2 }, ['2@20']],
    ['duplicates answers', { responder: echo, duplicate: (n, way) => way === 'back' && n === 0 }, ['0@20', '0@20', '1@20', '2@20']],
    ['delays an answer', { responder: (b) => [{ bytes: b, delay: b[0] === 0 ? 500 : 0 }] }, ['1@20', '2@20', '0@520']],
    ['drops what is larger than the mtu', { responder: echo, mtu: 5 }, ['0@20']],
    ['is silent without a responder', {}, []],
    ['refuses', { obstacle: 'refused' }, ['refused@20', 'refused@20', 'refused@20']],
  ];
  for (const [what, options, expected] of cases) {
    it(what, async () => {
      const wire = memoryNetwork(options);
      for (let i = 0; i < 3; i++) await wire.send(new Uint8Array(5 + i).fill(i));
      expect(await collect(wire, 30_000)).to.deep.equal(expected);
      expect(wire.clock()).to.equal(30_000);
      expect(wire.sent.length).to.equal(3);
    });
  }

  it('keeps what arrived while nobody waited, and gives what arrives at the deadline itself', async () => {
    const wire = memoryNetwork({ responder: (b) => [...Array(20).keys()].map((i) => Uint8Array.of(i, b[0] ?? 0)) });
    await wire.send(Uint8Array.of(9));
    await wire.sleepUntil(100);
    expect((await collect(wire, 100)).length).to.equal(20);
    await wire.send(Uint8Array.of(9));
    expect((await collect(wire, 120)).length).to.equal(20);
  });

  it('marks an answer from another port', async () => {
    const wire = memoryNetwork({ responder: (bytes) => [{ bytes, from: { address: '192.0.2.1', port: 1025 } }] });
    await wire.send(Uint8Array.of(1));
    const got = await wire.receive(1000);
    expect(got?.kind === 'datagram' && got.datagram.from).to.deep.equal({ address: '192.0.2.1', port: 1025 });
  });

  it('is the same for the same seed, loses about what it should, and reorders by jitter', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const wire = memoryNetwork({ responder: echo, loss: 0.3, jitter: 50, duplicate: 0.1, seed });
      for (let i = 0; i < 200; i++) await wire.send(Uint8Array.of(i));
      return collect(wire, 1000);
    };
    const first = await run(7);
    expect(await run(7)).to.deep.equal(first);
    expect(await run(8)).to.not.deep.equal(first);
    expect(first.length).to.be.within(80, 140);
    const order = first.map((s) => Number.parseInt(s, 10));
    expect(order).to.not.deep.equal([...order].sort((a, b) => a - b));
  });

  it('lets every waiter act before time passes on', async () => {
    const time = new VirtualTime();
    const log: string[] = [];
    const task = async (name: string, pause: number): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await time.sleepUntil(time.clock() + pause);
        await Promise.resolve();
        log.push(`${name}${time.clock()}`);
      }
    };
    await Promise.all([task('a', 10), task('b', 15)]);
    expect(log).to.deep.equal(['a10', 'b15', 'a20', 'b30', 'a30', 'b45'].sort((x, y) => Number(x.slice(1)) - Number(y.slice(1))));
  });

  it('ends what waits on close', async () => {
    const wire = memoryNetwork();
    const waiting = wire.receive(1e9);
    await wire.close();
    await wire.close();
    expect(await waiting).to.equal(undefined);
    expect(await wire.send(Uint8Array.of(1))).to.deep.equal({ sent: false, code: 'CLOSED' });
  });
});
