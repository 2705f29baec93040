/** IKEv2 with certificates in memory: kinds of keys, what is not believed, and a long chain over a bad path. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { credentialOf } from '../../../src/ike/crypto/authentication.ts';
import type { Signer } from '../../../src/ike/crypto/provider.ts';
import { identityOf, readCertificate, type X509Certificate } from '../../../src/ike/crypto/x509/certificate.ts';
import { type Authenticator, type Identity, sharedKey } from '../../../src/ike/exchanges/ikev2/authenticator.ts';
import { certificates } from '../../../src/ike/exchanges/ikev2/certificates.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { established, fqdn, pair, type PairOptions } from '../../support/ikev2-pair.ts';
import { Authority, CA, type Kind, type Made, OPENSSL, WITHOUT } from '../crypto/openssl.ts';

const KINDS: readonly Kind[] = ['RSA-2048', 'P-256', 'P-384', 'P-521', 'Ed25519', 'Ed448'];
/** A little later than the certificates, which are made when the tests run. */
const NOW = Date.now() + 600_000;

function read({ der }: Made): X509Certificate {
  const decoded = readCertificate(der);
  if (!decoded.ok) throw new Error('not a certificate');
  return decoded.value;
}

(OPENSSL ? describe : describe.skip)(`an IKEv2 connection with certificates${WITHOUT}`, function () {
  this.timeout(120_000);
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
    roots: readonly Made[] = [root],
    rsa: 'pkcs1' | 'pss' = 'pkcs1',
  ): Authenticator => {
    const credential = credentialOf([made, ...chain].map(read), nodeCrypto.signer(made.pkcs8) as Signer);
    if (!credential) throw new Error('the key is another');
    return certificates({ provider: nodeCrypto, credential, roots: roots.map(read), now: NOW, rsa });
  };
  const between = (initiator: Authenticator, responder: Authenticator, more: PairOptions = {}) =>
    pair({
      ...more,
      initiator: { authenticator: initiator, identity: fqdn('initiator.test'), ...more.initiator },
      responder: { authenticate: () => responder, identity: fqdn('responder.test'), ...more.responder },
    });

  for (const kind of KINDS) {
    it(`comes about with ${kind} on both sides, and with the name of the subject`, async () => {
      const [mine, theirs] = [issued(kind, 'initiator.test'), issued(kind, 'responder.test')];
      const { made } = await established(between(proving(mine), proving(theirs)));
      expect(made.method).to.equal(14);
      const identity = identityOf(read(theirs));
      const named = await established(between(proving(mine, [], [root], 'pss'), proving(theirs), { responder: { identity } }));
      expect(named.made.peer).to.deep.equal(identity);
    });
  }

  it('comes about with a shared key on one side and a certificate on the other', async () => {
    const key = sharedKey(Buffer.from('one side'));
    const mine = proving(issued('P-256', 'initiator.test'));
    const { made } = await established(between({ ...mine, verify: key.verify }, { ...mine, sign: key.sign }));
    expect(made.method).to.equal(2);
  });

  it('names why a certificate is not believed', async () => {
    const mine = proving(issued('P-256', 'initiator.test'));
    const stranger = authority.make({ subject: '/CN=another root', extensions: CA });
    const outcomes: unknown[] = [];
    const judged = async (responder: Authenticator, identity: Identity = fqdn('responder.test'), wrongAuth = false): Promise<void> => {
      const made = await between(mine, responder, { responder: { identity, misbehaviour: { wrongAuth } } }).establish();
      outcomes.push(made.ok ? 'established' : 'fault' in made.failure ? made.failure.fault : made.failure.kind);
    };
    const good = issued('P-256', 'responder.test');
    await judged(proving(good));
    await judged(proving(issued('P-256', 'responder.test', stranger)));
    await judged(proving(issued('P-256', 'responder.test', root, { notAfter: '20200101000000Z' })));
    await judged(proving(good), fqdn('somebody.else'));
    await judged(sharedAfter(proving(good)));
    await judged(proving(issued('Ed25519', 'responder.test')), undefined, true);
    expect(outcomes).to.deep.equal(['established', 'untrusted', 'expired', 'identity', 'method', 'wrong']);
  });

  it('is refused by the responder for the like, with AUTHENTICATION_FAILED', async () => {
    const theirs = proving(issued('P-256', 'responder.test'));
    const made = await between(proving(issued('P-256', 'somebody.else')), theirs).establish();
    expect(!made.ok && made.failure).to.include({ kind: 'notify', notify: 24 });
  });

  it('completes with RSA-4096 chains over a path that loses 30 % and drops what is longer than 1,280 octets', async () => {
    const top = authority.make({ kind: 'RSA-4096', subject: '/CN=top', extensions: CA });
    const middle = authority.make({ kind: 'RSA-4096', subject: '/CN=middle', issuer: top, extensions: CA });
    const [mine, theirs] = [issued('RSA-4096', 'initiator.test', middle), issued('RSA-4096', 'responder.test', middle)];
    for (let seed = 1; seed <= 10; seed++) {
      const wire = { seed, loss: 0.3, duplicate: 0.2, jitter: 50, mtu: 1280 - 48 };
      const on = between(proving(mine, [middle], [top]), proving(theirs, [middle], [top]), { wire, seed: `long ${seed}` });
      const { made } = await established(on);
      expect(made.child.kind, `seed ${seed}`).to.equal('established');
      expect(Math.max(...on.transport.sent.map(({ bytes }) => bytes.length))).to.be.at.most(1280 - 48);
    }
  });
});

/** Proves by a shared key where a certificate is expected. */
function sharedAfter({ verify }: Authenticator): Authenticator {
  return { sign: sharedKey(Buffer.from('no matter')).sign, verify };
}
