/** The table of complete exchanges, small: three daemons, both roles, every mode and every proof; both sides judge each. */
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { exchangesPage, tallies, tallyText } from '../../interop/exchanges/table.ts';
import type { Row } from '../../interop/exchanges/row.ts';
import { batchesFor, runSubject } from '../../interop/exchanges/run.ts';
import { describeDaemons } from '../support/daemons.ts';

/** How many rows each is expected to have, and how many of them its daemon does not do. */
const EXPECTED = {
  strongswan: { established: 62, unsupported: 4 },
  libreswan: { established: 44, unsupported: 20 },
  openiked: { established: 22, unsupported: 8 },
} as const;

describeDaemons('complete exchanges, in both roles, with every proof', ['strongswan', 'libreswan', 'openiked'], () => {
  // Side by side: each of them waits for its daemon most of the time.
  const all = new Map<keyof typeof EXPECTED, Promise<readonly Row[]>>();
  before(() => {
    for (const subject of ['strongswan', 'libreswan', 'openiked'] as const) {
      const rows: Row[] = [];
      const done = runSubject(subject, batchesFor(subject, true), (row) => rows.push(row)).then(() => rows);
      // Whoever awaits it hears of it.
      done.catch(() => undefined);
      all.set(subject, done);
    }
  });

  for (const subject of ['strongswan', 'libreswan', 'openiked'] as const)
    it(`come about with ${subject}, or are unsupported in its own words`, async () => {
      const rows = (await all.get(subject)) ?? [];
      const failed = rows.filter(({ outcome }) => outcome.kind === 'failed' && outcome.because === undefined);
      expect(failed, JSON.stringify(failed, undefined, 1)).to.have.lengthOf(0);
      const count = (kind: Row['outcome']['kind']): number => rows.filter(({ outcome }) => outcome.kind === kind).length;
      expect({ established: count('established'), unsupported: count('unsupported') }).to.deep.equal(EXPECTED[subject]);
    }).timeout(180_000);
});

describe('the table of complete exchanges', () => {
  const base = { subject: 'strongswan@5.9.8', speaks: 'ikev2', proof: 'PSK', child: 'aes256-sha256-noesn' } as const;
  const established = { kind: 'established', later: ['rekey ike: done'] } as const;
  const unsupported = { kind: 'unsupported', words: "algorithm 'a|b' not recognized" } as const;
  const failed = { kind: 'failed', ours: 'no IKE SA; sa-init silence', theirs: 'no IKE SA', log: ['a line'] } as const;
  const rows: readonly Row[] = [
    { ...base, role: 'initiator', suite: 'aes256-sha256-modp2048', outcome: established },
    { ...base, role: 'responder', suite: 'aes256-sha256-modp2048', outcome: failed },
    { ...base, role: 'initiator', suite: '3des-sha1-modp1024', outcome: unsupported },
    { ...base, role: 'responder', suite: '3des-sha1-modp1024', outcome: unsupported },
  ];

  it('counts by batch', () => {
    expect(tallies(rows).map(tallyText)).to.deep.equal(['1 of 1, 1 unsupported', '0 of 1, 1 unsupported']);
  });

  it('says what came about, what the daemon does not do, and what failed', () => {
    const page = exchangesPage(rows, '2026-01-01', 3);
    expect(page).to.include('| strongswan@5.9.8 | IKEv2 | PSK | 1 of 1, 1 unsupported | 0 of 1, 1 unsupported |');
    expect(page).to.include('| `aes256-sha256-modp2048` | 1/2 |');
    expect(page).to.include('| `3des-sha1-modp1024` | – |');
    expect(page).to.include("algorithm 'a\\|b' not recognized");
    expect(page).to.include('we: no IKE SA; sa-init silence; it: no IKE SA');
  });
});
