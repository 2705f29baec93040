/** Phase 2 of a probe over IKEv1, against whole peers in memory. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { acceptedIn } from '../../support/probing.ts';
import { probingSession, V1_OPTIONS } from '../../support/session-probing.ts';

const V1 = { ...V1_OPTIONS };
/** strongSwan answers no aggressive mode with a pre-shared key unless told to. */
const AGGRESSIVE = { profile: 'rfc' } as const;

describe('an IKEv1 session', () => {
  for (const mode of ['main', 'aggressive'] as const)
    it(`${mode} mode: finds exactly what protects traffic, and deletes all`, async () => {
      const { session, children, report, peer } = await probingSession({
        peer: { child: 'aes256-sha256-modp2048,aes128gcm16', ...(mode === 'aggressive' && AGGRESSIVE) },
        options: { ...V1, mode },
      });
      expect(session).to.include({ state: 'established', exchange: `ikev1-${mode}`, ended: 'deleted-unconfirmed' });
      expect(acceptedIn(children)).to.deep.equal(['aes128gcm16', 'aes256-sha256-modp2048']);
      expect(children.coverage.undecided).to.equal(0);
      expect(report.traffic.childSas?.left).to.equal(0);
      expect(peer.kinds().filter((kind) => kind === 'authenticated')).to.have.length(1);
    });

  it('an offer and its reasons', async () => {
    const offers = ['aes256-sha256-modp2048', 'esp:aes128-sha1'];
    const { children } = await probingSession({ peer: { child: 'aes256-sha256-modp2048' }, options: { ...V1, offers } });
    expect(children.offers.map(({ suite, accepted }) => [suite, accepted])).to.deep.equal([['aes128-sha1', false]]);
    expect(children.offers[0]?.reasons.map(({ slot, offered, accepted }) => [slot, offered, accepted])).to.deep.equal([
      ['encryption', 'aes128', ['aes256']],
      ['integrity', 'sha1', ['sha256']],
      ['group', 'none', ['modp2048']],
    ]);
  });

  it('another key, main mode: likely; aggressive mode: certain', async () => {
    const main = await probingSession({ psk: 'not the secret', options: V1 });
    expect(main.session.why).to.include({ code: 'wrong-key', basis: 'inferred' });
    const aggressive = await probingSession({ peer: AGGRESSIVE, psk: 'not the secret', options: { ...V1, mode: 'aggressive' } });
    expect(aggressive.session.why).to.include({ code: 'wrong-key', basis: 'observed' });
    expect(aggressive.children).to.include({ state: 'not-tried' });
  });

  it('somebody else than expected is told so', async () => {
    const { session } = await probingSession({ peerId: 'other.example', options: V1 });
    expect(session.why).to.include({ code: 'peer-identity' });
  });

  it('clients that are refused', async () => {
    const { session, children } = await probingSession({
      peer: { traffic: { own: ['10.1.0.0/16'], peer: ['10.2.0.0/16'] } },
      options: V1,
      means: { ownNetworks: [network('10.9.0.0', 24)], peerNetworks: [network('10.8.0.0', 24)] },
    });
    expect(session.traffic).to.deep.include({
      asked: { own: ['10.9.0.0/24'], peer: ['10.8.0.0/24'] },
      answered: null,
      refused: true,
      evidence: session.traffic[0]?.evidence,
    });
    expect(children.why).to.include({ code: 'traffic-refused' });
  });

  it('one key line of Wireshark’s table, and not a word of it in the report', async () => {
    const { keys, report } = await probingSession({ options: V1 });
    expect(keys.map((line) => line.split(',').length)).to.deep.equal([2]);
    expect(JSON.stringify(report)).to.not.include(keys[0]?.split(',')[1]);
  });

  it('is exact over a path that loses and repeats', async () => {
    const { children, session } = await probingSession({
      peer: { child: 'aes256-sha256-modp2048,aes128gcm16', wire: { loss: 0.2, duplicate: 0.3, seed: 5 } },
      options: { ...V1, retries: 8 },
    });
    expect(session).to.include({ state: 'established' });
    expect(acceptedIn(children)).to.deep.equal(['aes128gcm16', 'aes256-sha256-modp2048']);
  });
}).timeout(30_000);

function network(address: string, bits: number): { readonly start: Uint8Array; readonly end: Uint8Array } {
  const start = Uint8Array.from(address.split('.').map(Number));
  return { start, end: start.map((octet, i) => (8 * i >= bits ? 0xff : octet)) };
}
