/**
 * racoon of KAME and ipsec-tools, IKEv1 only.
 *
 * What it cannot use it leaves out; of the rest the first offered wins, by the numbers of proposals. A phase 1 that it refuses it does not
 * answer at all.
 *
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import type { Choice, Negotiation, Slot } from '../../model.ts';
import type { Judgement, Reason, Selection } from '../../verdict.ts';
import { choice, judgement, notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import { type AnswerToCheck, type ConfigFault, defineProfile, type Request, type Response, type Situation } from '../profile.ts';
import { echoedSa } from '../verbatim.ts';
import { book } from './book.ts';
import { CIPHERS, GROUPS, HASHES } from './checks.ts';
import { DEFAULT_KEY, type Level } from './level.ts';
import { racoonOffer } from './offer.ts';
import { type RacoonOffer, type RacoonProposal, type RacoonTransform, readRacoonOffer, type Skipped } from './payload.ts';
import { choosePhase1, configuredSas } from './phase1.ts';
import { choosePhase2, configuredBundles } from './phase2.ts';

const SETTINGS = {
  proposal_check: {
    values: ['strict', 'obey', 'claim', 'exact'],
    meaning: "how the peer's lifetime, key length and PFS are held against the own",
  },
} as const;

type Here = Situation<typeof SETTINGS>;

export const racoonProfile = defineProfile({
  name: 'racoon',
  title: 'racoon (ipsec-tools)',
  basis: 'source',
  sources: ['rdratlos/racoon-ipsec-tools 8e9ebe8 (2026) src/racoon: ipsec_doi.c, remoteconf.c, proposal.c, isakmp_ident.c, isakmp_quick.c'],
  releases: [''],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  faults: (negotiation, here) => faultsOf(negotiation, here),
  respond: (request, here) => (request.negotiation === 'ikev1-phase1' ? phase1(request, here, 'answer') : phase2(request, here)),
  check: (answer, here) => (answer.negotiation === 'ikev1-phase1' ? phase1(answer, here, 'proceeds') : checkPhase2(answer, here)),
  offer: (_, negotiation, { setup }) => racoonOffer(negotiation, setup),
});

/** The rules of its configuration's parser. */
function faultsOf(negotiation: Negotiation, { setup }: Here): ConfigFault[] {
  const keys = DEFAULT_KEY[negotiation === 'ikev1-phase1' ? 'phase1' : 'esp'];
  return setup.policy.flatMap((bundle, b) =>
    bundle.flatMap(({ slots }, w) => {
      const ciphers = slots.get('encryption') ?? [];
      const rules = ciphers.some(({ id, keyBits }) => keyBits !== undefined && keys[id] === undefined) ? ['keylen not allowed'] : [];
      if (negotiation === 'ikev1-phase1') {
        const known = (slot: Slot, set: ReadonlySet<number>): boolean => (slots.get(slot) ?? []).every(({ id }) => set.has(id));
        if (!known('encryption', CIPHERS) || !known('hash', HASHES) || !known('group', GROUPS)) rules.push('algorithm not supported');
      }
      return rules.map((rule) => ({ rule, path: [b, w], source: 'racoon cfparse.y' }));
    }),
  );
}

/** As the initiator it puts the same question to an answer: anything that it is configured to do will do, offered or not. */
function phase1(request: Request, here: Here, accepted: 'answer' | 'proceeds'): Response {
  const offer = readRacoonOffer(request.sa, 1);
  const failed = [
    book.write('invalidProposal'),
    book.write('phase1Failed', accepted === 'answer' ? { side: 1, status: 1 } : { side: 0, status: 2 }),
  ];
  if (offer.broken !== undefined) return refusal(SILENCE, traceOf(offer, [], []), [...offer.logs, ...failed]);
  const found = choosePhase1(offer, configuredSas(here.setup), here.setting('proposal_check'));
  const logs = [...offer.logs, ...found.logs];
  const chosen = found.chosen ? [found.chosen] : [];
  const trace = traceOf(offer, chosen, found.against);
  if (found.chosen === undefined) return refusal(SILENCE, trace, [...logs, ...failed]);
  if (accepted === 'proceeds') return choice(selectionOf(chosen, 1), PROCEEDS, trace, logs);
  const proposals = found.answer.map((each) => echoed(each, new Uint8Array(each.proposal.spi.length)));
  return choice(selectionOf(chosen, 1), { kind: 'answer', sa: echoedSa(proposals) }, trace, logs);
}

function phase2(request: Request, here: Here): Response {
  const offer = readRacoonOffer(request.sa, 2);
  const status = { side: 1, status: 1 };
  const refused = (trace: readonly Judgement[], ...logs: readonly LogLine[]): Response => {
    const wire = notify(NO_PROPOSAL_CHOSEN, { protocol: 1, messageId: 'random', encrypted: true });
    return refusal(wire, trace, [...logs, book.write('phase2Failed', status)]);
  };
  if (offer.broken !== undefined) return refused(traceOf(offer, [], []), ...offer.logs, book.write('notChosen'));
  const level: Level = here.setting('proposal_check');
  const { chosen, group, against, logs } = choosePhase2(offer, configuredBundles(here.setup), level);
  const trace = traceOf(offer, chosen, against);
  const all = [...offer.logs, ...logs];
  if (chosen.length === 0) return refused(trace, ...all, book.write('notChosen'));
  const key = request.keGroup !== undefined;
  if (key !== group > 0) return refused(trace, ...all, book.write(key ? 'keyWithoutPfs' : 'pfsWithoutKey'));
  const spi = here.setup.spi ?? OUR_SPI;
  // In the peer's order, whatever ours is.
  const ordered = [...chosen].sort((a, b) => comparePaths(a.proposal.path, b.proposal.path));
  const proposals = ordered.map((each) => echoed(each, widened(spi, each.proposal.spi.length)));
  return choice(selectionOf(ordered, 2), { kind: 'answer', sa: echoedSa(proposals) }, trace, all);
}

/** A changed attribute is only worth a warning; what counts is whether the answer suits the configuration. */
function checkPhase2(answer: AnswerToCheck, here: Here): Response {
  const offer = readRacoonOffer(answer.sa, 2);
  const refused = (trace: readonly Judgement[], ...logs: readonly LogLine[]): Response => {
    const wire = notify(NO_PROPOSAL_CHOSEN, { protocol: 1, messageId: 'random', encrypted: true });
    return refusal(wire, trace, [...logs, book.write('checkFailed')]);
  };
  const [bundle = []] = offer.bundles;
  const trouble = (line: LogLine, detail: string): Response => {
    const reason: Reason = { code: 'structure', detail, path: [] };
    return refused([judgement([], [reason])], ...offer.logs, line);
  };
  if (offer.broken !== undefined) return refused(traceOf(offer, [], []), ...offer.logs);
  if (offer.bundles.length > 1) return trouble(book.write('several'), 'several proposals');
  if ((bundle[0]?.transforms.length ?? 0) > 1) return trouble(book.write('severalTransforms'), 'several transforms');
  const sent = readRacoonOffer(answer.offered, 2).bundles.find(([first]) => first?.number === bundle[0]?.number) ?? [];
  const alike = sent.length === bundle.length && bundle.every((proposal, i) => isLike(proposal, sent[i]));
  if (!alike) return trouble(book.write('alien'), 'a proposal that was not offered');
  const { chosen, against, logs } = choosePhase2(offer, configuredBundles(here.setup), here.setting('proposal_check'));
  const trace = traceOf(offer, chosen, against);
  if (chosen.length === 0) return refused(trace, ...offer.logs, ...logs);
  return choice(selectionOf(chosen, 2), PROCEEDS, trace, [...offer.logs, ...logs]);
}

function isLike(proposal: RacoonProposal, sent: RacoonProposal | undefined): boolean {
  const number = proposal.transforms[0]?.number;
  const known = sent?.transforms.some((each) => each.number === number) === true;
  return known && sent.protocol === proposal.protocol && sent.spi.length === proposal.spi.length;
}

interface Chosen {
  readonly proposal: RacoonProposal;
  readonly transform: RacoonTransform;
}

function echoed({ proposal, transform }: Chosen, spi: Uint8Array): Parameters<typeof echoedSa>[0][number] {
  const { number, protocol, reserved } = proposal;
  return { number, protocol, reserved, spi, transform: transform.octets };
}

/** The low octets of an SPI, or more of them. */
function widened(spi: Uint8Array, size: number): Uint8Array {
  const kept = spi.subarray(Math.max(0, spi.length - size));
  return Uint8Array.from([...new Uint8Array(size - kept.length), ...kept]);
}

function traceOf(offer: RacoonOffer, chosen: readonly Chosen[], against: readonly Skipped[]): readonly Judgement[] {
  const reasons = new Map<string, { readonly path: Skipped['path']; readonly reasons: Reason[] }>();
  for (const { path, reason } of [...offer.skipped, ...against]) {
    const entry = reasons.get(path.join('.'));
    if (entry) entry.reasons.push(reason);
    else reasons.set(path.join('.'), { path, reasons: [reason] });
  }
  const refused = [...reasons.values()].map((each) => judgement(each.path, each.reasons));
  const taken = chosen.map(({ transform }) => judgement(transform.path));
  const broken: Judgement[] =
    offer.broken === undefined ? [] : [judgement([], [{ code: 'structure', detail: offer.broken, path: [] } satisfies Reason])];
  return [...refused, ...taken, ...broken].sort((a, b) => comparePaths(a.path, b.path));
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function selectionOf(chosen: readonly Chosen[], phase: 1 | 2): Selection {
  return {
    group: chosen[0]?.proposal.path[0] ?? 0,
    parts: chosen.map(({ proposal, transform }) => ({
      path: proposal.path,
      protocol: proposal.protocol,
      choices: choicesOf(proposal, transform, phase),
    })),
  };
}

/** The last of each attribute counts. */
function choicesOf({ protocol }: RacoonProposal, { id, path, attributes }: RacoonTransform, phase: 1 | 2): Choice[] {
  const slots = phase === 1 ? PHASE1 : PHASE2;
  const named = phase === 1 ? undefined : NAMED[protocol];
  const last = new Map<Slot, Choice>(named ? [[named, { slot: named, id, path }]] : []);
  for (const attribute of attributes) {
    const slot = slots[attribute.type];
    if (slot !== undefined && slot !== named) last.set(slot, { slot, id: attribute.value, path: attribute.path });
  }
  const keyBits = attributes.findLast(({ type }) => type === (phase === 1 ? 14 : 6))?.value;
  return [...last.values()].map((each) => (each.slot === 'encryption' && keyBits !== undefined ? { ...each, keyBits } : each));
}

const NO_PROPOSAL_CHOSEN = 14;
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
const NAMED: Readonly<Record<number, Slot>> = { 2: 'integrity', 3: 'encryption', 4: 'compression' };
const PHASE1: Readonly<Record<number, Slot>> = { 1: 'encryption', 2: 'hash', 3: 'auth', 4: 'group' };
const PHASE2: Readonly<Record<number, Slot>> = { 3: 'group', 4: 'mode', 5: 'integrity' };
