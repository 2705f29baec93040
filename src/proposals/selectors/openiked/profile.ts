/**
 * OpenIKED's iked: IKEv2 only.
 *
 * Its decoder is laxer than the RFC where a type, number or attribute is odd, and stricter where a length is: then it says nothing at
 * all. It takes the peer's proposal with the best sum of ranks for the first of its own that matches any.
 *
 * Not here: iked keeps both lists of a policy in one, so that an IKE proposal in a child's offer can win, and the child is lost.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Negotiation } from '../../model.ts';
import { defineProfile, type Request, type Response, type Situation } from '../profile.ts';
import { askForGroup, choice, ikev2Answer, judgement, notify, PROCEEDS, refusal, SILENCE, writeSa } from '../answers.ts';
import { book } from './book.ts';
import { defaultPolicy, loaded, loadFaults } from './loading.ts';
import { type Circumstances, type IkedTransform, impliesIntegrity, negotiate, type Negotiated } from './matching.ts';
import { groupName, PROTOCOL, protocolName, transformName, TYPE, typeName } from './names.ts';
import { ikedOffer } from './offer.ts';
import { type PeerOffer, type PeerProposal, readPeerOffer } from './payload.ts';
import { choiceOf, judgements } from './reasons.ts';

const SETTINGS = {
  system: { values: ['linux', 'openbsd'], meaning: 'on Linux its children know no combined cipher and no ESN' },
} as const;

type Here = Situation<typeof SETTINGS>;

export const openikedProfile = defineProfile({
  name: 'openiked',
  title: 'OpenIKED',
  basis: 'measured',
  sources: ['OpenIKED 7.2 and 7.4 policy.c, config.c, ikev2.c, ikev2_pld.c, parse.y', 'iked 7.2 and 7.4 of Debian on the wire'],
  releases: ['7.2', '7.4'],
  negotiations: ['ikev2-ike', 'ikev2-child'],
  settings: SETTINGS,
  faults: (negotiation, { setup }) => loadFaults(setup.policy, negotiation),
  defaults: (negotiation) => ({ policy: defaultPolicy(negotiation, 'linux') }),
  respond,
  check,
  offer: (step, negotiation, here) => ikedOffer(step, negotiation, localOf(negotiation, here), here.setup.spi),
});

function localOf(negotiation: Negotiation, { setup, setting }: Here): ReturnType<typeof loaded> {
  return loaded(setup.policy, negotiation, setting('system'));
}

function respond(request: Request, here: Here): Response {
  const { negotiation, step } = request;
  if (request.sa.length + MESSAGE_HEADER > LONGEST_MESSAGE) return { ...refusal(SILENCE, [judgement([], [TOO_LONG])]), code: -2 };
  const offer = readPeerOffer(request.sa);
  if (offer.broken !== undefined) return unreadable(offer, book.write('parseFailed'));
  const encrypted = step !== 'sa-init';
  const creates = encrypted && step !== 'auth';
  // It forgets that it was asked for anything when the last proposal was dropped.
  if (creates && offer.last === undefined) return refusal(SILENCE, trace(offer, [], request, NOTHING), offer.logs);
  if (step === 'auth' && offer.proposals.length === 0) return emptyAnswer(offer, request);
  const how = { messageId: encrypted ? 'same' : 'zero', ...(encrypted && { encrypted: true as const }) } as const;
  if (step === 'rekey-ike' && offer.lastSpi === '0') {
    const lines = [book.write('noSpi'), book.write('noNewSa'), ...offeredLines(offer), ...errorLines('NO_PROPOSAL_CHOSEN')];
    const reason = { code: 'structure', detail: 'no SPI for the new IKE SA', path: [] } as const;
    return refusal(notify(NO_PROPOSAL_CHOSEN, how), [judgement([], [reason])], [...offer.logs, ...lines]);
  }
  const local = localOf(negotiation, here);
  const circumstances = circumstancesOf(request, here);
  const found = negotiate(local, offer.proposals, circumstances);
  const judged = trace(offer, local, request, circumstances, found);
  // It looks twice at a first message: which policy suits, then what of it, and only then at the KE payload.
  const before = step === 'sa-init' && found.peer ? negotiate(local, offer.proposals, { ...circumstances, keGroup: -1 }).scores : [];
  const logs = [...offer.logs, ...scoreLines(offer, [...before, ...found.scores])];
  const { peer } = found;
  if (peer === undefined) return refusal(notify(NO_PROPOSAL_CHOSEN, how), judged, [...logs, ...refusalLines(offer, request)]);
  if (step === 'sa-init' && unprotected(found.transforms)) {
    const lines = [book.write('ikeFailed'), ...offeredLines(offer), ...errorLines('NO_PROPOSAL_CHOSEN')];
    const reason = { code: 'slot-missing', slot: 'integrity', allowed: [] } as const;
    return refusal(notify(NO_PROPOSAL_CHOSEN, how), [...judged, judgement([], [reason])], [...logs, ...lines]);
  }
  const group = found.transforms.find(({ type }) => type === TYPE.group)?.id;
  const asksKe = peer.protocol === PROTOCOL.ike ? true : creates && request.keGroup !== undefined && group !== undefined && group !== 0;
  if (asksKe && group !== undefined && group !== (request.keGroup ?? 0)) {
    const line = book.write('wantsGroup', { wanted: groupName(group), got: groupName(request.keGroup ?? 0) });
    const failed = step === 'sa-init' ? [book.write('ikeFailed')] : [];
    return askForGroup(group, how, judged, [...logs, line, ...failed, ...errorLines('INVALID_KE_PAYLOAD')]);
  }
  return choice(selectionOf(peer, found), { kind: 'answer', sa: answerSa(request, here, peer, found) }, judged, logs);
}

/** As the initiator it compares an answer with all that it is configured to do, not with what it offered. */
function check(request: Request, here: Here): Response {
  const { negotiation, step } = request;
  const offer = readPeerOffer(request.sa);
  if (offer.broken !== undefined) return unreadable(offer, book.write('answerParseFailed'));
  const creates = step !== 'sa-init' && step !== 'auth';
  if (creates && (offer.last === undefined || offer.proposals.length === 0)) {
    return refusal(SILENCE, trace(offer, [], request, NOTHING), [...offer.logs, book.write('nothingInAnswer')]);
  }
  const local = localOf(negotiation, here);
  const circumstances: Circumstances = { rekey: creates, keGroup: -1, followsKe: false };
  const found = negotiate(local, offer.proposals, circumstances);
  const judged = trace(offer, local, request, circumstances, found);
  const logs = [...offer.logs, ...scoreLines(offer, found.scores)];
  if (found.peer) return choice(selectionOf(found.peer, found), PROCEEDS, judged, logs);
  const said = {
    'sa-init': [book.write('noCommonProposal'), book.write('noKeys')],
    auth: [book.write('noProposalInAuth')],
  };
  return refusal(SILENCE, judged, [...logs, ...(said[step as keyof typeof said] ?? [book.write('noProposalInAnswer')])]);
}

function unreadable(offer: PeerOffer, line: LogLine): Response {
  const reason = { code: 'structure', detail: offer.broken ?? '', path: [] } as const;
  return { ...refusal(SILENCE, [judgement([], [reason])], [...offer.logs, line]), code: -2 };
}

/** The match excuses the whole proposal from integrity when one of its ciphers is combined, even if another one is taken; the keys do not. */
function unprotected(chosen: readonly IkedTransform[]): boolean {
  return !chosen.some((each) => each.type === TYPE.integrity || impliesIntegrity(each));
}

/** An IKE_AUTH whose proposals were all dropped is answered, by a payload without any. */
function emptyAnswer(offer: PeerOffer, request: Request): Response {
  const sa = writeSa({ offer: { negotiation: request.negotiation, groups: [] } });
  const selection = { group: 0, parts: [] };
  return choice(selection, { kind: 'answer', sa }, trace(offer, [], request, NOTHING), offer.logs);
}

function circumstancesOf({ step, keGroup = 0 }: Request, { release }: Here): Circumstances {
  const followsKe = release.since('7.3');
  if (step === 'auth') return { rekey: false, keGroup: -1, followsKe };
  const child = step === 'create-child' || step === 'rekey-child';
  return { rekey: child, keGroup: child || followsKe ? keGroup : -1, followsKe };
}

function scoreLines(offer: PeerOffer, scores: readonly number[]): LogLine[] {
  if (offer.proposals.length === 0) return [book.write('nothingSent', { protocol: protocolName(0) })];
  return scores.map((score) => book.write('score', { score }));
}

function refusalLines(offer: PeerOffer, { step }: Request): LogLine[] {
  const nothing = offer.proposals.length === 0;
  const shown = [...offeredLines(offer), ...errorLines('NO_PROPOSAL_CHOSEN')];
  if (step === 'sa-init') return [book.write(nothing ? 'noCommonProposal' : 'noPolicy'), book.write('ikeFailed'), ...shown];
  if (step === 'rekey-ike') return [book.write('noCommonProposal'), ...shown];
  return [book.write(step === 'auth' ? 'noProposalInAuth' : 'noProposalInChild'), ...shown];
}

function offeredLines({ proposals }: PeerOffer): LogLine[] {
  return proposals.flatMap(({ protocol, number, transforms }) =>
    transforms.map(({ type, id, length }) => {
      const transform = `${transformName(type, id)}${length === 0 ? '' : `-${length}`}`;
      return book.write('offered', { protocol: protocolName(protocol), number, type: typeName(type), transform });
    }),
  );
}

const errorLines = (name: string): LogLine[] => [book.write('error', { notify: name }), book.write('errorDone')];

/**
 * Transforms by ascending type; the SPI as wide as the peer's, and zero where it has none to give. IKE_AUTH settles no group, and a
 * child's group "none" goes without saying.
 */
function answerSa(request: Request, { setup }: Here, peer: PeerProposal, found: Negotiated<PeerProposal>): Uint8Array {
  const child = request.negotiation === 'ikev2-child';
  const omitted = child && (request.step === 'auth' || !found.transforms.some(({ type, id }) => type === TYPE.group && id !== 0));
  const transforms = found.transforms
    .filter(({ type }) => !(omitted && type === TYPE.group))
    .map(({ type, id, length }) => ({ type, id, ...(length > 0 && { keyBits: length }) }));
  const ours = setup.spi ?? OUR_SPI;
  const size = request.step === 'rekey-ike' ? 8 : peer.spi.length;
  const spi = request.step === 'sa-init' ? new Uint8Array(size) : widened(ours, size);
  return ikev2Answer(request.negotiation, { number: peer.number, protocol: peer.protocol, spi, transforms });
}

/** The number of an SPI in another number of octets. */
function widened(spi: Uint8Array, size: number): Uint8Array {
  const kept = spi.subarray(Math.max(0, spi.length - size));
  return Uint8Array.from([...new Uint8Array(size - kept.length), ...kept]);
}

function selectionOf(
  peer: PeerProposal,
  { transforms }: Negotiated<PeerProposal>,
): Extract<Response, { outcome: 'selected' }>['selection'] {
  const choices = transforms.flatMap(({ type, id, length }) => {
    const own = peer.transforms.find((each) => each.type === type && each.id === id && each.length === length);
    return own ? [choiceOf(own)] : [];
  });
  return { group: peer.path[0] ?? 0, parts: [{ path: peer.path, protocol: peer.protocol, choices }] };
}

function trace(
  offer: PeerOffer,
  local: ReturnType<typeof loaded>,
  { negotiation }: Request,
  circumstances: Circumstances,
  found?: Negotiated<PeerProposal>,
): ReturnType<typeof judgements> {
  return judgements(offer, local, negotiation, circumstances, found?.peer);
}

const NOTHING: Circumstances = { rekey: false, keGroup: -1, followsKe: false };
const NO_PROPOSAL_CHOSEN = 14;
/** What it has room for when it receives; the rest of a longer message is cut off, and the message dropped for its length. */
const LONGEST_MESSAGE = 8192;
const MESSAGE_HEADER = 28;
const TOO_LONG = { code: 'structure', detail: 'message longer than 8192 octets', path: [] } as const;
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
