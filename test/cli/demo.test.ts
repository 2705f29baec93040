import { createSocket } from 'node:dgram';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { startPluto } from '../../src/cli/pluto.ts';
import { decodeMessage, encodeMessage, EXCHANGE, FLAG, PAYLOAD_V1, type MessageDraft, type Payload } from '../../src/ike/index.ts';
import { plutoResponder } from '../../src/probe/responder.ts';
import type { Offer, SuiteTransform } from '../../src/proposals/model.ts';
import { freeswan, printLine } from '../../src/proposals/selectors/freeswan/index.ts';

/** `[cipher, hash, group]` by number, preshared key. */
function offer(...suites: (readonly [number, number, number])[]): Offer {
  const transforms = suites.map(
    ([encryption, hash, group], index): SuiteTransform => ({
      kind: 'suite',
      number: index,
      id: 1,
      attributes: [
        [1, encryption],
        [2, hash],
        [3, 1],
        [4, group],
      ].map(([type = 0, value = 0]) => ({ type, form: 'TV', value })),
    }),
  );
  return { negotiation: 'ikev1-phase1', groups: [{ number: 0, proposals: [{ protocol: 1, spi: new Uint8Array(), transforms }] }] };
}

function request(payloads: readonly Payload[], change: Partial<MessageDraft> = {}): Uint8Array {
  const initiatorSpi = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const draft = { initiatorSpi, responderSpi: new Uint8Array(8), version: 0x10, exchange: EXCHANGE.mainMode, flags: 0, messageId: 0 };
  return encodeMessage({ ...draft, payloads, ...change });
}

const sa = (...suites: (readonly [number, number, number])[]): Payload => ({
  kind: 'sa',
  type: PAYLOAD_V1.sa,
  body: { offer: offer(...suites) },
});
const TRIPLE_DES = sa([5, 1, 2]);
const DES = sa([1, 1, 2]);
const VENDOR: Payload = { kind: 'vendor', type: PAYLOAD_V1.vendor, data: Uint8Array.of(0x41, 0x1b) };

function responder(sendsNotifications: boolean): ReturnType<typeof plutoResponder> {
  let n = 0;
  return plutoResponder({
    sendsNotifications,
    entropy: (length) => new Uint8Array(length).fill(++n),
    vendorId: new TextEncoder().encode('OEtest000000'),
    judge: (octets) => {
      const { code, reply, logs } = freeswan().judge(octets, { policy: 'psk' }, 1);
      return { code, ...(reply && { reply }), logs: logs.map(printLine) };
    },
  });
}

function meaning(reply: Uint8Array | undefined): string {
  if (reply === undefined) return 'silence';
  const decoded = decodeMessage(reply);
  if (!decoded.ok || decoded.value.faults.length > 0) return 'broken';
  return decoded.value.payloads.map((p) => (p.kind === 'notify' ? `notify ${p.notify} spi ${p.spi.length}` : p.kind)).join('+');
}

describe('the embedded responder', () => {
  it('answers what Pluto takes with its SA and its vendor ID, in the order offered', () => {
    const { replies, logs } = responder(false)(request([sa([1, 1, 2], [5, 2, 5], [5, 1, 2]), VENDOR]), 'a:1');
    expect(meaning(replies[0])).to.equal('sa+vendor');
    const decoded = decodeMessage(replies[0] ?? new Uint8Array());
    const chosen = decoded.ok && decoded.value.payloads[0];
    expect(chosen && chosen.kind === 'sa' && chosen.body.offer.groups[0]?.proposals[0]?.transforms)
      .to.have.length(1)
      .and.have.nested.property('[0].number', 1);
    expect(logs).to.include('received Vendor ID Payload; ASCII hash: A\\x1b');
    expect(logs).to.include('OAKLEY_DES_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM');
  });

  it('is silent when it refuses, unless it has the patch', () => {
    expect(responder(false)(request([DES]), 'a:1').replies).to.deep.equal([]);
    expect(meaning(responder(true)(request([DES]), 'a:1').replies[0])).to.equal('notify 14 spi 0');
  });

  it('repeats its answer to a repeated request, and discards another with the same cookie', () => {
    const respond = responder(true);
    const [first] = respond(request([TRIPLE_DES]), 'a:1').replies;
    expect(respond(request([TRIPLE_DES]), 'a:1').replies).to.deep.equal([first]);
    expect(respond(request([DES]), 'a:1')).to.deep.equal({ replies: [], logs: ['discarding packet'] });
    expect(respond(request([TRIPLE_DES]), 'b:1').replies).not.to.deep.equal([first]);
  });

  const whole = request([TRIPLE_DES]);
  const dropped: [name: string, datagram: Uint8Array, log: RegExp][] = [
    ['nothing', new Uint8Array(), /not enough room in input packet for ISAKMP Message/],
    [
      'IKEv2',
      request([TRIPLE_DES], { version: 0x20, nextPayload: 1, payloads: [] }),
      /ISAKMP version of ISAKMP Message has an unknown value: 32/,
    ],
    ['Aggressive Mode', request([TRIPLE_DES], { exchange: 4 }), /unsupported exchange type ISAKMP_XCHG_AGGR in message/],
    ['exchange 240', request([TRIPLE_DES], { exchange: 240 }), /exchange type of ISAKMP Message has an unknown value: 240/],
    ['a length that lies', request([TRIPLE_DES], { length: whole.length - 1 }), /size \(\d+\) differs from size specified in ISAKMP HDR/],
    ['a strange flag', request([TRIPLE_DES], { flags: 8 }), /bitset flags of ISAKMP Message has unknown member/],
    ['a message ID', request([TRIPLE_DES], { messageId: 7 }), /Message ID was 0x00000007 but should be zero/],
    ['a zero cookie', request([TRIPLE_DES], { initiatorSpi: new Uint8Array(8) }), /Initiator Cookie must not be zero/],
    ['an unknown exchange', request([TRIPLE_DES], { responderSpi: new Uint8Array(8).fill(1) }), /part of an unknown exchange/],
    ['NAT-D', request([TRIPLE_DES, { kind: 'opaque', type: 20, data: new Uint8Array(16) }]), /malformed payload in packet/],
    [
      'NAT-D first',
      request([{ kind: 'opaque', type: 20, data: new Uint8Array(16) }]),
      /next payload type of ISAKMP Message has an unknown value: 20/,
    ],
    [
      'a nonce',
      request([TRIPLE_DES, { kind: 'nonce', type: 10, data: new Uint8Array(16) }]),
      /unexpected payload type \(ISAKMP_NEXT_NONCE\)/,
    ],
    ['no SA', request([VENDOR]), /missing payloads ISAKMP_NEXT_SA/],
    ['an SA that is not first', request([VENDOR, TRIPLE_DES]), /does not start with an SA payload/],
    ['21 payloads', request([TRIPLE_DES, ...Array.from({ length: 20 }, () => VENDOR)]), /more than 20 payloads/],
  ];
  for (const [name, datagram, log] of dropped) {
    it(`drops ${name}`, () => {
      const { replies, logs } = responder(true)(datagram, 'a:1');
      expect(replies).to.deep.equal([]);
      expect(logs.at(-1)).to.match(log);
    });
  }

  it('survives every truncation and every changed octet', () => {
    const respond = responder(true);
    for (let at = 0; at < whole.length; at++) {
      respond(whole.subarray(0, at), 'a:1');
      for (const octet of [0, 1, 0x7f, 0xff]) respond(whole.with(at, octet), 'a:1');
    }
  });

  it('logs and ignores the commit flag', () => {
    const { replies, logs } = responder(false)(request([TRIPLE_DES], { flags: FLAG.commit }), 'a:1');
    expect(replies[0]?.[19]).to.equal(0);
    expect(logs[0]).to.match(/Commit Flag/);
  });

  it('answers on loopback', async () => {
    const pluto = await startPluto({ sendsNotifications: true, entropy: (length) => new Uint8Array(length).fill(9) });
    const client = createSocket('udp4');
    try {
      const reply = await new Promise<Uint8Array>((resolve) => {
        client.once('message', resolve);
        client.send(request([DES]), pluto.port, pluto.address);
      });
      expect(meaning(reply)).to.equal('notify 14 spi 0');
      expect(pluto.logs).to.include('OAKLEY_DES_CBC is not supported.  Attribute OAKLEY_ENCRYPTION_ALGORITHM');
    } finally {
      client.close();
      await pluto.close();
    }
  });
});
