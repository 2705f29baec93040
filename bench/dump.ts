/** Prints one line for each IKE message of a capture. Run: npx tsx bench/dump.ts <file> */
import { readFileSync, writeSync } from 'node:fs';
import {
  decodeMessage,
  exchangeName,
  type Message,
  notifyName,
  type Payload,
  payloadName,
  type Version,
  versionOf,
} from '../src/ike/index.ts';
import { readCapture } from '../src/net/index.ts';

const CHUNK = 1 << 16;

function describe(payload: Payload, version: Version): string {
  const name = payloadName(version, payload.type);
  switch (payload.kind) {
    case 'sa':
      return `${name}(${payload.body.offer.groups.map((g) => g.proposals.map((p) => p.transforms.length).join('+')).join(',')})`;
    case 'notify':
      return `${name}(${notifyName(version, payload.notify)})`;
    case 'ke':
      return `${name}(${payload.group ?? ''}:${payload.data.length})`;
    default:
      return name;
  }
}

function line(message: Message): string {
  const { header, payloads, faults } = message;
  const version = versionOf(header) ?? 2;
  const spi = Buffer.from(header.initiatorSpi).toString('hex');
  const what = payloads.map((payload) => describe(payload, version)).join(' ');
  return `${spi} IKEv${version} ${exchangeName(version, header.exchange)} ${header.length}: ${what}${faults.map((f) => ` !${f.code}`).join('')}\n`;
}

let text = '';
for (const { payload } of readCapture(readFileSync(process.argv[2] ?? '')).packets) {
  const decoded = decodeMessage(payload);
  text += decoded.ok ? line(decoded.value) : `not IKE: ${decoded.fault.code}\n`;
  if (text.length > CHUNK) {
    writeSync(1, text);
    text = '';
  }
}
writeSync(1, text);
