/** SA and notify octets out of other people's captures, read from beside the project when they are there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeMessage, draftOf, encodeMessage } from '../../src/ike/index.ts';
import { decodeSaBody, encodeSaBody } from '../../src/proposals/wire/sa.ts';

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly ike: number;
  readonly saPayload?: string;
  readonly message?: string;
}

interface Measured extends Row {
  readonly saPayload: string;
  readonly expected: { readonly replySa: string | null };
}

const WIRE = '../shared/golden/openswan-wire-sa.jsonl';
const MEASURED = '../shared/golden/measured-strongswan-5.9.8.jsonl';
const GENERIC_HEADER = 4;

const rows = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

function reencodedSa(payload: string, ike: number): string {
  const { value, faults } = decodeSaBody(unhex(payload).subarray(GENERIC_HEADER), ike === 1 ? 'ikev1' : 'ikev2');
  expect(faults).to.deep.equal([]);
  return payload.slice(0, 2 * GENERIC_HEADER) + (value ? hex(encodeSaBody(value)) : '');
}

function reencodedMessage(text: string): string {
  const decoded = decodeMessage(unhex(text));
  if (!decoded.ok) throw new Error(decoded.fault.code);
  // One of them is padded to four octets, which no payload accounts for.
  for (const fault of decoded.value.faults) expect(fault.code).to.equal('trailing-bytes');
  return hex(encodeMessage(draftOf(decoded.value)));
}

describe('golden octets of the codec', () => {
  if (!existsSync(WIRE)) it.skip(`SA and notify payloads (no ${WIRE})`);
  else {
    for (const row of rows<Row>(WIRE)) {
      it(`${row.id}: decodes, and encodes to the same octets`, () => {
        if (row.saPayload) expect(reencodedSa(row.saPayload, row.ike)).to.equal(row.saPayload);
        else expect(reencodedMessage(row.message ?? '')).to.equal(row.message);
      });
    }
  }

  if (!existsSync(MEASURED)) it.skip(`offers and answers of strongSwan (no ${MEASURED})`);
  else {
    for (const row of rows<Measured>(MEASURED)) {
      it(`${row.id}: offer and answer`, () => {
        for (const payload of [row.saPayload, row.expected.replySa]) if (payload) expect(reencodedSa(payload, row.ike)).to.equal(payload);
      });
    }
  }
});
