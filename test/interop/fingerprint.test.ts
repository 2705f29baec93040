import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import type { Peer, PeerSpec } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';
import { mapPeer } from '../support/mapping.ts';

/** Two groups in one proposal: 7.4 takes the one whose public value was sent. */
const TWO_GROUPS = 'enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048 group ecp256';

interface Case {
  readonly name: string;
  readonly title: string;
  readonly start: (lab: Lab) => Promise<Peer>;
  readonly ike?: 'v1' | 'v2';
}

/** The daemons as Debian installs them here, with policies that have little in common. */
const INSTALLED: readonly Case[] = [
  {
    name: 'strongSwan',
    title: 'strongSwan',
    start: (lab) => lab.strongswan({ ike: ['aes256-sha256-modp2048-ecp256', 'aes128gcm16-prfsha384-ecp384'] }),
  },
  {
    name: 'strongSwan in IKEv1',
    title: 'strongSwan',
    ike: 'v1',
    start: (lab) => lab.strongswan({ ike: ['aes128-sha1-modp1024', '3des-md5-modp1024'], version: 1 }),
  },
  { name: 'libreswan', title: 'libreswan', start: (lab) => lab.libreswan({ ike: ['aes256-sha2_512-dh19', 'aes128-sha1-modp1536'] }) },
  { name: 'libreswan in IKEv2 with its own policy', title: 'libreswan', ike: 'v2', start: (lab) => lab.libreswan({ version: 2 }) },
  {
    name: 'OpenIKED',
    title: 'OpenIKED',
    ike: 'v2',
    start: (lab) => lab.openiked({ ike: [TWO_GROUPS, 'enc aes-256-gcm prf hmac-sha2-256 group ecp256'] }),
  },
  {
    name: 'OpenIKED with one suite',
    title: 'OpenIKED',
    ike: 'v2',
    start: (lab) => lab.openiked({ ike: ['enc aes-128 prf hmac-sha1 auth hmac-sha1 group modp2048'] }),
  },
];

/** Other releases, where their roots are installed. */
const OTHERS: readonly (Case & { readonly spec: PeerSpec })[] = [
  ...(['5.9.1', '6.0.1', '6.1.0'] as const).map((release) => ({
    spec: `strongswan@${release}` as const,
    name: `strongSwan ${release}`,
    title: 'strongSwan',
    start: (lab: Lab) => lab.strongswan({ release, ike: ['aes256-sha384-ecp384-modp2048', 'aes256gcm16-prfsha256-ecp256'] }),
  })),
  ...(['4.3', '5.2'] as const).map((release) => ({
    spec: `libreswan@${release}` as const,
    name: `libreswan ${release}`,
    title: 'libreswan',
    start: (lab: Lab) => lab.libreswan({ release, ike: ['aes256-sha2_256-modp2048', 'aes128-sha1-modp2048'] }),
  })),
  ...(['7.4'] as const).map((release) => ({
    spec: `openiked@${release}` as const,
    name: `OpenIKED ${release}`,
    title: 'OpenIKED',
    ike: 'v2' as const,
    start: (lab: Lab) => lab.openiked({ release, ike: [TWO_GROUPS] }),
  })),
];

function named({ title, start, ike }: Case, lab: () => Lab): () => Promise<void> {
  return async () => {
    const peer = await start(lab());
    const { report } = await mapPeer(lab(), peer.address4, '--fingerprint', '--rate', '1000', ...(ike === undefined ? [] : ['--ike', ike]));
    const { implementation, fingerprint } = report.peer;
    const said = JSON.stringify({ implementation, fingerprint }, undefined, 1);
    expect(implementation?.name, said).to.equal(title);
    // Behaviour has named it: no vendor ID is ever said to be inferred.
    expect(implementation?.basis).to.equal('inferred');
    expect(fingerprint?.observations.length).to.be.at.most(16);
    expect(
      fingerprint?.observations.filter(({ expected, seen }) => expected !== seen),
      said,
    ).to.deep.equal([]);
    await peer.stop();
  };
}

describeDaemons('fingerprints of real daemons', ['strongswan', 'libreswan', 'openiked'], () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab('fingerprint');
  });
  after(() => lab?.close());
  for (const one of INSTALLED)
    it(
      `names ${one.name}`,
      named(one, () => lab),
    );
});

for (const one of OTHERS)
  describeDaemons(`fingerprint of ${one.name}`, [one.spec], () => {
    let lab: Lab;
    before(async () => {
      lab = await createLab('fingerprint');
    });
    after(() => lab?.close());
    it(
      'names it',
      named(one, () => lab),
    );
  });
