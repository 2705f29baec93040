/** Post-quantum preshared keys with strongSwan and libreswan: we begin, they begin, each insists, each has another. */
import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { type Connection, mirrored } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import { type Peer, PSK } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';

const PPK = { name: 'ppk-1', secret: 'a key that is long enough to be one, 0123456789' };

for (const kind of ['strongswan', 'libreswan'] as const)
  describeDaemons(`a post-quantum preshared key with ${kind}`, [kind], () => {
    let lab: Lab;
    let own: Peer;
    let daemon: Peer;
    before(async () => {
      lab = await createLab('ppk');
      own = await lab.own();
      daemon = await lab.peer(kind);
    });
    after(() => lab?.close());

    /** What comes of it, to a rekeyed IKE SA: only when SK_d is the same on both sides it lives. */
    const begun = async (beginner: Peer, ours: Connection['ppk'], theirs: Connection['ppk']): Promise<string> => {
      const side = (address: string, identity: string): Connection['local'] => ({ address, identity, proof: { kind: 'psk', secret: PSK } });
      const connection: Connection = {
        name: 'one',
        speaks: 'ikev2',
        ike: 'aes256-sha256-modp2048',
        child: 'aes256-sha256-noesn',
        local: side(own.address4, 'own.lab'),
        remote: side(daemon.address4, 'daemon.lab'),
      };
      const refused = [
        ...(await daemon.load([{ ...mirrored(connection), ...(theirs && { ppk: theirs }) }])),
        ...(await own.load([{ ...connection, ...(ours && { ppk: ours }) }])),
      ];
      expect(refused).to.deep.equal([]);
      const already = (await own.log()).length;
      const { outcome, words } = await beginner.initiate('one', 5000);
      if (outcome !== 'done') return beginner === own ? words : outcome;
      const used = /with the PPK|"ppk":true/.test((await own.log()).slice(already)) ? 'with it' : 'without it';
      const rekeyed = await own.rekey('one', 'ike');
      const [status] = await daemon.status();
      return [used, ...(beginner === own ? [rekeyed.outcome] : []), status?.established].join(', ');
    };

    const insists = { ...PPK, required: true } as const;
    const cases: readonly (readonly [what: string, ours: Connection['ppk'], theirs: Connection['ppk'], seen: string])[] = [
      ['both have it', PPK, PPK, 'with it, done, true'],
      ['both insist', insists, insists, 'with it, done, true'],
      ['only we have one', PPK, undefined, 'without it, done, true'],
      ['only they have one', undefined, PPK, 'without it, done, true'],
      ['they insist and we have none', undefined, insists, 'auth notify 24'],
      ['it is another key', { ...PPK, secret: 'another' }, PPK, 'auth notify 24'],
    ];
    for (const [what, ours, theirs, seen] of cases)
      it(`${seen} when ${what}`, async () => {
        expect(await begun(own, ours, theirs)).to.equal(seen);
      });

    it('with it when they begin, and we insist', async () => {
      expect(await begun(daemon, insists, PPK)).to.equal('with it, true');
    });

    it('comes to nothing when they begin without it, and we insist', async () => {
      expect(await begun(daemon, insists, undefined)).to.equal('failed');
    });
  });
