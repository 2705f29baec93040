import type { LogLine } from '../../log-lines.ts';
import { DialectError, Scanner, split, type Token } from '../scanner.ts';
import { checkGroups, checkProposal, withoutDuplicates, withoutGroups } from './check.ts';
import { completeV1, completeV2, sorted } from './complete.ts';
import { type Draft, fault, type LibreswanProposal, type LibreswanProposals, type LibreswanTransform, type Reading } from './model.ts';
import { readPlain1, readPlain2 } from './plain.ts';
import { type IkeVersion, LIBRESWAN_RELEASES, libreswanBuild, type LibreswanKind } from './releases.ts';
import { readTyped1, readTyped2 } from './typed.ts';

/** What a text does not say. */
export interface LibreswanOptions {
  readonly ikev: IkeVersion;
  /** `pfs=no` strips the groups of `esp=` and `ah=`; off when left out, as `algparse` has it, although a connection's own default is yes. */
  readonly pfs?: boolean;
  /** `4.10`, `5.2`, `testing`, …; the newest that there is when left out. */
  readonly release?: string;
}

/**
 * Reads the value of `ike=`, `esp=`, `ah=` or `phase2alg=` as libreswan does; without a text, what the release means by none.
 *
 * Fault messages begin with libreswan's own sentence.
 *
 * @example
 * parseLibreswan('ike', 'aes256-sha2;modp2048', { ikev: 2 }).proposals.length; // 1
 *
 * @throws DialectError with the place of the fault
 */
export function parseLibreswan(kind: LibreswanKind, text: string | undefined, options: LibreswanOptions): LibreswanProposals {
  const { ikev, pfs = false, release = 'testing' } = options;
  const build = libreswanBuild(release);
  if (build === undefined) throw new RangeError(`libreswan has no release '${release}'; known are ${LIBRESWAN_RELEASES.join(', ')}`);
  const notices: LogLine[] = [];
  const reading: Reading = { kind, ikev, pfs, build, protocol: kind.toUpperCase(), notices };
  const proposals = readAll(reading, text ?? build.defaults[`${kind}${ikev}`].proposals);
  return { kind, ikev, release: build.release, defaulted: text === undefined, proposals, notices };
}

/** The fault of a text, or undefined when libreswan loads it. */
export function libreswanFault(kind: LibreswanKind, text: string | undefined, options: LibreswanOptions): DialectError | undefined {
  try {
    parseLibreswan(kind, text, options);
  } catch (error) {
    if (error instanceof DialectError) return error;
    throw error;
  }
  return undefined;
}

function readAll(reading: Reading, text: string): readonly LibreswanProposal[] {
  const whole: Token = { text: new Scanner(text).text, offset: 0 };
  if (text === '') throw fault('empty', `${reading.protocol} proposal is empty`, whole);
  const list = new Distinct();
  const [typed, groups] = [reading.build.grammar === 'typed', reading.pfs || reading.kind === 'ike'];
  for (const proposal of split(text, ',')) {
    for (const draft of readProposal(reading, proposal)) {
      checkProposal(reading, draft, proposal);
      const transforms = withoutDuplicates(reading, draft);
      list.add(sorted(typed && !groups ? withoutGroups(reading, transforms) : transforms));
    }
  }
  // Before 5.4 the groups are taken off last, so that two proposals may then be the same.
  if (!groups) return list.proposals.map(({ transforms }) => ({ transforms: typed ? transforms : withoutGroups(reading, transforms) }));
  if (reading.kind !== 'ike') checkGroups(reading, list.proposals, whole);
  return list.proposals;
}

function readProposal(reading: Reading, proposal: Token): Draft[] {
  const typed = reading.build.grammar === 'typed';
  if (reading.ikev === 1) return completeV1(reading, typed ? readTyped1(reading, proposal) : readPlain1(reading, proposal), proposal);
  return [completeV2(reading, typed ? readTyped2(reading, proposal) : readPlain2(reading, proposal), proposal)];
}

/** A list that leaves out a proposal that an earlier one covers: the same algorithms, the ciphers at the same length or at any. */
class Distinct {
  readonly proposals: LibreswanProposal[] = [];
  readonly #byNames = new Map<string, LibreswanProposal[]>();

  add(transforms: readonly LibreswanTransform[]): void {
    const names = transforms.map(({ algorithm }) => `${algorithm.family}:${algorithm.name}`).join(' ');
    const alike = this.#byNames.get(names) ?? [];
    const covers = (old: LibreswanProposal): boolean =>
      old.transforms.every(({ keyBits }, i) => keyBits === undefined || keyBits === transforms[i]?.keyBits);
    if (alike.some(covers)) return;
    const proposal = { transforms };
    this.#byNames.set(names, [...alike, proposal]);
    this.proposals.push(proposal);
  }
}
