/** AUTH payloads and IKEv1 signatures: each key by each method, both backends checking, and every way of being wrong. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import {
  authenticate,
  AUTH_METHOD,
  type AuthFault,
  phase1Method,
  SIGNATURE_HASH,
  signatureHashes,
  signatureHashesData,
  type SignOptions,
  signPhase1,
  verifyAuth,
  verifyPhase1,
} from '../../../src/ike/crypto/authentication.ts';
import { concat, type SignatureScheme, type Signer } from '../../../src/ike/crypto/provider.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { BACKENDS, hex, toHex } from './backends.ts';
import { Authority, type Kind, KINDS, OPENSSL, WITHOUT } from './openssl.ts';

const octets = Uint8Array.from(Buffer.from('RealMessage | Nonce | prf(SK_p, ID)'));
const ALL = [1, 2, 3, 4, 5];

describe('SIGNATURE_HASH_ALGORITHMS', () => {
  it('is two octets a hash (RFC 7427 §4)', () => {
    expect(toHex(signatureHashesData([2, 3, 4, 5]))).to.equal('0002000300040005');
    expect(signatureHashes(hex('000200030004000500'))).to.deep.equal([2, 3, 4, 5]);
  });
});

/** Key, what the peer announced, options → method and scheme, or why not. */
const CHOICES: readonly (readonly [kind: Kind, options: SignOptions, method: number, scheme: SignatureScheme | string])[] = [
  ['RSA-2048', {}, 1, { kind: 'rsa-pkcs1', hash: 'sha1' }],
  ['RSA-2048', { peerHashes: ALL }, 14, { kind: 'rsa-pkcs1', hash: 'sha256' }],
  ['RSA-2048', { peerHashes: [4] }, 14, { kind: 'rsa-pkcs1', hash: 'sha512' }],
  ['RSA-2048', { peerHashes: [1] }, 14, { kind: 'rsa-pkcs1', hash: 'sha1' }],
  ['RSA-2048', { peerHashes: [5] }, 0, 'no-common-hash'],
  ['RSA-2048', { peerHashes: [] }, 0, 'no-common-hash'],
  ['RSA-4096', { peerHashes: [3], rsa: 'pss' }, 14, { kind: 'rsa-pss', hash: 'sha384', saltBytes: 48 }],
  ['RSA-PSS', { peerHashes: ALL }, 14, { kind: 'rsa-pss', hash: 'sha256', saltBytes: 32 }],
  ['P-256', {}, 9, { kind: 'ecdsa', hash: 'sha256', form: 'pair' }],
  ['P-384', {}, 10, { kind: 'ecdsa', hash: 'sha384', form: 'pair' }],
  ['P-521', {}, 11, { kind: 'ecdsa', hash: 'sha512', form: 'pair' }],
  ['P-384', { peerHashes: ALL }, 14, { kind: 'ecdsa', hash: 'sha384', form: 'der' }],
  ['P-384', { peerHashes: [1, 2] }, 14, { kind: 'ecdsa', hash: 'sha256', form: 'der' }],
  ['P-521', { peerHashes: ALL }, 14, { kind: 'ecdsa', hash: 'sha512', form: 'der' }],
  ['Ed25519', { peerHashes: ALL }, 14, { kind: 'ed25519' }],
  ['Ed448', { peerHashes: ALL }, 14, { kind: 'ed448' }],
  ['Ed25519', { peerHashes: [1, 2, 3, 4] }, 0, 'no-common-hash'],
  ['Ed25519', {}, 0, 'key-not-for-method'],
  ['RSA-PSS', {}, 0, 'key-not-for-method'],
];

(OPENSSL ? describe : describe.skip)(`authentication with keys of openssl's${WITHOUT}`, function () {
  this.timeout(120_000);
  const signers = new Map<Kind, Signer>();
  const signerOf = (kind: Kind): Signer => signers.get(kind) as Signer;
  const authority = new Authority();
  before(() => {
    for (const kind of Object.keys(KINDS) as Kind[]) signers.set(kind, nodeCrypto.signer(authority.make({ kind }).pkcs8) as Signer);
  });
  after(() => authority.close());

  for (const [kind, options, method, expected] of CHOICES) {
    it(`${kind}, peer announces ${options.peerHashes?.join() ?? 'nothing'}${options.rsa ? `, ${options.rsa}` : ''}: ${JSON.stringify(expected)}`, () => {
      const signer = signerOf(kind);
      const signed = authenticate(signer, octets, options);
      if (!signed.ok) {
        expect(signed.fault).to.equal(expected);
        return;
      }
      expect([signed.auth.method, signed.scheme]).to.deep.equal([method, expected]);
      for (const backend of BACKENDS) {
        expect(verifyAuth(backend, signer.publicKey, signed.auth, octets), backend.name).to.deep.equal({ ok: true, scheme: expected });
        const other = verifyAuth(backend, signer.publicKey, signed.auth, octets.slice(1));
        expect(other.ok ? 'taken' : other.fault, backend.name).to.equal('signature-wrong');
      }
    });
  }

  it('method 1 by another hash than SHA-1 is told', () => {
    const signer = signerOf('RSA-2048');
    const data = signer.sign({ kind: 'rsa-pkcs1', hash: 'sha384' }, octets) as Uint8Array;
    for (const backend of BACKENDS)
      expect(verifyAuth(backend, signer.publicKey, { method: AUTH_METHOD.rsa, data }, octets)).to.deep.equal({
        ok: true,
        scheme: { kind: 'rsa-pkcs1', hash: 'sha384' },
      });
  });

  it('names each fault', () => {
    const data = (kind: Kind): Uint8Array => {
      const signed = authenticate(signerOf(kind), octets, { peerHashes: ALL });
      if (!signed.ok) throw new Error(signed.fault);
      return signed.auth.data;
    };
    const unknown = concat(hex('07300506032b6572'), new Uint8Array(64));
    const FAULTS: readonly (readonly [kind: Kind, method: number, data: Uint8Array, announced: readonly number[], fault: AuthFault])[] = [
      ['P-256', 2, data('P-256'), ALL, 'method-unknown'],
      ['P-256', 0, data('P-256'), ALL, 'method-unknown'],
      ['P-256', 14, new Uint8Array(), ALL, 'malformed'],
      ['P-256', 14, hex('ff30'), ALL, 'malformed'],
      ['P-256', 14, data('P-256').subarray(0, 13), ALL, 'malformed'],
      ['P-256', 14, unknown, ALL, 'algorithm-unknown'],
      ['P-256', 14, data('P-256'), [3, 4], 'hash-not-announced'],
      ['Ed25519', 14, data('Ed25519'), [1, 2, 3, 4], 'hash-not-announced'],
      ['RSA-2048', 14, data('P-256'), ALL, 'key-not-for-method'],
      ['P-256', 14, data('RSA-2048'), ALL, 'key-not-for-method'],
      ['P-256', 1, data('P-256'), ALL, 'key-not-for-method'],
      ['RSA-PSS', 14, data('RSA-2048'), ALL, 'key-not-for-method'],
      ['RSA-PSS', 1, data('RSA-PSS'), ALL, 'key-not-for-method'],
      ['P-384', 9, data('P-384'), ALL, 'key-not-for-method'],
      ['P-256', 9, data('P-256'), ALL, 'signature-wrong'],
      ['RSA-4096', 14, data('RSA-2048'), ALL, 'signature-wrong'],
      ['Ed25519', 14, concat(data('Ed25519'), Uint8Array.of(0)), ALL, 'signature-wrong'],
    ];
    for (const [kind, method, given, announced, fault] of FAULTS) {
      for (const backend of BACKENDS) {
        const found = verifyAuth(backend, signerOf(kind).publicKey, { method, data: given }, octets, announced);
        expect(found.ok ? 'taken' : found.fault, `${backend.name}: ${kind} ${method} ${fault}`).to.equal(fault);
      }
    }
  });

  it('never throws on any AUTH', () => {
    const methods = fc.constantFrom(...Object.values(AUTH_METHOD), 3);
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 80 }).map((tail) => concat(hex('0c300a06082a8648ce3d040302'), tail)),
    );
    const spkis = [...signers.values()].map(({ publicKey }) => publicKey);
    fc.assert(
      fc.property(methods, anything, fc.constantFrom(...spkis), (method, data, spki) =>
        BACKENDS.every((backend) => !verifyAuth(backend, spki, { method, data }, octets).ok),
      ),
      { numRuns: 300 },
    );
  });

  describe('IKEv1', () => {
    const hash = nodeCrypto.hash('sha1', octets);
    const METHODS: readonly (readonly [kind: Kind, method: number, signatureBytes: number])[] = [
      ['RSA-2048', 3, 256],
      ['RSA-4096', 3, 512],
      ['P-256', 9, 64],
      ['P-384', 10, 96],
      ['P-521', 11, 132],
    ];
    for (const [kind, method, signatureBytes] of METHODS) {
      it(`${kind} signs HASH_I by method ${method}`, () => {
        const signer = signerOf(kind);
        expect(phase1Method(signer.publicKey)).to.equal(method);
        const signature = signPhase1(signer, method, hash) as Uint8Array;
        expect(signature).to.have.length(signatureBytes);
        for (const backend of BACKENDS) {
          expect(verifyPhase1(backend, signer.publicKey, method, hash, signature).ok, backend.name).to.equal(true);
          const other = verifyPhase1(
            backend,
            signer.publicKey,
            method,
            hash.map((octet) => octet ^ 1),
            signature,
          );
          expect(other.ok ? 'taken' : other.fault, backend.name).to.equal('signature-wrong');
          const classic = verifyPhase1(backend, signer.publicKey, method === 3 ? 9 : 3, hash, signature);
          expect(classic.ok ? 'taken' : classic.fault, backend.name).to.equal('key-not-for-method');
        }
      });
    }

    it('RSA has no DigestInfo: a PKCS#1 signature with one is wrong, and the padding is block type 1 (RFC 2409 §5.1)', () => {
      const signer = signerOf('RSA-2048');
      const withInfo = signer.sign({ kind: 'rsa-pkcs1', hash: 'sha1' }, octets) as Uint8Array;
      for (const backend of BACKENDS) expect(verifyPhase1(backend, signer.publicKey, 3, hash, withInfo).ok).to.equal(false);
      expect(signPhase1(signer, 9, hash)).to.equal(undefined);
      expect(phase1Method(signerOf('Ed25519').publicKey)).to.equal(undefined);
      expect(phase1Method(signerOf('RSA-PSS').publicKey)).to.equal(undefined);
    });
  });

  it('announces the numbers of RFC 7427 §7 and RFC 8420', () => {
    expect(SIGNATURE_HASH).to.deep.equal({ sha1: 1, sha256: 2, sha384: 3, sha512: 4, identity: 5 });
  });
});
