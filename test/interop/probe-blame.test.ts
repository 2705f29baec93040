import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import type { Peer } from '../../interop/daemons/peer.ts';
import type { ExchangeName } from '../../src/probe/result.ts';
import { describeDaemons } from '../support/daemons.ts';
import { exchangeOf, mapPeer } from '../support/mapping.ts';

/** Offers to a peer that accepts only AES-256, SHA-256 and group 14 with a pre-shared key, and the slots that stand in the way. */
const IKEV2 = {
  'aes256-sha256-prfsha256-modp2048': [],
  'aes128-sha256-prfsha256-modp2048': ['encryption'],
  'aes256-sha1-prfsha256-modp2048': ['integrity'],
  'aes256-sha256-prfsha1-modp2048': ['prf'],
  'aes256-sha256-prfsha256-modp1024': ['group'],
  '3des-sha256-prfsha256-modp1024': ['encryption', 'group'],
  'aes256-sha1-prfsha1-modp1024': ['integrity', 'prf', 'group'],
  'des-md5-prfmd5-modp768': ['encryption', 'integrity', 'prf', 'group'],
  'aes256gcm16-prfsha256-modp2048': ['encryption'],
};
const IKEV1 = {
  'aes256-sha256-modp2048': [],
  'aes128-sha256-modp2048': ['encryption'],
  'aes256-sha1-modp2048': ['hash'],
  'aes256-sha256-modp1024': ['group'],
  '3des-sha256-modp1024': ['encryption', 'group'],
  'aes256-md5-modp1536': ['hash', 'group'],
  'des-md5-modp768': ['encryption', 'hash', 'group'],
};
const IKEV1_METHODS = {
  'aes256-sha256-modp2048-psk': [],
  'aes256-sha256-modp2048-rsasig': ['auth'],
  'aes256-sha1-modp2048-psk': ['hash'],
};

describeDaemons('blaming', ['strongswan', 'libreswan'], () => {
  let lab: Lab;
  let strongswan: Peer;
  let libreswan: Peer;
  before(async () => {
    lab = await createLab('blame');
    strongswan = await lab.strongswan({ ike: ['aes256-sha256-modp2048'], dosProtection: false });
    libreswan = await lab.libreswan({ ike: ['aes256-sha2_256-modp2048'] });
  });
  after(() => lab?.close());

  async function blamed(peer: Peer, name: ExchangeName, offers: readonly string[]): Promise<Record<string, (string | null)[]>> {
    const only = name === 'ikev2-init' ? ['--ike', 'v2'] : ['--ike', 'v1', '--mode', 'main'];
    const mapped = await mapPeer(lab, peer.address4, ...only, ...offers.flatMap((offer) => ['--offer', offer]));
    const verdicts = exchangeOf(mapped, name).offers;
    expect(verdicts).to.have.lengthOf(offers.length);
    for (const { accepted, undecided, reasons, evidence = [] } of verdicts) {
      expect(undecided ?? false).to.equal(false);
      expect(accepted).to.equal(reasons.length === 0);
      expect(evidence).not.to.deep.equal([]);
    }
    return Object.fromEntries(offers.map((offer, i) => [offer, (verdicts[i]?.reasons ?? []).map(({ slot }) => slot)]));
  }

  for (const [title, name, table] of [
    ['IKEv2', 'ikev2-init', IKEV2],
    ['IKEv1', 'ikev1-main', IKEV1],
  ] as const) {
    it(`names exactly the wrong slots of each offer: ${title}, strongSwan`, async () => {
      expect(await blamed(strongswan, name, Object.keys(table))).to.deep.equal(table);
    });
    it(`names exactly the wrong slots of each offer: ${title}, libreswan`, async () => {
      expect(await blamed(libreswan, name, Object.keys(table))).to.deep.equal(table);
    });
  }

  it('names the authentication method where the peer looks at it', async () => {
    expect(await blamed(libreswan, 'ikev1-main', Object.keys(IKEV1_METHODS))).to.deep.equal(IKEV1_METHODS);
  });

  it('says what would be accepted instead', async () => {
    const mapped = await mapPeer(lab, strongswan.address4, '--ike', 'v2', '--offer', '3des-sha256-prfsha256-modp1024');
    const [verdict] = exchangeOf(mapped, 'ikev2-init').offers;
    const said = verdict?.reasons.map(({ code, slot, offered, accepted }) => ({ code, slot, offered, accepted }));
    expect(said).to.deep.equal([
      { code: 'algorithm-not-accepted', slot: 'encryption', offered: '3des', accepted: ['aes256'] },
      { code: 'algorithm-not-accepted', slot: 'group', offered: 'modp1024', accepted: ['modp2048'] },
    ]);
    expect(mapped.status).to.equal(1);
  });
});
