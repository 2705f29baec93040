/** Captured exchanges with their keys: our own (vectors/decryption) and those of Wireshark's test suite, every frame, through both backends. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type Deciphered,
  Decryptor,
  ikeMessageOf,
  type InsideOffer,
  insideOffers,
  type KeyTable,
  readCharonKeyLog,
  readIkev1DecryptionTable,
  readIkev2DecryptionTable,
  type SessionKeys,
  tableLines,
} from '../../src/ike/decryption/index.ts';
import type { CryptoProvider } from '../../src/ike/crypto/provider.ts';
import type { Payload } from '../../src/ike/index.ts';
import { readCapture } from '../../src/net/index.ts';
import type { Attribute, Offer } from '../../src/proposals/model.ts';
import { BACKENDS, hex, toHex } from './crypto/backends.ts';

const OWN = new URL('../../vectors/decryption/', import.meta.url);
const WIRESHARK = new URL('../../../shared/corpus/wireshark/', import.meta.url);
const EXPECTED = new URL('../../../shared/corpus/expected/wireshark/', import.meta.url);

interface Frame {
  readonly frame: number;
  readonly read: Deciphered;
}

/** The IKE messages of a capture, read with the keys. */
function frames(file: URL, provider: CryptoProvider, keys: readonly SessionKeys[]): readonly Frame[] {
  const raw = readFileSync(file);
  const { packets, faults } = readCapture(file.pathname.endsWith('.gz') ? gunzipSync(raw) : raw);
  expect(faults).to.deep.equal([]);
  const decryptor = new Decryptor(provider, keys);
  return packets.flatMap(({ payload, source, destination }, i) => {
    const octets = ikeMessageOf(payload, source.port, destination.port);
    return octets ? [{ frame: i + 1, read: decryptor.add(octets) }] : [];
  });
}

function keysOf({ keys, faults }: KeyTable): readonly SessionKeys[] {
  expect(faults).to.deep.equal([]);
  expect(keys).not.to.deep.equal([]);
  return keys;
}

/** Payload types as tshark counts them: proposals (2) and transforms (3) behind their SA. */
function counted(payloads: readonly Payload[]): readonly number[] {
  return payloads.flatMap((payload) => {
    const proposals = payload.kind === 'sa' ? payload.body.offer.groups.flatMap((group) => group.proposals) : [];
    return [payload.type, ...proposals.flatMap(({ transforms }) => [2, ...transforms.map(() => 3)])];
  });
}

/** charon's words for payloads; what stands in brackets behind N is the type of the notify. */
const CHARON_WORDS: Readonly<Record<string, number>> = {
  SA: 33,
  KE: 34,
  IDi: 35,
  IDr: 36,
  AUTH: 39,
  No: 40,
  N: 41,
  D: 42,
  TSi: 44,
  TSr: 45,
};

const SK = 46;
const SKF = 53;

/** All payloads of a frame, in the order in which tshark shows them. */
function shown({ read }: Frame): readonly number[] {
  if (read.state === 'closed') throw new Error(read.reason);
  const outside = read.message.payloads.map(({ type }) => type);
  if (read.state === 'clear') return counted(read.message.payloads);
  const envelope = outside.filter((type) => type === SK || type === SKF);
  return read.state === 'fragment' ? envelope : [...envelope, ...counted(read.payloads)];
}

const SOURCES: readonly (readonly [capture: string, keys: string, read: (text: string) => KeyTable])[] = [
  ['charon-ikev1', 'charon-ikev1.log', readCharonKeyLog],
  ['charon-ikev1', 'charon-ikev1.table', readIkev1DecryptionTable],
  ['charon-ikev2', 'charon-ikev2.log', readCharonKeyLog],
  ['charon-ikev2', 'charon-ikev2.table', readIkev2DecryptionTable],
  ['pluto-ikev1', 'pluto-ikev1.log', readCharonKeyLog],
  ['pluto-ikev1', 'pluto-ikev1.table', readIkev1DecryptionTable],
];
/** Frames that hold an offer, its negotiation, and ESP or IKE transforms by number. */
const OFFERS: Readonly<Record<string, readonly string[]>> = {
  'charon-ikev1': ['7 ikev1-phase2 3:20,12', '8 ikev1-phase2 3:12'],
  'charon-ikev2': ['5 ikev2-child 3:20,0 | 3:12,12,0', '7 ikev2-child 3:12,12,0', '9 ikev2-ike 1:20,5,31', '11 ikev2-ike 1:20,5,31'],
  'pluto-ikev1': ['7 ikev1-phase2 3:12', '8 ikev1-phase2 3:12'],
};

const written = ({ frame, offer }: InsideOffer): string => {
  const groups = offer.groups.map(({ proposals }) =>
    proposals.map(({ protocol, transforms }) => `${protocol}:${transforms.map(({ id }) => id).join(',')}`).join('+'),
  );
  return `${frame} ${offer.negotiation} ${groups.join(' | ')}`;
};

for (const provider of BACKENDS) {
  describe(`captures of real daemons, decrypted through the ${provider.name} backend`, () => {
    const expected = JSON.parse(readFileSync(new URL('expected.json', OWN), 'utf8')) as { captures: Record<string, number[][]> };
    for (const [capture, file, read] of SOURCES) {
      it(`${capture} with ${file}: every frame as tshark shows it, and the offers inside`, () => {
        const keys = keysOf(read(readFileSync(new URL(file, OWN), 'utf8')));
        const all = frames(new URL(`${capture}.pcap`, OWN), provider, keys);
        expect(all.map(shown)).to.deep.equal(expected.captures[capture]);
        expect(insideOffers(all).map(written)).to.deep.equal(OFFERS[capture]);
      });
    }

    for (const [capture, log, read] of SOURCES.filter(([, file]) => file.endsWith('.log')))
      it(`${log}: its keys as lines of Wireshark's tables, each with the SA that it opens`, () => {
        const keys = keysOf(read(readFileSync(new URL(log, OWN), 'utf8')));
        const { packets } = readCapture(readFileSync(new URL(`${capture}.pcap`, OWN)));
        const messages = packets.flatMap(({ payload, source, destination }) => ikeMessageOf(payload, source.port, destination.port) ?? []);
        const table = readFileSync(new URL(`${capture}.table`, OWN), 'utf8')
          .trimEnd()
          .split('\n');
        expect(tableLines(provider, messages, keys)).to.deep.equal(table.filter((line) => !line.startsWith('#')));
      });

    it('charon-mlkem: keys that change after IKE_INTERMEDIATE and IKE_FOLLOWUP_KE; every message as the daemon itself wrote it', () => {
      const log = readFileSync(new URL('charon-mlkem.log', OWN), 'utf8');
      const said = [...log.matchAll(/\[ENC\] \w+ \w+ \w+ \d+ \[([^\]]*)\]/g)].map(([, words = '']) => words.match(/\w+/g) ?? []);
      const all = frames(new URL('charon-mlkem.pcap', OWN), provider, keysOf(readCharonKeyLog(log)));
      const got = all.map(({ read }) => (read.state === 'opened' ? read.payloads : read.state === 'clear' ? read.message.payloads : []));
      const wanted = said.map((words) => words.flatMap((word) => CHARON_WORDS[word] ?? []));
      expect(wanted.length).to.equal(14);
      expect(got.map((payloads) => payloads.map(({ type }) => type))).to.deep.equal(wanted);
      expect(all.slice(2).every(({ read }) => read.state === 'opened' && read.faults.length === 0)).to.equal(true);
    });

    it('opens the same with the shared secret instead of keys', () => {
      const secretOf = (log: string): Uint8Array => {
        const lines = readFileSync(new URL(log, OWN), 'utf8').split('\n');
        const at = lines.findIndex((line) => line.includes('shared Diffie Hellman secret'));
        const dump = lines.slice(at + 1, at + 9).filter((line) => /\] +\d+: /.test(line));
        const bytes = Number(/=> (\d+) bytes/.exec(lines[at] ?? '')?.[1]);
        return hex(
          dump
            .map((line) =>
              line
                .replace(/^.*?\d+: /, '')
                .slice(0, 47)
                .replaceAll(' ', ''),
            )
            .join(''),
        ).subarray(0, bytes);
      };
      const [v1 = '', v2 = ''] = ['charon-ikev1', 'charon-ikev2'].map((name) => readFileSync(new URL(`${name}.table`, OWN), 'utf8'));
      const psk = Uint8Array.from(Buffer.from('lab-secret'));
      const [initiatorSpi, responderSpi] = v2.split(',').map(hex) as [Uint8Array, Uint8Array];
      const first: SessionKeys = {
        version: 1,
        kind: 'secret',
        initiatorCookie: hex(v1.split(',')[0] ?? ''),
        secret: secretOf('charon-ikev1.log'),
        psk,
      };
      const second: SessionKeys = { version: 2, kind: 'secret', initiatorSpi, responderSpi, secret: secretOf('charon-ikev2.log') };
      const one = frames(new URL('charon-ikev1.pcap', OWN), provider, [first]);
      expect(one.map(shown)).to.deep.equal(expected.captures['charon-ikev1']);
      // The rekeyed SA of the second needs a secret of its own.
      const other = frames(new URL('charon-ikev2.pcap', OWN), provider, [second]);
      expect(other.slice(0, 13).map(shown)).to.deep.equal(expected.captures['charon-ikev2']?.slice(0, 13));
      expect(other.slice(13).map(({ read }) => read.state === 'closed' && read.reason)).to.deep.equal(['no-keys', 'no-keys']);
    });
  });
}

interface Known {
  readonly file: string;
  readonly version: 1 | 2;
  readonly initiatorCookie?: string;
  readonly encryptionKey?: string;
  readonly spiI?: string;
  readonly spiR?: string;
  readonly SK_ei?: string;
  readonly SK_er?: string;
  readonly encryption?: string;
  readonly SK_ai?: string;
  readonly SK_ar?: string;
  readonly integrity?: string;
  readonly asserted: { readonly what: string; readonly value: string };
}

/** The lines that Wireshark's own table would have. */
function tableOf(known: Known): KeyTable {
  if (known.version === 1) return readIkev1DecryptionTable(`${known.initiatorCookie},${known.encryptionKey}`);
  const { spiI, spiR, SK_ei, SK_er, encryption, SK_ai, SK_ar, integrity } = known;
  return readIkev2DecryptionTable([spiI, spiR, SK_ei, SK_er, `"${encryption}"`, SK_ai, SK_ar, `"${integrity}"`].join(','));
}

interface SeenPayload {
  readonly type: number;
  readonly insideEncrypted?: true;
  readonly proposals?: readonly {
    readonly number: number;
    readonly protocol: number;
    readonly transforms: readonly {
      readonly type?: number;
      readonly id: number;
      readonly attributes?: readonly { type: number; hex: string }[];
    }[];
  }[];
}
interface SeenMessage {
  readonly payloads: readonly SeenPayload[];
  readonly tsharkMalformed?: true;
}

function attributeHex(attribute: Attribute): { type: number; hex: string | undefined } {
  const { type } = attribute;
  return { type, hex: attribute.form === 'TV' ? attribute.value.toString(16).padStart(4, '0') : toHex(attribute.value) };
}

/** An SA in the shape of the expected files. */
function treeOf(offer: Offer): unknown {
  return offer.groups.flatMap(({ number, proposals }) =>
    proposals.map(({ protocol, transforms }) => ({
      number,
      protocol,
      transforms: transforms.map((each) => ({
        ...(each.kind === 'single' && { type: each.type }),
        id: each.id,
        attributes: each.attributes.map(attributeHex),
      })),
    })),
  );
}

const seenTree = (proposals: SeenPayload['proposals']): unknown =>
  proposals?.map(({ number, protocol, transforms }) => ({
    number,
    protocol,
    transforms: transforms.map(({ type, id, attributes = [] }) => ({
      ...(type !== undefined && { type }),
      id,
      attributes: attributes.map((each) => ({ type: each.type, hex: each.hex })),
    })),
  }));

const there = existsSync(WIRESHARK);
for (const provider of BACKENDS) {
  (there ? describe : describe.skip)(
    `captures with session keys through the ${provider.name} backend${there ? '' : ' (skipped: ../shared/corpus is not here)'}`,
    () => {
      if (!there) return;
      for (const known of JSON.parse(readFileSync(new URL('decryption-keys.json', WIRESHARK), 'utf8')) as readonly Known[]) {
        const { file, asserted } = known;
        const lacks = provider.name === 'portable' && file === 'ikev1-certs.pcap';
        (lacks ? it.skip : it)(`${file}: every encrypted frame${lacks ? ' (skipped: no 3DES in this backend)' : ''}`, () => {
          const all = frames(new URL(file, WIRESHARK), provider, keysOf(tableOf(known)));
          const { messages } = JSON.parse(readFileSync(new URL(`${file}.json`, EXPECTED), 'utf8')) as { messages: readonly SeenMessage[] };
          expect(all.length).to.equal(messages.length);
          const plain: string[] = [];
          for (const [i, message] of messages.entries()) {
            const { frame, read } = all.at(i) as Frame;
            const inside = message.payloads.filter((payload) => payload.insideEncrypted);
            if (message.payloads.every(({ type }) => type !== SK) && inside.length === 0) {
              expect(read.state, `frame ${frame}`).to.equal('clear');
              continue;
            }
            if (read.state !== 'opened') throw new Error(`frame ${frame}: ${read.state === 'closed' ? read.reason : read.state}`);
            expect(read.faults, `frame ${frame}`).to.deep.equal([]);
            plain.push(toHex(read.plain) ?? '');
            // tshark loses the chain of IVs at a message that was sent twice.
            if (message.tsharkMalformed) expect(read.repeated, `frame ${frame}`).to.equal(true);
            else compare(read.payloads, inside, frame);
          }
          const wanted = asserted.what === 'printable string' ? toHex(Uint8Array.from(Buffer.from(asserted.value))) : asserted.value;
          expect(plain.length).to.be.greaterThan(0);
          expect(plain.join(' ')).to.contain(wanted);
        });
      }

      function compare(payloads: readonly Payload[], inside: readonly SeenPayload[], frame: number): void {
        expect(
          payloads.map(({ type }) => type),
          `frame ${frame}`,
        ).to.deep.equal(inside.map(({ type }) => type));
        for (const [i, payload] of payloads.entries()) {
          if (payload.kind === 'sa') expect(treeOf(payload.body.offer), `frame ${frame}`).to.deep.equal(seenTree(inside[i]?.proposals));
        }
      }
    },
  );
}
