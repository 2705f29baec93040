/**
 * CREATE_CHILD_SA as the one who asks: new children, children rekeyed, the IKE SA rekeyed.
 *
 * @see RFC 7296 §1.3, §2.8, §2.17, §2.18
 * @module
 */
import type { Offer } from '../../../proposals/model.ts';
import { rekeySkeyseed } from '../../crypto/keymat-v2.ts';
import type { KeyExchange } from '../../crypto/provider.ts';
import { EXCHANGE, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Script } from '../script.ts';
import { whileBusy } from './busy.ts';
import { nonZeroSpi } from './choosing.ts';
import { type ChildFault, childOf, type ChildOutcome, type ChildWish } from './child.ts';
import { deleteChildren } from './informational.ts';
import { freshWindow, type IkeSa, ikeSa, type Opened } from './ike-sa.ts';
import { findError, findNotify, NOTIFY_V2, notifyPayload } from './notifies.ts';
import { nonZero, secretOf } from './sa-init.ts';
import { withSpi } from './spi-in-offer.ts';
import { ask, type ChildSa, type Session } from './session.ts';
import { additionalGroups, offeredGroups, settle, type Settled } from './suite.ts';

/** A key exchange of its own: none (no KE is sent), or the group to begin with; the first of the offer when left out. */
export type Pfs = 'none' | number | undefined;

/** How a child SA is asked for. */
export interface ChildManner {
  readonly pfs?: Pfs;
  /** The one whose place it takes. */
  readonly replaces?: ChildSa;
  /** INVALID_KE_PAYLOAD and TEMPORARY_FAILURE are outcomes, no reasons to ask again with the group that it names, or later. */
  readonly once?: true;
}

/**
 * A new child SA. With `replaces`, it takes the place of one, which is then deleted. What the peer holds for a child SA although its
 * answer is none is deleted at once. A peer that is busy is asked again. @see RFC 7296 §1.3.3, §2.25
 */
export function* createChild(on: Session, wish: ChildWish, how: ChildManner = {}): Script<ChildOutcome> {
  const { replaces, once } = how;
  if (once === true) return yield* createOnce(on, wish, how);
  return yield* whileBusy(
    on,
    () => createOnce(on, wish, how),
    () => replaces === undefined || on.children.includes(replaces),
  );
}

function* createOnce(on: Session, wish: ChildWish, how: ChildManner): Script<ChildOutcome> {
  const ownSpi = nonZeroSpi(on);
  const offer = withSpi(wish.offer, ownSpi, how.pfs === 'none' ? 'without-groups' : 'with-groups');
  const { replaces } = how;
  const before = [
    ...(replaces ? [notifyPayload(NOTIFY_V2.rekeySa, undefined, { protocol: replaces.protocol, spi: replaces.ownSpi })] : []),
    ...(wish.transport ? [notifyPayload(NOTIFY_V2.useTransportMode)] : []),
  ];
  const asked = yield* exchangeKeys(on, offer, how, before, selectorPayloads(wish));
  if (!asked) return { kind: 'silence' };
  if ('fault' in asked) return { kind: 'answer', fault: asked.fault };
  const outcome = childOf(offer, wish, ownSpi, asked.opened.payloads);
  if (outcome.kind !== 'established') {
    if (outcome.kind === 'answer' && outcome.made) yield* deleteChildren(on, [outcome.made]);
    return outcome;
  }
  if (outcome.child.group !== undefined && !asked.secret) {
    yield* deleteChildren(on, [outcome.child]);
    return { kind: 'answer', fault: 'key-exchange', settled: outcome.child.settled };
  }
  const further = yield* followUps(on, outcome.child.settled, asked.opened.payloads);
  if (further.kind !== 'done') return further;
  on.children.push(outcome.child);
  if (replaces) yield* deleteChildren(on, [replaces]);
  return outcome;
}

const selectorPayloads = (wish: ChildWish): readonly Payload[] => [
  { kind: 'ts', type: PAYLOAD_V2.tsInitiator, selectors: wish.ownTraffic },
  { kind: 'ts', type: PAYLOAD_V2.tsResponder, selectors: wish.peerTraffic },
];

/** What became of a rekeying of the IKE SA. */
export type RekeyOutcome =
  | { readonly kind: 'rekeyed' }
  | { readonly kind: 'refused'; readonly notify: number; readonly data: Uint8Array }
  | { readonly kind: 'answer'; readonly fault: ChildFault }
  | { readonly kind: 'silence' };

/** Replaces the IKE SA and deletes the old one; the children move over. A peer that is busy is asked again. @see RFC 7296 §1.3.2, §2.18, §2.25 */
export function* rekeyIke(on: Session, offer: Offer, group?: number): Script<RekeyOutcome> {
  const old = on.sa;
  return yield* whileBusy(
    on,
    () => rekeyOnce(on, offer, group),
    () => on.sa === old,
  );
}

function* rekeyOnce(on: Session, offer: Offer, group?: number): Script<RekeyOutcome> {
  const old = on.sa;
  const ownSpi = nonZero(on.carrier.random);
  on.rekeying = true;
  const asked = yield* exchangeKeys(on, withSpi(offer, ownSpi), { pfs: group }, [], []);
  on.rekeying = false;
  if (!asked) return { kind: 'silence' };
  if ('fault' in asked) return { kind: 'answer', fault: asked.fault };
  const next = yield* successor(on, old, withSpi(offer, ownSpi), ownSpi, asked);
  if ('kind' in next) return next;
  on.sa = next;
  // The Delete goes over the old SA; over the new one we answer already.
  on.older.push(old);
  yield* deleteOld(on, old);
  return { kind: 'rekeyed' };
}

function* deleteOld(on: Session, old: IkeSa): Script<void> {
  const gone: Payload = { kind: 'delete', type: PAYLOAD_V2.delete, protocol: 1, spiSize: 0, spis: [] };
  yield* ask(on, EXCHANGE.informational, [gone], old);
  const at = on.older.indexOf(old);
  if (at >= 0) on.older.splice(at, 1);
}

/** What came back, with the shared secret if keys were exchanged. */
interface Asked {
  readonly opened: Opened;
  readonly nonce: Uint8Array;
  readonly secret?: Uint8Array;
}

function* successor(
  on: Session,
  old: IkeSa,
  offer: Offer,
  ownSpi: Uint8Array,
  asked: Asked,
): Script<IkeSa | Exclude<RekeyOutcome, { kind: 'rekeyed' }>> {
  const { payloads } = asked.opened;
  const error = findError(payloads);
  if (error) return { kind: 'refused', notify: error.notify, data: error.data };
  const [sa, nonce] = [payloads.find((each) => each.kind === 'sa'), payloads.find((each) => each.kind === 'nonce')];
  if (sa?.kind !== 'sa' || nonce?.kind !== 'nonce') return { kind: 'answer', fault: 'incomplete' };
  const settling = settle(offer, sa.body.offer);
  if (!settling.ok) return { kind: 'answer', fault: settling.fault };
  const { spi, slots } = settling.settled;
  if (!asked.secret || spi.length !== 8) return { kind: 'answer', fault: 'key-exchange' };
  const seed = { initiatorNonce: asked.nonce, responderNonce: nonce.data, initiatorSpi: ownSpi, responderSpi: spi };
  const further = yield* followUps(on, settling.settled, payloads);
  if (further.kind !== 'done') return further;
  const skeyseed = rekeySkeyseed(old.prf, old.keys.d, seed, asked.secret, ...further.secrets);
  const window = freshWindow(0, 0, old.window.fragments);
  return ikeSa(on.provider, { ...seed, slots, initiator: true, skeyseed, window }) ?? { kind: 'answer', fault: 'unsupported' };
}

/** The secrets of additional key exchanges, or why there are none. */
type FollowUps = { readonly kind: 'done'; readonly secrets: readonly Uint8Array[] } | Exclude<RekeyOutcome, { kind: 'rekeyed' }>;

/** One IKE_FOLLOWUP_KE for each additional key exchange that was settled on. @see RFC 9370 §2.2.4 */
function* followUps(on: Session, settled: Settled, response: readonly Payload[]): Script<FollowUps> {
  const secrets: Uint8Array[] = [];
  let link = findNotify(response, NOTIFY_V2.additionalKeyExchange);
  for (const group of additionalGroups(settled.slots)) {
    const key = on.provider.keyExchange(group)?.initiate(on.carrier.random);
    if (!key) return { kind: 'answer', fault: 'unsupported' };
    if (!link) return { kind: 'answer', fault: 'incomplete' };
    const answer = yield* ask(on, EXCHANGE.followupKe, [
      { kind: 'ke', type: PAYLOAD_V2.ke, group, data: key.publicValue },
      notifyPayload(NOTIFY_V2.additionalKeyExchange, link.data),
    ]);
    if (!answer.answered) return { kind: 'silence' };
    const { payloads } = answer.value;
    const error = findError(payloads);
    if (error) return { kind: 'refused', notify: error.notify, data: error.data };
    const ke = payloads.find((each) => each.kind === 'ke');
    const secret = ke?.kind === 'ke' && ke.group === group ? secretOf(key, ke.data) : undefined;
    if (!secret) return { kind: 'answer', fault: 'key-exchange' };
    secrets.push(secret);
    link = findNotify(payloads, NOTIFY_V2.additionalKeyExchange);
  }
  return { kind: 'done', secrets };
}

/** One CREATE_CHILD_SA, a second one when the peer wants another group of the offer. Nothing on silence. */
function* exchangeKeys(
  on: Session,
  offer: Offer,
  { pfs, once }: Pick<ChildManner, 'pfs' | 'once'>,
  before: readonly Payload[],
  behind: readonly Payload[],
): Script<Asked | { readonly fault: ChildFault } | undefined> {
  const groups = offeredGroups(offer);
  let group = pfs === 'none' ? undefined : (pfs ?? groups.find((each) => each !== 0 && on.provider.keyExchange(each) !== undefined));
  for (let turn = 0; ; turn++) {
    const key: KeyExchange | undefined = group === undefined ? undefined : on.provider.keyExchange(group)?.initiate(on.carrier.random);
    if (group !== undefined && !key) return { fault: 'unsupported' };
    const nonce = on.carrier.random(32);
    const answer = yield* ask(on, EXCHANGE.createChildSa, [
      ...before,
      { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer } },
      { kind: 'nonce', type: PAYLOAD_V2.nonce, data: nonce },
      ...(key && group !== undefined ? [{ kind: 'ke', type: PAYLOAD_V2.ke, group, data: key.publicValue } as const] : []),
      ...behind,
    ]);
    if (!answer.answered) return undefined;
    const { payloads } = answer.value;
    const wanted = findNotify(payloads, NOTIFY_V2.invalidKePayload)?.data;
    const other = wanted?.length === 2 ? ((wanted[0] ?? 0) << 8) | (wanted[1] ?? 0) : undefined;
    if (once !== true && other !== undefined && other !== group && groups.includes(other) && turn < MOST_TURNS) {
      group = other;
      continue;
    }
    const ke = payloads.find((each) => each.kind === 'ke');
    const secret = key && ke?.kind === 'ke' && ke.group === group ? secretOf(key, ke.data) : undefined;
    return { opened: answer.value, nonce, ...(secret && { secret }) };
  }
}

const MOST_TURNS = 2;
