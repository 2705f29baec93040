/** An IKEv2 responder to be run in a network namespace: listens on 500 and 4500 until its time is over, then tells its counts as JSON. */
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import { Ikev2Responder, type ResponderCounts } from '../../src/ike/exchanges/ikev2/responder.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { fqdn, placeOf, selecting } from './ikev2-pair.ts';

/** What it listens with. Policies are in our own notation. */
export interface ServerOptions {
  readonly address: string;
  readonly ms: number;
  readonly ike: string;
  readonly esp: string;
  readonly psk: string;
  readonly id?: string;
  readonly mostOctets?: number;
  readonly cookies?: boolean;
}

/** What it has seen. */
export interface Served {
  readonly counts: ResponderCounts;
  readonly sessions: readonly {
    readonly children: number;
    readonly asked: number;
    readonly rekeyed: number;
    readonly deleted: number;
    readonly ended?: string;
  }[];
}

async function main(): Promise<void> {
  const options = JSON.parse(await text(process.stdin)) as ServerOptions;
  const responder = new Ikev2Responder({
    provider: nodeCrypto,
    random: seededEntropy(Math.random()),
    select: selecting(options.ike, options.esp),
    identity: fqdn(options.id ?? 'server.lab'),
    authenticate: () => sharedKey(Buffer.from(options.psk)),
    ...(options.mostOctets !== undefined && { mostOctets: options.mostOctets }),
    ...(options.cookies === true && { misbehaviour: { alwaysCookie: true } }),
  });
  const sockets = [500, 4500].map((port) => {
    const socket = createSocket('udp4');
    const marker = Buffer.alloc(port === 4500 ? 4 : 0);
    socket.on('message', (packet, from) => {
      if (!packet.subarray(0, marker.length).equals(marker)) return;
      const bytes = Uint8Array.from(packet.subarray(marker.length));
      for (const reply of responder.answer(bytes, placeOf(from), performance.now(), placeOf({ address: options.address, port }))) {
        socket.send(Buffer.concat([marker, reply]), from.port, from.address);
      }
    });
    socket.bind(port);
    return socket;
  });
  await sleep(options.ms);
  for (const socket of sockets) socket.close();
  const sessions = responder.sessions.map(({ children, counts, ended }) => ({
    children: children.length,
    asked: counts.asked,
    rekeyed: counts.rekeyedByPeer,
    deleted: counts.deletedByPeer,
    ...(ended !== undefined && { ended }),
  }));
  process.stdout.write(`${JSON.stringify({ counts: responder.counts, sessions } satisfies Served)}\n`);
}

if (import.meta.filename === process.argv[1]) await main();
