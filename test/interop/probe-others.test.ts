import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import { describeDaemons } from '../support/daemons.ts';
import { acceptedBy, exchangeOf, mapPeer, product } from '../support/mapping.ts';

/** The daemons' own names of algorithms, as they print them, in our words; integrity and PRF share the hash. */
const WORDS: Readonly<Record<string, string>> = {
  '3DES_CBC': '3des',
  AES_CBC_128: 'aes128',
  AES_CBC_192: 'aes192',
  AES_CBC_256: 'aes256',
  AES_GCM_C_128: 'aes128gcm16',
  AES_GCM_C_256: 'aes256gcm16',
  CAMELLIA_CBC_128: 'camellia128',
  CAMELLIA_CBC_192: 'camellia192',
  CAMELLIA_CBC_256: 'camellia256',
  MD5: 'md5',
  SHA1: 'sha1',
  SHA2_256: 'sha256',
  SHA2_384: 'sha384',
  SHA2_512: 'sha512',
  HMAC_SHA1: 'sha1',
  HMAC_SHA2_256: 'sha256',
  HMAC_SHA2_512: 'sha512',
  HMAC_SHA1_96: 'sha1',
  HMAC_SHA2_256_128: 'sha256',
  HMAC_SHA2_512_256: 'sha512',
  ECP_256: 'ecp256',
  ECP_384: 'ecp384',
  ECP_521: 'ecp521',
  CURVE25519: 'x25519',
  'aes-128-gcm': 'aes128gcm16',
  'aes-256-gcm': 'aes256gcm16',
  'aes-128': 'aes128',
  'aes-192': 'aes192',
  'aes-256': 'aes256',
  'hmac-sha1': 'sha1',
  'hmac-sha2-256': 'sha256',
  'hmac-sha2-384': 'sha384',
  'hmac-sha2-512': 'sha512',
  curve25519: 'x25519',
};

function ours(name: string): string {
  return WORDS[name] ?? name.toLowerCase();
}

const prf = (name: string): string => `prf${ours(name)}`;

/** `1:IKE=AES_CBC_256-HMAC_SHA2_512+HMAC_SHA2_256-HMAC_SHA2_512_256+…-MODP2048+…`: how pluto prints the IKEv2 proposals of a connection. */
function plutoProposals(log: string): string[] {
  const lines = [...log.matchAll(/"v2-ipv4": {3}\d+:IKE=([^\s-]+)-([^\s-]+)-([^\s-]+)-([^\s-]+)/g)];
  return lines.flatMap(([, ciphers = '', prfs = '', integrity = '', groups = '']) => {
    const words = (list: string): string[] => list.split('+').map(ours);
    const hashes = integrity === 'NONE' ? [] : [words(integrity)];
    return product(words(ciphers), ...hashes, prfs.split('+').map(prf), words(groups));
  });
}

/** What pluto knows for IKEv1, of its list at start: all of it is accepted by a connection that names no proposals. */
function plutoAlgorithms(log: string): string[] {
  const section = (title: string): RegExpMatchArray[] => {
    const text = log.split(`${title} algorithms:`)[1]?.split('algorithms:')[0] ?? '';
    return [...text.matchAll(/ (\S+) +(?:[{[]([^}\]]*)[}\]])? *IKEv1: IKE/g)];
  };
  const ciphers = section('Encryption').flatMap(([, name = '', bits = '']) =>
    bits.split(',').map((length) => (name === '3DES_CBC' ? name : `${name}_${length.replace('*', '')}`)),
  );
  // AES in counter mode has no place in the universe of IKEv1.
  const known = ciphers.filter((name) => !name.startsWith('AES_CTR'));
  const groups = section('DH').map(([, name = '']) => (/^DH(19|20|21|31)$/.test(name) ? (DH_NUMBERS[name] ?? '') : ours(name)));
  return product(
    known.map(ours),
    section('Hash').map(([, name = '']) => ours(name)),
    groups,
  );
}

const DH_NUMBERS: Readonly<Record<string, string>> = { DH19: 'ecp256', DH20: 'ecp384', DH21: 'ecp521', DH31: 'x25519' };

/** `ikesa enc aes-256 enc … prf … auth … group …`: how iked prints its policy. */
function ikedPolicy(log: string): string[] {
  const [line = ''] = log.split('\n').filter((text) => text.includes(' ikesa '));
  return (
    line
      .split(' childsa ')[0]
      ?.split(' ikesa ')
      .slice(1)
      .flatMap((clause) => {
        const named = (key: string): string[] => [...clause.matchAll(new RegExp(`\\b${key} (\\S+)`, 'g'))].map(([, name = '']) => name);
        const auth = named('auth');
        return product(
          named('enc').map(ours),
          ...(auth.length > 0 ? [auth.map(ours)] : []),
          named('prf').map(prf),
          named('group').map(ours),
        );
      }) ?? []
  );
}

const sorted = (suites: readonly string[]): string[] => [...new Set(suites)].toSorted();

describeDaemons('mapping libreswan and OpenIKED', ['libreswan', 'openiked'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('others');
  });
  after(() => lab?.close());

  it('finds what libreswan accepts in IKEv2 when it is not told', async () => {
    const peer = await lab.libreswan({ version: 2 });
    const expected = plutoProposals(await peer.log());
    expect(expected).to.have.lengthOf(96);
    const mapped = await mapPeer(lab, peer.address4, '--ike', 'v2');
    expect(acceptedBy(mapped, 'ikev2-init')).to.deep.equal(sorted(expected));
    expect(mapped.report.traffic.halfOpen.left).to.equal(0);
  });

  it('finds what libreswan accepts in IKEv1 when it is not told: all that it knows', async () => {
    const peer = await lab.libreswan({ version: 1 });
    const expected = plutoAlgorithms(await peer.log());
    expect(expected).to.have.lengthOf(350);
    const mapped = await mapPeer(lab, peer.address4, '--ike', 'v1', '--mode', 'main', '--rate', '200');
    expect(acceptedBy(mapped, 'ikev1-main')).to.deep.equal(sorted(expected));
    const { accepted, methods } = exchangeOf(mapped, 'ikev1-main');
    expect(new Set(accepted.map(({ auth }) => String(auth)))).to.deep.equal(new Set(['psk']));
    expect(methods?.lookedAt).to.equal(true);
  });

  it('finds what a restricted libreswan accepts in both versions', async () => {
    const peer = await lab.libreswan({
      ike: ['aes256-sha2_256-modp2048', 'aes128-sha1-modp1536', '3des-sha1-modp2048', 'aes256-sha2_512-dh20'],
    });
    const mapped = await mapPeer(lab, peer.address6, '--mode', 'main');
    const suites = ['aes256-sha256-modp2048', 'aes128-sha1-modp1536', '3des-sha1-modp2048', 'aes256-sha512-ecp384'];
    expect(acceptedBy(mapped, 'ikev1-main')).to.deep.equal(sorted(suites));
    expect(acceptedBy(mapped, 'ikev2-init')).to.deep.equal(sorted(suites.map((suite) => suite.replace(/-(sha\d+)-/, '-$1-prf$1-'))));
  });

  it('finds what OpenIKED accepts when it is not told', async () => {
    const peer = await lab.openiked();
    const expected = ikedPolicy(await peer.log());
    expect(expected).to.have.lengthOf(648);
    const mapped = await mapPeer(lab, peer.address4, '--rate', '200');
    expect(acceptedBy(mapped, 'ikev2-init')).to.deep.equal(sorted(expected));
    expect(exchangeOf(mapped, 'ikev1-main').accepted).to.deep.equal([]);
  }).timeout(60_000);

  it('finds what a restricted OpenIKED accepts', async () => {
    const peer = await lab.openiked({
      ike: [
        'enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048',
        'enc 3des prf hmac-sha1 prf hmac-md5 auth hmac-sha1 group modp1024',
        'enc aes-256-gcm prf hmac-sha2-384 group ecp384 group curve25519',
      ],
    });
    const mapped = await mapPeer(lab, peer.address4, '--ike', 'v2');
    expect(acceptedBy(mapped, 'ikev2-init')).to.deep.equal(
      sorted([
        'aes256-sha256-prfsha256-modp2048',
        ...product(['3des'], ['sha1'], ['prfsha1', 'prfmd5'], ['modp1024']),
        ...product(['aes256gcm16'], ['prfsha384'], ['ecp384', 'x25519']),
      ]),
    );
  });
});
