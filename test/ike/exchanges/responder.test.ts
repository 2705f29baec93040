/** The responder of both versions: many peers, any profile's mind, every misbehaviour, and octets of any kind. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeMessage } from '../../../src/ike/message.ts';
import { seededEntropy } from '../../../src/ike/entropy.ts';
import { preSharedKey } from '../../../src/ike/exchanges/ikev1/authenticator.ts';
import { ikev1Session, type SessionResult, type SessionSetup } from '../../../src/ike/exchanges/ikev1/session.ts';
import { sharedKey } from '../../../src/ike/exchanges/ikev2/authenticator.ts';
import { createChild, rekeyIke } from '../../../src/ike/exchanges/ikev2/create-child.ts';
import { establish, type Established } from '../../../src/ike/exchanges/ikev2/establish.ts';
import { close, deleteChildren } from '../../../src/ike/exchanges/ikev2/informational.ts';
import type { Session } from '../../../src/ike/exchanges/ikev2/session.ts';
import { machineOf, type Script } from '../../../src/ike/exchanges/script.ts';
import { drive } from '../../../src/net/drive.ts';
import type { MemoryTransport } from '../../../src/net/memory.ts';
import { nodeCrypto } from '../../../src/node-crypto/node-crypto.ts';
import { parseOffer, parsePolicy } from '../../../src/proposals/notation.ts';
import { ESP_AES256_SHA256, phase2Offer } from '../../support/ikev1-offers.ts';
import { fqdnIdentity, LIVE_CHILD, LIVE_IKE, LIVE_PSK, type LivePeer, livePeer, network } from '../../support/live-peer.ts';

const patience = { firstWait: 200, retries: 4 };

/** An IKEv2 client of a live peer: one connection. */
async function connect(
  peer: LivePeer,
  how: { readonly ike?: string; readonly psk?: string; readonly own?: string; readonly peerNet?: string; readonly name?: string } = {},
) {
  const { ike = LIVE_IKE, psk = LIVE_PSK, own = '0.0.0.0/0', peerNet = '0.0.0.0/0', name = 'client' } = how;
  const wire = peer.open();
  const run = async <T>(script: (now: number) => Script<T>): Promise<T> => {
    const done = await drive(
      machineOf(({ now }) => script(now)),
      { plain: wire },
    );
    if (done === undefined) throw new Error('given up');
    return done;
  };
  const made: Established = await run((now) =>
    establish(
      {
        provider: nodeCrypto,
        random: seededEntropy(name),
        patience,
        offer: parseOffer(ike, 'ikev2-ike'),
        authenticator: sharedKey(Buffer.from(psk)),
        identity: fqdnIdentity(`${name}.example`),
        child: { offer: parseOffer(`${LIVE_CHILD}-noesn`, 'ikev2-child'), ownTraffic: [network(own)], peerTraffic: [network(peerNet)] },
      },
      now,
    ),
  );
  return { made, run, wire, session: made.ok ? made.session : (undefined as unknown as Session) };
}

/** One IKEv1 session with a quick mode. */
async function connectV1(
  peer: LivePeer,
  more: Partial<SessionSetup> = {},
  wire: MemoryTransport = peer.open(),
): Promise<SessionResult | undefined> {
  const result = await drive(
    ikev1Session({
      provider: nodeCrypto,
      random: seededEntropy('client'),
      patience,
      mode: 'main',
      offer: parseOffer(LIVE_IKE, 'ikev1-phase1', { lifetime: { seconds: 3600 } }),
      authenticator: preSharedKey(Buffer.from(LIVE_PSK)),
      identity: fqdnIdentity('client.example'),
      quick: [{ offers: [phase2Offer([ESP_AES256_SHA256])] }],
      ...more,
    }),
    { plain: wire },
  );
  // What was sent last is still on its way.
  await wire.sleepUntil(wire.clock() + 1000);
  return result;
}

describe('the responder of both versions', () => {
  it('tells what happens in IKEv2: offers with their octets, who it is, children, rekeyings, deletes', async () => {
    const peer = livePeer();
    const { session, run, made } = await connect(peer);
    expect(made.ok).to.equal(true);
    const [replaces] = session.children;
    if (!replaces) throw new Error('no child');
    const child = {
      offer: parseOffer(`${LIVE_CHILD}-noesn`, 'ikev2-child'),
      ownTraffic: replaces.ownTraffic,
      peerTraffic: replaces.peerTraffic,
    };
    await run(() => createChild(session, child, { pfs: 'none', replaces }));
    await run(() => rekeyIke(session, parseOffer(LIVE_IKE, 'ikev2-ike')));
    await run(() => deleteChildren(session, session.children));
    await run(() => close(session));
    expect(peer.kinds()).to.deep.equal([
      'authenticated',
      'child',
      'child',
      'rekeyed',
      'deleted',
      'rekeyed',
      'deleted',
      'deleted',
      'deleted',
    ]);
    const steps = peer.events.flatMap((each) => (each.kind === 'offer' ? [`${each.request.step} ${each.wire.kind}`] : []));
    expect(steps).to.deep.equal(['sa-init answer', 'auth answer', 'rekey-child answer', 'rekey-ike answer']);
    expect(new Set(peer.events.map(({ initiatorSpi }) => Buffer.from(initiatorSpi).toString('hex')))).to.have.property('size', 1);
  });

  it('tells the same of IKEv1', async () => {
    const peer = livePeer({ versions: [1] });
    expect(await connectV1(peer)).to.deep.include({ established: true });
    expect(peer.kinds()).to.deep.equal(['authenticated', 'child', 'deleted', 'deleted']);
    const steps = peer.events.flatMap((each) => (each.kind === 'offer' ? [`${each.request.step} ${each.wire.kind}`] : []));
    expect(steps).to.deep.equal(['main answer', 'quick answer']);
  });

  it('speaks both versions on one port, with many peers at once', async () => {
    const peer = livePeer({
      versions: [1, 2],
      ike: { v1: { policy: parsePolicy(LIVE_IKE, 'ikev1-phase1'), settings: { aggressive_mode_psk: 'yes' } } },
    });
    const all = await Promise.all([
      ...Array.from({ length: 8 }, (_, i) => connect(peer, { name: `two ${i}` }).then(({ made }) => made.ok)),
      ...Array.from({ length: 8 }, (_, i) =>
        connectV1(peer, { random: seededEntropy(`one ${i}`), mode: i % 2 === 0 ? 'main' : 'aggressive' }).then(
          (result) => result?.established,
        ),
      ),
    ]);
    expect(all).to.deep.equal(Array(16).fill(true));
    expect(peer.kinds().filter((kind) => kind === 'authenticated')).to.have.length(16);
    expect(peer.responder.halfOpen).to.equal(0);
    expect(peer.responder.ikev2?.sessions).to.have.length(8);
    expect(peer.responder.ikev1?.established).to.equal(0);
  });

  it('is silent to a version that it does not speak, or says so in the other one', async () => {
    const [one, two] = [livePeer({ versions: [1] }), livePeer({ versions: [2], otherVersions: 'invalid-major-version' })];
    expect((await connect(one)).made).to.deep.include({ ok: false, step: 'sa-init', failure: { kind: 'silence', sent: 5 } });
    expect(await connectV1(two)).to.deep.include({ established: false, failure: { kind: 'silence', step: 'proposal', sent: 5 } });
    const wire = two.open();
    await connectV1(two, {}, wire);
    const [request] = wire.sent;
    if (!request) throw new Error('nothing sent');
    const [reply] = two.responder.hear(request.bytes, { from: { address: Uint8Array.of(1, 2, 3, 4), port: 500 }, now: 0 }).replies;
    const decoded = reply && decodeMessage(reply);
    if (!decoded?.ok) throw new Error('no reply');
    expect(decoded.value.header).to.include({ version: 0x20, exchange: 37 });
    expect(decoded.value.payloads[0]).to.include({ kind: 'notify', notify: 5 });
  });
});
