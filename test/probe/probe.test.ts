import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decodeMessage } from '../../src/ike/index.ts';
import type { MemoryOptions, Responder } from '../../src/net/memory.ts';
import { memoryNetwork } from '../../src/net/memory.ts';
import { replayTransport } from '../../src/net/replay.ts';
import { Transcript } from '../../src/net/transcript.ts';
import { planProbe, runProbe } from '../../src/probe/probe.ts';
import type { NamedBox, ProbeReport } from '../../src/probe/result.ts';
import { acceptedIn, checkSchema, environment, exchangeOf, ike, notesIn, OPTIONS, phase1, probing, TARGET } from '../support/probing.ts';
import { type PeerOptions, type ScriptedPeer, scriptedPeer } from '../support/scripted-peer.ts';

const V1 = ['3des-sha1-modp1024', 'aes128-sha1-modp2048', 'aes256-sha256-modp2048'];
const V2 = ['aes256-sha256-prfsha256-modp2048', 'aes256gcm16-prfsha384-ecp384'];
const EIGHT = ['aes128', 'aes256'].flatMap((cipher) =>
  ['sha1', 'sha256'].flatMap((hash) => ['modp1024', 'modp2048'].map((group) => `${cipher}-${hash}-${group}`)),
);

function peer(given: Partial<PeerOptions> = {}): ScriptedPeer {
  return scriptedPeer({ daemon: 'charon', v1: phase1(...V1), v2: ike(...V2), ...given });
}

/** The sets are exactly these, or something is said to be undecided; never a wrong word. */
function expectExactOrUndecided(report: ProbeReport): void {
  for (const [name, suites] of [
    ['ikev1-main', V1],
    ['ikev2-init', V2],
  ] as const) {
    const exchange = exchangeOf(report, name);
    const found = acceptedIn(exchange);
    for (const suite of found) expect(suites, `${name} accepted`).to.include(suite);
    if (exchange.coverage.undecided === 0) expect(found).to.deep.equal(suites);
    for (const { box } of exchange.rejected) for (const suite of suites) expect(inBox(suite, box), `${suite} refused`).to.equal(false);
  }
}

function inBox(suite: string, box: NamedBox): boolean {
  const words = suite.split('-');
  return Object.values(box).every((values) => values.some((value) => words.includes(value))) && Object.keys(box).length === words.length;
}

function expectExact(report: ProbeReport): void {
  expect(acceptedIn(exchangeOf(report, 'ikev1-main'))).to.deep.equal(V1);
  expect(acceptedIn(exchangeOf(report, 'ikev2-init'))).to.deep.equal(V2);
  expect(report.complete).to.equal(true);
}

describe('a probe in virtual time', () => {
  for (const daemon of ['charon', 'pluto'] as const)
    it(`maps ${daemon}: exactly the accepted suites, each with evidence that shows it`, async () => {
      const { report, transcript } = await probing({ responder: peer({ daemon }).respond });
      expectExact(report);
      for (const { accepted } of report.exchanges)
        for (const { evidence } of accepted) {
          expect(evidence.map((at) => transcript.entries[at]?.direction)).to.include.members(['sent', 'received']);
        }
      expect(report.traffic.sent).to.be.lessThan(60);
      expect(report.reachability.state).to.equal('answered');
    });

  it('maps an iked, and says that IKEv1 is silent and why that is all it knows', async () => {
    const { report } = await probing({ responder: peer({ daemon: 'iked' }).respond });
    expect(acceptedIn(exchangeOf(report, 'ikev2-init'))).to.deep.equal(V2);
    const v1 = exchangeOf(report, 'ikev1-main');
    expect(v1.state).to.equal('silent');
    expect(v1.coverage.decided).to.equal(0);
    expect(v1.why?.code).to.equal('silent');
  });

  it('maps a FreeS/WAN that never says no', async () => {
    const { report } = await probing({ responder: peer({ daemon: 'freeswan' }).respond }, { options: { ike: 'v1' } });
    expect(acceptedIn(exchangeOf(report, 'ikev1-main'))).to.deep.equal(V1);
    expect(report.complete).to.equal(true);
  });

  it('tells no connection from refused algorithms', async () => {
    const { v1: _, ...only2 } = { v1: undefined, daemon: 'charon' as const, v2: ike(...V2) };
    const { report } = await probing({ responder: scriptedPeer(only2).respond });
    expect(exchangeOf(report, 'ikev1-main')).to.include({ state: 'no-connection' });
    const other = await probing(
      { responder: peer({ v1: phase1('aes128-sha1-modp6144').map((suite) => ({ ...suite, hash: { id: 99 } })) }).respond },
      { options: { ike: 'v1' } },
    );
    expect(exchangeOf(other.report, 'ikev1-main')).to.include({ state: 'refused-all' });
  });

  it('keeps within the limits of charon on half-open SAs: 8 suites, ≤ 50 datagrams, nothing left, and again at once', async () => {
    const charon = peer({ v1: phase1(...EIGHT), blockThreshold: 5, cookieThreshold: 10 });
    for (let round = 0; round < 2; round++) {
      const { report } = await probing({ responder: charon.respond }, { options: { ike: 'v1' } });
      expect(acceptedIn(exchangeOf(report, 'ikev1-main'))).to.deep.equal(EIGHT.toSorted());
      expect(report.complete).to.equal(true);
      expect(report.traffic.sent).to.be.at.most(50);
      expect(report.traffic.halfOpen.left).to.equal(0);
      // The last release may still be on its way when the probe ends.
      expect(charon.halfOpen.size).to.be.at.most(1);
    }
  });

  it('leaves nothing half-open in IKEv2', async () => {
    const charon = peer();
    const { report } = await probing({ responder: charon.respond }, { options: { ike: 'v2' } });
    expect(charon.halfOpen.size).to.equal(0);
    expect(report.traffic.halfOpen).to.deep.equal({ opened: 0, released: 0, left: 0 });
  });

  it('answers COOKIEs and goes on', async () => {
    const charon = peer({ cookieThreshold: 0 });
    const { report } = await probing({ responder: charon.respond }, { options: { ike: 'v2' } });
    expect(acceptedIn(exchangeOf(report, 'ikev2-init'))).to.deep.equal(V2);
    expect(notesIn(report)).to.include('cookie-seen');
  });

  it('takes a COOKIE that comes twice for one', async () => {
    const charon = peer({ cookieThreshold: 0 });
    const { report } = await probing({ responder: charon.respond, duplicate: 1 }, { options: { ike: 'v2' } });
    expect(acceptedIn(exchangeOf(report, 'ikev2-init'))).to.deep.equal(V2);
    expect(notesIn(report)).not.to.include('cookie-loop');
  });

  it('does not take the silence of a peer that is full for refusals', async () => {
    const pluto = peer({ daemon: 'pluto', v1: phase1(...EIGHT), blockThreshold: 4 });
    const { report } = await probing({ responder: pluto.respond }, { options: { ike: 'v1' } });
    const v1 = exchangeOf(report, 'ikev1-main');
    for (const suite of acceptedIn(v1)) expect(EIGHT).to.include(suite);
    expect(v1.coverage.undecided).to.be.greaterThan(0);
    expect(notesIn(report)).to.include('silent-after');
  });

  it('says of every offered suite whether it is accepted, and which slot is to blame', async () => {
    const offers = ['aes256-sha256-prfsha256-modp2048', 'aes128-sha256-prfsha256-modp2048', '3des-sha256-prfsha256-modp1024'];
    const { report } = await probing({ responder: peer({ v2: ike(...V2.slice(0, 1)) }).respond }, { options: { ike: 'v2', offers } });
    const [yes, key, two] = exchangeOf(report, 'ikev2-init').offers;
    expect(yes).to.include({ accepted: true });
    expect(key?.reasons.map(({ slot }) => slot)).to.deep.equal(['encryption']);
    expect(two?.reasons.map(({ slot }) => slot)).to.have.members(['encryption', 'group']);
  });

  it('asks only what was offered when all of it is accepted', async () => {
    const { report } = await probing({ responder: peer().respond }, { options: { ike: 'v2', offers: V2 } });
    expect(report.traffic.requests).to.equal(2);
    expect(exchangeOf(report, 'ikev2-init').offers.map(({ accepted }) => accepted)).to.deep.equal([true, true]);
  });
}).timeout(20_000);

describe('a probe over a bad path', () => {
  for (let seed = 1; seed <= 10; seed++)
    it(`30 % loss, seed ${seed}`, async () => {
      const { report } = await probing({ responder: peer({ blockThreshold: 5, cookieThreshold: 10 }).respond, loss: 0.3, seed });
      expectExactOrUndecided(report);
    });

  const paths: readonly (readonly [string, MemoryOptions])[] = [
    ['every datagram twice', { duplicate: 1 }],
    ['half of them twice, and reordered', { duplicate: 0.5, jitter: 200, seed: 4 }],
    ['answers a second late', { latency: 600 }],
    ['large datagrams dropped', { mtu: 1280 }],
    ['every third lost', { loss: (n) => n % 3 === 0 }],
  ];
  for (const [name, network] of paths)
    it(name, async () => {
      const { report } = await probing({ ...network, responder: peer().respond });
      expectExact(report);
      if (network.mtu !== undefined) expect(notesIn(report)).to.include('small-datagrams');
      if (network.mtu !== undefined) expect(report.findings.map(({ id }) => id)).to.include('fragments-dropped');
    });

  it('reads answers from another port', async () => {
    const inner = peer().respond;
    const moved: Responder = (bytes, from, now) =>
      inner(bytes, from, now).map((reply) => ({
        bytes: reply instanceof Uint8Array ? reply : reply.bytes,
        from: { address: TARGET.address, port: 4500 },
      }));
    const { report } = await probing({ responder: moved });
    expectExact(report);
  });

  it('counts answers to other requests and is not misled by them', async () => {
    const inner = peer().respond;
    const earlier: Uint8Array[] = [];
    const mixed: Responder = (bytes, from, now) => {
      const replies = inner(bytes, from, now).map((reply) => (reply instanceof Uint8Array ? reply : reply.bytes));
      const foreign = replies.map((reply) => reply.with(0, (reply[0] ?? 0) ^ 0xff));
      const late = earlier.slice(-2);
      earlier.push(...replies);
      return [...foreign, ...late, ...replies];
    };
    const { report } = await probing({ responder: mixed });
    expectExact(report);
    expect(notesIn(report)).to.include('too-many-answers');
  });
}).timeout(20_000);

describe('limits of a probe', () => {
  it('sends no more than the budget, and says so', async () => {
    for (const budget of [0, 1, 7, 20]) {
      const { report, wire } = await probing({ responder: peer().respond }, { options: { budget } });
      expect(wire.sent.length).to.be.at.most(budget);
      expect(report.traffic.sent).to.equal(wire.sent.length);
      expect(report.complete).to.equal(false);
      if (budget > 1) expect(notesIn(report)).to.include('budget');
    }
  });

  it('keeps to the rate', async () => {
    const rate = 20;
    const { wire } = await probing({ responder: peer().respond, latency: 1 }, { options: { rate } });
    const times = wire.sent.map(({ at }) => at);
    // A burst of 8 after a pause, then one every 50 ms.
    times.forEach((at, i) => {
      const eight = times[i + 8];
      if (eight !== undefined) expect(eight - at).to.be.at.least(1000 / rate - 1e-6);
    });
    expect(times.length).to.be.greaterThan(20);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).to.be.at.least((times.length - 9) * (1000 / rate) - 1e-6);
  });

  it('gives the whole report so far when it is interrupted', async () => {
    for (const after of [1, 5, 12]) {
      const abort = new AbortController();
      let requests = 0;
      const { report } = await probing(
        { responder: peer().respond },
        { signal: abort.signal, progress: () => ++requests === after && abort.abort() },
      );
      expect(report.complete).to.equal(false);
      expectExactOrUndecided(report);
      expect(notesIn(report)).to.include('interrupted');
    }
  });

  it('sends nothing when interrupted before it began', async () => {
    const { report, wire } = await probing({ responder: peer().respond }, { signal: AbortSignal.abort() });
    expect(wire.sent).to.have.length(0);
    expect(report.complete).to.equal(false);
  });

  it('plans without sending', () => {
    const wire = memoryNetwork({});
    const { lines, note } = planProbe(
      TARGET,
      OPTIONS,
      environment(() => Promise.resolve(wire)),
    );
    expect(wire.sent).to.have.length(0);
    expect(lines.map(({ exchange }) => exchange)).to.include.members(['ikev1-main', 'ikev2-init']);
    for (const { bytes } of lines) expect(decodeMessage(bytes).ok).to.equal(true);
    expect(note).to.match(/never more than 5000 datagrams/);
  });

  it('plans what it then sends first', async () => {
    const { wire } = await probing({ responder: peer().respond });
    const { lines } = planProbe(
      TARGET,
      OPTIONS,
      environment(() => Promise.resolve(wire)),
    );
    const sizes = wire.sent.map(({ bytes }) => bytes.length);
    expect(sizes).to.include(lines[0]?.bytes.length);
  });

  it('ends soon at a closed port, and at an address where nobody is', async () => {
    const closed = await probing({ obstacle: 'refused' });
    expect(closed.report.reachability.state).to.equal('refused');
    expect(closed.report.durationMs).to.be.lessThan(1000);
    const silent = await probing({ responder: () => [] });
    expect(silent.report.reachability.state).to.equal('silent');
    expect(silent.report.durationMs).to.be.lessThan(6000);
    for (const { coverage, state } of silent.report.exchanges) expect([state, coverage.decided]).to.deep.equal(['silent', 0]);
  });
}).timeout(20_000);

describe('a saved probe', () => {
  for (const [name, network] of [
    ['a good path', {}],
    ['30 % loss', { loss: 0.3, seed: 3 }],
    ['duplicates and jitter', { duplicate: 0.5, jitter: 40 }],
  ] as const)
    it(`tells the same again: ${name}`, async () => {
      const { report, transcript } = await probing({ ...network, responder: peer().respond });
      const saved = Transcript.fromJson(transcript.toJson());
      const wire = replayTransport(saved);
      const again = await runProbe(
        TARGET,
        OPTIONS,
        environment(() => Promise.resolve(wire)),
      );
      checkSchema(again);
      expect(wire.divergedAt).to.equal(undefined);
      expect({ ...again, durationMs: 0, started: '' }).to.deep.equal({ ...report, durationMs: 0, started: '' });
    });
}).timeout(20_000);
