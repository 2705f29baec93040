/** IKEv2 connections that do not come about, or only in part: each kind of failure is told apart. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { sharedKey } from '../../../src/ike/exchanges/ikev2/authenticator.ts';
import { createChild, rekeyIke } from '../../../src/ike/exchanges/ikev2/create-child.ts';
import type { Established } from '../../../src/ike/exchanges/ikev2/establish.ts';
import { close } from '../../../src/ike/exchanges/ikev2/informational.ts';
import { attend, type Session } from '../../../src/ike/exchanges/ikev2/session.ts';
import { trafficRange } from '../../../src/ike/exchanges/ikev2/traffic.ts';
import { machineOf } from '../../../src/ike/exchanges/script.ts';
import { decodeMessage, encodeMessage } from '../../../src/ike/message.ts';
import { EXCHANGE, FLAG } from '../../../src/ike/numbers.ts';
import { parseOffer } from '../../../src/proposals/notation.ts';
import { ESP, established, fqdn, IKE, pair, type PairOptions, wish } from '../../support/ikev2-pair.ts';

const net = (a: number, b: number, c: number, last = 255) => trafficRange(Uint8Array.of(a, b, c, 0), Uint8Array.of(a, b, c, last));

/** "auth notify 24", "sa-init answer des", "child refused 38": what a caller sees. */
function shown(made: Established): string {
  if (made.ok) {
    const { child } = made;
    if (child.kind === 'refused') return `child refused ${child.notify}`;
    return child.kind === 'answer' ? `child answer ${child.fault}` : child.kind;
  }
  const { step, failure } = made;
  if (failure.kind === 'notify') return `${step} notify ${failure.notify}`;
  return `${step} ${failure.kind}${'fault' in failure ? ` ${failure.fault}` : ''}`;
}

const CASES: readonly (readonly [what: string, options: PairOptions, outcome: string])[] = [
  ['all is well', {}, 'established'],
  ['nobody answers', { wire: { loss: 1 } }, 'sa-init silence'],
  ['the responder goes silent after IKE_SA_INIT', { responder: { misbehaviour: { drop: (n) => n > 0 } } }, 'auth silence'],
  ['another suite', { responderIke: 'aes128-sha256-modp2048' }, 'sa-init notify 14'],
  ['our key is wrong', { psk: 'another' }, 'auth notify 24'],
  ["the responder's own proof is wrong", { responder: { misbehaviour: { wrongAuth: true } } }, 'auth peer-proof wrong'],
  ['we are a stranger', { responder: { authenticate: () => undefined } }, 'auth notify 24'],
  ['the responder is somebody else', { initiator: { expected: fqdn('someone.else') } }, 'auth peer-identity'],
  ['the responder is who is expected', { initiator: { expected: fqdn('responder.test') } }, 'established'],
  ['another ESP suite', { responderEsp: 'aes128gcm16-noesn' }, 'child refused 14'],
  ['no traffic in common', { responder: { traffic: { own: [net(10, 1, 1)], peer: [] } } }, 'child refused 38'],
  ['no child is asked for', { esp: null }, 'none'],
  ['a group that was not sent', { responder: { misbehaviour: { wrongGroup: 19 } } }, 'sa-init answer key-exchange'],
  ['a public value that is too short', { responder: { misbehaviour: { truncateKe: 1 } } }, 'sa-init answer key-exchange'],
  ['a cookie', { responder: { misbehaviour: { alwaysCookie: true } } }, 'established'],
  [
    'a cookie and another group',
    { ike: `${IKE}-ecp256`, responderIke: 'aes256-sha256-ecp256', responder: { misbehaviour: { alwaysCookie: true } } },
    'established',
  ],
  ['cookies without end', { responder: { misbehaviour: { endlessCookies: true } } }, 'sa-init answer endless'],
  ['no room for another half-open SA', { responder: { limits: { halfOpen: 0 } } }, 'sa-init silence'],
];

describe('an IKEv2 connection that fails', () => {
  for (const [what, options, outcome] of CASES) {
    it(`says "${outcome}" when ${what}`, async () => {
      const on = pair(options);
      expect(shown(await on.establish())).to.equal(outcome);
    });
  }

  it('leaves nothing behind when the responder is not believed', async () => {
    for (const options of [{ responder: { misbehaviour: { wrongAuth: true } } }, { initiator: { expected: fqdn('someone.else') } }]) {
      const on = pair(options);
      await on.establish();
      expect(on.responder.counts).to.include({ established: 1, ended: 1 });
    }
  });

  it('keeps the IKE SA when only the child is refused, and can ask for another child', async () => {
    const on = pair({ responderEsp: 'aes128gcm16-noesn' });
    const { session, made } = await established(on);
    expect(shown(made)).to.equal('child refused 14');
    const child = await on.run(() => createChild(session, wish('aes128gcm16-noesn')));
    expect(child.kind).to.equal('established');
  });

  it('shows the time bomb: the first child is fine without PFS, its rekeying is not', async () => {
    const on = pair({ responderEsp: 'aes256-sha256-ecp256-noesn' });
    const { session, made } = await established(on);
    expect(made.child.kind).to.equal('established');
    const [replaces] = session.children;
    if (!replaces) throw new Error('no child');
    const plain = await on.run(() => createChild(session, wish(ESP), { pfs: 'none', replaces }));
    expect(plain).to.include({ kind: 'refused', notify: 14 });
    const right = await on.run(() => createChild(session, wish('aes256-sha256-ecp256-noesn'), { replaces }));
    expect(right.kind).to.equal('established');
  });

  it('takes the group that INVALID_KE_PAYLOAD asks for, in all three exchanges', async () => {
    const ike = 'aes256-sha256-modp2048-ecp256';
    const on = pair({ ike, responderIke: 'aes256-sha256-ecp256', responderEsp: 'aes256-sha256-ecp256-noesn' });
    const { session, made } = await established(on);
    expect(made.begun.settled.slots.get('group')).to.deep.equal({ id: 19 });
    const child = await on.run(() => createChild(session, wish('aes256-sha256-modp2048-ecp256-noesn')));
    expect(child.kind === 'established' && child.child.group).to.equal(19);
    expect(await on.run(() => rekeyIke(session, parseOffer(ike, 'ikev2-ike')))).to.deep.equal({ kind: 'rekeyed' });
  });

  it('reports other refusals inside CREATE_CHILD_SA with their numbers', async () => {
    const on = pair();
    const { session } = await established(on);
    const [replaces] = session.children;
    if (!replaces) throw new Error('no child');
    const other = await on.run(() => rekeyIke(session, parseOffer('aes128-sha1-modp1024', 'ikev2-ike')));
    expect(other).to.include({ kind: 'refused', notify: 14 });
    const gone = { ...replaces, ownSpi: Uint8Array.of(1, 2, 3, 4) };
    expect(await on.run(() => createChild(session, wish(), { pfs: 'none', replaces: gone }))).to.include({ kind: 'refused', notify: 44 });
    const [theirs] = on.responder.sessions;
    if (theirs) theirs.rekeying = true;
    expect(await on.run(() => createChild(session, wish(), { pfs: 'none' }))).to.include({ kind: 'refused', notify: 43 });
  });

  it('narrows traffic to what the responder has', async () => {
    const on = pair({ responder: { traffic: { own: [net(10, 1, 1)], peer: [net(10, 2, 2, 127)] } } });
    const { session } = await established(on);
    const [child] = session.children;
    expect(child?.peerTraffic).to.deep.equal([net(10, 1, 1)]);
    expect(child?.ownTraffic).to.deep.equal([net(10, 2, 2, 127)]);
    expect(child?.widened).to.equal(undefined);
  });

  it('bounds half-open SAs, asks for cookies before that, and forgets them in time', async () => {
    const on = pair({ responder: { limits: { halfOpen: 6, cookiesFrom: 3, halfOpenMillis: 10_000 } } });
    const probe = pair({ seed: 'source' });
    await probe.establish();
    const request = probe.transport.sent.find(({ bytes }) => bytes[18] === EXCHANGE.saInit)?.bytes ?? new Uint8Array();
    const kinds: string[] = [];
    for (let i = 0; i < 8; i++) {
      const other = request.slice();
      other[7] = i;
      const [reply] = on.whole.hear(other, { from: { address: Uint8Array.of(192, 0, 2, i), port: 500 }, now: i }).replies;
      const decoded = reply && decodeMessage(reply);
      kinds.push(decoded?.ok ? (decoded.value.payloads[0]?.kind ?? 'empty') : 'silence');
    }
    expect(kinds).to.deep.equal(['sa', 'sa', 'sa', ...Array<string>(5).fill('notify')]);
    expect(on.responder.halfOpen).to.equal(3);
    const later = request.slice();
    later[7] = 99;
    on.whole.hear(later, { from: { address: Uint8Array.of(192, 0, 2, 99), port: 500 }, now: 20_000 });
    expect(on.responder.halfOpen).to.equal(1);
  });

  it('ends as a finding when DES is chosen', async () => {
    const choosesAnything = (bytes: Uint8Array): Uint8Array[] => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) return [];
      const payloads = decoded.value.payloads.filter(({ kind }) => kind === 'sa' || kind === 'ke' || kind === 'nonce');
      return [encodeMessage({ ...decoded.value.header, responderSpi: new Uint8Array(8).fill(7), flags: FLAG.response, payloads })];
    };
    const on = pair({ ike: 'des-sha1-modp1024', responderIke: IKE, wire: { responder: choosesAnything } });
    expect(shown(await on.establish())).to.equal('sa-init answer des');
    expect(on.transport.sent).to.have.length(1);
  });

  it('answers as its selector says as the responder, and makes no keys for DES', async () => {
    const on = pair({ ike: 'des-sha1-modp1024', responderIke: 'des-sha1-modp1024' });
    expect(shown(await on.establish())).to.equal('sa-init answer des');
    expect(on.events.map((each) => (each.kind === 'ended' ? each.why : each.kind))).to.deep.equal(['offer', 'des']);
  });

  it('ends when the peer deletes the SA while we listen, after it was answered', async () => {
    const on = pair();
    const { session } = await established(on);
    const [theirs] = on.responder.sessions as [Session];
    const [request] = machineOf(() => close(theirs)).step({ kind: 'start' }, 0);
    if (request?.kind !== 'send') throw new Error('nothing sent');
    const listening = machineOf(() => attend(session, 10_000));
    session.now = 0;
    expect(listening.step({ kind: 'start' }, 0)).to.deep.equal([{ kind: 'wake', at: 10_000 }]);
    const said = listening.step({ kind: 'datagram', bytes: request.bytes }, 50);
    expect(said.map(({ kind }) => kind)).to.deep.equal(['send', 'wake']);
    expect(listening.step({ kind: 'timer' }, 50).map(({ kind }) => kind)).to.deep.equal(['done']);
    expect(session.ended).to.equal('peer-deleted');
  });

  it('says nothing of a secret in any failure', async () => {
    const key = 'a very secret key';
    const made = await pair({ initiator: { authenticator: sharedKey(Buffer.from(key)) } }).establish();
    const text = JSON.stringify(made.ok ? {} : made.failure, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(text).to.include('notify').and.not.include(key);
  });
});
