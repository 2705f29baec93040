import { after, before, it } from 'mocha';
import { expect } from 'chai';
import { readlinkSync } from 'node:fs';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import type { Peer } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';

describeDaemons('other releases in the lab', ['strongswan@5.9.1', 'libreswan@4.3', 'openiked@7.4'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('releases');
  });
  after(() => lab?.close());

  const running = (peer: Peer): string => readlinkSync(`/proc/${peer.pid}/exe`);

  it('runs the strongSwan that is asked for', async () => {
    const peer = await lab.strongswan({ release: '5.9.1', ike: ['aes256-sha256-modp2048'] });
    expect(running(peer)).to.match(/strongswan-5\.9\.1\/usr\/sbin\/charon-systemd$/);
  });

  it('runs the libreswan that is asked for', async () => {
    const peer = await lab.libreswan({ release: '4.3', ike: ['aes256-sha2_256-modp2048'] });
    expect(running(peer)).to.match(/libreswan-4\.3\/usr\/libexec\/ipsec\/pluto$/);
    expect(await peer.log()).to.match(/Libreswan Version 4\.3 /);
  });

  it('runs the OpenIKED that is asked for, beside the one that is installed', async () => {
    const [own, other] = [await lab.openiked(), await lab.openiked({ release: '7.4' })];
    expect(running(own)).to.not.equal(running(other));
    expect(running(other)).to.match(/openiked-7\.4\/usr\/sbin\/iked$/);
  });

  it('says which release is not here', async () => {
    const failed = await lab.openiked({ release: '1.0' }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect((failed as Error).message).to.contain('openiked 1.0 is not here');
  });
});
