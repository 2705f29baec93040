/**
 * How many IKE_SA_INIT requests a peer answers in a while, one on its way at a time, each with a new SPI.
 *
 *     node --import tsx bench/sa-init-loop.ts <address> <seconds>
 *
 * The offer is the one that the selectors are measured with. The KE payload is of a group that is not offered: INVALID_KE_PAYLOAD then says
 * that a proposal was chosen, and neither side computes a key exchange or keeps a state. Prints one JSON line:
 * {"answered", "chosen", "lost", "seconds"}.
 */
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { decodeMessage, encodeMessage, EXCHANGE, FLAG, PAYLOAD_V2 } from '../src/ike/index.ts';
import { wideOffer } from './wide-offers.ts';

const FOREIGN = { group: 25, octets: 48 } as const;
const INVALID_KE_PAYLOAD = 17;
const PATIENCE_MS = 500;

const [address = '127.0.0.1', seconds = '2'] = process.argv.slice(2);
const nonce = randomBytes(32);
const ke = randomBytes(FOREIGN.octets);
const offer = wideOffer('ikev2-ike');

function request(initiatorSpi: Uint8Array): Uint8Array {
  return encodeMessage({
    initiatorSpi,
    responderSpi: new Uint8Array(8),
    version: 0x20,
    exchange: EXCHANGE.saInit,
    flags: FLAG.initiator,
    messageId: 0,
    payloads: [
      { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer } },
      { kind: 'ke', type: PAYLOAD_V2.ke, group: FOREIGN.group, data: ke },
      { kind: 'nonce', type: PAYLOAD_V2.nonce, data: nonce },
    ],
  });
}

const socket = createSocket('udp4');
const counts = { answered: 0, chosen: 0, lost: 0 };
const begun = performance.now();
const end = begun + Number(seconds) * 1000;
let current = '';
let patience: ReturnType<typeof setTimeout> | undefined;

function next(): void {
  clearTimeout(patience);
  const now = performance.now();
  if (now >= end) {
    socket.close();
    console.log(JSON.stringify({ ...counts, seconds: (now - begun) / 1000 }));
    return;
  }
  const spi = randomBytes(8);
  current = spi.toString('hex');
  socket.send(request(spi));
  patience = setTimeout(() => {
    counts.lost++;
    next();
  }, PATIENCE_MS);
}

socket.on('message', (bytes) => {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok || Buffer.from(decoded.value.header.initiatorSpi).toString('hex') !== current) return;
  counts.answered++;
  if (decoded.value.payloads.some((payload) => payload.kind === 'notify' && payload.notify === INVALID_KE_PAYLOAD)) counts.chosen++;
  next();
});
socket.connect(500, address, next);
