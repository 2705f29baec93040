/**
 * libreswan's proposals ↔ policies.
 *
 * Law: reading what was printed of a policy gives the policy again, in its normal form: IKEv1 suites apart, NONE said beside AEAD.
 *
 * @module
 */
import type { Algorithm, Negotiation, Slot } from '../../model.ts';
import { boxOf, type Policy, type Want, wantOf } from '../../policy.ts';
import { ConfigError } from '../../selectors/errors.ts';
import { boxSize, expandBox } from '../../suites.ts';
import { DialectError } from '../scanner.ts';
import { type AlgorithmFamily, integrityOf, type LibreswanAlgorithm, type LibreswanSpace, type TransformType } from './algorithms.ts';
import type { LibreswanProposals, LibreswanTransform } from './model.ts';
import { parseLibreswan } from './parse.ts';
import { printLibreswan } from './print.ts';
import { type IkeVersion, type LibreswanBuild, libreswanBuild, type LibreswanKind } from './releases.ts';

/** What a policy of proposals is for: `accept` keeps a cipher without a length (IKEv1: any) and NONE; `offer` says what is sent. */
export type LibreswanUse = 'accept' | 'offer';

const [IKE, AH, ESP] = [1, 2, 3];
const SLOTS: ReadonlyMap<TransformType, Slot> = new Map<TransformType, Slot>([
  ['encrypt', 'encryption'],
  ['prf', 'prf'],
  ['integ', 'integrity'],
  ['ke', 'group'],
  ['addke1', 'ake1'],
  ['addke2', 'ake2'],
  ['addke3', 'ake3'],
  ['addke4', 'ake4'],
  ['addke5', 'ake5'],
  ['addke6', 'ake6'],
  ['addke7', 'ake7'],
]);
/** A daemon with more of one type in an IKEv2 proposal stops by its own assertion. Source: libreswan 4.10 and 5.4, ikev2_proposals.c. */
const MOST_OF_A_TYPE = 10;
/** A policy that stands for more IKEv1 suites than a proposal has numbers is nobody's. */
const MOST_SUITES = 255;

/**
 * The policy that a connection with these proposals has. `sn=` is not in it: the daemon reads it, and goes by `esn=`.
 *
 * A cipher without a length stands for the longest and for 128 bits in IKEv2, in IKEv1 for any.
 *
 * @throws RangeError when the proposals belong to another negotiation
 */
export function libreswanPolicy(parsed: LibreswanProposals, negotiation: Negotiation, use: LibreswanUse = 'accept'): Policy {
  const own = negotiationOf(parsed.kind, parsed.ikev);
  if (own !== negotiation) throw new RangeError(`${parsed.kind}= of IKEv${parsed.ikev} is ${own}, not ${negotiation}`);
  return parsed.proposals.map(({ transforms }) => [want(parsed.kind, negotiation, use, transforms)]);
}

/**
 * The value of `ike=`, `esp=` or `ah=` that stands for a policy, the same for every release that can express it.
 *
 * What those keywords cannot say is left out: methods of authentication, modes, extended sequence numbers.
 *
 * @throws ConfigError when libreswan would refuse the value or understand another policy
 */
export function printLibreswanPolicy(policy: Policy, negotiation: Negotiation, release = 'testing'): string {
  const kind = libreswanKind(policy, negotiation);
  const ikev: IkeVersion = negotiation.startsWith('ikev1') ? 1 : 2;
  const build = libreswanBuild(release);
  if (kind === undefined || build === undefined) throw refused(kind === undefined ? 'AH and ESP together' : `release ${release}`, []);
  const writing: Writing = { kind, negotiation, build };
  const wanted = policy.flatMap((bundle, i) => bundle.flatMap((one, j) => normal(one, negotiation, [i, j])));
  const text = wanted.map((one) => printWant(writing, one)).join(',');
  verify(text, wanted, writing, ikev);
  return text;
}

/** Which keyword a policy is for; undefined when no one keyword is: AH beside ESP, or both in a bundle. */
export function libreswanKind(policy: Policy, negotiation: Negotiation): LibreswanKind | undefined {
  if (negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike') return 'ike';
  const protocols = new Set(policy.flatMap((bundle) => bundle.map(({ protocol }) => protocol)));
  if (protocols.size > 1 || policy.some((bundle) => bundle.length !== 1)) return undefined;
  return protocols.has(AH) ? 'ah' : 'esp';
}

interface Writing {
  readonly kind: LibreswanKind;
  readonly negotiation: Negotiation;
  readonly build: LibreswanBuild;
}

function negotiationOf(kind: LibreswanKind, ikev: IkeVersion): Negotiation {
  if (kind === 'ike') return ikev === 1 ? 'ikev1-phase1' : 'ikev2-ike';
  return ikev === 1 ? 'ikev1-phase2' : 'ikev2-child';
}

function want(kind: LibreswanKind, negotiation: Negotiation, use: LibreswanUse, transforms: readonly LibreswanTransform[]): Want {
  const slots: Partial<Record<Slot, Algorithm[]>> = {};
  for (const transform of transforms) {
    const slot = slotOf(transform.type, negotiation);
    const id = transform.algorithm.numbers[spaceOf(transform.algorithm.family, kind, negotiation)];
    if (slot === undefined || id === undefined) continue;
    if (use === 'offer' && transform.algorithm.name === 'NONE') continue;
    (slots[slot] ??= []).push(...lengths(transform, negotiation, use).map((keyBits) => (keyBits === undefined ? { id } : { id, keyBits })));
  }
  return wantOf(kind === 'ike' ? IKE : kind === 'ah' ? AH : ESP, slots);
}

/** Phase 1 names its PRF by the hash, and has no integrity of its own. */
function slotOf(type: TransformType, negotiation: Negotiation): Slot | undefined {
  if (negotiation !== 'ikev1-phase1') return SLOTS.get(type);
  return type === 'integ' ? undefined : type === 'prf' ? 'hash' : SLOTS.get(type);
}

function spaceOf(family: AlgorithmFamily, kind: LibreswanKind, negotiation: Negotiation): LibreswanSpace {
  if (negotiation === 'ikev1-phase1') return 'phase1';
  if (negotiation === 'ikev1-phase2') return kind === 'ah' && family === 'integ' ? 'ah' : 'phase2';
  return 'ikev2';
}

/** The longest first in IKE, the shortest in ESP. Source: libreswan 4.10 and 5.4, ikev2_proposals.c, ikev1_spdb_struct.c. */
function lengths({ algorithm, keyBits }: LibreswanTransform, negotiation: Negotiation, use: LibreswanUse): (number | undefined)[] {
  const ikev1 = negotiation.startsWith('ikev1');
  if (keyBits !== undefined || algorithm.keyBits === undefined || algorithm.fixedKey || (ikev1 && use === 'accept')) return [keyBits];
  const both = [algorithm.keyBits[0], algorithm.keyBits.at(-1)];
  return negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? both : both.toReversed();
}

/** One want as libreswan holds it: no slots that no keyword says, IKEv1 suites apart, NONE beside AEAD. */
function normal({ protocol, slots }: Want, negotiation: Negotiation, path: readonly number[]): Want[] {
  const known = new Set([...SLOTS.keys()].map((type) => slotOf(type, negotiation)));
  const said = new Map([...slots].filter(([slot, choices]) => known.has(slot) && choices.length > 0));
  const box = boxOf({ protocol, slots: said });
  const most = Math.max(0, ...[...said.values()].map((choices) => choices.length));
  if (!negotiation.startsWith('ikev1')) {
    if (most > MOST_OF_A_TYPE) throw refused(`at most ${MOST_OF_A_TYPE} transforms of one type in a proposal`, path);
    return [{ protocol, slots: said }];
  }
  if (boxSize(box) > MOST_SUITES) throw refused(`at most ${MOST_SUITES} transforms`, path);
  return expandBox(box).map((suite) => ({
    protocol,
    slots: new Map(Object.entries(suite).map(([slot, choice]): [Slot, Algorithm[]] => [slot as Slot, [choice]])),
  }));
}

/** Integrity is written by its full name before the PRF, where every release takes it; and only where it does not follow anyway. */
function printWant(writing: Writing, { slots }: Want): string {
  const list = (type: TransformType, family: AlgorithmFamily): LibreswanAlgorithm[] => {
    const slot = slotOf(type, writing.negotiation);
    return (slot === undefined ? [] : (slots.get(slot) ?? [])).map((choice) => algorithmOf(writing, family, choice));
  };
  const [ciphers, prfs, integrity] = [list('encrypt', 'encrypt'), list('prf', 'prf'), list('integ', 'integ')];
  const follows = prfs.length === integrity.length && prfs.every((prf, i) => integrityOf(prf) === integrity[i]);
  const none = integrity.every(({ name }) => name === 'NONE') && ciphers.length > 0 && ciphers.every(({ aead }) => aead);
  const parts = [words(ciphers, slots.get('encryption')), (follows && prfs.length > 0) || none ? '' : words(integrity), words(prfs)].filter(
    (part) => part !== '',
  );
  const extra = [...SLOTS.keys()].filter((type) => type.startsWith('addke')).map((type) => `${type}=${words(list(type, 'ke'))}`);
  const groups = [words(list('ke', 'ke')), ...extra.filter((part) => !part.endsWith('='))].filter((part) => part !== '');
  return [parts.join('-'), ...groups].join(';');
}

function words(algorithms: readonly LibreswanAlgorithm[], choices: readonly Algorithm[] = []): string {
  return algorithms
    .map(({ name }, i) => name.toLowerCase() + (choices[i]?.keyBits === undefined ? '' : `_${choices[i].keyBits}`))
    .join('+');
}

function algorithmOf({ build, kind, negotiation }: Writing, family: AlgorithmFamily, { id }: Algorithm): LibreswanAlgorithm {
  const space = spaceOf(family, kind, negotiation);
  const found = build.algorithms.find((algorithm) => algorithm.family === family && algorithm.numbers[space] === id);
  if (found === undefined) throw refused(`${family} ${id} is not known`, []);
  return found;
}

/** Whether libreswan reads the text as the policy. */
function verify(text: string, wanted: readonly Want[], { kind, negotiation, build }: Writing, ikev: IkeVersion): void {
  const parsed = read(kind, text, ikev, build.release);
  const understood = libreswanPolicy(parsed, negotiation).flat();
  const same = wanted.length === understood.length && wanted.every((one, i) => keyOf(one) === keyOf(understood[i] as Want));
  if (!same) throw refused(`${kind}=${text} means ${printLibreswan(parsed).join(', ')}`, []);
}

function read(kind: LibreswanKind, text: string, ikev: IkeVersion, release: string): LibreswanProposals {
  try {
    return parseLibreswan(kind, text, { ikev, pfs: true, release });
  } catch (error) {
    if (error instanceof DialectError) throw refused(error.message, []);
    throw error;
  }
}

/** Text that is the same for the same want; integrity NONE is as good as none said. */
function keyOf({ protocol, slots }: Want): string {
  const parts = [...slots].flatMap(([slot, choices]) => {
    const kept = slot === 'integrity' ? choices.filter(({ id }) => id !== 0) : choices;
    return kept.length === 0 ? [] : [`${slot}:${kept.map(({ id, keyBits }) => `${id}/${keyBits ?? ''}`).join()}`];
  });
  return `${protocol} ${parts.sort((a, b) => (a < b ? -1 : 1)).join(' ')}`;
}

function refused(rule: string, path: readonly number[]): ConfigError {
  return new ConfigError('libreswan', [{ rule, path, source: 'libreswan proposals.c' }]);
}
