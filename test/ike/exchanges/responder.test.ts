/** The responder of both versions: what it tells, many peers, other versions, ports that ESP shares, limits and times. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { preSharedKey } from '../../../src/ike/exchanges/ikev1/authenticator.ts';
import { beginChain, openHashed, seal } from '../../../src/ike/exchanges/ikev1/isakmp-sa.ts';
import { createChild, rekeyIke } from '../../../src/ike/exchanges/ikev2/create-child.ts';
import { close, deleteChildren, isAlive } from '../../../src/ike/exchanges/ikev2/informational.ts';
import { decodeMessage, encodeMessage } from '../../../src/ike/message.ts';
import { EXCHANGE } from '../../../src/ike/numbers.ts';
import type { Notify } from '../../../src/ike/payloads/notify.ts';
import { parseOffer, parsePolicy } from '../../../src/proposals/notation.ts';
import { ESP_AES256_SHA256, phase2Offer } from '../../support/ikev1-offers.ts';
import { connect, connectV1, isakmpSa, wishOf } from '../../support/live-clients.ts';
import { LIVE_CHILD, LIVE_IKE, LIVE_PSK, type LivePeer, livePeer } from '../../support/live-peer.ts';

const CHILD = `${LIVE_CHILD}-noesn`;
const place = (last: number, port = 500) => ({ address: Uint8Array.of(198, 51, 100, last), port });
/** charon takes aggressive mode with a pre-shared key only when told that nobody cares about security. */
const AGGRESSIVE = { policy: parsePolicy(LIVE_IKE, 'ikev1-phase1'), settings: { aggressive_mode_psk: 'yes' } };

const steps = (peer: LivePeer): string[] =>
  peer.events.flatMap((each) => (each.kind === 'offer' ? [`${each.request.step} ${each.wire.kind}`] : []));

/** The first message of a client that nobody answers. */
async function firstMessage(version: 1 | 2): Promise<Uint8Array> {
  const nobody = livePeer({ wire: { loss: 1 } });
  const wire = nobody.open();
  await (version === 2 ? connect(nobody, { wire }) : connectV1(nobody, {}, { wire }));
  return wire.sent[0]?.bytes ?? new Uint8Array();
}

/** The same with another SPI. */
function withSpi(message: Uint8Array, last: number): Uint8Array {
  const other = message.slice();
  other.set([last >> 8, last & 0xff], 6);
  return other;
}

const kindOf = (reply: Uint8Array | undefined): string => {
  const decoded = reply && decodeMessage(reply);
  const [payload] = decoded?.ok ? decoded.value.payloads : [];
  return payload?.kind === 'notify' ? `N(${payload.notify})` : (payload?.kind ?? 'silence');
};

describe('what a responder tells', () => {
  it('of IKEv2: offers with their octets, who it is, children, rekeyings, signs of life, deletes', async () => {
    const peer = livePeer();
    const { session, run } = await connect(peer);
    const [replaces] = session.children;
    if (!replaces) throw new Error('no child');
    await run(() => createChild(session, wishOf(CHILD), { pfs: 'none', replaces }));
    await run(() => rekeyIke(session, parseOffer(LIVE_IKE, 'ikev2-ike')));
    await run(() => isAlive(session));
    await run(() => deleteChildren(session, session.children));
    await run(() => close(session));
    const kinds = ['authenticated', 'child', 'child', 'rekeyed', 'deleted', 'rekeyed', 'deleted', 'asked-alive', 'deleted', 'deleted'];
    expect(peer.kinds()).to.deep.equal(kinds);
    expect(steps(peer)).to.deep.equal(['sa-init answer', 'auth answer', 'rekey-child answer', 'rekey-ike answer']);
    expect(new Set(peer.events.map(({ initiatorSpi }) => Buffer.from(initiatorSpi).toString('hex')))).to.have.property('size', 1);
    expect(peer.responder.ikev2?.counts).to.include({ begun: 1, established: 1, ended: 1 });
  });

  it('of IKEv1', async () => {
    const peer = livePeer({ versions: [1] });
    expect(await connectV1(peer, { alive: true })).to.deep.include({ established: true, alive: true });
    expect(peer.kinds()).to.deep.equal(['authenticated', 'child', 'asked-alive', 'deleted', 'deleted']);
    expect(steps(peer)).to.deep.equal(['main answer', 'quick answer']);
    expect(peer.responder.ikev1?.established).to.equal(0);
  });

  it('of refusals: at which step, and with which notification', async () => {
    const refusals = (peer: LivePeer): string[] =>
      peer.events.flatMap((each) => (each.kind === 'refused' ? [`${each.step} ${each.notify}`] : each.kind === 'ended' ? [each.why] : []));
    const other = livePeer({ ike: 'aes128-sha1-modp1024', versions: [1, 2] });
    await connect(other);
    await connectV1(other);
    expect(refusals(other)).to.deep.equal(['sa-init 14', 'main 14']);
    const child = livePeer({ child: 'aes128-sha1', versions: [1, 2] });
    await connect(child);
    await connectV1(child);
    expect(refusals(child)).to.deep.equal(['auth 14', 'quick 14']);
    const traffic = livePeer({ traffic: { own: ['10.1.0.0/16'], peer: ['10.2.0.0/16'] } });
    await connect(traffic, { own: '10.2.1.0/24', theirs: '10.3.0.0/16' });
    expect(refusals(traffic)).to.deep.equal(['auth 38']);
    const key = livePeer({ psk: 'another' });
    await connect(key);
    expect(refusals(key)).to.deep.equal(['wrong']);
  });

  it('has nothing secret in it', async () => {
    const psk = 'a very secret key';
    const peer = livePeer({ psk, versions: [1, 2] });
    await connect(peer, { psk });
    await connectV1(peer);
    const said = JSON.stringify(peer.events, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(said).to.include('authenticated').and.not.include(psk);
  });
});

describe('a responder with many peers', () => {
  it('speaks both versions on one port', async () => {
    const peer = livePeer({ versions: [1, 2], ike: { v1: AGGRESSIVE } });
    const all = await Promise.all([
      ...Array.from({ length: 8 }, async (_, i) => (await connect(peer, { name: `two ${i}` })).made.ok),
      ...Array.from({ length: 8 }, async (_, i) => {
        const mode = i % 2 === 0 ? 'main' : 'aggressive';
        return (await connectV1(peer, { random: seededEntropy(`one ${i}`), mode }))?.established;
      }),
    ]);
    expect(all).to.deep.equal(Array(16).fill(true));
    expect(peer.kinds().filter((kind) => kind === 'authenticated')).to.have.length(16);
    expect(peer.responder.halfOpen).to.equal(0);
    expect(peer.responder.ikev2?.sessions).to.have.length(8);
    expect(peer.responder.ikev1?.established).to.equal(0);
  });

  it('forgets the older SAs of who has come back and says so', async () => {
    const peer = livePeer();
    await connect(peer, { name: 'same' });
    await connect(peer, { name: 'other' });
    await connect(peer, { name: 'same', setup: { random: seededEntropy('again') } });
    expect(peer.responder.ikev2?.sessions).to.have.length(3);
    await connect(peer, { name: 'same', setup: { random: seededEntropy('anew'), initialContact: true } });
    expect(peer.kinds().filter((kind) => kind === 'ended')).to.have.length(2);
    expect(peer.responder.ikev2?.sessions).to.have.length(2);
  });

  it('does so in IKEv1, in both modes', async () => {
    const psk = preSharedKey(Buffer.from(LIVE_PSK));
    const contact: Notify = { kind: 'notify', type: 11, protocol: 1, spi: new Uint8Array(), notify: 24578, data: new Uint8Array() };
    for (const mode of ['main', 'aggressive'] as const) {
      const peer = livePeer({ versions: [1], ike: { v1: AGGRESSIVE } });
      for (const name of ['first', 'second']) await connectV1(peer, { mode, random: seededEntropy(name) }, { wire: deaf(peer) });
      expect(peer.responder.ikev1?.established).to.equal(2);
      const authenticator = { ...psk, prove: (hash: Uint8Array) => [...psk.prove(hash), contact] };
      await connectV1(peer, { mode, authenticator, random: seededEntropy('third') }, { wire: deaf(peer) });
      expect(peer.responder.ikev1?.established).to.equal(1);
      expect(peer.kinds()).to.include('notified');
    }
  });

  it('bounds what is half open, for one address and in all, and forgets it in time', async () => {
    for (const version of [1, 2] as const) {
      const message = await firstMessage(version);
      const peer = livePeer({ versions: [version], limits: { halfOpen: 4, halfOpenFromOne: 2, cookiesFrom: 99, halfOpenMillis: 10_000 } });
      const ask = (spi: number, from: number, now: number): string =>
        kindOf(peer.responder.hear(withSpi(message, spi), { from: place(from), now }).replies[0]);
      const said = [ask(1, 1, 0), ask(2, 1, 1), ask(3, 1, 2), ask(4, 2, 3), ask(5, 3, 4), ask(6, 4, 5), ask(1, 1, 6)];
      expect(said).to.deep.equal(['sa', 'sa', 'silence', 'sa', 'sa', 'silence', 'sa']);
      expect(peer.responder.halfOpen).to.equal(4);
      const { events } = peer.responder.hear(withSpi(message, 7), { from: place(1), now: 10_002 });
      expect(events.filter((each) => each.kind === 'ended')).to.have.length(2);
      expect(peer.responder.halfOpen).to.equal(3);
    }
  });

  it('asks for cookies from one address alone', async () => {
    const message = await firstMessage(2);
    const peer = livePeer({ limits: { cookiesFromOne: 3 } });
    const said = [1, 2, 3, 4].map((spi) => kindOf(peer.responder.hear(withSpi(message, spi), { from: place(1), now: 0 }).replies[0]));
    expect(said).to.deep.equal(['sa', 'sa', 'sa', 'N(16390)']);
    expect(kindOf(peer.responder.hear(withSpi(message, 5), { from: place(2), now: 0 }).replies[0])).to.equal('sa');
  });

  it('forgets SAs on which nothing is heard, and makes no more than it may', async () => {
    for (const version of [1, 2] as const) {
      const peer = livePeer({ versions: [version], limits: { sessions: 1, idleMillis: 60_000 } });
      if (version === 2) await connect(peer);
      else await connectV1(peer, {}, { wire: deaf(peer) });
      const message = await firstMessage(version);
      const at = (now: number): string => kindOf(peer.responder.hear(withSpi(message, now & 0xffff), { from: place(9), now }).replies[0]);
      expect([at(20_000), at(120_000)], `IKEv${version}`).to.deep.equal(['silence', 'sa']);
    }
  });

  it('lets a charon-like peer be told to forget', async () => {
    const message = await firstMessage(1);
    for (const endsWhenRefused of [true, undefined] as const) {
      const peer = livePeer({ versions: [1], ikev1: { ...(endsWhenRefused && { endsWhenRefused }) } });
      const [reply] = peer.responder.hear(message, { from: place(1), now: 0 }).replies;
      const decoded = reply && decodeMessage(reply);
      if (!decoded?.ok) throw new Error('no answer');
      const { initiatorSpi, responderSpi } = decoded.value.header;
      const payloads = [
        { kind: 'notify', type: 11, doi: 1, protocol: 1, spi: new Uint8Array(), notify: 14, data: new Uint8Array() },
      ] as const;
      const release = encodeMessage({
        initiatorSpi,
        responderSpi,
        version: 0x10,
        exchange: EXCHANGE.informationalV1,
        flags: 0,
        messageId: 1,
        payloads,
      });
      peer.responder.hear(release, { from: place(1), now: 1 });
      expect(peer.responder.halfOpen).to.equal(endsWhenRefused ? 0 : 1);
    }
  });
});

/** A wire whose deletes do not arrive: the SAs of the responder stay. */
function deaf(peer: LivePeer): ReturnType<LivePeer['open']> {
  const wire = peer.open();
  const send = wire.send.bind(wire);
  wire.send = (bytes) => (bytes[18] === EXCHANGE.informationalV1 ? Promise.resolve({ sent: true }) : send(bytes));
  return wire;
}

describe('a responder and other versions', () => {
  it('is silent to one that it does not speak', async () => {
    const [one, two] = [livePeer({ versions: [1], otherVersions: {} }), livePeer({ versions: [2], otherVersions: {} })];
    expect((await connect(one)).made).to.deep.include({ ok: false, step: 'sa-init', failure: { kind: 'silence', sent: 5 } });
    expect(await connectV1(two)).to.deep.include({ established: false, failure: { kind: 'silence', step: 'proposal', sent: 5 } });
  });

  /** What the daemons said on the wire of the lab: version, exchange, flags, who has an SPI, the notification. */
  const measured: readonly (readonly [profile: string, spoken: 1 | 2, asked: 1 | 2 | 3, said: string])[] = [
    ['strongswan@6.1.0', 2, 1, '20 37 28 zero N(5)'],
    ['strongswan@6.1.0', 2, 3, '20 34 20 zero N(5)'],
    ['strongswan@5.9.8', 2, 1, '10 5 0 set N(14) protocol 1 spi 0'],
    ['strongswan@5.9.8', 1, 2, '20 34 20 set N(14)'],
    ['libreswan@4.10', 2, 1, 'silence'],
    ['libreswan@4.10', 1, 2, '20 34 20 zero N(14)'],
    ['libreswan@5.2', 2, 3, '20 34 20 zero N(5)'],
    ['openiked@7.2', 2, 1, 'silence'],
  ];
  for (const [profile, spoken, asked, said] of measured)
    it(`says "${said}" to version ${asked} in the name of ${profile} with version ${spoken}`, async () => {
      const message = await firstMessage(asked === 1 ? 1 : 2);
      const peer = livePeer({ profile, versions: [spoken] });
      const { replies, events } = peer.responder.hear(asked === 3 ? message.with(17, 0x30) : message, { from: place(1), now: 0 });
      expect(events.map(({ kind }) => kind)).to.deep.equal(['other-version']);
      const decoded = replies[0] && decodeMessage(replies[0]);
      const [notify] = decoded?.ok ? decoded.value.payloads : [];
      if (!decoded?.ok || notify?.kind !== 'notify') return expect(said).to.equal('silence');
      const { version, exchange, flags, responderSpi } = decoded.value.header;
      const spi = responderSpi.some((octet) => octet !== 0) ? 'set' : 'zero';
      const more = notify.protocol === 0 ? '' : ` protocol ${notify.protocol} spi ${notify.spi.length}`;
      return expect(`${version.toString(16)} ${exchange} ${flags.toString(16)} ${spi} N(${notify.notify})${more}`).to.equal(said);
    });

  it('passes over modes that it does not speak', async () => {
    const peer = livePeer({ versions: [1], ikev1: { modes: ['main'] }, ike: { v1: AGGRESSIVE } });
    expect(await connectV1(peer, { mode: 'aggressive' })).to.deep.include({ failure: { kind: 'silence', step: 'proposal', sent: 5 } });
    expect(await connectV1(peer)).to.include({ established: true });
  });
});

describe('a responder on a port that ESP shares', () => {
  it('takes messages behind the marker, answers behind it, and passes over the rest', async () => {
    const message = await firstMessage(2);
    const peer = livePeer();
    const hear = (bytes: Uint8Array) => peer.responder.hear(bytes, { from: place(1, 4500), own: place(9, 4500), now: 0, marked: true });
    const [reply] = hear(Uint8Array.of(0, 0, 0, 0, ...message)).replies;
    expect(reply?.subarray(0, 4)).to.deep.equal(new Uint8Array(4));
    expect(kindOf(reply?.subarray(4))).to.equal('sa');
    for (const other of [Uint8Array.of(0xff), new Uint8Array(4), Uint8Array.of(0, 0, 0, 1, 2, 3), message])
      expect(hear(other).replies).to.deep.equal([]);
  });
});

describe('a responder that is asked for what it does not have', () => {
  it('refuses user names and addresses of IKEv1 politely, and tells so', async () => {
    const peer = livePeer({ versions: [1] });
    const sa = await isakmpSa(peer);
    const asked = [
      { cfgType: 1, attributes: [{ type: 16520, form: 'TV', value: 0 }] },
      { cfgType: 3, attributes: [{ type: 1, form: 'TLV', value: Uint8Array.of(10, 0, 0, 1) }] },
    ] as const;
    const answers = asked.map(({ cfgType, attributes }, i) => {
      const chain = beginChain(sa, i + 1);
      const request = seal(sa, EXCHANGE.transaction, chain, [{ kind: 'cp', type: 14, cfgType, identifier: 7, attributes }]);
      const { replies, events } = peer.responder.hear(request.bytes, { from: place(1), now: 1 });
      expect(events.map((each) => each.kind === 'config-refused' && each.what)).to.deep.equal([i === 0 ? 'xauth' : 'mode-config']);
      const decoded = replies[0] && decodeMessage(replies[0]);
      const opened = decoded?.ok ? openHashed(sa, decoded.value, request.chain) : undefined;
      const [cp] = opened?.payloads ?? [];
      return cp?.kind === 'cp' && { cfgType: cp.cfgType, identifier: cp.identifier, attributes: cp.attributes.map(({ type }) => type) };
    });
    expect(answers).to.deep.equal([
      { cfgType: 2, identifier: 7, attributes: [16527] },
      { cfgType: 4, identifier: 7, attributes: [] },
    ]);
  });
});

describe('clients of quick mode', () => {
  it('are served when they lie within the traffic of the responder', async () => {
    const peer = livePeer({ versions: [1], traffic: { own: ['10.1.0.0/16', '2001:db8::/32'], peer: ['10.2.0.0/16'] } });
    const net = (...data: readonly number[]) => ({ idType: 4, protocol: 0, port: 0, data: Uint8Array.from(data) });
    const host = (...data: readonly number[]) => ({ idType: 1, protocol: 0, port: 0, data: Uint8Array.from(data) });
    const own = net(10, 2, 3, 0, 255, 255, 255, 0);
    const range = { idType: 7, protocol: 6, port: 80, data: Uint8Array.of(10, 1, 0, 1, 10, 1, 0, 9) };
    const v6 = { idType: 5, protocol: 0, port: 0, data: Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, ...new Uint8Array(12)) };
    const clients = [
      net(10, 1, 0, 0, 255, 255, 0, 0),
      host(10, 1, 2, 3),
      range,
      v6,
      host(10, 3, 0, 1),
      net(10, 0, 0, 0, 255, 0, 0, 0),
      host(10, 1, 2),
    ];
    const quick = clients.map((theirs) => ({ offers: [phase2Offer([ESP_AES256_SHA256])], clients: { own, peer: theirs } }));
    const result = await connectV1(peer, { quick });
    const said = result?.established
      ? result.quick.map((each) => (each.ok ? 'ok' : each.failure.kind === 'notify' && each.failure.notify))
      : [];
    expect(said).to.deep.equal(['ok', 'ok', 'ok', 'ok', 18, 18, 18]);
  });
});
