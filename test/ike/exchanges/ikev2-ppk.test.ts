/** Post-quantum preshared keys between our own two sides: who has which, who insists, and what comes of it. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createChild, rekeyIke } from '../../../src/ike/exchanges/ikev2/create-child.ts';
import { fixedPpk, type Ppk, type PpkKeys } from '../../../src/ike/exchanges/ikev2/ppk.ts';
import { parseOffer } from '../../../src/proposals/notation.ts';
import { type ClientOptions, connect, wishOf } from '../../support/live-clients.ts';
import { LIVE_CHILD, LIVE_IKE, livePeer } from '../../support/live-peer.ts';

const NAME = Buffer.from('ppk-1');
const KEY = Buffer.from('a key that no quantum computer has guessed');
const mine = (more: Partial<Ppk> = {}): Ppk => ({ identity: fixedPpk(NAME), key: KEY, ...more });
const theirs = (name: string, key: Uint8Array, more: Partial<PpkKeys> = {}): PpkKeys => ({
  find: ({ type, data }) => (type === 2 && Buffer.from(data).toString() === name ? key : undefined),
  ...more,
});
const SAME = theirs('ppk-1', KEY);

/** "established with", "established without", "no-proof", "notify 24": what the initiator sees; beside it why the responder ended. */
async function outcome(ppk: Ppk | undefined, keys: PpkKeys | undefined, more: ClientOptions = {}, ike = LIVE_IKE): Promise<string> {
  const peer = livePeer({ ike, ikev2: { ...(keys && { ppk: keys }) } });
  const client = await connect(peer, { ...more, ike, setup: { ...(ppk && { ppk }), ...more.setup } });
  const { made, run } = client;
  const ended = peer.events.flatMap((each) => (each.kind === 'ended' ? [each.why] : []));
  expect(peer.kinds().includes('ppk-announced')).to.equal(ppk !== undefined);
  if (!made.ok) return [made.failure.kind === 'notify' ? `notify ${made.failure.notify}` : made.failure.kind, ...ended].join(', ');
  const told = peer.events.find((each) => each.kind === 'authenticated');
  expect(told?.kind === 'authenticated' && told.ppk === true).to.equal(made.ppk);
  // Only when both have the same SK_d does what follows come about.
  expect(await run(() => rekeyIke(client.session, parseOffer(ike, 'ikev2-ike')))).to.deep.equal({ kind: 'rekeyed' });
  const child = await run(() => createChild(client.session, wishOf(`${LIVE_CHILD}-noesn`), { pfs: 'none' }));
  expect(child.kind).to.equal('established');
  return `established ${made.ppk ? 'with' : 'without'}`;
}

describe('a post-quantum preshared key', () => {
  const required = { required: true } as const;
  const cases: readonly (readonly [what: string, ppk: Ppk | undefined, keys: PpkKeys | undefined, outcome: string])[] = [
    ['nobody has one', undefined, undefined, 'established without'],
    ['the responder has one', undefined, SAME, 'established without'],
    ['the responder insists', undefined, theirs('ppk-1', KEY, required), 'notify 24, ppk'],
    ['the initiator has one', mine(), undefined, 'established without'],
    ['the initiator insists', mine(required), undefined, 'no-proof'],
    ['both have it', mine(), SAME, 'established with'],
    ['both insist', mine(required), theirs('ppk-1', KEY, required), 'established with'],
    ['each has another', mine(), theirs('ppk-2', KEY), 'established without'],
    ['each has another, and the initiator insists', mine(required), theirs('ppk-2', KEY), 'notify 24, ppk'],
    ['each has another, and the responder insists', mine(), theirs('ppk-2', KEY, required), 'notify 24, ppk'],
    ['the same name is of another key', mine(), theirs('ppk-1', Buffer.from('another')), 'notify 24, wrong'],
  ];
  for (const [what, ppk, keys, expected] of cases)
    it(`"${expected}" when ${what}`, async () => {
      expect(await outcome(ppk, keys)).to.equal(expected);
    });

  it('goes with additional key exchanges', async () => {
    expect(await outcome(mine(), SAME, {}, 'aes256-sha256-x25519-ke1_mlkem768')).to.equal('established with');
  });

  it('is not in what a responder tells', async () => {
    const peer = livePeer({ ikev2: { ppk: SAME } });
    await connect(peer, { setup: { ppk: mine() } });
    const said = JSON.stringify(peer.events, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    expect(said).to.include('ppk-announced').and.not.include(KEY.toString('latin1'));
  });
});
