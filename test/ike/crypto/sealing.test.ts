/** Sealed messages: what one side seals the other opens, and captures whose session keys are known are read. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decryptChain, decryptedPayloads, encryptChain, oakleyCipher } from '../../../src/ike/crypto/sealing-v1.ts';
import { phase2Iv } from '../../../src/ike/crypto/keymat-v1.ts';
import { sealing, sealingKeyLengths, type SealingSuite } from '../../../src/ike/crypto/sealing-v2.ts';
import { concat } from '../../../src/ike/crypto/provider.ts';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { decodeMessage, decodePayloadChain, EXCHANGE, FLAG, PAYLOAD_V2, type Payload } from '../../../src/ike/index.ts';
import { readCapture } from '../../../src/net/index.ts';
import { BACKENDS, hex, toHex } from './backends.ts';

const random = seededEntropy('sealing');
const PAYLOADS: readonly Payload[] = [
  { kind: 'nonce', type: PAYLOAD_V2.nonce, data: random(333) },
  { kind: 'vendor', type: PAYLOAD_V2.vendor, data: random(700) },
];
const DRAFT = {
  initiatorSpi: random(8),
  responderSpi: random(8),
  version: 0x20,
  exchange: EXCHANGE.auth,
  flags: FLAG.initiator,
  messageId: 1,
};

const SUITES: readonly SealingSuite[] = [
  { encryption: { id: 3 }, integrity: 2 },
  ...[128, 192, 256].flatMap((keyBits): SealingSuite[] => [
    { encryption: { id: 12, keyBits }, integrity: 12 },
    { encryption: { id: 13, keyBits }, integrity: 5 },
    { encryption: { id: 16, keyBits } },
    { encryption: { id: 18, keyBits } },
    { encryption: { id: 20, keyBits } },
    { encryption: { id: 23, keyBits }, integrity: 14 },
    { encryption: { id: 24, keyBits }, integrity: 8 },
    { encryption: { id: 26, keyBits } },
  ]),
  { encryption: { id: 28 } },
];

/** What the portable backend lacks. */
const NODE_ONLY = new Set([3, 23, 24, 25, 26, 27]);

for (const provider of BACKENDS) {
  describe(`IKEv2 messages sealed by the ${provider.name} backend`, () => {
    for (const suite of SUITES) {
      const { id, keyBits } = suite.encryption;
      const name = `cipher ${id}${keyBits === undefined ? '' : `/${keyBits}`}, integrity ${suite.integrity ?? 'combined'}`;
      const lengths = sealingKeyLengths(provider, suite);
      const made =
        lengths && sealing(provider, suite, { encryption: random(lengths.cipherBytes), integrity: random(lengths.integrityBytes) });
      if (provider.name === 'portable' && NODE_ONLY.has(id)) {
        it(`${name}: this backend has no such cipher`, () => expect(made).to.equal(undefined));
        continue;
      }
      it(`${name}: opens, refuses what was touched, and in fragments`, () => {
        const sealed = made?.seal(DRAFT, PAYLOADS, random) as Uint8Array;
        const opened = made?.open(sealed);
        expect(opened).to.include({ ok: true });
        expect(opened?.ok && opened.payloads).to.deep.equal(PAYLOADS);
        for (const at of [0, 20, 27, 40, sealed.length - 1]) {
          const touched = Uint8Array.from(sealed, (octet, i) => (i === at ? octet ^ 0x40 : octet));
          expect(made?.open(touched), `octet ${at}`).to.include({ ok: false });
        }
        const pieces = made?.sealFragments(DRAFT, PAYLOADS, random, 300) ?? [];
        expect(pieces.length).to.be.greaterThan(3);
        const inside = pieces.map((piece, i) => {
          expect(piece.length).to.be.at.most(300);
          const part = made?.open(piece);
          if (!part?.ok) throw new Error(`fragment ${i} was not opened`);
          expect(part.fragment).to.deep.equal({ number: i + 1, total: pieces.length });
          expect(part.first).to.equal(i === 0 ? PAYLOAD_V2.nonce : 0);
          return part.plain;
        });
        expect(decodePayloadChain(concat(...inside), PAYLOAD_V2.nonce, 2).payloads).to.deep.equal(PAYLOADS);
      });
    }

    it('never seals with single DES', () =>
      expect(sealingKeyLengths(provider, { encryption: { id: 2 }, integrity: 2 })).to.equal(undefined));
    it('opens no rubbish', () => {
      const aes = sealing(provider, { encryption: { id: 20, keyBits: 128 } }, { encryption: random(20), integrity: new Uint8Array() });
      for (let length = 0; length < 120; length++) expect(aes?.open(random(length))).to.include({ ok: false });
    });
  });
}

interface Keys {
  readonly file: string;
  readonly version: 1 | 2;
  readonly encryptionKey?: string;
  readonly SK_ei?: string;
  readonly SK_er?: string;
  readonly SK_ai?: string;
  readonly SK_ar?: string;
  readonly encryption?: string;
  readonly asserted: { readonly what: string; readonly value: string };
}

const WIRESHARK = new URL('../../../../shared/corpus/wireshark/', import.meta.url);
const there = existsSync(WIRESHARK);
const SUITE_OF: readonly (readonly [RegExp, SealingSuite])[] = [
  [/AES-CCM-128 with 12/, { encryption: { id: 15, keyBits: 128 } }],
  [/AES-CBC-256/, { encryption: { id: 12, keyBits: 256 }, integrity: 12 }],
  [/AES-GCM-256 with 16/, { encryption: { id: 20, keyBits: 256 } }],
];

/** IKE messages of a capture, the marker of port 4500 taken off. */
function messagesOf(file: string): readonly Uint8Array[] {
  const raw = readFileSync(new URL(file, WIRESHARK));
  const { packets } = readCapture(file.endsWith('.gz') ? gunzipSync(raw) : raw);
  return packets.map(({ payload: bytes }) =>
    bytes.length > 4 && bytes.subarray(0, 4).every((octet) => octet === 0) ? bytes.subarray(4) : bytes,
  );
}

for (const provider of BACKENDS) {
  (there ? describe : describe.skip)(
    `captures with session keys through the ${provider.name} backend${there ? '' : ' (skipped: ../shared/corpus is not here)'}`,
    () => {
      if (!there) return;
      for (const keys of JSON.parse(readFileSync(new URL('decryption-keys.json', WIRESHARK), 'utf8')) as readonly Keys[]) {
        const { file, asserted } = keys;
        const lacks = provider.name === 'portable' && file === 'ikev1-certs.pcap';
        (lacks ? it.skip : it)(`${file}: every encrypted frame${lacks ? ' (skipped: no 3DES in this backend)' : ''}`, () => {
          const plain = keys.version === 2 ? openedV2(keys) : openedV1(keys);
          const wanted = asserted.what === 'printable string' ? toHex(Uint8Array.from(Buffer.from(asserted.value))) : asserted.value;
          expect(plain.map((each) => toHex(each)).join(' ')).to.contain(wanted);
        });
      }

      function openedV2(keys: Keys): readonly Uint8Array[] {
        const suite = SUITE_OF.find(([pattern]) => pattern.test(keys.encryption ?? ''))?.[1] as SealingSuite;
        const ways = [
          sealing(provider, suite, { encryption: hex(keys.SK_er ?? ''), integrity: hex(keys.SK_ar ?? '') }),
          sealing(provider, suite, { encryption: hex(keys.SK_ei ?? ''), integrity: hex(keys.SK_ai ?? '') }),
        ];
        const sealed = messagesOf(keys.file).filter((message) => message[16] === PAYLOAD_V2.encrypted);
        expect(sealed.length).to.be.greaterThan(0);
        return sealed.map((message) => {
          const opened = ways[((message[19] ?? 0) & FLAG.initiator) === 0 ? 0 : 1]?.open(message);
          if (!opened?.ok) throw new Error(`${keys.file}: ${opened?.fault}`);
          expect(opened.faults).to.deep.equal([]);
          return opened.plain;
        });
      }

      /** The IV of phase 1 is hash(g^xi | g^xr), both of which stand in the capture. */
      function openedV1(keys: Keys): readonly Uint8Array[] {
        const messages = messagesOf(keys.file).map((octets) => ({ octets, decoded: decodeMessage(octets) }));
        const key = hex(keys.encryptionKey ?? '');
        const cipher = oakleyCipher(provider, key.length === 24 ? 5 : 7, key.length * 8);
        if (!cipher) throw new Error('no such cipher');
        const hash = keys.file.includes('12620') ? 'sha256' : 'md5';
        const publics: Uint8Array[] = [];
        let iv: Uint8Array | undefined;
        let last: Uint8Array | undefined;
        const seen = new Set<string>();
        const ivs = new Map<number, Uint8Array>();
        const plains: Uint8Array[] = [];
        for (const { decoded, octets } of messages) {
          // A retransmission has the same octets, and the same IV as before.
          const repeated = seen.has(toHex(octets) ?? '');
          seen.add(toHex(octets) ?? '');
          if (!decoded.ok || repeated) continue;
          const { header, payloads } = decoded.value;
          for (const payload of payloads) if (payload.kind === 'ke') publics.push(payload.data);
          const [sealed] = payloads;
          if (sealed?.kind !== 'encrypted') continue;
          iv ??= provider.hash(hash, ...publics).subarray(0, cipher.blockBytes);
          // Aggressive mode may have encrypted nothing: then the IV itself is the last block.
          last ??= iv;
          const phase1 = header.messageId === 0;
          const from = phase1 ? iv : (ivs.get(header.messageId) ?? phase2Iv(provider, hash, last, header.messageId));
          const opened = decryptChain(cipher.withKey(key), from, sealed.data);
          if (!opened) throw new Error('not whole blocks');
          if (phase1) iv = last = opened.nextIv;
          else ivs.set(header.messageId, opened.nextIv);
          const inside = decryptedPayloads(opened.data, sealed.type);
          expect(inside.faults, `message ${header.messageId}`).to.deep.equal([]);
          plains.push(opened.data);
        }
        expect(plains.length).to.be.greaterThan(0);
        return plains;
      }
    },
  );
}

describe('IKEv1 messages', () => {
  it('are chained: the next begins where the last block ended', () => {
    for (const provider of BACKENDS) {
      const cipher = oakleyCipher(provider, 7, 256);
      const cbc = cipher?.withKey(random(32));
      if (!cbc) throw new Error('no AES');
      const iv = random(16);
      const first = encryptChain(cbc, iv, random(33));
      const second = encryptChain(cbc, first.nextIv, Uint8Array.of(1, 2, 3));
      expect(first.data.length).to.equal(48);
      expect(toHex(decryptChain(cbc, first.nextIv, second.data)?.data)).to.equal(`010203${'00'.repeat(13)}`);
      expect(decryptChain(cbc, iv, new Uint8Array(15))).to.equal(undefined);
    }
  });
  it('are never encrypted with DES', () => {
    for (const provider of BACKENDS) expect(oakleyCipher(provider, 1)).to.equal(undefined);
  });
});
