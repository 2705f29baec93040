/**
 * The slow way to map an IKEv2 peer, to measure the quick one by: one request for each combination of `common`, to the end.
 *
 *     node --import tsx interop/one-by-one.ts <address>
 *
 * The KE payload is of a group that is not offered, so INVALID_KE_PAYLOAD means yes, and no state is left behind. Prints one
 * JSON line: {"requests", "ms", "accepted": [suite in notation, …]}.
 */
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { decodeMessage, encodeMessage, EXCHANGE, FLAG, PAYLOAD_V2 } from '../src/ike/index.ts';
import { expandBox, formatSuite, parseOffer, universe } from '../src/proposals/index.ts';

const FOREIGN = { group: 25, octets: 48 } as const;
const WINDOW = 16;
const PATIENCE_MS = 500;
const INVALID_KE_PAYLOAD = 17;

const [address = '127.0.0.1'] = process.argv.slice(2);
const waiting = universe('common', 'ikev2-ike')
  .boxes.flatMap((box) => [...expandBox(box)])
  .map((suite) => formatSuite(suite, 'ikev2-ike'));
const open = new Map<string, { readonly suite: string; readonly bytes: Uint8Array; sentAt: number }>();
const accepted: string[] = [];
const requests = waiting.length;
const begun = performance.now();

const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
const send = (spi: string): void => {
  const request = open.get(spi);
  if (request === undefined) return;
  request.sentAt = performance.now();
  socket.send(request.bytes);
};
socket.on('message', (bytes) => {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) return;
  const spi = Buffer.from(decoded.value.header.initiatorSpi).toString('hex');
  const request = open.get(spi);
  if (request === undefined) return;
  open.delete(spi);
  if (decoded.value.payloads.some((payload) => payload.kind === 'notify' && payload.notify === INVALID_KE_PAYLOAD))
    accepted.push(request.suite);
  fill();
});
socket.connect(500, address, fill);
const timer = setInterval(() => {
  for (const [spi, { sentAt }] of open) if (performance.now() - sentAt > PATIENCE_MS) send(spi);
}, PATIENCE_MS);

/** Keeps as many requests on their way as the window allows; the end when none is left. */
function fill(): void {
  while (open.size < WINDOW) {
    const suite = waiting.pop();
    if (suite === undefined) break;
    const initiatorSpi = randomBytes(8);
    const spi = initiatorSpi.toString('hex');
    open.set(spi, { suite, bytes: requestFor(suite, initiatorSpi), sentAt: 0 });
    send(spi);
  }
  if (open.size > 0) return;
  clearInterval(timer);
  socket.close();
  process.stdout.write(`${JSON.stringify({ requests, ms: Math.round(performance.now() - begun), accepted: accepted.toSorted() })}\n`);
}

function requestFor(suite: string, initiatorSpi: Uint8Array): Uint8Array {
  return encodeMessage({
    initiatorSpi,
    responderSpi: new Uint8Array(8),
    version: 0x20,
    exchange: EXCHANGE.saInit,
    flags: FLAG.initiator,
    messageId: 0,
    payloads: [
      { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer: parseOffer(suite, 'ikev2-ike') } },
      { kind: 'ke', type: PAYLOAD_V2.ke, group: FOREIGN.group, data: randomBytes(FOREIGN.octets) },
      { kind: 'nonce', type: PAYLOAD_V2.nonce, data: randomBytes(32) },
    ],
  });
}
