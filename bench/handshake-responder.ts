/**
 * Our responder on a port until it is killed: the other end of bench/handshake-loop.ts.
 *
 *     node --import tsx bench/handshake-responder.ts <options as JSON>
 *
 * Says `ready` when it listens.
 */
import { createSocket } from 'node:dgram';
import { randomFillSync } from 'node:crypto';
import type * as Exchanges from '../src/ike/exchanges/index.ts';
import type * as NodeCrypto from '../src/node-crypto/index.ts';
import type * as Proposals from '../src/proposals/index.ts';

const built = (name: string): string => new URL(`../dist/${name}/index.js`, import.meta.url).href;
const { ikev2, Responder } = (await import(built('ike/exchanges'))) as typeof Exchanges;
const { nodeCrypto } = (await import(built('node-crypto'))) as typeof NodeCrypto;
const { mindOf, parsePolicy, selectorFor } = (await import(built('proposals'))) as typeof Proposals;

export interface ResponderOptions {
  readonly address: string;
  readonly port: number;
  readonly ike: string;
  readonly child: string;
  readonly psk: string;
  readonly identity: string;
}

const { address, port, ike, child, psk, identity } = JSON.parse(process.argv[2] ?? '{}') as ResponderOptions;
const octets = new Uint8Array(0x4000);
let at = octets.length;
const random = (length: number): Uint8Array => {
  if (at + length > octets.length) {
    randomFillSync(octets);
    at = 0;
  }
  return octets.slice(at, (at += length));
};
const select = mindOf(selectorFor('strongswan@5.9.8'), {
  'ikev2-ike': { policy: parsePolicy(ike, 'ikev2-ike') },
  'ikev2-child': { policy: parsePolicy(child, 'ikev2-child') },
});
const key = ikev2.sharedKey(Buffer.from(psk));
const responder = new Responder({
  provider: nodeCrypto,
  random,
  identity: { idType: 2, data: Buffer.from(identity) },
  select,
  ikev2: { authenticate: () => key },
  limits: { halfOpen: 100_000, cookiesFrom: 100_000, sessions: 100_000 },
});
const place = (text: string, number: number) => ({ address: Uint8Array.from(text.split('.'), Number), port: number });
const own = place(address, port);
const socket = createSocket({ type: 'udp4', lookup: (host, _, callback) => callback(null, host, 4) }, (bytes, from) => {
  const { replies } = responder.hear(bytes, { from: place(from.address, from.port), own, now: performance.now() });
  for (const reply of replies) socket.send(reply, from.port, from.address);
});
socket.bind(port, address, () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => process.exit());
