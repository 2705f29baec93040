/** Certificates: made by openssl when the tests run, read by us, and compared with what node:crypto's own reader says. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import {
  certifies,
  identityOf,
  keyHash,
  keyHashes,
  readCertificate,
  type X509Certificate,
} from '../../../src/ike/crypto/x509/certificate.ts';
import { checkChain } from '../../../src/ike/crypto/x509/chain.ts';
import { oidOf, readDer } from '../../../src/ike/crypto/x509/der.ts';
import { dnOf, dnText, sameDn } from '../../../src/ike/crypto/x509/names.ts';
import { timeOf } from '../../../src/ike/crypto/x509/times.ts';
import { certificatesFromPem, credentialFromPem } from '../../../src/node-crypto/credentials.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { BACKENDS, hex, toHex } from './backends.ts';
import { Authority, CA, type Kind, KINDS, type Made, OPENSSL, WITHOUT } from './openssl.ts';

const text = (letters: string): Uint8Array => Uint8Array.from(Buffer.from(letters));

describe('DER', () => {
  const REFUSED: readonly (readonly [why: string, der: string])[] = [
    ['nothing', ''],
    ['a value that is cut', '30030201'],
    ['octets behind', '300302010100'],
    ['an indefinite length', '30800201010000'],
    ['a length longer than needed', '308103020101'],
    ['the same inside', '300402810101'],
    ['a length beyond memory', '3084ffffffff'],
    ['a tag of many octets', '1f810100'],
    ['40 levels', nested(40)],
    ['10,000 levels', nested(10_000)],
    ['an object identifier of 64 kB', `0682ff00${'7f'.repeat(0xff00)}`],
    ['30,000 values', `3082ea60${'0500'.repeat(30_000)}`],
  ];
  for (const [why, der] of REFUSED)
    it(`refuses ${why}, at once`, function () {
      this.timeout(500);
      expect(readDer(hex(der))).to.equal(undefined);
    });

  it('gives the octets as they came', () => {
    const read = readDer(hex('3006020200ff0500'));
    expect(read?.children.map(({ whole }) => toHex(whole))).to.deep.equal(['020200ff', '0500']);
  });

  const OIDS: readonly (readonly [der: string, dotted: string | undefined])[] = [
    ['0603550403', '2.5.4.3'],
    ['06092a864886f70d01010b', '1.2.840.113549.1.1.11'],
    ['0603883703', '2.999.3'],
    ['06028001', undefined],
    ['060155', '2.5'],
    ['060188', undefined],
  ];
  for (const [der, dotted] of OIDS) it(`${der} is ${dotted ?? 'no OID'}`, () => expect(oidOf(readDer(hex(der)))).to.equal(dotted));

  const TIMES: readonly (readonly [letters: string, milliseconds: number | undefined])[] = [
    ['700101000000Z', 0],
    ['000229120000Z', 951_825_600_000],
    ['491231235959Z', 2_524_607_999_000],
    ['500101000000Z', -631_152_000_000],
    ['20500101000000Z', 2_524_608_000_000],
    ['99991231235959Z', 253_402_300_799_000],
    ['010229000000Z', undefined],
    ['0101010000Z', undefined],
    ['010101000000+0100', undefined],
  ];
  for (const [letters, milliseconds] of TIMES)
    it(`${letters} is ${milliseconds ?? 'no time'}`, () => {
      const content = text(letters);
      expect(timeOf({ tag: letters.length === 13 ? 0x17 : 0x18, whole: content, content, children: [] })).to.equal(milliseconds);
    });
});

function nested(levels: number): string {
  let inner = Buffer.alloc(0);
  for (let i = 0; i < levels; i++) {
    const { length } = inner;
    const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
    inner = Buffer.concat([Buffer.from([0x30, ...size]), inner]);
  }
  return inner.toString('hex');
}

it('a CERTREQ of IKEv2 is hashes of 20 octets; what is left over is none', () => {
  const read = keyHashes(hex(`${'11'.repeat(20)}${'22'.repeat(20)}33`));
  expect(read.map(toHex)).to.deep.equal(['11'.repeat(20), '22'.repeat(20)]);
});

describe('distinguished names', () => {
  const SAME: readonly string[] = [
    'C=CH, O=strongSwan, CN=moon',
    'CN=a\\,b\\=c',
    'DC=org, DC=example, CN=ü',
    'E=a@example.org',
    '1.2.3.4=x',
  ];
  for (const name of SAME) it(`${name}, both ways`, () => expect(dnText(dnOf(name) as Uint8Array)).to.equal(name));

  it('reads slashes too, and keywords in small letters', () => {
    expect(toHex(dnOf('/c=CH/o=a, b/cn=x'))).to.equal(toHex(dnOf('C=CH, O=a\\, b, CN=x')));
  });

  /** CN=<words>, the string of one type: 0c UTF8, 13 Printable. */
  const named = (type: string, words: string): Uint8Array => {
    const value = Buffer.from(words).toString('hex');
    const sized = (tag: string, body: string): string => `${tag}${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
    return hex(sized('30', sized('31', sized('30', `0603550403${sized(type, value)}`))));
  };
  const PAIRS: readonly (readonly [a: Uint8Array, b: Uint8Array, same: boolean, why: string])[] = [
    [named('0c', 'moon'), named('13', 'moon'), true, 'strings of different types'],
    [named('0c', 'Moon  base'), named('0c', 'moon base'), true, 'case and spaces'],
    [named('0c', 'moon'), named('0c', 'sun'), false, 'other characters'],
    [named('0c', 'moon'), dnOf('OU=moon') as Uint8Array, false, 'another attribute'],
    [dnOf('C=CH, CN=moon') as Uint8Array, dnOf('CN=moon') as Uint8Array, false, 'a part more'],
    [dnOf('O=a, CN=b') as Uint8Array, dnOf('CN=b, O=a') as Uint8Array, false, 'another order'],
    [named('04', 'moon'), named('04', 'Moon'), false, 'octets that are no string'],
    [hex('ff00'), hex('ff00'), true, 'the same octets, whatever they are'],
    [hex('ff00'), hex('ff01'), false, 'no names'],
  ];
  for (const [a, b, same, why] of PAIRS)
    it(`${same ? 'the same' : 'not the same'}: ${why}`, () => expect([sameDn(a, b), sameDn(b, a)]).to.deep.equal([same, same]));

  for (const none of ['', 'moon', '=x', 'XY=1', '9.9=1']) it(`"${none}" is no name`, () => expect(dnOf(none)).to.equal(undefined));

  it('keeps hostile characters in their place', () => {
    const control = dnOf('CN=x') as Uint8Array;
    const put = (octets: Uint8Array): string => dnText(wrapped(octets));
    expect(dnText(control)).to.equal('CN=x');
    expect(put(text('a\n\u001b[31m'))).to.equal('CN=a\\0a\\1b[31m');
    expect(put(text('a, O=root'))).to.equal('CN=a\\, O\\=root');
    expect(put(text('\u202eevil'))).to.equal('CN=\\e2\\80\\aeevil');
    expect(put(text('x'.repeat(5000))).length).to.be.lessThan(300);
    expect(dnText(hex('ff00'))).to.equal('#ff00');
    expect(dnText(dnOf('CN=x, '.repeat(100)) as Uint8Array)).to.equal(`${'CN=x, '.repeat(32)}…`);
  });
});

/** CN= with a UTF8String of those octets. */
function wrapped(octets: Uint8Array): Uint8Array {
  const tlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
    const content = Buffer.concat(parts);
    const size = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255];
    return Uint8Array.from([tag, ...size, ...content]);
  };
  return tlv(0x30, tlv(0x31, tlv(0x30, hex('0603550403'), tlv(0x0c, octets))));
}

(OPENSSL ? describe : describe.skip)(`certificates of openssl's${WITHOUT}`, function () {
  this.timeout(120_000);
  const authority = new Authority();
  after(() => authority.close());
  const read = (made: Made): X509Certificate => {
    const certificate = readCertificate(made.der);
    if (!certificate.ok) throw new Error(certificate.fault.field);
    return certificate.value;
  };
  const ALTERNATIVES = ['subjectAltName=DNS:moon.example.org,email:carol@example.org,IP:192.0.2.1,IP:2001:db8::1,URI:http://x/'];

  for (const kind of Object.keys(KINDS) as Kind[]) {
    it(`${kind}: what node:crypto reads, and the same octets`, () => {
      const made = authority.make({ kind, subject: '/C=CH/O=Exämple/CN=moon', extensions: [...ALTERNATIVES, ...CA] });
      const ours = read(made);
      const theirs = new NodeCertificate(made.der);
      expect(toHex(ours.spki)).to.equal(theirs.publicKey.export({ format: 'der', type: 'spki' }).toString('hex'));
      expect(ours.subject.text).to.equal('C=CH, O=Exämple, CN=moon');
      expect([ours.notBefore, ours.notAfter]).to.deep.equal([Date.parse(theirs.validFrom), Date.parse(theirs.validTo)]);
      expect(toHex(ours.serial)?.toUpperCase()).to.equal(theirs.serialNumber);
      expect(ours.authority).to.deep.equal({ ca: true });
      expect(ours.keyUsage).to.deep.equal([5, 6]);
      expect(ours.alternativeNames.map((one) => ('text' in one ? one.text : one.kind))).to.deep.equal([
        'moon.example.org',
        'carol@example.org',
        'ip',
        'ip',
      ]);
      for (const backend of BACKENDS) {
        expect(toHex(keyHash(backend, ours))).to.equal(toHex(nodeCrypto.hash('sha1', ours.spki)));
        expect(checkChain(backend, [ours], [ours], ours.notBefore)).to.deep.include({ trusted: true, findings: [] });
      }
    });
  }

  it('names its identities and no others', () => {
    const certificate = read(authority.make({ extensions: ALTERNATIVES }));
    const CASES: readonly (readonly [idType: number, data: Uint8Array, named: boolean])[] = [
      [9, identityOf(certificate).data, true],
      [9, dnOf('C=CH, O=Example, CN=one') as Uint8Array, true],
      [9, dnOf('C=CH, O=Example, CN=two') as Uint8Array, false],
      [2, text('MOON.example.org'), true],
      [2, text('moon.example.orgx'), false],
      [2, text('carol@example.org'), false],
      [3, text('carol@example.org'), true],
      [1, hex('c0000201'), true],
      [1, hex('c0000202'), false],
      [5, hex('20010db8000000000000000000000001'), true],
      [11, text('moon.example.org'), false],
    ];
    for (const [idType, data, named] of CASES) expect(certifies(certificate, { idType, data }), `${idType} ${toHex(data)}`).to.equal(named);
  });

  describe('chains', () => {
    const made = new Map<string, Made>();
    const one = (name: string): Made => {
      const found = made.get(name);
      if (found === undefined) throw new Error(name);
      return found;
    };
    const at = (name: string): X509Certificate => read(one(name));
    const NOW = Date.UTC(2026, 0, 1);
    const VALID = { notBefore: '20250101000000Z', notAfter: '20300101000000Z' };

    before(() => {
      const make = (name: string, wishes: Parameters<Authority['make']>[0]): Made => {
        made.set(name, authority.make({ ...VALID, subject: `/CN=${name}`, ...wishes }));
        return one(name);
      };
      const root = make('root', { extensions: CA, kind: 'RSA-2048' });
      const middle = make('middle', { issuer: root, extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'], kind: 'P-384' });
      make('end', { issuer: middle });
      make('old', { issuer: middle, notBefore: '20200101000000Z', notAfter: '20210101000000Z' });
      make('new', { issuer: middle, notBefore: '20290101000000Z' });
      make('stranger', { extensions: CA });
      make('root-again', { subject: '/CN=root', extensions: CA, kind: 'RSA-2048' });
      const below = make('below', { issuer: middle, extensions: CA });
      make('deep', { issuer: below });
      make('by-end', { issuer: one('end') });
      make('critical', { issuer: root, extensions: ['1.2.3.4=critical,DER:0500'] });
      const bound = make('bound', { issuer: root, extensions: [...CA, 'nameConstraints=permitted;DNS:example.org'] });
      make('within', { issuer: bound });
      make('pss', { issuer: root, signing: ['-md', 'sha256', '-sigopt', 'rsa_padding_mode:pss'] });
      make('ed', { kind: 'Ed25519', issuer: root });
    });

    const CASES: readonly (readonly [what: string, chain: readonly string[], roots: readonly string[], found: string])[] = [
      ['a whole chain', ['end', 'middle'], ['root'], 'trusted'],
      ['with the root sent too, in another order', ['end', 'root', 'middle'], ['root'], 'trusted'],
      ['a middle that is trusted itself', ['end'], ['middle'], 'trusted'],
      ['RSA-PSS by the root', ['pss'], ['root'], 'trusted'],
      ['an Ed25519 key under an RSA root', ['ed'], ['root'], 'trusted'],
      ['nothing sent', [], ['root'], 'untrusted 0'],
      ['without the middle', ['end'], ['root'], 'untrusted 0'],
      ['another root', ['end', 'middle'], ['stranger'], 'untrusted 1'],
      ["another key of the root's name", ['end', 'middle'], ['root-again'], 'signature-wrong 1'],
      ["both keys of the root's name", ['end', 'middle'], ['root-again', 'root'], 'trusted'],
      ['expired', ['old', 'middle'], ['root'], 'expired 0'],
      ['not yet valid', ['new', 'middle'], ['root'], 'not-yet-valid 0'],
      ['deeper than the middle may', ['deep', 'below', 'middle'], ['root'], 'path-too-long 2'],
      ['issued by an end certificate', ['by-end', 'end', 'middle'], ['root'], 'not-an-authority 1, path-too-long 2'],
      ['a critical extension', ['critical'], ['root'], 'unknown-critical-extension 0'],
      ['name constraints', ['within', 'bound'], ['root'], 'trusted name-constraints-ignored 1'],
      ['a root alone, not trusted', ['stranger'], ['root'], 'untrusted 0'],
    ];
    for (const [what, chain, roots, found] of CASES) {
      for (const backend of BACKENDS) {
        it(`${what}: ${found} (${backend.name})`, () => {
          const { trusted, findings } = checkChain(backend, chain.map(at), roots.map(at), NOW);
          const said = findings.map((finding) => `${finding.code} ${finding.at}`).join(', ');
          expect([...(trusted ? ['trusted'] : []), ...(said ? [said] : [])].join(' ')).to.equal(found);
        });
      }
    }

    it('a changed certificate has a wrong signature', () => {
      const { der: whole } = one('end');
      const der = whole.map((octet, i) => (i === whole.length - 3 ? octet ^ 1 : octet));
      const changed = readCertificate(der);
      if (!changed.ok) throw new Error(changed.fault.field);
      for (const backend of BACKENDS)
        expect(checkChain(backend, [changed.value], [at('middle')], NOW).findings).to.deep.equal([{ code: 'signature-wrong', at: 0 }]);
    });

    it('PEM: a chain in its order, the key that fits, and no other', () => {
      const [end, middle] = [one('end'), one('middle')];
      expect(certificatesFromPem(end.pem + middle.pem)?.map(({ subject }) => subject.text)).to.deep.equal(['CN=end', 'CN=middle']);
      const right = credentialFromPem(end.pem + middle.pem, end.keyPem);
      expect(right.ok && right.credential.chain.map((der) => toHex(der))).to.deep.equal([toHex(end.der), toHex(middle.der)]);
      expect(credentialFromPem(end.pem, middle.keyPem)).to.deep.equal({ ok: false, fault: 'key-of-another-certificate' });
      expect(credentialFromPem(end.pem, 'no key')).to.deep.equal({ ok: false, fault: 'key-unreadable' });
      expect(credentialFromPem('', end.keyPem)).to.deep.equal({ ok: false, fault: 'no-certificate' });
      expect(credentialFromPem(end.pem.replace('MII', 'AAA').replace('MIIB', 'AAAA'), end.keyPem).ok).to.equal(false);
    });

    it('keeps the private key out of what can be printed', () => {
      const end = one('end');
      const printed = JSON.stringify(credentialFromPem(end.pem, end.keyPem), (_, value: unknown) =>
        value instanceof Uint8Array ? toHex(value) : value,
      );
      const secret = toHex(end.pkcs8)?.slice(72, 136) as string;
      expect(printed).not.to.contain(secret);
    });

    it('never throws on mutated certificates, nor takes long (2,000 of them)', () => {
      const base = ['root', 'middle', 'end', 'bound'].map((name) => one(name).der);
      const change = fc.tuple(fc.nat(4000), fc.nat(255), fc.constantFrom('set', 'cut', 'insert'));
      let slowest = 0;
      fc.assert(
        fc.property(fc.constantFrom(...base), fc.array(change, { minLength: 1, maxLength: 4 }), (der, changes) => {
          const mutated = changes.reduce<number[]>(
            (octets, [where, value, how]) => {
              octets.splice(where % (octets.length + 1), how === 'insert' ? 0 : 1, ...(how === 'cut' ? [] : [value]));
              return octets;
            },
            [...der],
          );
          const from = performance.now();
          const result = readCertificate(Uint8Array.from(mutated));
          if (result.ok) for (const backend of BACKENDS) checkChain(backend, [result.value], [at('root'), at('middle')], NOW);
          slowest = Math.max(slowest, performance.now() - from);
        }),
        { numRuns: 2000 },
      );
      expect(slowest).to.be.lessThan(2000);
    });
  });
});
