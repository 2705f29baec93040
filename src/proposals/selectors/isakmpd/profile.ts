/**
 * OpenBSD's isakmpd, IKEv1 only: syntax first, over all of the message, then policy. Refusals are exchanges of their own.
 *
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import { type Choice, OAKLEY, type Slot } from '../../model.ts';
import { wantOf, type Want } from '../../policy.ts';
import type { Judgement, Reason, Selection } from '../../verdict.ts';
import { choice, judgement, notify, PROCEEDS, refusal, SILENCE } from '../answers.ts';
import { type AnswerToCheck, type ConfigFault, defineProfile, type Request, type Response, type Situation } from '../profile.ts';
import { echoedSa } from '../verbatim.ts';
import { GROUPS, incompatible } from './attributes.ts';
import { book, dropped } from './book.ts';
import { type Standing, walk } from './negotiation.ts';
import { isakmpdOffer } from './offer.ts';
import { firstNumber, type IsakmpdFault, type IsakmpdOffer, type IsakmpdTransform, NOTIFY, readIsakmpdOffer } from './payload.ts';
import { wasOffered } from './offered.ts';
import { DEFAULT_LIFE, type Lives, livesOf, objections, type Section, sectionsOf } from './sections.ts';

const SETTINGS = {
  life: { meaning: 'the Life sections of phase 1, as "SECONDS 3600,60:86400; KILOBYTES ANY", or ANY, or NONE; by default 3600,60:86400' },
  policy: { values: ['keynote', 'none'], meaning: 'without KeyNote every phase 2 suite that it can do is accepted' },
} as const;

type Here = Situation<typeof SETTINGS>;

export const isakmpdProfile = defineProfile({
  name: 'isakmpd',
  title: 'OpenBSD isakmpd',
  basis: 'source',
  sources: ['zoulasc/isakmpd b34dfb1 (2020) message.c, ike_phase_1.c, ike_quick_mode.c, ipsec.c, sa.c, conf.c'],
  releases: [''],
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  faults: (negotiation, here) => (negotiation === 'ikev1-phase1' ? phase1Faults(here) : []),
  defaults: (negotiation) =>
    negotiation === 'ikev1-phase1'
      ? { policy: [[wantOf(1, { encryption: [{ id: 5 }], hash: [{ id: 2 }], group: [{ id: 2 }] })]], auth: [3] }
      : undefined,
  respond,
  check,
  offer: (_, negotiation, { setup, setting }) => isakmpdOffer(negotiation, setup, livesOf(setting('life'), setup.lifetime, DEFAULT_LIFE)),
});

function phase1Faults({ setup, setting }: Here): ConfigFault[] {
  const faults: ConfigFault[] = [];
  if (livesOf(setting('life'), setup.lifetime, DEFAULT_LIFE) === undefined) {
    faults.push({ rule: `Life "${setting('life')}" is not a list of SECONDS and KILOBYTES`, path: [] });
  }
  setup.policy.forEach((bundle, b) => {
    const names = sectionsOf([bundle], setup.auth).flatMap(({ suite, name }) => (canDo(suite) ? [] : [name]));
    if (names.length > 0) faults.push({ rule: `section [${names[0]}] has unsupported attribute(s)`, path: [b], source: 'ike_phase_1.c' });
  });
  return faults;
}

/** A section with another value would never be reached: such offers are turned down before. */
function canDo({ encryption, hash, group, auth }: Section['suite']): boolean {
  const number = (type: number, value: number): boolean => {
    return !incompatible({ type, octets: Uint8Array.of(value >> 8, value & 0xff), path: [] }, 1);
  };
  const known = number(OAKLEY.encryption, encryption?.id ?? 0) && number(OAKLEY.hash, hash?.id ?? 0) && number(OAKLEY.auth, auth?.id ?? 0);
  return known && GROUPS.has(group?.id ?? 0);
}

function respond(request: Request, here: Here): Response {
  const phase = phaseOf(request);
  const offer = readIsakmpdOffer(request.sa, phase);
  if (offer.fault) return malformed(offer.fault, request);
  if (phase === 1 && offer.proposals.length > 1) return several('several', request);
  const bench = benchOf(here);
  const walked = walk(offer.proposals, phase, phase === 1 ? phase1Accepts(bench) : phase2Accepts(here));
  const trace = traceOf(offer, phase, bench, here, walked.chosen);
  const refused = (type: number, ...logs: readonly LogLine[]): Response =>
    refusal(notification(type, request), trace, [...walked.logs, ...logs, dropped(type)]);
  if (walked.chosen.length === 0) return refused(NOTIFY.noProposal);
  if (phase === 1 && !isComplete(walked.chosen)) return refused(NOTIFY.malformed);
  const late = phase === 2 ? lateFault(walked.chosen, request) : undefined;
  if (late) return refused(NOTIFY.noProposal, late);
  const spi = phase === 1 ? new Uint8Array() : (here.setup.spi ?? OUR_SPI);
  const proposals = walked.chosen.map(({ proposal: { number, protocol }, transform: { octets: transform } }) => {
    return { number, protocol, spi, transform };
  });
  return choice(selectionOf(walked.chosen, phase), { kind: 'answer', sa: echoedSa(proposals) }, trace, walked.logs);
}

/** An answer must be one of the transforms offered, number by number, and suit the configuration still. */
function check(answer: AnswerToCheck, here: Here): Response {
  const phase = phaseOf(answer);
  const offer = readIsakmpdOffer(answer.sa, phase);
  if (offer.fault) return malformed(offer.fault, answer);
  const transforms = offer.proposals.reduce((sum, proposal) => sum + proposal.transforms.length, 0);
  if (phase === 1 && (offer.proposals.length > 1 || transforms > 1)) return several('severalInAnswer', answer);
  const bench = benchOf(here);
  const offered = readIsakmpdOffer(answer.offered, phase).proposals;
  const walked = walk(offer.proposals, phase, phase === 1 ? phase1Accepts(bench) : () => true);
  const trace = traceOf(offer, phase, bench, here, walked.chosen);
  const compatible = offer.proposals.flatMap((proposal) => proposal.transforms.map((transform): Standing => ({ proposal, transform })));
  const alien = compatible.find(
    ({ proposal, transform }) =>
      !transform.attributes.some((each) => incompatible(each, phase)) && !wasOffered(proposal, transform, offered),
  );
  if (alien) {
    const reason: Reason = { code: 'policy-requires', what: 'one of the transforms offered', path: alien.transform.path };
    return refusal(SILENCE, [judgement(alien.transform.path, [reason], { shown: 0 })]);
  }
  if (walked.chosen.length > 0) return choice(selectionOf(walked.chosen, phase), PROCEEDS, trace, walked.logs);
  return refusal(notification(NOTIFY.noProposal, answer), trace, [...walked.logs, dropped(NOTIFY.noProposal)]);
}

const phaseOf = ({ negotiation }: Request): 1 | 2 => (negotiation === 'ikev1-phase1' ? 1 : 2);

function malformed({ notify: type, detail, path, attribute, logs }: IsakmpdFault, request: Request): Response {
  const reason: Reason = attribute === undefined ? { code: 'structure', detail, path } : { code: 'attribute-unsupported', attribute, path };
  return refusal(notification(type, request), [judgement(path.slice(0, 3), [reason], { fatal: type })], logs);
}

function several(line: 'several' | 'severalInAnswer', request: Request): Response {
  const reason: Reason = { code: 'structure', detail: 'more than one proposal in phase 1', path: [] };
  const trace = [judgement([], [reason], { fatal: NOTIFY.malformed })];
  return refusal(notification(NOTIFY.malformed, request), trace, [book.write(line), dropped(NOTIFY.malformed)]);
}

/** In phase 1 an Informational exchange with cookies of its own. */
function notification(type: number, request: Request): ReturnType<typeof notify> {
  if (phaseOf(request) === 2) return notify(type, { protocol: 1, messageId: 'random', encrypted: true });
  return notify(type, { protocol: 1, responderSpi: 'zero', ownExchange: true });
}

interface Bench {
  readonly sections: readonly Section[];
  readonly lives: Lives;
}

function benchOf({ setup, setting }: Here): Bench {
  return { sections: sectionsOf(setup.policy, setup.auth), lives: livesOf(setting('life'), setup.lifetime, DEFAULT_LIFE) ?? [] };
}

type Accepts = (suite: readonly Standing[], logs: LogLine[]) => boolean;

function phase1Accepts({ sections, lives }: Bench): Accepts {
  return (suite, logs) => {
    for (const section of sections) {
      const first = suite.flatMap(({ transform }) => objections(transform, section, lives).slice(0, 1));
      if (first.length === 0) {
        logs.push(book.write('phase1Success'));
        return true;
      }
      if (first[0]?.log) logs.push(first[0].log);
    }
    logs.push(book.write('phase1Failure'));
    return false;
  };
}

/** A stand-in for KeyNote: a bundle of the policy has a want for each protocol of the suite. */
function phase2Accepts({ setup, setting }: Here): Accepts {
  return (suite, logs) => {
    if (setting('policy') === 'none') return true;
    const accepted = setup.policy.some((bundle) => {
      return (
        bundle.length === suite.length && suite.every((each) => bundle.some((want) => policyReasons(each, want, setup.mode).length === 0))
      );
    });
    if (!accepted) logs.push(book.write('policy'));
    return accepted;
  };
}

function policyReasons({ proposal, transform }: Standing, want: Want, mode: number | undefined): Reason[] {
  if (proposal.protocol !== want.protocol) return [{ code: 'protocol-mismatch', offered: proposal.protocol, allowed: [want.protocol] }];
  const offered = choicesOf({ proposal, transform }, 2);
  const reasons = [...want.slots].flatMap(([slot, allowed]): Reason[] => {
    const found = offered.find((each) => each.slot === slot);
    if (found === undefined) return [{ code: 'slot-missing', slot, allowed }];
    if (allowed.some(({ id, keyBits }) => id === found.id && (keyBits === undefined || keyBits === found.keyBits))) return [];
    const lengths = allowed.flatMap(({ id, keyBits }) => (id === found.id ? [keyBits ?? 0] : []));
    if (lengths.length > 0) return [{ code: 'key-length-mismatch', offered: found, allowed: lengths }];
    return [{ code: 'algorithm-not-configured', offered: found, allowed }];
  });
  const inMode = offered.find(({ slot }) => slot === 'mode');
  if (mode === undefined || want.slots.has('mode') || inMode === undefined || encapsulation(inMode.id) === mode) return reasons;
  return [...reasons, { code: 'algorithm-not-configured', offered: inMode, allowed: [{ id: mode }] }];
}

/** 1 tunnel, 2 transport, however they travel. */
const encapsulation = (mode: number): number => (mode === 2 || mode === 4 || mode === 61444 ? 2 : 1);

/** What decides which of the four that phase 1 needs are there. */
function isComplete([standing]: readonly Standing[]): boolean {
  const attributes = standing?.transform.attributes ?? [];
  const last = (type: number): number => {
    const found = attributes.findLast((each) => each.type === type);
    return found ? firstNumber(found) : 0;
  };
  return last(OAKLEY.encryption) > 0 && last(OAKLEY.hash) > 0 && last(OAKLEY.auth) > 0 && GROUPS.has(last(OAKLEY.group));
}

function lateFault(chosen: readonly Standing[], { keGroup }: Request): LogLine | undefined {
  const has = ({ transform }: Standing, type: number): boolean => {
    return transform.attributes.some((each) => each.type === type && firstNumber(each) !== 0);
  };
  if (chosen.some((each) => each.proposal.protocol === AH && !has(each, IPSEC.integrity))) return book.write('ahWithoutAuth');
  return keGroup !== undefined && !chosen.some((each) => has(each, IPSEC.group)) ? book.write('keyWithoutGroup') : undefined;
}

function traceOf(offer: IsakmpdOffer, phase: 1 | 2, bench: Bench, here: Here, chosen: readonly Standing[]): readonly Judgement[] {
  return offer.proposals.flatMap((proposal) =>
    proposal.transforms.map((transform) => {
      const taken = chosen.some((each) => each.transform === transform);
      const standing = { proposal, transform };
      const reasons = taken ? [] : [...cannot(standing, phase), ...(phase === 1 ? against(transform, bench) : denied(standing, here))];
      const passed: Reason = { code: 'policy-requires', what: 'the first suite that suits', path: transform.path };
      return judgement(transform.path, taken || reasons.length > 0 ? reasons : [passed]);
    }),
  );
}

function cannot({ proposal, transform }: Standing, phase: 1 | 2): Reason[] {
  return transform.attributes.flatMap((attribute): Reason[] => {
    if (!incompatible(attribute, phase)) return [];
    const offered = choicesOf({ proposal, transform }, phase).find(({ path }) => path === attribute.path);
    if (offered) return [{ code: 'algorithm-unknown', offered }];
    const { type, path } = attribute;
    const life =
      type === (phase === 1 ? OAKLEY.lifeType : IPSEC.lifeType) || type === (phase === 1 ? OAKLEY.lifeDuration : IPSEC.lifeDuration);
    if (life) return [{ code: 'value-invalid', attribute: type, value: firstNumber(attribute), path }];
    return [{ code: 'attribute-unsupported', attribute: type, path }];
  });
}

function against(transform: IsakmpdTransform, { sections, lives }: Bench): readonly Reason[] {
  let nearest: readonly Reason[] | undefined;
  for (const section of sections) {
    const reasons = objections(transform, section, lives).map(({ reason }) => reason);
    if (nearest === undefined || reasons.length < nearest.length) nearest = reasons;
  }
  return nearest ?? [];
}

function denied(standing: Standing, { setup, setting }: Here): readonly Reason[] {
  if (setting('policy') === 'none') return [];
  const wants = setup.policy.flat().map((want) => policyReasons(standing, want, setup.mode));
  return wants.reduce<readonly Reason[] | undefined>((best, each) => (best && best.length <= each.length ? best : each), undefined) ?? [];
}

const choices = new WeakMap<IsakmpdTransform, readonly Choice[]>();

/** Made once: each want of the policy asks for it. */
function choicesOf(standing: Standing, phase: 1 | 2): readonly Choice[] {
  let made = choices.get(standing.transform);
  if (made === undefined) choices.set(standing.transform, (made = madeChoices(standing, phase)));
  return made;
}

function madeChoices({ proposal, transform }: Standing, phase: 1 | 2): Choice[] {
  const { attributes, id, path } = transform;
  const length = attributes.findLast(({ type }) => type === (phase === 1 ? OAKLEY.keyLength : IPSEC.keyLength));
  const keyBits = length && firstNumber(length);
  const keyed = (each: Choice): Choice => (each.slot === 'encryption' && keyBits !== undefined ? { ...each, keyBits } : each);
  const named = phase === 2 ? NAMED[proposal.protocol] : undefined;
  const slots = phase === 1 ? PHASE1 : PHASE2;
  const said = attributes.flatMap((attribute): Choice[] => {
    const slot = slots[attribute.type];
    return slot === undefined || slot === named ? [] : [{ slot, id: firstNumber(attribute), path: attribute.path }];
  });
  return [...(named ? [{ slot: named, id, path }] : []), ...said].map(keyed);
}

function selectionOf(chosen: readonly Standing[], phase: 1 | 2): Selection {
  return {
    group: chosen[0]?.proposal.path[0] ?? 0,
    parts: chosen.map((each) => ({ path: each.proposal.path, protocol: each.proposal.protocol, choices: choicesOf(each, phase) })),
  };
}

const AH = 2;
const OUR_SPI = Uint8Array.of(0, 0, 0x10, 0x01);
const NAMED: Readonly<Record<number, Slot>> = { 2: 'integrity', 3: 'encryption', 4: 'compression' };
const PHASE1: Readonly<Record<number, Slot>> = { 1: 'encryption', 2: 'hash', 3: 'auth', 4: 'group' };
const PHASE2: Readonly<Record<number, Slot>> = { 3: 'group', 4: 'mode', 5: 'integrity' };
