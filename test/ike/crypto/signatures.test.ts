/** Signatures: published vectors through both backends, what one signs the other verifies, and openssl's word about both. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifierOf, schemeOf } from '../../../src/ike/crypto/algorithm-identifiers.ts';
import { type CryptoProvider, HASH_BYTES, type HashName, type SignatureScheme, type Signer } from '../../../src/ike/crypto/provider.ts';
import { spkiOf } from '../../../src/ike/crypto/x509/keys.ts';
import { nodeCrypto } from '../../../src/node-crypto/index.ts';
import { BACKENDS, hex, toHex } from './backends.ts';
import { Authority, type Kind, KINDS, OPENSSL, WITHOUT } from './openssl.ts';

const text = (letters: string): Uint8Array => Uint8Array.from(Buffer.from(letters));
const HASHES: readonly HashName[] = ['sha1', 'sha256', 'sha384', 'sha512'];

/** RFC 7427 Appendix A, RFC 8420 Appendix A. */
const IDENTIFIERS: readonly (readonly [name: string, der: string, scheme: SignatureScheme])[] = [
  ['sha1WithRSAEncryption', '300d06092a864886f70d0101050500', { kind: 'rsa-pkcs1', hash: 'sha1' }],
  ['sha256WithRSAEncryption', '300d06092a864886f70d01010b0500', { kind: 'rsa-pkcs1', hash: 'sha256' }],
  ['sha384WithRSAEncryption', '300d06092a864886f70d01010c0500', { kind: 'rsa-pkcs1', hash: 'sha384' }],
  ['sha512WithRSAEncryption', '300d06092a864886f70d01010d0500', { kind: 'rsa-pkcs1', hash: 'sha512' }],
  ['ecdsa-with-sha1', '300906072a8648ce3d0401', { kind: 'ecdsa', hash: 'sha1', form: 'der' }],
  ['ecdsa-with-sha256', '300a06082a8648ce3d040302', { kind: 'ecdsa', hash: 'sha256', form: 'der' }],
  ['ecdsa-with-sha384', '300a06082a8648ce3d040303', { kind: 'ecdsa', hash: 'sha384', form: 'der' }],
  ['ecdsa-with-sha512', '300a06082a8648ce3d040304', { kind: 'ecdsa', hash: 'sha512', form: 'der' }],
  ['RSASSA-PSS with default parameters', '300d06092a864886f70d01010a3000', { kind: 'rsa-pss', hash: 'sha1', saltBytes: 20 }],
  [
    'RSASSA-PSS with SHA-256',
    '304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120',
    { kind: 'rsa-pss', hash: 'sha256', saltBytes: 32 },
  ],
  ['Ed25519', '300506032b6570', { kind: 'ed25519' }],
  ['Ed448', '300506032b6571', { kind: 'ed448' }],
];

describe('AlgorithmIdentifiers', () => {
  for (const [name, der, scheme] of IDENTIFIERS) {
    it(`${name}, both ways`, () => {
      expect(toHex(identifierOf(scheme))).to.equal(der);
      expect(schemeOf(hex(der))).to.deep.equal(scheme);
    });
  }

  const NONE: readonly (readonly [why: string, der: string])[] = [
    ['no octets', ''],
    ['a length longer than needed', '30810d06092a864886f70d01010b0500'],
    ['octets behind', '300506032b657000'],
    ['parameters that are not NULL', '300d06092a864886f70d01010b0400'],
    ['an unknown algorithm', '300506032b6572'],
    ['PSS with a mask of another hash', '302306092a864886f70d01010a3016a00f300d06096086480165030402010500a203020120'],
    ['PSS with another trailer', '301206092a864886f70d01010a3005a303020102'],
  ];
  for (const [why, der] of NONE) it(`none: ${why}`, () => expect(schemeOf(hex(der))).to.equal(undefined));
});

/** RFC 6979 A.2.5 (P-256), message "sample"; RFC 8032 §7.1 test 2. */
const P256_POINT =
  '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299';
const P256_SHA256 =
  'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8';
const P256_PKCS8 =
  '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721';
const ED25519 = {
  seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  point: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
};

for (const backend of BACKENDS) {
  describe(`signatures of the ${backend.name} backend`, () => {
    const scheme: SignatureScheme = { kind: 'ecdsa', hash: 'sha256', form: 'pair' };

    it('ECDSA on P-256 (RFC 6979 A.2.5)', () => {
      const spki = spkiOf('P-256', hex(P256_POINT));
      expect(backend.verify(spki, scheme, text('sample'), hex(P256_SHA256))).to.equal(true);
      expect(backend.verify(spki, scheme, text('simple'), hex(P256_SHA256))).to.equal(false);
      const digest = backend.hash('sha256', text('sample'));
      expect(backend.verify(spki, { ...scheme, hash: 'raw' }, digest, hex(P256_SHA256))).to.equal(true);
      expect(toHex(backend.signer(hex(P256_PKCS8))?.publicKey)).to.equal(toHex(spki));
    });

    it('raw ECDSA is that of RFC 6979, whichever backend', () => {
      const digest = backend.hash('sha256', text('sample'));
      expect(toHex(backend.signer(hex(P256_PKCS8))?.sign({ ...scheme, hash: 'raw' }, digest))).to.equal(P256_SHA256);
    });

    it('Ed25519 (RFC 8032 §7.1, test 2)', () => {
      const signer = backend.signer(hex(`302e020100300506032b657004220420${ED25519.seed}`));
      expect(toHex(signer?.sign({ kind: 'ed25519' }, hex('72')))).to.equal(ED25519.signature);
      expect(toHex(signer?.publicKey)).to.equal(`302a300506032b6570032100${ED25519.point}`);
      const spki = spkiOf('ed25519', hex(ED25519.point));
      expect(backend.verify(spki, { kind: 'ed25519' }, hex('72'), hex(ED25519.signature))).to.equal(true);
      expect(backend.verify(spki, { kind: 'ed25519' }, hex('73'), hex(ED25519.signature))).to.equal(false);
    });

    it('answers nothing for a scheme of another key, and for what is no key', () => {
      const spki = spkiOf('ed25519', hex(ED25519.point));
      expect(backend.verify(spki, scheme, hex('72'), hex(ED25519.signature))).to.equal(undefined);
      expect(backend.verify(hex('3000'), scheme, hex('72'), hex(ED25519.signature))).to.equal(undefined);
      expect(backend.signer(hex('3000'))).to.equal(undefined);
      expect(backend.signer(hex(P256_PKCS8))?.sign({ kind: 'ed25519' }, hex('72'))).to.equal(undefined);
    });

    it('takes no signature by a point that is not on the curve', () => {
      const spki = spkiOf('P-256', hex(P256_POINT.replace(/9$/, '8')));
      expect(backend.verify(spki, scheme, text('sample'), hex(P256_SHA256))).to.equal(false);
    });
  });
}

/** Every scheme for a kind of key. */
function schemesOf(kind: Kind): readonly SignatureScheme[] {
  if (kind === 'Ed25519') return [{ kind: 'ed25519' }];
  if (kind === 'Ed448') return [{ kind: 'ed448' }];
  if (!kind.startsWith('RSA'))
    return [...HASHES, 'raw' as const].flatMap((hash) => (['der', 'pair'] as const).map((form) => ({ kind: 'ecdsa', hash, form })));
  const pkcs1 = [...HASHES, 'raw' as const].map((hash): SignatureScheme => ({ kind: 'rsa-pkcs1', hash }));
  const pss = HASHES.flatMap((hash) =>
    [0, HASH_BYTES[hash], 33].map((saltBytes): SignatureScheme => ({ kind: 'rsa-pss', hash, saltBytes })),
  );
  return kind === 'RSA-PSS' ? pss : [...pkcs1, ...pss];
}

(OPENSSL ? describe : describe.skip)(`signatures with keys of openssl's${WITHOUT}`, function () {
  this.timeout(120_000);
  const authority = new Authority();
  after(() => authority.close());
  const message = text('what both sides saw');

  for (const kind of Object.keys(KINDS) as Kind[]) {
    describe(kind, () => {
      let pkcs8 = new Uint8Array();
      before(() => {
        pkcs8 = Uint8Array.from(authority.make({ kind }).pkcs8);
      });

      for (const backend of BACKENDS) {
        if (backend.name === 'portable' && kind.startsWith('RSA')) {
          it('portable has no RSA signatures', () => expect(backend.signer(pkcs8)).to.equal(undefined));
          continue;
        }
        it(`${backend.name} signs, each backend verifies, and none takes a changed one`, () => signsForAll(backend, kind, pkcs8, message));
      }
    });
  }

  // One signature of RSA in 256 begins with a zero octet: without it the number is the same, and the signature is none. RFC 8017 §8.1.2.
  it('takes no RSA signature without its leading zero', () => {
    const signer = nodeCrypto.signer(Uint8Array.from(authority.make({ kind: 'RSA-2048' }).pkcs8));
    if (signer === undefined) throw new Error('no signer');
    for (const scheme of schemesOf('RSA-2048').filter((each) => 'hash' in each && ['sha256', 'raw'].includes(each.hash))) {
      const zero = leadingZero(signer, scheme);
      for (const backend of BACKENDS) {
        const verdict = (signed: Uint8Array): boolean | undefined => backend.verify(signer.publicKey, scheme, zero.message, signed);
        const label = `${backend.name} ${JSON.stringify(scheme)}`;
        expect(verdict(zero.signature), label).to.equal(true);
        expect(verdict(zero.signature.slice(1)), `${label}, shorter`).to.equal(false);
      }
    }
  });

  it("openssl's command verifies what node and portable sign (P-384, SHA-384)", () => {
    const { name, pkcs8 } = authority.make({ kind: 'P-384' });
    for (const backend of BACKENDS) {
      const signature = backend.signer(pkcs8)?.sign({ kind: 'ecdsa', hash: 'sha384', form: 'der' }, message) as Uint8Array;
      writeFileSync(join(authority.directory, 'signature'), signature);
      const said = authority.run(['dgst', '-sha384', '-prverify', `${name}.key`, '-signature', 'signature'], message);
      expect(said.toString()).to.equal('Verified OK\n');
    }
  });
});

/** A message whose signature begins with a zero octet. */
function leadingZero(signer: Signer, scheme: SignatureScheme): { readonly message: Uint8Array; readonly signature: Uint8Array } {
  for (let i = 0; i < 20_000; i++) {
    const message = nodeCrypto.hash('sha256', text(`message ${i}`));
    const signature = signer.sign(scheme, message);
    if (signature?.[0] === 0) return { message, signature };
  }
  throw new Error('no signature begins with a zero octet');
}

function signsForAll(backend: CryptoProvider, kind: Kind, pkcs8: Uint8Array, octets: Uint8Array): void {
  const signer = backend.signer(pkcs8);
  if (signer === undefined) throw new Error('no signer');
  for (const scheme of schemesOf(kind)) {
    const what = 'hash' in scheme && scheme.hash === 'raw' ? backend.hash('sha256', octets) : octets;
    const signature = signer.sign(scheme, what);
    if (signature === undefined) throw new Error(`no signature: ${JSON.stringify(scheme)}`);
    const changed = signature.map((octet, i) => (i === signature.length - 5 ? octet ^ 1 : octet));
    for (const other of BACKENDS) {
      const verdict = (message: Uint8Array, signed: Uint8Array): boolean | undefined =>
        other.verify(signer.publicKey, scheme, message, signed);
      const label = `${other.name} ${JSON.stringify(scheme)}`;
      expect(verdict(what, signature), label).to.equal(true);
      expect(verdict(what, changed), `${label}, changed`).to.equal(false);
      expect(verdict(what.slice(1), signature), `${label}, another message`).to.equal(false);
      expect(verdict(what, signature.slice(1)), `${label}, shorter`).to.equal(false);
      expect(verdict(what, new Uint8Array()), `${label}, empty`).to.equal(false);
    }
  }
}
