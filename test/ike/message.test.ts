import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  type DecodeFault,
  decodeMessage,
  decodePayloadChain,
  draftOf,
  EXCHANGE,
  encodeMessage,
  encodePayloadChain,
  FLAG,
  type Message,
  type MessageDraft,
  PAYLOAD_V2,
  type Payload,
} from '../../src/ike/index.ts';
import { message, payload } from './arbitraries.ts';

const draft = (payloads: readonly Payload[], rest: Partial<MessageDraft> = {}): MessageDraft => ({
  initiatorSpi: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  responderSpi: new Uint8Array(8),
  version: 0x20,
  exchange: EXCHANGE.saInit,
  flags: FLAG.initiator,
  messageId: 0,
  payloads,
  ...rest,
});

const nonce = (...data: number[]): Payload => ({ kind: 'nonce', type: PAYLOAD_V2.nonce, data: Uint8Array.from(data) });
const vendor = (...data: number[]): Payload => ({ kind: 'vendor', type: PAYLOAD_V2.vendor, data: Uint8Array.from(data) });
const ke: Payload = { kind: 'ke', type: PAYLOAD_V2.ke, group: 31, data: Uint8Array.of(9) };

function decoded(octets: Uint8Array): Message {
  const result = decodeMessage(octets);
  if (!result.ok) throw new Error(`not a message: ${result.fault.code}`);
  return result.value;
}

const again = (m: Message): Uint8Array => encodeMessage(draftOf(m));
const codes = (faults: readonly DecodeFault[]): string[] => faults.map((fault) => `${fault.code} ${fault.offset} ${fault.field}`);

describe('IKE message', () => {
  it('has a header of 28 octets and a chain of payloads', () => {
    const octets = encodeMessage(draft([nonce(1, 2), vendor(3)]));
    expect(Buffer.from(octets).toString('hex')).to.equal(
      '0102030405060708' +
        '0000000000000000' +
        '28' +
        '20' +
        '22' +
        '08' +
        '00000000' +
        '00000027' +
        '2b000006' +
        '0102' +
        '00000005' +
        '03',
    );
    expect(decoded(octets).payloads).to.deep.equal([nonce(1, 2), vendor(3)]);
  });

  it('is nothing without a whole header', () => {
    for (const length of [0, 1, 8, 16, 27]) {
      const result = decodeMessage(new Uint8Array(length));
      expect(result.ok ? 'decoded' : result.fault.code).to.equal('truncated');
    }
  });

  describe('faults', () => {
    const whole = encodeMessage(draft([nonce(1, 2), ke, vendor(3)]));
    const changed = (at: number, ...values: number[]): Uint8Array => {
      const octets = whole.slice();
      octets.set(values, at);
      return octets;
    };
    const cases: [what: string, octets: Uint8Array, faults: string[], kinds: string][] = [
      ['none', whole, [], 'nonce ke vendor'],
      [
        'a message cut off',
        whole.subarray(0, 42),
        ['length-too-large 24 header.length', 'length-too-large 36 payload.length', 'truncated 42 payload'],
        'nonce opaque',
      ],
      ['octets after the message', Uint8Array.from([...whole, 0]), [`trailing-bytes ${whole.length} message`], 'nonce ke vendor'],
      ['a stated length less than a header', changed(27, 12), ['length-too-small 24 header.length'], 'nonce ke vendor'],
      ['a payload shorter than its head', changed(37, 3), ['length-too-small 34 payload.length'], 'nonce'],
      [
        'a payload too short for its fields',
        changed(37, 6),
        ['truncated 40 ke.reserved', 'length-too-large 42 payload.length'],
        'nonce opaque opaque',
      ],
      ['a chain that ends early', changed(28, 0), ['trailing-bytes 34 message'], 'nonce'],
      ['a chain that goes on after the end', changed(43, 43), [`truncated ${whole.length} payload`], 'nonce ke vendor'],
      ['a version from the future', changed(17, 0x30), ['version-unknown 17 header.version'], ''],
    ];
    for (const [what, octets, faults, kinds] of cases) {
      it(what, () => {
        const m = decoded(octets);
        expect(codes(m.faults)).to.deep.equal(faults);
        expect(m.payloads.map((p) => p.kind).join(' ')).to.equal(kinds);
        expect(Buffer.from(again(m)).toString('hex')).to.equal(Buffer.from(octets).toString('hex'));
      });
    }

    it('a broken SA shows what could be read, and hides nothing beside it', () => {
      const sa = { type: PAYLOAD_V2.sa, kind: 'opaque', data: Buffer.from('00000010010100010000000901000002', 'hex') } as const;
      const m = decoded(encodeMessage(draft([sa, ke])));
      const [first, second] = m.payloads;
      expect(second).to.deep.equal(ke);
      if (first?.kind !== 'opaque' || first.partial?.kind !== 'sa') throw new Error('not an opaque payload with a partial SA');
      expect(first.fault?.code).to.equal('length-too-large');
      expect(first.partial.body.offer.groups[0]?.proposals[0]?.transforms).to.have.lengthOf(1);
    });

    it('a notify with an SPI beyond its end still tells its type', () => {
      const data = Uint8Array.of(1, 200, 0, 14, 5, 5);
      const [first] = decoded(encodeMessage(draft([{ kind: 'opaque', type: PAYLOAD_V2.notify, data }]))).payloads;
      if (first?.kind !== 'opaque' || first.partial?.kind !== 'notify') throw new Error('not an opaque payload with a partial notify');
      expect(first.partial.notify).to.equal(14);
      expect(first.fault).to.deep.equal({ code: 'length-too-large', offset: 33, field: 'notify.spiSize' });
    });

    it('more payloads than the limit are left unread, but not lost', () => {
      const octets = encodeMessage(draft(Array.from({ length: 5000 }, () => vendor())));
      const m = decoded(octets);
      expect(m.payloads).to.have.lengthOf(255);
      expect(codes(m.faults)).to.deep.equal([`limit-exceeded ${28 + 255 * 4} message.payloads`]);
      expect(again(m)).to.deep.equal(octets);
    });
  });

  describe('encryption', () => {
    it('IKEv2: an SK payload names what is inside, and ends the message', () => {
      const sk: Payload = { kind: 'encrypted', type: PAYLOAD_V2.encrypted, nextPayload: 35, data: Uint8Array.of(7, 7) };
      expect(decoded(encodeMessage(draft([nonce(1), sk]))).payloads).to.deep.equal([nonce(1), sk]);
    });

    it('IKEv1: with the flag everything after the header is ciphertext', () => {
      const sealed: Payload = { kind: 'encrypted', type: 5, data: Uint8Array.of(7, 7, 7) };
      const octets = encodeMessage(draft([sealed], { version: 0x10, exchange: EXCHANGE.mainMode, flags: FLAG.encryption }));
      expect(octets).to.have.lengthOf(31);
      expect(decoded(octets).payloads).to.deep.equal([sealed]);
    });

    it('IKEv1: a fragment is in the clear whatever the flag says', () => {
      const fragment: Payload = { kind: 'fragment', type: 132, id: 1, number: 1, flags: 1, data: Uint8Array.of(7) };
      const octets = encodeMessage(draft([fragment], { version: 0x10, flags: FLAG.encryption }));
      expect(decoded(octets).payloads).to.deep.equal([fragment]);
    });
  });

  describe('lies', () => {
    it('of the length and the first payload', () => {
      const { header } = decoded(encodeMessage(draft([nonce(1)], { length: 0x01020304, nextPayload: 200 })));
      expect([header.length, header.nextPayload]).to.deep.equal([0x01020304, 200]);
    });

    it('of a payload', () => {
      const octets = encodeMessage(draft([{ ...nonce(1), length: 65535, reserved: 0x80, nextPayload: 99 }]));
      expect(Array.from(octets.subarray(28))).to.deep.equal([99, 0x80, 0xff, 0xff, 1]);
    });

    it('but what has no encoding is refused', () => {
      expect(() => encodeMessage(draft([], { initiatorSpi: new Uint8Array(7) }))).to.throw(RangeError);
      expect(() => encodeMessage(draft([{ ...nonce(), data: new Uint8Array(65532) } as Payload]))).to.throw(RangeError);
    });
  });

  describe('laws', () => {
    it('decoding finds what was encoded', () => {
      fc.assert(
        fc.property(message, (given) => {
          const m = decoded(encodeMessage(given));
          expect(m.faults).to.deep.equal([]);
          expect(m.payloads).to.deep.equal(given.payloads);
        }),
        { numRuns: 500 },
      );
    });

    it('any message, changed and cut anywhere, decodes to what encodes to the same octets, with faults inside it', () => {
      const change = fc.tuple(fc.nat(), fc.nat(255));
      fc.assert(
        fc.property(message, fc.array(change, { maxLength: 4 }), fc.nat(), (given, changes, cut) => {
          const whole = encodeMessage(given);
          for (const [at, value] of changes) whole[at % whole.length] = value;
          const octets = whole.subarray(0, cut % 3 === 0 ? whole.length : 28 + (cut % (whole.length - 27)));
          const m = decoded(octets);
          for (const fault of m.faults) expect(fault.offset).to.be.within(0, octets.length);
          expect(Buffer.from(again(m)).toString('hex')).to.equal(Buffer.from(octets).toString('hex'));
        }),
        { numRuns: 3000 },
      );
    });

    it('any octets at all decode or have a fault, never an exception', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
          const result = decodeMessage(octets);
          const faults = result.ok ? result.value.faults : [result.fault];
          for (const fault of faults) expect(fault.offset).to.be.within(0, octets.length);
        }),
        { numRuns: 1000 },
      );
    });

    it('a chain without a header round-trips', () => {
      fc.assert(
        fc.property(fc.array(payload(2), { minLength: 1, maxLength: 4 }), (payloads) => {
          const chain = decodePayloadChain(encodePayloadChain(payloads, 2), payloads[0]?.type ?? 0, 2);
          expect(chain).to.deep.equal({ payloads, faults: [] });
        }),
      );
    });
  });
});
