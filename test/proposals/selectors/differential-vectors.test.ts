import { describe, it } from 'mocha';
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPolicy } from '../../../interop/differential/dialect.ts';
import { predictedOf } from '../../../interop/differential/reply.ts';
import { readRows, type Row } from '../../../interop/differential/rows.ts';
import { selectorFor } from '../../../src/proposals/index.ts';

const DIRECTORY = fileURLToPath(new URL('../../../vectors/differential/', import.meta.url));

/** What the profile would put on the wire. */
function predicted(profile: string, { negotiation, step, policy, settings = {}, keGroup, notifies, sa }: Row): string {
  // No policy is what the daemon does by default.
  const setup = policy.length === 0 ? undefined : { policy: readPolicy(profile, negotiation, policy), auth: [1], settings };
  const configured = selectorFor(profile).configured(negotiation, setup);
  const octets = Uint8Array.from(Buffer.from(sa, 'hex'));
  const beside = { ...(keGroup !== undefined && { keGroup }), ...(notifies && { notifies }) };
  return predictedOf(configured.respond({ negotiation, step, sa: octets, ...beside }).wire).text;
}

describe('what real daemons answered', () => {
  for (const file of readdirSync(DIRECTORY)) {
    const rows = readRows(DIRECTORY + file);
    for (const profile of new Set(rows.flatMap(({ profiles }) => profiles))) {
      const own = rows.filter(({ profiles }) => profiles.includes(profile));
      it(`is what ${profile} predicts (${own.length} exchanges)`, () => {
        for (const row of own) {
          const told = `${row.policy.join(', ')} asked ${row.sa} (${row.oddities.join(', ') || 'well-formed'})`;
          expect(predicted(profile, row), told).to.equal(row.wire);
        }
      });
    }
  }
});
