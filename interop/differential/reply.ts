/** What came back, in the terms of a profile's prediction. */
import type { Wire } from '../../src/proposals/index.ts';

/** What a peer sees of an answer. `text` compares: two answers with one text are the same. */
export interface Seen {
  readonly kind: 'answer' | 'notify' | 'silence' | 'other';
  readonly text: string;
  /** Of a notify. */
  readonly type?: number;
}

const SILENT: Seen = { kind: 'silence', text: 'silence' };

/** Reads a datagram; nothing is silence. */
export function seenOf(reply: Uint8Array | undefined, initiatorSpi: Uint8Array): Seen {
  if (reply === undefined) return SILENT;
  const datagram = Buffer.from(reply);
  if (datagram.length < 28) return { kind: 'other', text: `${datagram.length} octets` };
  const two = datagram[17] === 0x20;
  const payloads = payloadsOf(datagram);
  const sa = payloads.find(({ type }) => type === (two ? 33 : 1));
  if (sa) return { kind: 'answer', text: answerText(sa.octets) };
  const notifies = payloads.filter(({ type }) => type === (two ? 41 : 11)).map(({ octets }) => notifyOf(octets, two));
  const first = notifies.find(({ type }) => type < 16_384) ?? notifies[0];
  if (first === undefined)
    return { kind: 'other', text: `exchange ${datagram[18]} with payloads ${payloads.map(({ type }) => type).join(' ')}` };
  const cookies = datagram.subarray(0, 16).equals(first.spi) && Buffer.from(initiatorSpi).equals(datagram.subarray(0, 8));
  return {
    kind: 'notify',
    type: first.type,
    text: notifyText({
      type: first.type,
      data: first.data,
      protocol: first.protocol,
      spi: first.spi.length === 0 ? 'none' : cookies ? 'cookies' : `0x${first.spi.toString('hex')}`,
      responderSpi: datagram.subarray(8, 16).every((octet) => octet === 0) ? 'zero' : 'set',
      messageId: datagram.readUInt32BE(20) === 0 ? 'zero' : 'random',
    }),
  };
}

/** A prediction in the same terms. */
export function predictedOf(wire: Wire): Seen {
  if (wire.kind === 'silence') return SILENT;
  if (wire.kind === 'proceeds') return { kind: 'other', text: 'goes on' };
  if (wire.kind === 'answer') return { kind: 'answer', text: answerText(wire.sa) };
  // Every request here has message id 0.
  const messageId = wire.messageId === 'random' ? 'random' : 'zero';
  return { kind: 'notify', type: wire.type, text: notifyText({ ...wire, messageId }) };
}

interface NotifyFacts {
  readonly type: number;
  readonly data: Uint8Array;
  readonly protocol: number;
  readonly spi: string;
  readonly responderSpi: string;
  readonly messageId: string;
}

function notifyText({ type, data, protocol, spi, responderSpi, messageId }: NotifyFacts): string {
  const octets = data.length > 0 ? ` data ${Buffer.from(data).toString('hex')}` : '';
  return `notify ${type}${octets}, protocol ${protocol}, SPI ${spi}, responder SPI ${responderSpi}, message id ${messageId}`;
}

/** Which payload comes after it is not the selector's business. */
function answerText(sa: Uint8Array): string {
  return `answer 00${Buffer.from(sa.subarray(1)).toString('hex')}`;
}

function payloadsOf(datagram: Buffer): { readonly type: number; readonly octets: Buffer }[] {
  const found: { type: number; octets: Buffer }[] = [];
  if (datagram.length < 28) return found;
  for (let type = datagram.readUInt8(16), at = 28; type !== 0 && at + 4 <= datagram.length; ) {
    const length = datagram.readUInt16BE(at + 2);
    if (length < 4) break;
    found.push({ type, octets: datagram.subarray(at, at + length) });
    type = datagram.readUInt8(at);
    at += length;
  }
  return found;
}

function notifyOf(octets: Buffer, two: boolean): { type: number; protocol: number; spi: Buffer; data: Buffer } {
  const body = octets.subarray(two ? 4 : 8);
  if (body.length < 4) return { type: -1, protocol: 0, spi: Buffer.alloc(0), data: Buffer.alloc(0) };
  const spiSize = body.readUInt8(1);
  return {
    type: body.readUInt16BE(2),
    protocol: body.readUInt8(0),
    spi: body.subarray(4, 4 + spiSize),
    data: body.subarray(4 + spiSize),
  };
}
