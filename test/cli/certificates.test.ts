/** `probe --cert --key --ca` against a peer on loopback: what holds, and each thing that does not, by its name. */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { run } from '../../src/cli/program.ts';
import { credentialOf } from '../../src/ike/crypto/authentication.ts';
import type { Signer } from '../../src/ike/crypto/provider.ts';
import { readCertificate, type X509Certificate } from '../../src/ike/crypto/x509/certificate.ts';
import { certificates as ikev1Certificates } from '../../src/ike/exchanges/ikev1/certificates.ts';
import { certificates as ikev2Certificates } from '../../src/ike/exchanges/ikev2/certificates.ts';
import { nodeCrypto } from '../../src/node-crypto/node-crypto.ts';
import type { ProbeReport } from '../../src/probe/result.ts';
import { parsePolicy } from '../../src/proposals/notation.ts';
import { Authority, CA, type Kind, type Made, OPENSSL, WITHOUT } from '../ike/crypto/openssl.ts';
import { checkSchema } from '../support/probing.ts';
import { udpPeer } from '../support/udp-peer.ts';
import { testIo } from './test-io.ts';

function read({ der }: Made): X509Certificate {
  const decoded = readCertificate(der);
  if (!decoded.ok) throw new Error('not a certificate');
  return decoded.value;
}

(OPENSSL ? describe : describe.skip)(`probe with certificates${WITHOUT}`, function () {
  this.timeout(120_000);
  const authority = new Authority();
  let root: Made;
  let stranger: Made;
  let ours: Made;
  let theirs: Made;
  before(() => {
    root = authority.make({ kind: 'P-256', subject: '/CN=root', extensions: CA });
    stranger = authority.make({ kind: 'P-256', subject: '/CN=stranger', extensions: CA });
    ours = issued('P-256', 'client.example');
    theirs = issued('P-256', 'peer.example');
  });
  after(() => authority.close());

  function issued(
    kind: Kind,
    name: string,
    issuer: Made = root,
    more: { readonly notBefore?: string; readonly notAfter?: string } = {},
  ): Made {
    return authority.make({ kind, subject: `/CN=${name}`, issuer, extensions: [`subjectAltName=DNS:${name}`], ...more });
  }

  interface Asked {
    readonly version?: 1 | 2;
    readonly own?: Made;
    /** What the peer shows, and whom it trusts. */
    readonly peer?: Made;
    readonly trusts?: Made;
    readonly ca?: Made;
    readonly more?: readonly string[];
  }

  async function asked({ version = 2, own = ours, peer = theirs, trusts = root, ca = root, more = [] }: Asked): Promise<ProbeReport> {
    const credential = credentialOf([read(peer)], nodeCrypto.signer(peer.pkcs8) as Signer);
    if (!credential) throw new Error('the key is another');
    const setup = { provider: nodeCrypto, credential, roots: [read(trusts)], now: Date.now() + 600_000 };
    const live = await udpPeer({
      versions: [version],
      ikev1: { authenticators: [ikev1Certificates(setup)] },
      ikev2: { authenticate: () => ikev2Certificates(setup) },
      ...(version === 1 && { ike: { policy: parsePolicy('aes256-sha256-modp2048', 'ikev1-phase1'), auth: [3, 9] }, profile: 'rfc' }),
    });
    const io = testIo({ files: { cert: own.pem, key: own.keyPem, ca: ca.pem } });
    try {
      const argv = ['probe', live.target, '--ike', `v${version}`, '--mode', 'main', '--source-port', 'any', '--json'];
      const offers = ['--offer', 'aes256-sha256-modp2048', '--offer', 'esp:aes256-sha256'];
      await run([...argv, ...offers, '--cert', 'cert', '--key', 'key', '--ca', 'ca', '--id', 'client.example', ...more], io);
    } finally {
      await live.server.close();
    }
    if (io.out() === '') throw new Error(io.err());
    const report = JSON.parse(io.out()) as ProbeReport;
    checkSchema(report);
    return report;
  }

  for (const kind of ['RSA-2048', 'P-256', 'P-384', 'P-521', 'Ed25519'] as const)
    it(`IKEv2, ${kind}: comes about`, async () => {
      const { sessions } = await asked({ own: issued(kind, 'client.example'), peer: issued(kind, 'peer.example') });
      expect(sessions?.[0]).to.include({ state: 'established', ended: 'deleted', auth: 'signature' });
      expect(sessions?.[0]?.peer).to.deep.equal({ type: 'fqdn', text: 'peer.example', auth: 'signature' });
    });

  for (const [kind, auth] of [
    ['RSA-2048', 'rsasig'],
    ['P-256', 'ecdsa256'],
  ] as const)
    it(`IKEv1, ${kind}: comes about, with the method of the key asked for in phase 1`, async () => {
      const { sessions } = await asked({ version: 1, own: issued(kind, 'client.example'), peer: issued(kind, 'peer.example') });
      expect(sessions?.[0]).to.include({ state: 'established', auth });
    });

  const faults: readonly (readonly [name: string, code: string, asked: () => Asked])[] = [
    [
      'the peer’s certificate is of an authority that we do not trust',
      'peer-certificate-untrusted',
      () => ({ peer: issued('P-256', 'peer.example', stranger) }),
    ],
    [
      'the peer’s certificate is out of date',
      'peer-certificate-expired',
      () => ({ peer: issued('P-256', 'peer.example', root, { notBefore: '20200101000000Z', notAfter: '20210101000000Z' }) }),
    ],
    ['the peer’s certificate is somebody else’s', 'peer-certificate-identity', () => ({ peer: issued('P-256', 'somebody.example') })],
    ['it is another peer than expected', 'peer-identity', () => ({ more: ['--peer-id', 'other.example'] })],
    ['the peer does not trust our authority', 'certificate-refused', () => ({ trusts: stranger })],
    [
      'our certificate is out of date',
      'certificate-expired',
      () => ({ own: issued('P-256', 'client.example', root, { notBefore: '20200101000000Z', notAfter: '20210101000000Z' }) }),
    ],
    ['our certificate is not for the identity that we show', 'certificate-identity', () => ({ own: issued('P-256', 'else.example') })],
  ];
  for (const [name, code, of] of faults)
    it(`${name}: ${code}`, async () => {
      const { sessions, exchanges } = await asked(of());
      expect(sessions?.[0]?.why).to.include({ code });
      expect(exchanges.find(({ exchange }) => exchange === 'ikev2-child')).to.include({ state: 'not-tried' });
    });

  it('what is missing or does not belong together is told before anything is sent', async () => {
    const files = { cert: ours.pem, key: ours.keyPem, other: theirs.keyPem, ca: root.pem, empty: '', psk: 'x' };
    const table: readonly (readonly [argv: string, message: RegExp])[] = [
      ['--cert cert', /--cert needs --key/],
      ['--cert cert --key key', /--cert needs --ca/],
      ['--key key', /--key needs a credential/],
      ['--psk-file psk --ca ca', /--ca needs --cert/],
      ['--cert cert --key other --ca ca', /other: is not the key of the certificate/],
      ['--cert empty --key key --ca ca', /empty: holds no certificate/],
      ['--cert cert --key key --ca empty', /empty: holds no certificate/],
      ['--cert cert --key key --ca ca --psk-file psk', /exclude each other/],
      ['--psk-file psk --id ', /--id '': not an identity/],
      ['--psk-file psk --local-ts 10.0.0.0/40', /--local-ts '10.0.0.0\/40': not a network/],
    ];
    for (const [argv, message] of table) {
      const io = testIo({ files });
      expect(await run(['probe', '192.0.2.1', ...argv.split(' ')], io), argv).to.equal(2);
      expect(io.err(), argv).to.match(message);
    }
  });
});
