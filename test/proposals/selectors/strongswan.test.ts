import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { parseStrongswanProposals } from '../../../src/proposals/dialects/strongswan.ts';
import type { Response } from '../../../src/proposals/selectors/profile.ts';
import { selectorFor } from '../../../src/proposals/selectors/selector.ts';

const MEASURED = 'vectors/strongswan/measured-5.9.8.jsonl';

/** What charon 5.9.8 answered on the wire. */
interface Measured {
  readonly id: string;
  readonly name: string;
  readonly ike: 1 | 2;
  readonly local: readonly string[];
  readonly saPayload: string;
  readonly keGroup?: number;
  readonly expected: { readonly code: number; readonly replySa: string | null; readonly group?: number };
}

describe('strongSwan', () => {
  describe('as charon 5.9.8 answered', () => {
    const rows = lines<Measured>(MEASURED);
    it('has all rows', () => expect(rows).to.have.length(26));
    for (const row of rows) {
      it(`${row.id} ${row.name}`, () =>
        expect(summary(measuredAnswer(row))).to.deep.equal({ group: undefined, ...row.expected, notify: undefined }));
    }
  });
});

function measuredAnswer({ ike, local, saPayload, keGroup }: Measured): Response {
  const negotiation = ike === 1 ? 'ikev1-phase1' : 'ikev2-ike';
  const peer = selectorFor('strongswan@5.9.8').configured(negotiation, { policy: parseStrongswanProposals(local.join(','), negotiation) });
  const step = ike === 1 ? 'main' : 'sa-init';
  return peer.respond({ negotiation, step, sa: octets(saPayload), ...(keGroup !== undefined && { keGroup }) });
}

function summary({ wire, wantsGroup }: Response) {
  const replySa = wire.kind === 'answer' ? Buffer.from(wire.sa).toString('hex') : null;
  return { code: wire.kind === 'notify' ? wire.type : 0, replySa, group: wantsGroup, notify: undefined };
}

function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function lines<Row>(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}
