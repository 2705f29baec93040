/** IKEv1 with certificates in memory: methods and curves in both modes, what is not believed, and a chain over a bad path. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { credentialOf } from '../../../src/ike/crypto/authentication.ts';
import type { Signer } from '../../../src/ike/crypto/provider.ts';
import { identityOf, readCertificate, type X509Certificate } from '../../../src/ike/crypto/x509/certificate.ts';
import { type Authenticator, preSharedKey } from '../../../src/ike/exchanges/ikev1/authenticator.ts';
import { certificates, type CertificateSetup } from '../../../src/ike/exchanges/ikev1/certificates.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { AES256_SHA256, fqdn, phase1Offer, text } from '../../support/ikev1-offers.ts';
import { pair, type PairOptions, type PairReport, SECRET } from '../../support/ikev1-pair.ts';
import { Authority, CA, type Kind, type Made, OPENSSL, WITHOUT } from '../crypto/openssl.ts';

/** Kinds of keys, and the Oakley method of each. */
const METHODS = { 'RSA-2048': 3, 'P-256': 9, 'P-384': 10, 'P-521': 11 } as const;
/** A little later than the certificates, which are made when the tests run. */
const NOW = Date.now() + 600_000;

function read({ der }: Made): X509Certificate {
  const decoded = readCertificate(der);
  if (!decoded.ok) throw new Error('not a certificate');
  return decoded.value;
}

(OPENSSL ? describe : describe.skip)(`IKEv1 with certificates${WITHOUT}`, function () {
  this.timeout(60_000);
  const authority = new Authority();
  let root: Made;
  before(() => {
    root = authority.make({ kind: 'P-256', subject: '/CN=root', extensions: CA });
  });
  after(() => authority.close());

  const issued = (kind: Kind, name: string, issuer: Made = root, more: { readonly notAfter?: string } = {}): Made =>
    authority.make({ kind, subject: `/CN=${name}`, issuer, extensions: [`subjectAltName=DNS:${name}`], ...more });
  const proving = (
    made: Made,
    chain: readonly Made[] = [],
    more: Partial<Pick<CertificateSetup, 'roots' | 'expected'>> = {},
  ): Authenticator => {
    const credential = credentialOf([made, ...chain].map(read), nodeCrypto.signer(made.pkcs8) as Signer);
    if (!credential) throw new Error('the key is another');
    return certificates({ provider: nodeCrypto, credential, roots: [read(root)], now: NOW, ...more });
  };
  const between = (auth: number, initiator: Authenticator, responder: Authenticator, more: PairOptions = {}): Promise<PairReport> =>
    pair({
      provider: nodeCrypto,
      ...more,
      initiator: { authenticator: initiator, offer: phase1Offer([{ ...AES256_SHA256, group: 19 }], auth), ...more.initiator },
      responder: { authenticators: [responder], ...more.responder },
    });
  const failureOf = ({ result }: PairReport) => (result?.established === false ? result.failure : undefined);

  for (const [kind, auth] of Object.entries(METHODS))
    for (const mode of ['main', 'aggressive'] as const)
      it(`comes about with ${kind} in ${mode} mode, and with the name of the subject`, async () => {
        const [mine, theirs] = [issued(kind as Kind, 'initiator.example'), issued(kind as Kind, 'responder.example')];
        for (const identity of [fqdn('responder.example'), identityOf(read(theirs))]) {
          const { result, responderEvents } = await between(auth, proving(mine), proving(theirs), {
            initiator: { mode },
            responder: { identity },
          });
          expect(result).to.include({ established: true });
          expect(responderEvents[0]).to.include({ kind: 'authenticated', method: auth });
        }
      });

  it('signs what the hash of the method makes, whatever hash was negotiated: so charon 5.9.8 does', async () => {
    const signed: number[] = [];
    for (const [kind, auth] of Object.entries(METHODS)) {
      const own = proving(issued(kind as Kind, 'initiator.example'));
      const watched: Authenticator = { ...own, prove: (hash) => (signed.push(hash.length), own.prove(hash)) };
      const { result } = await between(auth, watched, proving(issued(kind as Kind, 'responder.example')));
      expect(result).to.include({ established: true });
    }
    expect(signed).to.deep.equal([32, 32, 48, 64]);
  });

  it('names why a certificate of the responder is not believed', async () => {
    const mine = issued('P-256', 'initiator.example');
    const good = issued('P-256', 'responder.example');
    const stranger = authority.make({ kind: 'P-256', subject: '/CN=stranger', extensions: CA });
    const cases: readonly (readonly [fault: string, initiator: Authenticator, responder: Authenticator, more?: PairOptions])[] = [
      ['untrusted', proving(mine), proving(issued('P-256', 'responder.example', stranger))],
      ['expired', proving(mine), proving(issued('P-256', 'responder.example', root, { notAfter: '20200101000000Z' }))],
      ['identity', proving(mine), proving(good), { responder: { identity: fqdn('somebody.else') } }],
      ['identity', proving(mine, [], { expected: fqdn('somebody.else') }), proving(good)],
      ['signature', proving(mine), proving(good), { responder: { misbehaviour: { wrongAuth: true } } }],
      ['missing', proving(mine), { ...proving(good), prove: () => [] }],
    ];
    for (const mode of ['main', 'aggressive'] as const)
      for (const [fault, initiator, responder, more] of cases) {
        const report = await between(9, initiator, responder, { ...more, initiator: { mode } });
        expect(failureOf(report), `${fault} ${mode}`).to.deep.equal({ kind: 'proof', step: 'authentication', fault });
      }
  });

  it('is refused by the responder for the like, and the reason stays there', async () => {
    const stranger = authority.make({ kind: 'P-256', subject: '/CN=stranger', extensions: CA });
    const mine = issued('P-256', 'initiator.example', stranger);
    const report = await between(9, proving(mine), proving(issued('P-256', 'responder.example')));
    expect(failureOf(report)).to.include({ kind: 'notify', step: 'authentication', notify: 24 });
    expect(report.responderEvents[0]).to.include({ kind: 'ended', why: 'untrusted' });
  });

  it('takes whom it has means for: a shared key and a certificate side by side', async () => {
    const theirs = proving(issued('RSA-2048', 'responder.example'));
    const authenticators = [preSharedKey(text(SECRET)), theirs];
    for (const [auth, mine] of [
      [1, preSharedKey(text(SECRET))],
      [3, proving(issued('RSA-2048', 'initiator.example'))],
    ] as const) {
      const { result, responderEvents } = await between(auth, mine, theirs, { responder: { authenticators } });
      expect(result).to.include({ established: true });
      expect(responderEvents[0]).to.include({ kind: 'authenticated', method: auth });
    }
    const other = await between(9, proving(issued('P-256', 'initiator.example')), theirs, { responder: { authenticators } });
    expect(failureOf(other)).to.include({ kind: 'silence', step: 'key-exchange' });
    expect(other.responderEvents[0]).to.include({ kind: 'ended', why: 'method' });
  });

  it('has no method for Ed25519', () => {
    expect(proving(issued('Ed25519', 'initiator.example')).methods).to.deep.equal([]);
  });

  it('completes with chains over a path that loses 30 % and doubles 20 %', async () => {
    const middle = authority.make({ kind: 'P-384', subject: '/CN=middle', issuer: root, extensions: CA });
    const [mine, theirs] = [issued('RSA-2048', 'initiator.example', middle), issued('RSA-2048', 'responder.example', middle)];
    for (const mode of ['main', 'aggressive'] as const)
      for (let seed = 1; seed <= 5; seed++) {
        const { result } = await between(3, proving(mine, [middle]), proving(theirs, [middle]), {
          seed,
          wire: { loss: 0.3, duplicate: 0.2, jitter: 50 },
          initiator: { mode, linger: 2000, patience: { firstWait: 200, retries: 8 } },
        });
        expect(result, `${mode} ${seed}`).to.include({ established: true });
      }
  });
});
