/**
 * Typical IKE messages from a seed: first messages of both versions with 1 to 8 transforms, key exchange, nonce, vendor IDs.
 *
 * @module
 */
import { EXCHANGE, encodeMessage, FLAG, type MessageDraft, PAYLOAD_V1, PAYLOAD_V2, type Payload } from '../src/ike/index.ts';
import type { Attribute, Transform } from '../src/proposals/index.ts';
import { type Random, xorshift } from './random.ts';

/** `count` drafts; the same seed gives the same ones. */
export function drafts(count: number, seed = 1): MessageDraft[] {
  const random = xorshift(seed);
  return Array.from({ length: count }, () => (random(2) === 0 ? mainMode(random) : saInit(random)));
}

/** The same as octets. */
export const messages = (count: number, seed = 1): Uint8Array[] => drafts(count, seed).map(encodeMessage);

function mainMode(random: Random): MessageDraft {
  const transforms = times(1 + random(8), (i): Transform => {
    const values: [number, number][] = [
      [1, 5],
      [2, 1 + random(2)],
      [3, 1],
      [4, 2 + random(13)],
      [11, 1],
      [12, 3600],
      [14, 256],
    ];
    const attributes = values.map(([type, value]): Attribute => ({ type, form: 'TV', value }));
    return { kind: 'suite', number: i + 1, id: 1, attributes };
  });
  const proposal = { protocol: 1, spi: new Uint8Array(0), transforms };
  const sa: Payload = {
    kind: 'sa',
    type: PAYLOAD_V1.sa,
    body: { offer: { negotiation: 'ikev1-phase1', groups: [{ number: 1, proposals: [proposal] }] } },
  };
  const aggressive = random(2) === 0;
  const exchanged: Payload[] = [
    { kind: 'ke', type: PAYLOAD_V1.ke, data: octets(128, random) },
    { kind: 'nonce', type: PAYLOAD_V1.nonce, data: octets(20, random) },
    { kind: 'id', type: PAYLOAD_V1.id, idType: 1, protocol: 17, port: 500, data: octets(4, random) },
  ];
  const vendors = times(1 + random(5), (): Payload => ({ kind: 'vendor', type: PAYLOAD_V1.vendor, data: octets(16, random) }));
  return {
    ...head(random),
    version: 0x10,
    exchange: aggressive ? EXCHANGE.aggressiveMode : EXCHANGE.mainMode,
    flags: 0,
    payloads: [sa, ...(aggressive ? exchanged : []), ...vendors],
  };
}

function saInit(random: Random): MessageDraft {
  const types = [1, 2, 3, 4];
  const transforms = times(4 + random(5), (i): Transform => {
    const type = types[i % types.length] ?? 1;
    const attributes: Attribute[] = type === 1 ? [{ type: 14, form: 'TV', value: 256 }] : [];
    return { kind: 'single', type, id: 1 + random(30), attributes };
  });
  const proposal = { protocol: 1, spi: new Uint8Array(0), transforms };
  const notify = (type: number, size: number): Payload => ({
    kind: 'notify',
    type: PAYLOAD_V2.notify,
    protocol: 0,
    spi: new Uint8Array(0),
    notify: type,
    data: octets(size, random),
  });
  return {
    ...head(random),
    version: 0x20,
    exchange: EXCHANGE.saInit,
    flags: FLAG.initiator,
    payloads: [
      {
        kind: 'sa',
        type: PAYLOAD_V2.sa,
        body: { offer: { negotiation: 'ikev2-ike', groups: [{ number: 1, proposals: [proposal] }] } },
      },
      { kind: 'ke', type: PAYLOAD_V2.ke, group: 19, data: octets(random(2) === 0 ? 64 : 256, random) },
      { kind: 'nonce', type: PAYLOAD_V2.nonce, data: octets(32, random) },
      notify(16388, 20),
      notify(16389, 20),
      ...times(random(3), (): Payload => ({ kind: 'vendor', type: PAYLOAD_V2.vendor, data: octets(16, random) })),
    ],
  };
}

const head = (random: Random) => ({ initiatorSpi: octets(8, random), responderSpi: new Uint8Array(8), messageId: 0 });
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const octets = (count: number, random: Random): Uint8Array => Uint8Array.from({ length: count }, () => random(256));
