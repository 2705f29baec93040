import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import { describeDaemons } from '../support/daemons.ts';
import { acceptedBy, exchangeOf, mapPeer } from '../support/mapping.ts';

/** strongSwan's words for IKEv1 are the same as ours. */
const SUITES = [
  '3des-sha1-modp1024',
  'aes128-sha1-modp2048',
  'aes256-sha256-modp2048',
  'aes192-sha384-modp3072',
  'des-md5-modp768',
  'aes256-sha512-ecp384',
  'camellia256-sha256-modp4096',
  'aes128-sha256-ecp256',
  'aes128-md5-modp1536',
  'aes256-sha1-modp1024',
  'aes256-sha384-ecp521',
  'aes192-sha1-modp1536',
  '3des-md5-modp1024',
  '3des-sha256-modp2048',
  'aes128-sha512-modp8192',
  'aes256-sha256-modp6144',
  'blowfish128-sha1-modp1024',
  'cast128-md5-modp1024',
  'camellia128-sha1-modp2048',
  'aes256-sha512-x25519',
];

/** Combinations of cipher, hash and group in `common`, and transforms in the largest request. */
const COMBINATIONS = 1080;
const LARGEST = 255;

describeDaemons('mapping IKEv1 of strongSwan', ['strongswan'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('map1');
  });
  after(() => lab?.close());

  for (const count of [1, 3, 8, 20]) {
    it(`finds exactly ${count} suites, asking for one method`, async () => {
      const suites = SUITES.slice(0, count);
      const peer = await lab.strongswan({ ike: suites, version: 1, dosProtection: false });
      const mapped = await mapPeer(lab, peer.address4, '--ike', 'v1', '--mode', 'main');
      const { methods, coverage, state } = exchangeOf(mapped, 'ikev1-main');
      expect(acceptedBy(mapped, 'ikev1-main')).to.deep.equal(suites.toSorted());
      expect({ status: mapped.status, state, ...coverage }).to.deep.equal({
        status: 0,
        state: 'answered',
        decided: COMBINATIONS,
        undecided: 0,
      });
      expect({ lookedAt: methods?.lookedAt, asked: methods?.asked.length }).to.deep.equal({ lookedAt: false, asked: 1 });
      expect(mapped.report.traffic.requests).to.be.at.most(count + Math.ceil(COMBINATIONS / LARGEST) + 3);
    });
  }

  it('stays below the limits that strongSwan ships with: 8 suites, twice in a row, at most 50 datagrams each', async () => {
    const suites = SUITES.slice(0, 8);
    const peer = await lab.strongswan({ ike: suites, version: 1, dosProtection: true });
    for (const run of ['first', 'second']) {
      const mapped = await mapPeer(lab, peer.address4, '--ike', 'v1', '--mode', 'main');
      expect(acceptedBy(mapped, 'ikev1-main'), run).to.deep.equal(suites.toSorted());
      expect(mapped.report.traffic.sent, run).to.be.at.most(50);
      expect(mapped.report.traffic.halfOpen.left, run).to.equal(0);
    }
    expect(await peer.log()).not.to.match(/half-open IKE_SA limit/);
  });

  it('asks all modes and both versions of a peer that has the limits', async () => {
    const suites = SUITES.slice(0, 8);
    const peer = await lab.strongswan({ ike: suites, dosProtection: true });
    const mapped = await mapPeer(lab, peer.address6);
    expect(acceptedBy(mapped, 'ikev1-main')).to.deep.equal(suites.toSorted());
    expect(exchangeOf(mapped, 'ikev1-aggressive').accepted).to.deep.equal([]);
    expect(exchangeOf(mapped, 'ikev2-init').accepted).to.have.lengthOf(8);
  });

  it('tells a peer without a connection for IKEv1 from one that refuses algorithms', async () => {
    const other = await lab.strongswan({ ike: ['aes256-sha256-modp2048'], version: 2 });
    const mapped = await mapPeer(lab, other.address4, '--ike', 'v1');
    expect(exchangeOf(mapped, 'ikev1-main')).to.include({ state: 'no-connection' });
    expect(acceptedBy(mapped, 'ikev1-main')).to.deep.equal([]);
    const strange = await lab.strongswan({ ike: ['aes256-sha256-curve448'], version: 1 });
    expect(exchangeOf(await mapPeer(lab, strange.address4, '--ike', 'v1', '--mode', 'main'), 'ikev1-main')).to.include({
      state: 'refused-all',
    });
  });
});
