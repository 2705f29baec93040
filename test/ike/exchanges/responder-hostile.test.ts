/** The responder against octets that nobody should send: from strangers, and from a peer that has authenticated itself. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mutant } from '../../../bench/mutation.ts';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { beginChain, encryptedMessage, newMessageId, seal as sealV1 } from '../../../src/ike/exchanges/ikev1/isakmp-sa.ts';
import { isAlive } from '../../../src/ike/exchanges/ikev2/informational.ts';
import { type IkeSa, seal } from '../../../src/ike/exchanges/ikev2/ike-sa.ts';
import { decodePayloadChain, encodePayloadChain } from '../../../src/ike/message.ts';
import { EXCHANGE } from '../../../src/ike/numbers.ts';
import type { Payload } from '../../../src/ike/payloads/index.ts';
import { connect, connectV1, isakmpSa, wishOf } from '../../support/live-clients.ts';
import { LIVE_CHILD, type LivePeer, livePeer } from '../../support/live-peer.ts';
import { ESP_AES256_SHA256, phase2Offer } from '../../support/ikev1-offers.ts';
import { xorshift } from '../../../bench/random.ts';

const SEED = Number(process.env['IKE_FUZZ_SEED'] ?? 7);
const STRANGERS = 6000;
const KNOWN = 4000;
const LIMITS = { halfOpen: 32, cookiesFrom: 1000, halfOpenMillis: 30_000 };
const place = (n: number) => ({ address: Uint8Array.of(198, 51, 100, n & 0xff), port: 500 + (n & 3) });
const random = seededEntropy('hostile');

/** Every datagram of a whole conversation in each version. */
async function conversations(): Promise<readonly Uint8Array[]> {
  const peer = livePeer({ versions: [1, 2] });
  const two = await connect(peer);
  await two.run(() => isAlive(two.session));
  const wire = peer.open();
  await connectV1(peer, { alive: true }, { wire });
  return [...two.wire.sent, ...wire.sent].map(({ bytes }) => bytes);
}

/** Payloads of a legal request of each kind, as octets with the type of the first. */
function legal(version: 1 | 2): readonly { readonly exchange: number; readonly first: number; readonly octets: Uint8Array }[] {
  const nonce = random(32);
  const { ownTraffic, peerTraffic, offer } = wishOf(`${LIVE_CHILD}-noesn`);
  const two: readonly (readonly [number, readonly Payload[]])[] = [
    [
      EXCHANGE.createChildSa,
      [
        { kind: 'notify', type: 41, protocol: 3, spi: Uint8Array.of(1, 2, 3, 4), notify: 16393, data: new Uint8Array() },
        { kind: 'sa', type: 33, body: { offer } },
        { kind: 'nonce', type: 40, data: nonce },
        { kind: 'ke', type: 34, group: 14, data: random(256) },
        { kind: 'ts', type: 44, selectors: ownTraffic },
        { kind: 'ts', type: 45, selectors: peerTraffic },
      ],
    ],
    [EXCHANGE.informational, [{ kind: 'delete', type: 42, protocol: 3, spiSize: 4, spis: [Uint8Array.of(1, 2, 3, 4)] }]],
    [EXCHANGE.followupKe, [{ kind: 'ke', type: 34, group: 14, data: random(256) }]],
  ];
  const one: readonly (readonly [number, readonly Payload[]])[] = [
    [
      EXCHANGE.quickMode,
      [
        { kind: 'sa', type: 1, body: { offer: phase2Offer([ESP_AES256_SHA256]) } },
        { kind: 'nonce', type: 10, data: nonce },
        { kind: 'ke', type: 4, data: random(256) },
        { kind: 'id', type: 5, idType: 4, protocol: 0, port: 0, data: random(8) },
        { kind: 'id', type: 5, idType: 4, protocol: 0, port: 0, data: random(8) },
      ],
    ],
    [EXCHANGE.informationalV1, [{ kind: 'notify', type: 11, protocol: 1, spi: random(16), notify: 36136, data: random(4) }]],
    [EXCHANGE.transaction, [{ kind: 'cp', type: 14, cfgType: 1, identifier: 1, attributes: [{ type: 16520, form: 'TV', value: 0 }] }]],
  ];
  return (version === 1 ? one : two).map(([exchange, payloads]) => ({
    exchange,
    first: payloads[0]?.type ?? 0,
    octets: encodePayloadChain(payloads, version),
  }));
}

function oneOf<T>(list: readonly T[], pick: (below: number) => number): T {
  const found = list[pick(list.length)];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}

/** Opaque payloads that are written as the octets that they came from. */
function asPayloads(octets: Uint8Array, first: number, version: 1 | 2): readonly Payload[] {
  return decodePayloadChain(octets, first, version).payloads;
}

describe('the responder and what nobody should send', function () {
  this.timeout(60_000);

  it(`throws at none of ${STRANGERS} mutated messages, keeps no more than it may, and goes on answering`, async () => {
    const from = await conversations();
    const peer = livePeer({ versions: [1, 2], limits: LIMITS });
    let answered = 0;
    for (let i = 0; i < STRANGERS; i++) {
      const arrival = { from: place(i), own: place(99), now: i, marked: i % 7 === 0 };
      const octets = mutant(from, SEED, i);
      answered += peer.responder.hear(i % 7 === 0 ? Uint8Array.of(0, 0, 0, 0, ...octets) : octets, arrival).replies.length;
      expect(peer.responder.halfOpen, `${i}`).to.be.at.most(2 * LIMITS.halfOpen);
    }
    expect(answered).to.be.above(100);
    const after = livePeer({ versions: [1, 2] });
    for (const octets of from.slice(0, 40)) after.responder.hear(octets, { from: place(1), now: 0 });
    expect((await connect(after)).made.ok).to.equal(true);
  });

  it(`throws at none of ${KNOWN} broken requests that are under the keys of an IKE SA`, async () => {
    const peer = livePeer();
    const client = await connect(peer);
    const { sa } = client.session;
    const requests = legal(2);
    const pick = xorshift(SEED);
    let errors = 0;
    for (let i = 0; i < KNOWN; i++) {
      const { exchange, first, octets } = oneOf(requests, pick);
      const broken = mutant([octets], SEED, i).slice(0, 2000);
      // A first payload of another type now and then; never the Delete of the IKE SA itself, which would end the test.
      const payloads = asPayloads(broken, pick(8) === 0 ? 33 + pick(30) : first, 2).filter(
        (each) => each.kind !== 'delete' || each.protocol !== 1,
      );
      const asked = pick(16) === 0 ? 34 + pick(12) : exchange;
      errors += sent(peer, sa, asked, payloads, i).length;
    }
    expect(errors).to.be.above(KNOWN / 2);
    expect(await client.run(() => isAlive(client.session))).to.equal(true);
    expect(peer.responder.ikev2?.sessions[0]?.children.length).to.be.at.most(64);
  });

  it(`throws at none of ${KNOWN} broken messages that are under the keys of an ISAKMP SA`, async () => {
    const peer = livePeer({ versions: [1] });
    const sa = await isakmpSa(peer);
    const requests = legal(1);
    const pick = xorshift(SEED);
    let replies = 0;
    for (let i = 0; i < KNOWN; i++) {
      const { exchange, first, octets } = oneOf(requests, pick);
      const broken = mutant([octets], SEED, i).slice(0, 2000);
      const payloads = asPayloads(broken, pick(8) === 0 ? 1 + pick(22) : first, 1).filter((each) => each.kind !== 'delete');
      const messageId = newMessageId(random);
      const { bytes } =
        pick(10) === 0
          ? { bytes: encryptedMessage(sa, { exchange, messageId }, 8, random(16 * (1 + pick(8)))) }
          : sealV1(sa, exchange, beginChain(sa, messageId), payloads);
      replies += peer.responder.hear(bytes, { from: place(1), now: i }).replies.length;
    }
    expect(replies).to.be.above(KNOWN / 20);
    expect(await connectV1(peer, { random: seededEntropy('after') })).to.include({ established: true });
  });
});

/** The next request of an SA, with whatever payloads. */
function sent(peer: LivePeer, sa: IkeSa, exchange: number, payloads: readonly Payload[], now: number): readonly Uint8Array[] {
  const messageId = sa.window.nextRequest++;
  const datagrams = seal(sa, { exchange, messageId, response: false }, payloads, random, 65_000);
  return datagrams.flatMap((bytes) => peer.responder.hear(bytes, { from: place(1), now }).replies);
}
