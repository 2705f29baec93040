/** Post-quantum preshared keys with strongSwan and libreswan: we begin, they begin, each insists, each has another. The daemons' logs are witnesses. */
import { expect } from 'chai';
import { after, before, it } from 'mocha';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../interop/daemons/connection.ts';
import { createLab, type Lab } from '../../interop/daemons/lab.ts';
import { type Peer, PSK } from '../../interop/daemons/peer.ts';
import { describeDaemons } from '../support/daemons.ts';
import type { Scenario, Told } from '../support/ikev2-client.ts';
import type { Served, ServerOptions } from '../support/ikev2-server.ts';

const IKE = 'aes256-sha256-modp2048';
const OWN = '10.99.0.1';
const SECRET = 'a key that is long enough to be one, 0123456789';
const PPK = { name: 'ppk-1', secret: SECRET };
const program = (name: string): string[] => [
  process.execPath,
  '--import',
  'tsx',
  fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url)),
];

/** The daemon's side; it is for one host. */
function connection(address: string, ppk: Connection['ppk'] | null): Connection {
  const proof = { kind: 'psk', secret: PSK } as const;
  return {
    name: 'ppk',
    speaks: 'ikev2',
    ike: IKE,
    child: 'aes256-sha256',
    local: { address, identity: 'daemon.lab', proof },
    remote: { address: OWN, identity: 'client.lab', proof },
    ...(ppk && { ppk }),
  };
}

for (const kind of ['strongswan', 'libreswan'] as const)
  describeDaemons(`a post-quantum preshared key with ${kind}`, [kind], () => {
    let lab: Lab;
    let peer: Peer;
    before(async () => {
      lab = await createLab('ppk');
      peer =
        kind === 'strongswan' ? await lab.strongswan({ connections: [], dosProtection: false }) : await lab.libreswan({ connections: [] });
    });
    after(() => lab?.close());

    const ask = async (theirs: Connection['ppk'] | null, ours: Scenario['ppk']): Promise<Told> => {
      expect(await peer.load([connection(peer.address4, theirs)])).to.deep.equal([]);
      const host = (address: string): string => `${address}-${address}`;
      const scenario: Scenario = {
        address: peer.address4,
        ike: IKE,
        esp: 'aes256-sha256-noesn',
        psk: PSK,
        wanted: 'daemon.lab',
        ownTraffic: host(OWN),
        peerTraffic: host(peer.address4),
        patience: { firstWait: 500, retries: 3 },
        // Only when SK_d is the same on both sides a rekeyed IKE SA lives.
        steps: [{ rekeyIke: IKE }, 'alive', 'close'],
        ...(ours && { ppk: ours }),
      };
      const ran = await lab.command(program('ikev2-client'), { input: JSON.stringify([scenario]), timeoutMs: 60_000 });
      if (ran.status !== 0) throw new Error(ran.stderr);
      return JSON.parse(ran.stdout) as Told;
    };

    const done = { established: true, child: 'established', steps: ['rekeyed', 'alive', 'closed'] };
    const insists = { ...PPK, required: true } as const;
    const cases: readonly (readonly [what: string, theirs: Connection['ppk'] | null, ours: Scenario['ppk'], told: object])[] = [
      ['it is used when both have it', PPK, PPK, { ...done, ppk: true }],
      ['it is used when both insist', insists, insists, { ...done, ppk: true }],
      ['they go without when only we have one', null, PPK, { ...done, ppk: false }],
      ['they go without when only they have one', PPK, undefined, { ...done, ppk: false }],
      ['they refuse us when they insist and we have none', insists, undefined, { established: false }],
      ['they refuse us when it is another key', PPK, { ...PPK, secret: 'another' }, { established: false, why: 'auth notify 24' }],
    ];
    for (const [what, theirs, ours, expected] of cases)
      it(what, async () => {
        expect(await ask(theirs, ours)).to.deep.include(expected);
      });

    it('is used when they begin', async () => {
      const options: ServerOptions = { address: OWN, ms: 4000, ike: IKE, esp: 'aes256-sha256-noesn', psk: PSK, id: 'client.lab', ppk: PPK };
      const serving = lab.command(program('ikev2-server'), { input: JSON.stringify(options) });
      await sleep(1500);
      expect(await peer.load([connection(peer.address4, PPK)])).to.deep.equal([]);
      await peer.initiate('ppk', 2000);
      const { stdout, stderr } = await serving;
      if (stderr !== '') throw new Error(stderr);
      const served = JSON.parse(stdout) as Served;
      expect(served.counts).to.include({ established: 1, failed: 0 });
      expect(served.ppk).to.deep.equal({ used: 1, announced: 1 });
      expect(served.sessions[0]?.children).to.equal(1);
    });
  });
