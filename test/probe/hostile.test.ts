import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  decodeMessage,
  encodeMessage,
  EXCHANGE,
  FLAG,
  type Message,
  type MessageDraft,
  type Payload,
  PAYLOAD_V1,
  PAYLOAD_V2,
} from '../../src/ike/index.ts';
import { type Reply, type Responder, seededRandom } from '../../src/net/memory.ts';
import { renderProbe } from '../../src/report/text.ts';
import type { Attribute, Offer, SuiteTransform, Transform } from '../../src/proposals/model.ts';
import { acceptedIn, exchangeOf, ike, notesIn, phase1, type Probed, probing } from '../support/probing.ts';
import { scriptedPeer } from '../support/scripted-peer.ts';

const NONE = new Uint8Array();
const V1 = ['aes128-sha1-modp2048', 'aes256-sha256-modp2048'];
const V2 = ['aes256-sha256-prfsha256-modp2048'];
/** No answer of a liar may cost more than this, in virtual ms and in real ones. */
const VIRTUAL = 600_000;
const REAL = 15_000;

interface Case {
  readonly name: string;
  readonly responder: () => Responder;
  /** Notes of which at least one stands in the report. */
  readonly notes?: readonly string[];
  /** What is bent is an honest peer's answer: nothing that it would not accept may be reported as accepted. `exact`: and all of it is found. */
  readonly honest?: 'exact' | 'never-wrong';
  readonly budget?: number;
}

const honest = (): Responder => scriptedPeer({ daemon: 'charon', v1: phase1(...V1), v2: ike(...V2) }).respond;
const bytesOf = (reply: Reply): Uint8Array => (reply instanceof Uint8Array ? reply : reply.bytes);

/** An honest peer whose answers are changed on the way. */
function bent(change: (answer: Uint8Array, n: number) => readonly Reply[]): () => Responder {
  return () => {
    const inner = honest();
    let n = 0;
    return (bytes, from, now) => inner(bytes, from, now).flatMap((reply) => change(bytesOf(reply), n++));
  };
}

/** A peer that answers every readable request with its own words. */
function liar(answer: (message: Message, n: number, now: number) => readonly (Partial<MessageDraft> | Uint8Array)[]): () => Responder {
  return () => {
    let n = 0;
    return (bytes, _from, now) => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) return [];
      const { header } = decoded.value;
      const two = header.version === 0x20;
      const base = {
        initiatorSpi: header.initiatorSpi,
        responderSpi: new Uint8Array(8).fill(9),
        version: header.version,
        exchange: header.exchange,
        flags: two ? FLAG.response : 0,
        messageId: 0,
        payloads: [],
      };
      return answer(decoded.value, n++, now).map((draft) => (draft instanceof Uint8Array ? draft : encodeMessage({ ...base, ...draft })));
    };
  };
}

const isV2 = ({ header }: Message): boolean => header.version === 0x20;
const notify = (message: Message, type: number, data: Uint8Array = NONE): Payload =>
  isV2(message)
    ? { kind: 'notify', type: PAYLOAD_V2.notify, protocol: 0, spi: NONE, notify: type, data }
    : { kind: 'notify', type: PAYLOAD_V1.notify, doi: 1, protocol: 1, spi: NONE, notify: type, data };
const group = (id: number): Uint8Array => Uint8Array.of(id >> 8, id & 0xff);
const saPayload = (message: Message, offer: Offer): Payload => ({
  kind: 'sa',
  type: isV2(message) ? PAYLOAD_V2.sa : PAYLOAD_V1.sa,
  body: { offer },
});

function offerOf(message: Message): Offer {
  const sa = message.payloads.find((payload) => payload.kind === 'sa');
  return sa?.kind === 'sa' ? sa.body.offer : { negotiation: 'ikev1-phase1', groups: [] };
}

/** The first of everything that was offered, changed. */
function pick(message: Message, change: (transform: Transform) => Transform): Offer {
  const offer = offerOf(message);
  const [first] = offer.groups[0]?.proposals ?? [];
  const transforms = isV2(message)
    ? [1, 2, 3, 4].flatMap((type) => first?.transforms.find((one) => one.kind === 'single' && one.type === type) ?? [])
    : (first?.transforms.slice(0, 1) ?? []);
  return { ...offer, groups: [{ number: 1, proposals: [{ protocol: 1, spi: NONE, transforms: transforms.map(change) }] }] };
}

const thousand: Attribute[] = Array.from({ length: 1000 }, (_, i) => ({ type: (i % 16) + 1, form: 'TV', value: i & 0xffff }));
const monster: Transform[] = Array.from(
  { length: 255 },
  (_, i): SuiteTransform => ({ kind: 'suite', number: i, id: 1, attributes: thousand.slice(0, 60) }),
);
const oneMonster: Transform[] = [{ kind: 'suite', number: 1, id: 1, attributes: thousand }];
const BELL = '\u001b]0;owned\u0007\u001b[2J\u009b31m evil \u202e';

const random = seededRandom(7);
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(random() * 256));

const cases: readonly Case[] = [
  {
    name: 'answers cut short',
    honest: 'never-wrong',
    responder: bent((answer, n) => [answer.subarray(0, n % answer.length)]),
    notes: ['garbled', 'too-many-answers', 'silent-after'],
  },
  {
    name: 'headers that claim 4 GB',
    honest: 'exact',
    responder: bent((answer) => [Uint8Array.from([...answer.subarray(0, 24), 0xff, 0xff, 0xff, 0xff, ...answer.subarray(28)])]),
  },
  {
    name: 'payload lengths of 0',
    honest: 'never-wrong',
    responder: bent((answer) => [answer.with(30, 0).with(31, 0)]),
    notes: ['garbled'],
  },
  { name: 'payload lengths of 65,535', honest: 'never-wrong', responder: bent((answer) => [answer.with(30, 0xff).with(31, 0xff)]) },
  {
    name: 'contradictory lengths everywhere',
    honest: 'never-wrong',
    responder: bent((answer, n) => [answer.with(28 + (n % (answer.length - 28)), 0xff)]),
  },
  { name: 'noise after each answer', honest: 'exact', responder: bent((answer) => [Uint8Array.from([...answer, ...noise(300)])]) },
  { name: 'random octets', responder: () => () => [noise(400), noise(28), noise(1)], notes: ['too-many-answers'] },
  { name: 'empty datagrams', responder: () => () => [NONE, NONE], notes: ['too-many-answers'] },
  {
    name: 'floods of 65,507 octets beside honest answers',
    honest: 'exact',
    responder: bent((answer) => [...Array.from({ length: 12 }, () => new Uint8Array(65_507).fill(0x41)), answer]),
    notes: ['too-many-answers'],
  },
  {
    name: 'a flood that answers nothing',
    responder: () => () => Array.from({ length: 400 }, () => new Uint8Array(2_000)),
    notes: ['too-many-answers'],
  },
  { name: 'every answer a hundred times', honest: 'exact', responder: bent((answer) => Array.from({ length: 100 }, () => answer)) },
  {
    name: '255 transforms with 60 attributes each',
    responder: liar((message) => [
      {
        payloads: [
          saPayload(message, {
            negotiation: 'ikev1-phase1',
            groups: [{ number: 1, proposals: [{ protocol: 1, spi: NONE, transforms: monster }] }],
          }),
        ],
      },
    ]),
    notes: ['garbled'],
  },
  {
    name: 'a transform with 1,000 attributes',
    responder: liar((message) => [
      {
        payloads: [
          saPayload(message, {
            negotiation: 'ikev1-phase1',
            groups: [{ number: 1, proposals: [{ protocol: 1, spi: NONE, transforms: oneMonster }] }],
          }),
        ],
      },
    ]),
    notes: ['garbled'],
  },
  {
    name: 'endless notifies in one message',
    responder: liar((message) => [{ payloads: Array.from({ length: 4000 }, () => notify(message, 14)) }]),
  },
  {
    name: 'endless status notifies and no answer',
    responder: liar((message) => [{ payloads: Array.from({ length: 200 }, () => notify(message, 24576)) }]),
    notes: ['garbled'],
  },
  {
    name: 'an endless row of COOKIEs',
    responder: liar((message, n) => (isV2(message) ? [{ payloads: [notify(message, 16390, noise(8 + (n % 56)))] }] : [])),
    notes: ['cookie-loop'],
  },
  {
    name: 'the same COOKIE for ever',
    responder: liar((message) => (isV2(message) ? [{ payloads: [notify(message, 16390, new Uint8Array(16).fill(1))] }] : [])),
    notes: ['cookie-loop'],
  },
  {
    name: 'COOKIEs of no octets, and of 4,000',
    responder: liar((message, n) => (isV2(message) ? [{ payloads: [notify(message, 16390, new Uint8Array(n % 2 ? 4000 : 0))] }] : [])),
    notes: ['garbled'],
  },
  {
    name: 'INVALID_KE for a group that nobody offered',
    responder: liar((message) => (isV2(message) ? [{ payloads: [notify(message, 17, group(9999))] }] : [])),
    notes: ['invalid-ke-loop'],
  },
  {
    name: 'INVALID_KE for group 14, whatever was asked',
    responder: liar((message) => (isV2(message) ? [{ payloads: [notify(message, 17, group(14))] }] : [])),
    notes: ['invalid-ke-loop', 'budget'],
    budget: 600,
  },
  {
    name: 'INVALID_KE for the group that was used',
    responder: liar((message) => {
      const ke = message.payloads.find((payload) => payload.kind === 'ke');
      return isV2(message) && ke?.kind === 'ke' ? [{ payloads: [notify(message, 17, group(ke.group ?? 0))] }] : [];
    }),
    notes: ['invalid-ke-loop'],
  },
  {
    name: 'INVALID_KE and refusal by turns',
    responder: liar((message, n) => {
      if (!isV2(message)) return [];
      const offered = offerOf(message).groups[0]?.proposals[0]?.transforms.find((one) => one.kind === 'single' && one.type === 4);
      return [{ payloads: [n % 3 === 0 ? notify(message, 17, group(offered?.id ?? 14)) : notify(message, 14)] }];
    }),
  },
  {
    name: 'a yes, and then a no to all of it',
    responder: () => {
      let yes = true;
      return liar((message) => {
        if (!isV2(message)) return [];
        const offered = offerOf(message).groups[0]?.proposals[0]?.transforms.find((one) => one.kind === 'single' && one.type === 4);
        const payloads = [yes ? notify(message, 17, group(offered?.id ?? 14)) : notify(message, 14)];
        yes = false;
        return [{ payloads }];
      })();
    },
  },
  {
    name: 'a choice of what was not offered',
    responder: liar((message) => [
      {
        payloads: [
          saPayload(
            message,
            pick(message, (one) =>
              one.kind === 'single'
                ? { ...one, id: one.id + 4000 }
                : { ...one, number: 250, attributes: one.attributes.map((a) => (a.form === 'TV' ? { ...a, value: a.value + 4000 } : a)) },
            ),
          ),
        ],
      },
    ]),
    notes: ['garbled'],
  },
  {
    name: 'the first of everything, always',
    responder: liar((message) => [
      {
        payloads: [
          saPayload(
            message,
            pick(message, (one) => one),
          ),
        ],
      },
    ]),
    budget: 300,
  },
  { name: 'the other version', responder: liar((message) => [{ version: isV2(message) ? 0x10 : 0x20, payloads: [] }]) },
  { name: 'a version nobody knows', responder: liar(() => [{ version: 0xf0, payloads: [] }]), notes: ['garbled'] },
  {
    name: 'only encrypted messages',
    responder: liar(() => [{ flags: FLAG.encryption, payloads: [{ kind: 'opaque', type: 46, data: new Uint8Array(64) }] }]),
    notes: ['garbled'],
  },
  {
    name: 'informational messages only',
    responder: liar((message) => [{ exchange: isV2(message) ? 37 : EXCHANGE.informationalV1, payloads: [] }]),
    notes: ['garbled'],
  },
  { name: 'every notify there is', responder: liar((message, n) => [{ payloads: [notify(message, n % 16384)] }]) },
  {
    name: 'answers half an hour late',
    honest: 'never-wrong',
    responder: bent((answer) => [{ bytes: answer, delay: 1_800_000 }]),
  },
  {
    name: 'a change of mind at every answer',
    responder: () => {
      const inner = honest();
      let n = 0;
      return (bytes, from, now) =>
        n++ % 2 === 0 ? inner(bytes, from, now) : liar((message) => [{ payloads: [notify(message, 14)] }])()(bytes, from, now);
    },
  },
];

async function run({ responder, budget = 3000 }: Case): Promise<Probed & { readonly took: number }> {
  const begun = performance.now();
  const probed = await probing({ responder: responder() }, { options: { budget, fingerprint: true } });
  return { ...probed, took: performance.now() - begun };
}

describe('hostile peers', () => {
  for (const one of cases)
    it(one.name, async () => {
      const { report, wire, took, transcript } = await run(one);
      expect(took, 'real time').to.be.lessThan(REAL);
      expect(report.durationMs, 'virtual time').to.be.lessThan(VIRTUAL);
      expect(wire.sent.length).to.be.at.most(one.budget ?? 3000);
      const kept = transcript.entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(kept, 'octets kept').to.be.lessThan(200_000_000);
      if (one.notes !== undefined)
        expect(notesIn(report)).to.satisfy((notes: string[]) => one.notes?.some((note) => notes.includes(note)), notesIn(report).join());
      for (const [name, suites] of [
        ['ikev1-main', V1],
        ['ikev2-init', V2],
      ] as const) {
        if (one.honest === 'exact') expect(acceptedIn(exchangeOf(report, name))).to.deep.equal(suites);
        if (one.honest === 'never-wrong') expect(suites).to.include.members(acceptedIn(exchangeOf(report, name)));
      }
      // None of them is what a profile describes.
      expect(report.peer.implementation).to.equal(null);
      const text = renderProbe(report, { columns: 100, color: false, ascii: false, verbose: 2, quiet: false });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    });

  it('vendor IDs that talk to the terminal are shown in words', async () => {
    const peer = scriptedPeer({ daemon: 'pluto', v1: phase1(...V1), vendorId: new TextEncoder().encode(BELL) });
    const { report } = await probing({ responder: peer.respond }, { options: { ike: 'v1' } });
    expect(report.peer.vendorIds).to.have.length(1);
    const text = renderProbe(report, { columns: 100, color: false, ascii: false, verbose: 2, quiet: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('keeps at most 64 vendor IDs', async () => {
    const inner = honest();
    let n = 0;
    const responder: Responder = (bytes, from, now) =>
      inner(bytes, from, now).map((reply) => {
        const decoded = decodeMessage(bytesOf(reply));
        if (!decoded.ok || decoded.value.header.version !== 0x10) return reply;
        const { nextPayload: _, length: __, ...header } = decoded.value.header;
        const vendors: Payload[] = Array.from({ length: 200 }, () => ({ kind: 'vendor', type: PAYLOAD_V1.vendor, data: group(n++) }));
        return encodeMessage({ ...header, payloads: [...decoded.value.payloads, ...vendors] });
      });
    const { report } = await probing({ responder });
    expect(report.peer.vendorIds.length).to.be.at.most(64);
  });
}).timeout(20_000);
