import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import { describeDaemons } from '../support/daemons.ts';
import { acceptedBy, exchangeOf, mapPeer, product } from '../support/mapping.ts';

/** Suites in our notation, and what strongSwan calls them. */
const SUITES = [
  ['aes256gcm16-prfsha384-ecp384', 'aes256gcm16-prfsha384-ecp384'],
  ['aes256-sha256-prfsha256-modp2048', 'aes256-sha256-modp2048'],
  ['aes128-sha1-prfsha1-modp1536', 'aes128-sha1-modp1536'],
  ['chacha20poly1305-prfsha256-x25519', 'chacha20poly1305-prfsha256-curve25519'],
  ['3des-md5-prfmd5-modp1024', '3des-md5-modp1024'],
  ['aes192-sha512-prfsha256-modp4096', 'aes192-sha512-prfsha256-modp4096'],
  ['aes128gcm16-prfsha256-ecp256', 'aes128gcm16-prfsha256-ecp256'],
  ['des-sha1-prfmd5-modp768', 'des-sha1-prfmd5-modp768'],
] as const;

/** Requests that a mapping may take. */
const BOUNDS = [
  { count: 1, most: 40 },
  { count: 4, most: 80 },
  { count: 8, most: 120 },
] as const;

const COMBINATIONS = 8778;

describeDaemons('mapping IKEv2 of strongSwan', ['strongswan'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('map2');
  });
  after(() => lab?.close());

  for (const { count, most } of BOUNDS) {
    it(`finds exactly ${count} suites in at most ${most} requests and leaves nothing half-open`, async () => {
      const suites = SUITES.slice(0, count);
      const peer = await lab.strongswan({ ike: suites.map(([, theirs]) => theirs), version: 2, dosProtection: false });
      const mapped = await mapPeer(lab, peer.address4, '--ike', 'v2');
      expect(acceptedBy(mapped, 'ikev2-init')).to.deep.equal(suites.map(([ours]) => ours).toSorted());
      expect(exchangeOf(mapped, 'ikev2-init').coverage).to.deep.equal({ decided: COMBINATIONS, undecided: 0 });
      expect(mapped.report.traffic.requests).to.be.at.most(most);
      expect(mapped.report.traffic.halfOpen).to.deep.equal({ opened: 0, released: 0, left: 0 });
      expect(await peer.log(), 'the peer never agreed to anything').not.to.match(/generating IKE_SA_INIT response 0 \[ SA KE/);
    });
  }

  it('finds what one request for each combination finds', async () => {
    const suites = SUITES.slice(0, 4);
    const peer = await lab.strongswan({ ike: suites.map(([, theirs]) => theirs), version: 2, dosProtection: false });
    const slow = await lab.command([process.execPath, '--import', 'tsx', 'interop/one-by-one.ts', peer.address4]);
    const { requests, accepted } = JSON.parse(slow.stdout) as { requests: number; accepted: string[] };
    expect(requests).to.equal(COMBINATIONS);
    expect(accepted).to.deep.equal(acceptedBy(await mapPeer(lab, peer.address4, '--ike', 'v2'), 'ikev2-init'));
  }).timeout(60_000);

  it('stays below the limits that strongSwan ships with, twice in a row', async () => {
    const peer = await lab.strongswan({ ike: SUITES.map(([, theirs]) => theirs), version: 2, dosProtection: true });
    for (const run of ['first', 'second']) {
      const mapped = await mapPeer(lab, peer.address4, '--ike', 'v2');
      expect(acceptedBy(mapped, 'ikev2-init'), run).to.deep.equal(SUITES.map(([ours]) => ours).toSorted());
      expect(mapped.report.traffic.halfOpen.left, run).to.equal(0);
    }
    expect(await peer.log()).not.to.match(/COOKIE/);
  });

  /** Configurations of several proposals, each a product; `suites` is the union in our words. */
  const PRODUCTS = [
    {
      ike: [
        'aes128-aes256-sha256-sha384-prfsha256-prfsha384-modp2048-ecp256',
        'aes256gcm16-chacha20poly1305-prfsha384-prfsha512-ecp384-curve25519',
        '3des-sha1-md5-modp1024-modp1536',
      ],
      suites: [
        ...product(['aes128', 'aes256'], ['sha256', 'sha384'], ['prfsha256', 'prfsha384'], ['modp2048', 'ecp256']),
        ...product(['aes256gcm16', 'chacha20poly1305'], ['prfsha384', 'prfsha512'], ['ecp384', 'x25519']),
        ...product(['3des'], ['sha1', 'md5'], ['prfsha1', 'prfmd5'], ['modp1024', 'modp1536']),
      ],
    },
    {
      ike: [
        'aes128-aes192-aes256-camellia256-sha256-sha512-prfsha256-modp2048-modp3072',
        'aes128gcm16-aes256gcm16-prfsha256-prfsha1-ecp256-ecp384-ecp521-modp2048',
        'aes128-aes256-sha1-sha256-prfsha256-prfsha1-modp2048-ecp256',
      ],
      suites: [
        ...product(['aes128', 'aes192', 'aes256', 'camellia256'], ['sha256', 'sha512'], ['prfsha256'], ['modp2048', 'modp3072']),
        ...product(['aes128gcm16', 'aes256gcm16'], ['prfsha256', 'prfsha1'], ['ecp256', 'ecp384', 'ecp521', 'modp2048']),
        ...product(['aes128', 'aes256'], ['sha1', 'sha256'], ['prfsha256', 'prfsha1'], ['modp2048', 'ecp256']),
      ],
    },
  ] as const;
  for (const { ike, suites } of PRODUCTS) {
    it(`finds exactly the union of ${ike.join(', ')}`, async () => {
      const peer = await lab.strongswan({ ike, version: 2, dosProtection: false });
      const mapped = await mapPeer(lab, peer.address4, '--ike', 'v2');
      expect(acceptedBy(mapped, 'ikev2-init')).to.deep.equal([...new Set(suites)].toSorted());
      expect(exchangeOf(mapped, 'ikev2-init').coverage.undecided).to.equal(0);
    });
  }
});
