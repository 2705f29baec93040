/** Sealed messages: what one side seals the other opens. Captures are opened in decryption-captures.test.ts. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decryptChain, encryptChain, oakleyCipher } from '../../../src/ike/crypto/sealing-v1.ts';
import { sealing, sealingKeyLengths, type SealingSuite } from '../../../src/ike/crypto/sealing-v2.ts';
import { concat } from '../../../src/ike/crypto/provider.ts';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { decodePayloadChain, EXCHANGE, FLAG, PAYLOAD_V2, type Payload } from '../../../src/ike/index.ts';
import { BACKENDS, toHex } from './backends.ts';

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
