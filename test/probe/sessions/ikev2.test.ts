/** Phase 2 of a probe over IKEv2, against whole peers in memory with the minds of several implementations. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { acceptedIn } from '../../support/probing.ts';
import { probingSession, V2_OPTIONS } from '../../support/session-probing.ts';

const findings = (report: { readonly findings: readonly { readonly id: string }[] }): string[] => report.findings.map(({ id }) => id);

describe('an IKEv2 session', () => {
  it('finds exactly what protects traffic, and leaves nothing behind', async () => {
    const { report, session, children, peer } = await probingSession({
      peer: { child: 'aes256-sha256-ecp256-noesn,aes128gcm16-ecp256-noesn,aes128gcm16-noesn-esn' },
    });
    expect(acceptedIn(children)).to.deep.equal(['aes128gcm16', 'aes128gcm16-ecp256', 'aes128gcm16-esn', 'aes256-sha256-ecp256']);
    expect(children.coverage).to.deep.equal({ decided: 4880, undecided: 0 });
    expect(session).to.include({ state: 'established', why: null, suite: 'aes256-sha256-prfsha256-modp2048', ended: 'deleted' });
    expect(session.peer).to.deep.equal({ type: 'fqdn', text: 'peer.example', auth: 'psk' });
    expect(report.traffic.ikeSas?.left).to.equal(0);
    expect(report.traffic.childSas?.left).to.equal(0);
    expect(peer.responder.ikev2?.sessions.flatMap(({ children: living }) => living)).to.deep.equal([]);
    expect(peer.kinds().filter((kind) => kind === 'authenticated')).to.have.length(1);
  });

  it('tells the time bomb: a child without PFS comes up, and cannot be rekeyed', async () => {
    const { report, session } = await probingSession({ peer: { child: 'aes256-sha256-ecp256-noesn' } });
    expect(session.firstChild).to.include({ state: 'established', suite: 'aes256-sha256' });
    expect(session.rekeys.map(({ what, group, state, notify }) => [what, group, state, notify])).to.deep.equal([
      ['child', 'none', 'refused', 'NO_PROPOSAL_CHOSEN'],
      ['child', 'ecp256', 'established', null],
      ['ike', 'modp2048', 'established', null],
    ]);
    expect(findings(report)).to.include('rekey-child');
    expect(report.findings.find(({ id }) => id === 'rekey-child')?.fix).to.include('ecp256');
  });

  it('and the other way round: PFS in our line, none in the peer’s', async () => {
    const offers = ['aes256-sha256-modp2048', 'esp:aes256-sha256-ecp256'];
    const { report, session, children } = await probingSession({
      peer: { child: 'aes256-sha256-noesn' },
      options: { ...V2_OPTIONS, offers },
    });
    expect(session.firstChild).to.include({ state: 'established', suite: 'aes256-sha256' });
    expect(session.rekeys[0]).to.include({ what: 'child', offered: 'aes256-sha256-ecp256', state: 'refused' });
    expect(children.offers.map(({ suite, accepted }) => [suite, accepted])).to.deep.equal([['aes256-sha256-ecp256', false]]);
    expect(children.offers[0]?.reasons.map(({ slot, offered, accepted }) => [slot, offered, accepted])).to.deep.equal([
      ['group', 'ecp256', ['none']],
    ]);
    expect(findings(report)).to.include('rekey-child-pfs');
  });

  it('an offer that is taken needs no map', async () => {
    const offers = ['aes256-sha256-modp2048', 'esp:aes256-sha256'];
    const { report, children } = await probingSession({ peer: { child: 'aes256-sha256-noesn' }, options: { ...V2_OPTIONS, offers } });
    expect(children.offers.map(({ suite, accepted }) => [suite, accepted])).to.deep.equal([['aes256-sha256', true]]);
    expect(children.universe).to.deep.equal({ name: 'offer', combinations: 1 });
    expect(findings(report)).to.not.include('rekey-child');
    expect(report.traffic.requests).to.be.lessThan(9);
  });

  it('single DES is found, never used, and gone at once', async () => {
    const { report, children, peer, session } = await probingSession({ peer: { child: 'des-sha1-noesn,des-sha1-modp1024-noesn' } });
    expect(acceptedIn(children)).to.deep.equal(['des-sha1', 'des-sha1-modp1024']);
    expect(session.firstChild).to.include({ state: 'refused' });
    expect(findings(report)).to.include('esp-des');
    expect(peer.responder.ikev2?.sessions.flatMap(({ children: living }) => living)).to.deep.equal([]);
  });

  it('traffic as the peer narrows it, and where it refuses all but the hosts', async () => {
    const narrowing = await probingSession({ peer: { traffic: { own: ['10.1.0.0/16'], peer: ['10.2.0.0/16'] } } });
    expect(narrowing.session.traffic).to.have.length(1);
    expect(narrowing.session.traffic[0]?.answered).to.deep.equal({ own: ['10.2.0.0/16'], peer: ['10.1.0.0/16'] });
  });

  it('no traffic that fits', async () => {
    const { children, session } = await probingSession({
      peer: { traffic: { own: ['10.1.0.0/16'], peer: ['10.2.0.0/16'] } },
      means: { ownNetworks: [range('192.0.2.7')], peerNetworks: [range('192.0.2.8')] },
    });
    expect(session).to.include({ state: 'established', ended: 'deleted' });
    expect(session.firstChild).to.include({ state: 'refused', notify: 'TS_UNACCEPTABLE' });
    expect(session.traffic.map(({ answered }) => answered)).to.deep.equal([null]);
    expect(children).to.include({ state: 'refused-all' });
    expect(children.why).to.include({ code: 'traffic-refused' });
  });

  it('nothing that fits: the refusals have their reason', async () => {
    const { children, session } = await probingSession({ peer: { child: 'blowfish256-sha256-noesn' } });
    expect(session.firstChild).to.include({ state: 'refused', notify: 'NO_PROPOSAL_CHOSEN' });
    expect(children).to.deep.include({ state: 'refused-all', accepted: [] });
    expect(children.why).to.include({ code: 'algorithms-refused' });
  });

  it('a wrong key is shown once, and no child is asked for', async () => {
    const { report, session, children, peer } = await probingSession({ psk: 'not the secret' });
    expect(session).to.include({ state: 'refused', peer: null, ended: 'refused' });
    expect(session.why).to.include({ code: 'key-or-identity', basis: 'inferred' });
    expect(children).to.include({ state: 'not-tried' });
    expect(report.traffic).to.deep.include({ ikeSas: { opened: 0, released: 0, left: 0 } });
    expect(peer.kinds().filter((kind) => kind === 'ended')).to.have.length(1);
  });

  it('somebody else than expected is told so', async () => {
    const { session } = await probingSession({ peerId: 'other.example' });
    expect(session).to.include({ state: 'failed' });
    expect(session.why).to.include({ code: 'peer-identity' });
    expect(session.peer).to.include({ text: 'peer.example' });
  });

  it('the keys of both IKE SAs are told where they are wanted, and nowhere else', async () => {
    const { report, keys } = await probingSession({ peer: { child: 'aes256-sha256-noesn' } });
    expect(keys).to.have.length(2);
    for (const line of keys) expect(line.split(',')).to.have.length(8);
    const text = JSON.stringify(report);
    for (const word of keys.flatMap((line) => line.split(',')).filter((field) => field.length >= 32)) expect(text).to.not.include(word);
  });

  it('stopped by hand it deletes what it made, and reports what it knows', async () => {
    const control = new AbortController();
    let asked = 0;
    const { report, session, peer } = await probingSession({
      peer: {
        child: 'default',
        twist: (select) => (request) => {
          if (request.step === 'create-child' && ++asked === 2) control.abort();
          return select(request);
        },
      },
      signal: control.signal,
    });
    expect(report.complete).to.equal(false);
    expect(session).to.include({ state: 'established', ended: 'deleted' });
    expect(report.traffic.childSas?.left).to.equal(0);
    expect(peer.responder.ikev2?.sessions.flatMap(({ children: living }) => living)).to.deep.equal([]);
  });

  for (const [name, wire] of [
    ['30 % loss', { loss: 0.3, seed: 3 }],
    ['duplicates and jitter', { duplicate: 0.5, jitter: 40, seed: 4 }],
    ['no datagram above 1,280 octets', { mtu: 1280 }],
  ] as const)
    it(`is exact over a bad path: ${name}`, async () => {
      const { session, children } = await probingSession({
        peer: { child: 'aes256-sha256-ecp256-noesn,aes128gcm16-noesn', wire },
        options: { ...V2_OPTIONS, retries: 8 },
      });
      expect(session).to.include({ state: 'established' });
      expect(acceptedIn(children)).to.deep.equal(['aes128gcm16', 'aes256-sha256-ecp256']);
    });
}).timeout(30_000);

function range(address: string): { readonly start: Uint8Array; readonly end: Uint8Array } {
  const octets = Uint8Array.from(address.split('.').map(Number));
  return { start: octets, end: octets };
}
