/** Every wrong thing that a responder can be told to do, and what an initiator sees of it. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createChild, rekeyIke } from '../../../src/ike/exchanges/ikev2/create-child.ts';
import { close, isAlive } from '../../../src/ike/exchanges/ikev2/informational.ts';
import type { Misbehaviour } from '../../../src/ike/exchanges/misbehaviour.ts';
import { parseOffer } from '../../../src/proposals/notation.ts';
import { connect, connectV1, wishOf } from '../../support/live-clients.ts';
import { LIVE_CHILD, LIVE_IKE, livePeer, type LivePeerOptions } from '../../support/live-peer.ts';

const CHILD = `${LIVE_CHILD}-noesn`;

/** What a client sees of a misbehaviour. */
async function seen(misbehaviour: Misbehaviour, more: LivePeerOptions = {}): Promise<string> {
  const peer = livePeer({ ...more, misbehaviour });
  const { made, run } = await connect(peer, { own: '10.2.1.0/24', theirs: '10.1.1.0/24' });
  if (!made.ok) return `${made.step} ${made.failure.kind}`;
  const { session, child } = made;
  if (child.kind !== 'established') return `first child ${child.kind}${child.kind === 'refused' ? ` ${child.notify}` : ''}`;
  if (child.child.widened) return 'widened';
  const wish = wishOf(CHILD, '10.2.1.0/24', '10.1.1.0/24');
  const another = await run(() => createChild(session, wish, { pfs: 'none' }));
  if (another.kind !== 'established') return `child ${another.kind}${another.kind === 'refused' ? ` ${another.notify}` : ''}`;
  const replaced = await run(() => createChild(session, wish, { pfs: 'none', replaces: another.child }));
  if (replaced.kind !== 'established') return `rekeyed child ${replaced.kind}`;
  const rekeyed = await run(() => rekeyIke(session, parseOffer(LIVE_IKE, 'ikev2-ike')));
  if (rekeyed.kind !== 'rekeyed') return `rekeyed IKE SA ${rekeyed.kind}`;
  if (!(await run(() => isAlive(session)))) return 'dead';
  return (await run(() => close(session))) ? 'all is well' : 'not closed';
}

describe('a responder that misbehaves', () => {
  const cases: readonly (readonly [what: string, misbehaviour: Misbehaviour, seen: string, more?: LivePeerOptions])[] = [
    ['nothing', {}, 'all is well'],
    ['it hears only the first datagram', { drop: (n) => n > 0 }, 'auth silence'],
    ['its second datagram never leaves', { lose: (n) => n === 1 }, 'all is well'],
    ['a KE of another group', { wrongGroup: 19 }, 'sa-init answer'],
    ['a public value that is cut off', { truncateKe: 1 }, 'sa-init answer'],
    ['cookies', { alwaysCookie: true }, 'all is well'],
    ['cookies without end', { endlessCookies: true }, 'sa-init answer'],
    ['a wrong proof', { wrongAuth: true }, 'auth peer-proof'],
    ['deaf to IKE_AUTH', { deafTo: ['auth'] }, 'auth silence'],
    ['deaf to requests for children', { deafTo: ['child'] }, 'child silence'],
    ['deaf to rekeyings of children', { deafTo: ['rekey-child'] }, 'rekeyed child silence'],
    ['deaf to rekeyings of the IKE SA', { deafTo: ['rekey-ike'] }, 'rekeyed IKE SA silence'],
    ['deaf to questions whether it lives', { deafTo: ['alive'] }, 'dead'],
    ['deaf to deletes', { deafTo: ['delete'] }, 'not closed'],
    ['busy twice', { temporaryFailures: 2 }, 'all is well'],
    ['busy for ever', { temporaryFailures: Infinity }, 'child refused 43'],
    ['a kernel that fails', { failsChildren: 14 }, 'first child refused 14'],
    ['more traffic than was asked for', { widens: true }, 'widened', { traffic: { own: ['10.1.0.0/16'], peer: ['10.2.0.0/16'] } }],
  ];
  for (const [what, misbehaviour, outcome, more] of cases)
    it(`shows "${outcome}" with ${what}`, async () => {
      expect(await seen(misbehaviour, more)).to.equal(outcome);
    });

  const casesV1: readonly (readonly [what: string, misbehaviour: Misbehaviour, result: object])[] = [
    ['deaf to proofs', { deafTo: ['auth'] }, { established: false, failure: { kind: 'silence', step: 'authentication', sent: 5 } }],
    ['deaf to quick modes', { deafTo: ['child'] }, { established: true, quick: [{ kind: 'silence', sent: 5 }], alive: true }],
    ['deaf to questions whether it lives', { deafTo: ['alive'] }, { established: true, quick: [undefined], alive: false }],
    ['a kernel that fails', { failsChildren: 14 }, { established: true, quick: [{ kind: 'notify', notify: 14 }], alive: true }],
    [
      'a public value that is cut off',
      { truncateKe: 1 },
      { established: false, failure: { kind: 'answer', step: 'key-exchange', fault: 'key-exchange' } },
    ],
  ];
  for (const [what, misbehaviour, outcome] of casesV1)
    it(`shows the same in IKEv1 with ${what}`, async () => {
      const result = await connectV1(livePeer({ versions: [1], misbehaviour }), { alive: true });
      const quick = result?.established
        ? {
            quick: result.quick.map((each) =>
              each.ok ? undefined : each.failure.kind === 'notify' ? { kind: 'notify', notify: each.failure.notify } : each.failure,
            ),
            alive: result.alive,
          }
        : {};
      const failure = result?.established === false ? { failure: result.failure } : {};
      expect({ established: result?.established, ...quick, ...failure }).to.deep.equal(outcome);
    });
});
