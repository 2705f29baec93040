/** Other people's captures, read from beside the project when they are there, against what tshark saw in them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeMessage, draftOf, encodeMessage, encodePayloadChain, type Message, type Payload, versionOf } from '../../src/ike/index.ts';
import { readCapture } from '../../src/net/capture.ts';
import type { Attribute, Proposal, Transform } from '../../src/proposals/model.ts';

interface SeenAttribute {
  readonly type: number;
  readonly hex: string;
}

interface SeenTransform {
  readonly type?: number;
  readonly number?: number;
  readonly id: number;
  readonly attributes?: readonly SeenAttribute[];
}

interface SeenProposal {
  readonly number: number;
  readonly protocol: number;
  readonly spiSize: number;
  readonly declaredTransforms: number;
  readonly transforms?: readonly SeenTransform[];
}

interface SeenPayload {
  readonly type: number;
  readonly length: number;
  readonly insideEncrypted?: boolean;
  readonly proposals?: readonly SeenProposal[];
  readonly dhGroup?: number;
  readonly dataBytes?: number;
  readonly nonceBytes?: number;
  readonly idType?: number;
  readonly notifyType?: number;
  readonly notifyDataHex?: string | null;
  readonly vendorIdHex?: string;
}

interface SeenMessage {
  readonly ispi?: string;
  readonly rspi: string;
  readonly messageId: string;
  readonly exchangeType?: number;
  readonly nextPayload: number;
  readonly flags: number;
  readonly length?: number;
  readonly payloads?: readonly SeenPayload[];
  readonly tsharkMalformed?: boolean;
}

const CORPUS = '../shared/corpus';
/** An IP fragment whose rest is not in the file: tshark reads on, our capture reader does not. */
const INCOMPLETE = 'tcpdump/isakmpv1-attr-oobr.pcap';
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const expectedFiles = (): string[] =>
  readdirSync(`${CORPUS}/expected`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort();

/** UDP payloads that may be IKE, without the non-ESP marker. */
function datagrams(path: string): Uint8Array[] {
  const file = readFileSync(path);
  if (path.endsWith('.bin')) return [file];
  return readCapture(path.endsWith('.gz') ? gunzipSync(file) : file).packets.map(({ source, destination, payload }) =>
    source.port !== 500 && destination.port !== 500 && hex(payload.subarray(0, 4)) === '00000000' ? payload.subarray(4) : payload,
  );
}

const messagesOf = (octets: readonly Uint8Array[]): Message[] =>
  octets.flatMap((one) => {
    const decoded = decodeMessage(one);
    return decoded.ok ? [decoded.value] : [];
  });

/** A name for a message that both sides can make. */
const nameOf = ({ header: h }: Message): string =>
  [hex(h.initiatorSpi), hex(h.responderSpi), h.messageId, h.exchange, h.nextPayload, h.flags, h.length].join(' ');

const seenName = (m: SeenMessage): string =>
  [m.ispi, m.rspi, Number.parseInt(m.messageId, 16), m.exchangeType, m.nextPayload, m.flags, m.length].join(' ');

function attributeSeen(attribute: Attribute): SeenAttribute {
  const value = attribute.form === 'TV' ? attribute.value.toString(16).padStart(4, '0') : hex(attribute.value);
  return { type: attribute.type, hex: value };
}

function transformSeen(transform: Transform): SeenTransform {
  const head = transform.kind === 'suite' ? { number: transform.number } : { type: transform.type };
  return { ...head, id: transform.id, attributes: transform.attributes.map(attributeSeen) };
}

const proposalSeen = (own: number, proposal: Proposal): SeenProposal => ({
  number: own,
  protocol: proposal.protocol,
  spiSize: proposal.spi.length,
  declaredTransforms: proposal.odd?.transformCount ?? proposal.transforms.length,
  transforms: proposal.transforms.map(transformSeen),
});

/** What tshark's view and ours have in common, of ours. */
function payloadSeen(payload: Payload, version: 1 | 2): SeenPayload {
  const head = { type: payload.type, length: payload.length ?? encodePayloadChain([payload], version).length };
  switch (payload.kind) {
    case 'sa': {
      const { groups } = payload.body.offer;
      return { ...head, proposals: groups.flatMap((group) => group.proposals.map((one) => proposalSeen(group.number, one))) };
    }
    case 'ke':
      return { ...head, ...(payload.group !== undefined && { dhGroup: payload.group }), dataBytes: payload.data.length };
    case 'nonce':
      return { ...head, nonceBytes: payload.data.length };
    case 'id':
      return { ...head, idType: payload.idType };
    case 'notify':
      return { ...head, notifyType: payload.notify, ...(payload.data.length > 0 && { notifyDataHex: hex(payload.data) }) };
    case 'vendor':
      return { ...head, vendorIdHex: hex(payload.data) };
    default:
      return head;
  }
}

/** The same of tshark's; where it says null, there is nothing. */
function trimmed(seen: SeenPayload): SeenPayload {
  const keep = (...keys: (keyof SeenPayload)[]): Partial<SeenPayload> =>
    Object.fromEntries(keys.filter((key) => seen[key] !== undefined && seen[key] !== null).map((key) => [key, seen[key]]));
  const attributes = (all: readonly SeenAttribute[] = []): SeenAttribute[] => all.map(({ type, hex: value }) => ({ type, hex: value }));
  const transforms = (all: readonly SeenTransform[] = []): SeenTransform[] =>
    all.map((one) => ({
      ...(one.type !== undefined && { type: one.type }),
      ...(one.number !== undefined && { number: one.number }),
      id: one.id,
      attributes: attributes(one.attributes),
    }));
  const proposals = seen.proposals?.map((one) => ({
    number: one.number,
    protocol: one.protocol,
    spiSize: one.spiSize,
    declaredTransforms: one.declaredTransforms,
    transforms: transforms(one.transforms),
  }));
  return {
    type: seen.type,
    length: seen.length,
    ...keep('dhGroup', 'dataBytes', 'nonceBytes', 'idType', 'notifyType', 'notifyDataHex', 'vendorIdHex'),
    ...(proposals && { proposals }),
  };
}

const clear = (payloads: readonly SeenPayload[] = []): SeenPayload[] => payloads.filter((one) => !one.insideEncrypted).map(trimmed);

describe('other people’s captures', () => {
  if (!existsSync(`${CORPUS}/expected`)) {
    it.skip(`decode as tshark decodes them (no ${CORPUS})`);
    return;
  }
  for (const path of expectedFiles()) {
    const capture = `${CORPUS}/${path.replace(/\.json$/, '')}`;
    if (!statSync(capture, { throwIfNoEntry: false })?.isFile()) continue;
    const name = path.replace(/\.json$/, '');
    if (name === INCOMPLETE) it.skip(`${name} (an IP fragment whose rest is missing)`);
    else
      it(name, () => {
        const octets = datagrams(capture);
        const ours = messagesOf(octets);
        const { messages } = JSON.parse(readFileSync(`${CORPUS}/expected/${path}`, 'utf8')) as { messages: SeenMessage[] };
        for (const seen of messages.filter((one) => one.ispi && one.length !== undefined && !one.tsharkMalformed)) {
          const at = ours.findIndex((one) => nameOf(one) === seenName(seen));
          const [found] = at < 0 ? [] : ours.splice(at, 1);
          if (!found) throw new Error(`not found: ${seenName(seen)}`);
          const version = versionOf(found.header) ?? 2;
          const payloads = found.payloads.filter((one) => version === 2 || one.kind !== 'encrypted');
          expect(payloads.map((one) => payloadSeen(one, version))).to.deep.equal(clear(seen.payloads));
        }
      });

    it(`${name}: encodes to the same octets`, () => {
      for (const one of datagrams(capture)) {
        const decoded = decodeMessage(one);
        if (decoded.ok) expect(hex(encodeMessage(draftOf(decoded.value)))).to.equal(hex(one));
      }
    });
  }
});
