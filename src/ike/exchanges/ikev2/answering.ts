/**
 * What the peer asks of us under an established IKE SA, and what we say: INFORMATIONAL, CREATE_CHILD_SA.
 *
 * @see RFC 7296 §1.3, §1.4, §2.25
 * @module
 */
import { rekeySkeyseed } from '../../crypto/keymat-v2.ts';
import { EXCHANGE, PAYLOAD_V2 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import type { Asked } from '../misbehaviour.ts';
import { offersIn } from '../selecting.ts';
import type { ChildRef } from './child.ts';
import { choose, type Creation, makeChild, noteRefusal, responded, shown } from './choosing.ts';
import { freshWindow, type IkeSa, ikeSa, type Opened } from './ike-sa.ts';
import { findNotify, NOTIFY_V2, notifyPayload } from './notifies.ts';
import { nonZero } from './sa-init.ts';
import type { Pending, Session } from './session.ts';
import { withSpi } from './spi-in-offer.ts';
import { additionalGroups, type Settled } from './suite.ts';

/** The payloads of our response; nothing when a selector chose to be silent. */
export function answerSession(on: Session, sa: IkeSa, exchange: number, opened: Opened): readonly Payload[] | undefined {
  on.counts.asked++;
  const fault = requestFault(opened);
  if (fault) return [fault];
  if (exchange === EXCHANGE.informational) return answerInformational(on, sa, opened.payloads);
  if (exchange === EXCHANGE.createChildSa) return answerCreateChild(on, sa, opened.payloads);
  if (exchange === EXCHANGE.followupKe) return answerFollowup(on, opened.payloads);
  return [notifyPayload(NOTIFY_V2.invalidSyntax)];
}

/** What keeps a request from being understood. @see RFC 7296 §2.5, §2.21 */
export function requestFault({ payloads, sound }: Opened): Payload | undefined {
  const critical = payloads.find((each) => each.kind === 'opaque' && ((each.reserved ?? 0) & CRITICAL) !== 0 && each.fault === undefined);
  if (critical) return notifyPayload(NOTIFY_V2.unsupportedCriticalPayload, Uint8Array.of(critical.type));
  return sound ? undefined : notifyPayload(NOTIFY_V2.invalidSyntax);
}

const CRITICAL = 0x80;
const PROTOCOL_IKE = 1;

/** Whether it was told not to hear this. */
const isDeaf = ({ answers }: Session, to: Asked): boolean => answers.misbehaviour?.deafTo?.includes(to) === true;

function answerInformational(on: Session, sa: IkeSa, payloads: readonly Payload[]): readonly Payload[] | undefined {
  const deletes = payloads.some(({ kind }) => kind === 'delete');
  if (deletes ? isDeaf(on, 'delete') : isDeaf(on, 'alive')) return undefined;
  if (payloads.length === 0) on.note({ kind: 'asked-alive' });
  for (const each of payloads)
    if (each.kind === 'notify') on.note({ kind: 'notified', notify: each.notify, protocol: each.protocol, spi: each.spi });
  if (findNotify(payloads, NOTIFY_V2.authenticationFailed)) on.ended ??= 'peer-refused-us';
  const answers: Payload[] = [];
  for (const each of payloads) {
    if (each.kind !== 'delete') continue;
    on.note({ kind: 'deleted', protocol: each.protocol, spis: each.spis });
    if (each.protocol === PROTOCOL_IKE) {
      if (sa === on.sa) on.ended ??= 'peer-deleted';
      else on.older.splice(on.older.indexOf(sa), 1);
      continue;
    }
    const gone = on.children.filter(({ protocol, peerSpi }) => protocol === each.protocol && each.spis.some((spi) => same(spi, peerSpi)));
    on.children = on.children.filter((child) => !gone.includes(child));
    on.counts.deletedByPeer += gone.length;
    if (gone.length > 0) answers.push(deletion(each.protocol, gone));
  }
  return answers;
}

/** A Delete payload of those children: SPIs of our own side. @see RFC 7296 §1.4.1 */
export function deletion(protocol: number, children: readonly ChildRef[]): Payload {
  return { kind: 'delete', type: PAYLOAD_V2.delete, protocol, spiSize: 4, spis: children.map(({ ownSpi }) => ownSpi) };
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((octet, i) => octet === b[i]);

function answerCreateChild(on: Session, sa: IkeSa, payloads: readonly Payload[]): readonly Payload[] | undefined {
  const [offered] = offersIn(payloads, 2);
  const nonce = payloads.find((each) => each.kind === 'nonce');
  const ke = payloads.find((each) => each.kind === 'ke');
  if (!offered || nonce?.kind !== 'nonce' || nonce.data.length < 16 || nonce.data.length > 256)
    return [notifyPayload(NOTIFY_V2.invalidSyntax)];
  const notifies = payloads.flatMap((each) => (each.kind === 'notify' ? each.notify : []));
  const key = ke?.kind === 'ke' && ke.group !== undefined ? { ke: { group: ke.group, data: ke.data } } : {};
  const creation: Creation = { offered, nonce: nonce.data, notifies, ...key };
  const isIke = offered.offer?.groups[0]?.proposals[0]?.protocol === PROTOCOL_IKE;
  const step = isIke ? 'rekey-ike' : notifies.includes(NOTIFY_V2.rekeySa) ? 'rekey-child' : 'create-child';
  if (isDeaf(on, step === 'create-child' ? 'child' : step)) return undefined;
  // A rekeyed SA is on its way out: nothing new is hung on it.
  const busy = sa !== on.sa || on.rekeying || on.counts.putOff < (on.answers.misbehaviour?.temporaryFailures ?? 0);
  if (busy) on.counts.putOff++;
  const answer = busy
    ? [notifyPayload(NOTIFY_V2.temporaryFailure)]
    : isIke
      ? answerIkeRekey(on, sa, creation)
      : answerChild(on, payloads, creation);
  noteRefusal(on, step, answer);
  return answer;
}

function answerIkeRekey(on: Session, sa: IkeSa, creation: Creation): readonly Payload[] | undefined {
  const chosen = choose(on, creation, 'rekey-ike');
  if (!chosen.ok) return chosen.payloads;
  const { settled, answer, key } = chosen;
  if (!key || on.older.length >= MOST_OLDER) return [notifyPayload(NOTIFY_V2.noProposalChosen)];
  const [ownSpi, ownNonce] = [nonZero(on.carrier.random), on.carrier.random(32)];
  const seed = { initiatorNonce: creation.nonce, responderNonce: ownNonce, initiatorSpi: chosen.peerSpi, responderSpi: ownSpi };
  const begin = (secrets: readonly Uint8Array[]): boolean => {
    const skeyseed = rekeySkeyseed(sa.prf, sa.keys.d, seed, key.secret, ...secrets);
    const window = freshWindow(0, 0, sa.window.fragments);
    const next = ikeSa(on.provider, { ...seed, slots: settled.slots, initiator: false, skeyseed, window });
    if (!next) return false;
    on.older.push(sa);
    on.sa = next;
    on.counts.rekeyedByPeer++;
    on.note({ kind: 'rekeyed', what: 'ike' });
    return true;
  };
  const link = chosen.peerSpi.length === 8 ? begunOrPending(on, settled, begin) : undefined;
  if (!link) return [notifyPayload(NOTIFY_V2.noProposalChosen)];
  return [
    { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer: withSpi(answer, ownSpi) } },
    { kind: 'nonce', type: PAYLOAD_V2.nonce, data: ownNonce },
    { kind: 'ke', type: PAYLOAD_V2.ke, group: key.group, data: shown(on, key.publicValue) },
    ...link,
  ];
}

/** Begins at once, or promises to after the additional key exchanges: the notification that links to them. Nothing when it cannot begin. */
function begunOrPending(on: Session, settled: Settled, finish: Pending['finish']): readonly Payload[] | undefined {
  const remaining = additionalGroups(settled.slots);
  on.pending = undefined;
  if (remaining.length === 0) return finish([]) ? [] : undefined;
  const link = on.carrier.random(LINK);
  on.pending = { link, remaining, secrets: [], finish };
  return [notifyPayload(NOTIFY_V2.additionalKeyExchange, link)];
}

const LINK = 8;

function answerFollowup(on: Session, payloads: readonly Payload[]): readonly Payload[] {
  const { pending } = on;
  const link = findNotify(payloads, NOTIFY_V2.additionalKeyExchange)?.data;
  const ke = payloads.find((each) => each.kind === 'ke');
  if (!pending || !link || !same(link, pending.link)) return [notifyPayload(NOTIFY_V2.stateNotFound)];
  on.pending = undefined;
  const [group = 0, ...remaining] = pending.remaining;
  const made = ke?.kind === 'ke' && ke.group === group ? responded(on, group, ke.data) : undefined;
  if (!made) return [notifyPayload(NOTIFY_V2.invalidSyntax)];
  const secrets = [...pending.secrets, made.secret];
  const answer: Payload = { kind: 'ke', type: PAYLOAD_V2.ke, group, data: made.publicValue };
  if (remaining.length === 0) return pending.finish(secrets) ? [answer] : [notifyPayload(NOTIFY_V2.noProposalChosen)];
  on.pending = { ...pending, remaining, secrets };
  return [answer, notifyPayload(NOTIFY_V2.additionalKeyExchange, link)];
}

const MOST_OLDER = 4;

function answerChild(on: Session, payloads: readonly Payload[], creation: Creation): readonly Payload[] | undefined {
  const rekey = findNotify(payloads, NOTIFY_V2.rekeySa);
  const replaced = rekey && on.children.find(({ peerSpi }) => same(peerSpi, rekey.spi));
  if (rekey && !replaced) return [notifyPayload(NOTIFY_V2.childSaNotFound, undefined, rekey)];
  const made = makeChild(on, payloads, creation, rekey ? 'rekey-child' : 'create-child');
  if (!made.ok) return made.payloads;
  const link = begunOrPending(on, made.child.settled, () => {
    if (replaced) on.counts.rekeyedByPeer++;
    on.note({ kind: 'child', children: [[made.child]] });
    if (replaced) on.note({ kind: 'rekeyed', what: 'child' });
    return on.children.push(made.child) > 0;
  });
  const nonce: Payload = { kind: 'nonce', type: PAYLOAD_V2.nonce, data: on.carrier.random(32) };
  const [sa, ...rest] = made.payloads;
  return [...(sa ? [sa] : []), nonce, ...rest, ...(link ?? [])];
}
