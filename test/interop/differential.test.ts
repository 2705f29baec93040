import { after, before, it } from 'mocha';
import { expect } from 'chai';
import { notSpoken } from '../../interop/differential/bench.ts';
import { addSources, type Client, openClient } from '../../interop/differential/client.ts';
import { examine } from '../../interop/differential/examine.ts';
import type { Subject } from '../../interop/differential/policies.ts';
import { tableOf } from '../../interop/differential/table.ts';
import { daemonsAvailable } from '../../interop/available.ts';
import { type PeerSpec, readSpec } from '../../interop/daemons/peer.ts';
import { createLab } from '../../interop/daemons/lab.ts';
import type { Lab } from '../../interop/daemons/lab.ts';
import { describeDaemons } from '../support/daemons.ts';

/** Two releases of each family: what is installed, and one of another Debian where that can be had. */
const SPECS: readonly PeerSpec[] = [
  'strongswan@5.9.8',
  'strongswan@6.0.1',
  'libreswan@4.10',
  'libreswan@5.2',
  'openiked@7.2',
  'openiked@7.4',
];
const EXCHANGES = 120;
const SEED = 20_260_101;

describeDaemons('random offers to real daemons', ['strongswan', 'libreswan', 'openiked'], () => {
  let lab: Lab;
  let client: Client;
  before(async () => {
    lab = await createLab('differential');
    await addSources(lab);
    client = openClient(lab.client);
  });
  after(async () => {
    client?.close();
    await lab?.close();
  });

  for (const spec of SPECS) {
    for (const version of [1, 2] as const) {
      const { kind, release = '' } = readSpec(spec);
      const subject: Subject = { kind, release, version };
      if (notSpoken(subject) !== undefined) continue;
      const state = daemonsAvailable([spec]);
      if (!state.available) {
        it.skip(`are answered as predicted by ${spec}, IKEv${version} (skipped: ${state.reason})`);
        continue;
      }
      it(`are answered as predicted by ${spec}, IKEv${version}`, async function () {
        this.timeout(120_000);
        const extent = { exchanges: EXCHANGES, seed: SEED, minimised: 1, signal: new AbortController().signal, say: () => undefined };
        const result = await examine(lab, client, subject, extent);
        const table = tableOf([result]);
        expect(result.missing, table).to.equal(undefined);
        expect(result.policies, table).to.deep.equal([]);
        expect(result.wellFormed.total, table).to.be.greaterThan(EXCHANGES / 3);
        expect(result.wellFormed.agreed, table).to.equal(result.wellFormed.total);
        expect(result.malformed.agreed / result.malformed.total, table).to.be.at.least(0.99);
      });
    }
  }
});
