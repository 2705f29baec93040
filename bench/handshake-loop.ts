/**
 * Full IKEv2 handshakes with a peer for a while, several at a time: IKE_SA_INIT, IKE_AUTH with a child SA, and Delete.
 *
 *     node --import tsx bench/handshake-loop.ts <options as JSON>
 *
 * Each has fresh SPIs, nonces and a fresh key exchange. Prints one JSON line: `HandshakeCounts`.
 */
import { createSocket } from 'node:dgram';
import { randomFillSync } from 'node:crypto';
import type * as Exchanges from '../src/ike/exchanges/index.ts';
import type * as NodeCrypto from '../src/node-crypto/index.ts';
import type * as Proposals from '../src/proposals/index.ts';

/** As built: the loader that runs this file makes functions slower. */
const built = (name: string): string => new URL(`../dist/${name}/index.js`, import.meta.url).href;
const { ikev2, machineOf } = (await import(built('ike/exchanges'))) as typeof Exchanges;
const { nodeCrypto } = (await import(built('node-crypto'))) as typeof NodeCrypto;
const { parseOffer } = (await import(built('proposals'))) as typeof Proposals;

export interface HandshakeOptions {
  readonly address: string;
  readonly port: number;
  readonly ike: string;
  /** None is asked for when left out. @see RFC 6023 */
  readonly child?: string;
  readonly psk: string;
  readonly identity: string;
  readonly atOnce: number;
  readonly seconds: number;
  /** Seconds before those that count. */
  readonly warmUp: number;
}

export interface HandshakeCounts {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** Processor time of this process within these seconds. */
  readonly cpuSeconds: number;
  readonly why?: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as HandshakeOptions;

/** Octets of the system's generator, drawn in large pieces. */
function pool(): (length: number) => Uint8Array {
  const octets = new Uint8Array(0x4000);
  let at = octets.length;
  return (length) => {
    if (at + length > octets.length) {
      randomFillSync(octets);
      at = 0;
    }
    return octets.slice(at, (at += length));
  };
}

const random = pool();
const setup: Exchanges.ikev2.EstablishSetup = {
  provider: nodeCrypto,
  random,
  patience: { firstWait: 1000, retries: 2 },
  offer: parseOffer(options.ike, 'ikev2-ike'),
  authenticator: ikev2.sharedKey(Buffer.from(options.psk)),
  identity: { idType: 2, data: Buffer.from(options.identity) },
  ...(options.child !== undefined && {
    child: {
      offer: parseOffer(options.child, 'ikev2-child'),
      ownTraffic: [ikev2.allTraffic(4)],
      peerTraffic: [ikev2.allTraffic(4)],
    },
  }),
};

/** `done`, or why not. */
type Outcome = string;

function* handshake(now: number): Exchanges.Script<Outcome> {
  const made = yield* ikev2.establish(setup, now);
  if (!made.ok) return `${made.step} ${JSON.stringify(made.failure)}`;
  if (setup.child && made.child.kind !== 'established') return `child ${JSON.stringify(made.child)}`;
  return (yield* ikev2.close(made.session)) ? 'done' : 'not closed';
}

interface Running {
  readonly machine: Exchanges.Machine<Outcome>;
  wake: number;
}

const running = new Map<string, Running>();
const socket = createSocket('udp4');
let [done, failed, stopping] = [0, 0, false];
let why: string | undefined;
const spiOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, 8).toString('latin1');

function perform(one: Running, outputs: readonly Exchanges.Output<Outcome>[]): void {
  for (const output of outputs) {
    if (output.kind === 'send') {
      running.set(spiOf(output.bytes), one);
      socket.send(output.bytes);
    } else if (output.kind === 'wake') one.wake = output.at;
    else if (output.kind === 'done') {
      if (output.result === 'done') done++;
      else {
        failed++;
        why ??= output.result;
      }
      for (const [key, each] of running) if (each === one) running.delete(key);
      if (!stopping) begin();
    }
  }
}

function begin(): void {
  const one: Running = { machine: machineOf(({ now }) => handshake(now)), wake: Infinity };
  perform(one, one.machine.step({ kind: 'start' }, performance.now()));
}

socket.on('message', (bytes) => {
  const one = running.get(spiOf(bytes));
  if (one) perform(one, one.machine.step({ kind: 'datagram', bytes }, performance.now()));
});
const timer = setInterval(() => {
  const now = performance.now();
  for (const one of running.values()) if (now >= one.wake) perform(one, one.machine.step({ kind: 'timer' }, now));
}, 50);
await new Promise<void>((resolve) => socket.connect(options.port, options.address, resolve));
for (let i = 0; i < options.atOnce; i++) begin();
const sleep = (seconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1000 * seconds));
await sleep(options.warmUp);
[done, failed] = [0, 0];
// Whoever began us measures the peer from here to the end.
process.stdout.write('begin\n');
const [begun, cpu] = [performance.now(), process.cpuUsage()];
await sleep(options.seconds);
const { user, system } = process.cpuUsage(cpu);
const counts: HandshakeCounts = {
  done,
  failed,
  seconds: (performance.now() - begun) / 1000,
  cpuSeconds: (user + system) / 1e6,
  ...(why !== undefined && { why }),
};
process.stdout.write(`${JSON.stringify(counts)}\n`);
stopping = true;
clearInterval(timer);
socket.close();
