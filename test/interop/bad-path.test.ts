/** Complete exchanges over a path that loses, doubles and eats: a chain of 4,096-bit RSA certificates in pieces of 1,280 octets. */
import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { type Connection, mirrored, type Proof } from '../../interop/daemons/connection.ts';
import type { PathFaults } from '../../interop/daemons/firewall.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import type { Peer } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';

/** RFC 8200 §5: what every path of IPv6 carries. */
const NARROW: PathFaults = { mostOctets: 1280, dropFragments: true };
/** Root, one between, and the peer's own. */
const CHAIN: Proof = { kind: 'certificate', key: 'rsa4096', issuer: 'intermediate' };
/** Twenty times in ten seconds: of a message of four pieces, hardly one in 100,000 does not come through. pluto doubles each wait. */
const PATIENCE = {
  strongswan: { seconds: 0.25, tries: 20, longest: 0.5 },
  libreswan: { seconds: 0.1, tries: 10 },
} as const;

describeDaemons('an IKEv2 exchange with 4,096-bit certificates over a bad path', ['strongswan', 'libreswan'], () => {
  let lab: Lab;
  let own: Peer;
  before(async () => {
    lab = await createLab('bad-path');
    own = await lab.own({ patience: PATIENCE.strongswan });
  });
  after(() => lab?.close());

  const load = async (initiator: Peer, responder: Peer, family: 'address4' | 'address6', more: Partial<Connection> = {}): Promise<void> => {
    const connection: Connection = {
      name: 'one',
      speaks: 'ikev2',
      ike: 'aes256-sha256-ecp256',
      child: 'aes256-sha256-noesn',
      local: { address: initiator[family], identity: 'left.lab', proof: CHAIN },
      remote: { address: responder[family], identity: 'right.lab', proof: CHAIN },
      ...more,
    };
    expect([...(await responder.load([mirrored(connection)])), ...(await initiator.load([connection]))]).to.deep.equal([]);
  };

  for (const [kind, role, family] of [
    ['strongswan', 'answers', 6],
    ['strongswan', 'begins', 4],
    ['libreswan', 'answers', 4],
    ['libreswan', 'begins', 6],
  ] as const)
    it(`comes about when ${kind} ${role}, over IPv${family}: 30 % lost, the rest doubled, fragments and long packets eaten`, async () => {
      const peer = await lab.peer(kind, { patience: PATIENCE[kind] });
      const [initiator, responder] = role === 'answers' ? [own, peer] : [peer, own];
      await load(initiator, responder, `address${family}`);
      await lab.firewall({ ...NARROW, lossPercent: 30, duplicate: true }, own);
      await lab.firewall({ ...NARROW, duplicate: true }, peer);
      expect(await initiator.initiate('one', 60_000)).to.include({ outcome: 'done' });
      const [[ours], [theirs]] = [await own.status(), await peer.status()];
      for (const side of [ours, theirs]) expect(side).to.include({ established: true, suite: 'aes256-sha256-prfsha256-ecp256' });
      expect(theirs?.children[0]?.spis).to.deep.equal(ours?.children[0]?.spis?.toReversed());
      await lab.firewall({}, own);
      await peer.stop();
    }).timeout(90_000);

  it('comes to nothing on that path without fragments of IKE, even when nothing is lost', async () => {
    const [initiator, responder] = [await lab.own({ patience: { seconds: 0.2, tries: 2 } }), await lab.peer('strongswan', {})];
    await load(initiator, responder, 'address4', { fragmentation: 'no' });
    await lab.firewall(NARROW, responder);
    expect(await initiator.initiate('one')).to.include({ outcome: 'failed', words: 'auth silence' });
    await lab.firewall({}, responder);
    expect(await initiator.initiate('one')).to.include({ outcome: 'done' });
  });
});
