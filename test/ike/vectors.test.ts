/** The messages of vectors/ike: decoding gives their meaning, encoding their octets. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeMessage, draftOf, encodeMessage, type Message } from '../../src/ike/index.ts';

interface Vector {
  readonly name: string;
  readonly bytes: string;
  readonly meaning: Record<string, unknown>;
}

const VECTORS = JSON.parse(readFileSync('vectors/ike/messages.json', 'utf8')) as Vector[];

/** As JSON, octets in hex, without what follows from the rest. */
function meaningOf({ header, payloads }: Message): unknown {
  const { nextPayload: _, length: __, ...head } = header;
  return JSON.parse(
    JSON.stringify({ ...head, payloads }, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );
}

/** IKEv1 says these in every SA; the vectors leave them out. */
const IMPLIED = { doi: 1, situation: '00000001' };

function complete(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, field: unknown) => {
    const first = key === 'body' && JSON.stringify(field).includes('"ikev1-');
    return first ? { ...IMPLIED, ...(field as object) } : field;
  });
}

describe('IKE vectors', () => {
  for (const { name, bytes, meaning } of VECTORS) {
    it(name, () => {
      const decoded = decodeMessage(new Uint8Array(Buffer.from(bytes, 'hex')));
      if (!decoded.ok) throw new Error(decoded.fault.code);
      expect(decoded.value.faults).to.deep.equal([]);
      expect(meaningOf(decoded.value)).to.deep.equal(complete(meaning));
      expect(Buffer.from(encodeMessage(draftOf(decoded.value))).toString('hex')).to.equal(bytes);
    });
  }
});

describe('a hostile message', () => {
  const FLOOD = 65_507;
  const filled = (...pattern: number[]): Uint8Array => Uint8Array.from({ length: FLOOD - 28 }, (_, i) => pattern[i % pattern.length] ?? 0);
  const patterns: [what: string, octets: Uint8Array][] = [
    ['empty vendor IDs', filled(43, 0, 0, 4)],
    ['notifies with nothing in them', filled(41, 0, 0, 8, 0, 0, 0x40, 6)],
    ['an SA of empty proposals', filled(2, 0, 0, 8, 1, 1, 0, 0)],
    ['zeros', filled(0)],
    ['all ones', filled(255)],
  ];
  for (const [what, body] of patterns) {
    for (const first of [1, 33, 41, 43, 44, 47]) {
      it(`of 65,507 octets, ${what}, first payload ${first}: bounded`, () => {
        const head = Buffer.from(
          `0102030405060708000000000000000000${first < 33 ? '10' : '20'}220800000000${FLOOD.toString(16).padStart(8, '0')}`,
          'hex',
        );
        head[16] = first;
        const decoded = decodeMessage(Uint8Array.from([...head, ...body]));
        if (!decoded.ok) throw new Error(decoded.fault.code);
        expect(decoded.value.payloads.length).to.be.at.most(255);
        expect(decoded.value.faults.length).to.be.below(1000);
      });
    }
  }
});
