/** An IKEv2 responder to be run in a network namespace: listens on 500 and 4500 until its time is over, then tells its counts as JSON. */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededEntropy } from '../../src/ike/entropy.ts';
import { sharedKey } from '../../src/ike/exchanges/ikev2/authenticator.ts';
import type { ResponderCounts } from '../../src/ike/exchanges/ikev2/responder.ts';
import { Responder } from '../../src/ike/exchanges/responder.ts';
import { listen } from '../../src/net/listen.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import { fqdn, selecting } from './ikev2-pair.ts';

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
  const responder = new Responder({
    provider: nodeCrypto,
    random: seededEntropy(Math.random()),
    select: selecting(options.ike, options.esp),
    identity: fqdn(options.id ?? 'server.lab'),
    ikev2: {
      authenticate: () => sharedKey(Buffer.from(options.psk)),
      ...(options.mostOctets !== undefined && { mostOctets: options.mostOctets }),
    },
    ...(options.cookies === true && { misbehaviour: { alwaysCookie: true } }),
  });
  const { address } = options;
  const servers = [await listen(responder, { address, port: 500 }), await listen(responder, { address, port: 4500, marked: true })];
  await sleep(options.ms);
  for (const server of servers) await server.close();
  const { sessions, counts } = responder.ikev2 as NonNullable<Responder['ikev2']>;
  const served: Served = {
    counts,
    sessions: sessions.map(({ children, counts: { asked, rekeyedByPeer, deletedByPeer }, ended }) => {
      return { children: children.length, asked, rekeyed: rekeyedByPeer, deleted: deletedByPeer, ...(ended !== undefined && { ended }) };
    }),
  };
  process.stdout.write(`${JSON.stringify(served)}\n`);
}

if (import.meta.filename === process.argv[1]) await main();
