/**
 * racoon's choice in phase 2: bundles by number, each against the configured bundles in order.
 *
 * @see ipsec-tools racoon proposal.c aproppair2saprop, cmpsaprop_alloc, cmpsatrns; ipsec_doi.c ipsecdoi_t2satrns, get_ph2approvalx
 * @module
 */
import { IPSEC } from '../../clauses.ts';
import type { LogLine } from '../../log-lines.ts';
import type { Path } from '../../model.ts';
import { boxOf, type Want } from '../../policy.ts';
import { expandBox } from '../../suites.ts';
import type { Reason } from '../../verdict.ts';
import type { Setup } from '../profile.ts';
import { book } from './book.ts';
import { AH_OF } from './checks.ts';
import { DEFAULT_KEY, DEFAULT_SECONDS, durationOf, type Level, NO_KILOBYTES } from './level.ts';
import * as names from './names.ts';
import type { RacoonAttribute, RacoonOffer, RacoonProposal, RacoonTransform, Skipped } from './payload.ts';

/** A transform of a bundle, the peer's or our own; `auth` is 254 where there is none. */
export interface SaTransform {
  readonly id: number;
  readonly auth: number;
  readonly keyBits: number;
  readonly source?: RacoonTransform;
}

/** One protocol of a bundle. */
export interface SaProtocol {
  readonly protocol: number;
  readonly spiSize: number;
  readonly mode: number;
  readonly transforms: readonly SaTransform[];
  readonly source?: RacoonProposal;
}

/** A bundle with what it says as a whole. */
export interface SaBundle {
  readonly seconds: number;
  readonly kilobytes: number;
  readonly group: number;
  readonly protocols: readonly SaProtocol[];
}

/** A choice: one transform of each protocol. */
export interface Phase2Choice {
  readonly chosen: readonly { readonly proposal: RacoonProposal; readonly transform: RacoonTransform }[];
  /** The group for PFS that is agreed on, 0 for none. */
  readonly group: number;
  readonly against: readonly Skipped[];
  readonly logs: readonly LogLine[];
}

/** The configured bundles. Without a lifetime it is eight hours; of kilobytes there is no limit. */
export function configuredBundles(setup: Setup): readonly SaBundle[] {
  return setup.policy.map((bundle) => {
    const group = bundle.flatMap((want) => want.slots.get('group') ?? [])[0]?.id ?? setup.pfsGroup ?? 0;
    const protocols = bundle.map((want) => configuredProtocol(want, setup.mode ?? 1));
    return { seconds: setup.lifetime ?? DEFAULT_SECONDS, kilobytes: NO_KILOBYTES, group, protocols };
  });
}

function configuredProtocol(want: Want, mode: number): SaProtocol {
  const { protocol } = want;
  const transforms = expandBox(boxOf(want)).map(({ encryption, integrity, compression }): SaTransform => {
    if (protocol === AH) return { id: integrity?.id ?? 0, auth: authOf(integrity?.id ?? 0), keyBits: 0 };
    if (protocol === IPCOMP) return { id: compression?.id ?? 0, auth: NO_AUTH, keyBits: 0 };
    const id = encryption?.id ?? 0;
    return { id, auth: integrity?.id ?? NO_AUTH, keyBits: encryption?.keyBits ?? DEFAULT_KEY.esp[id] ?? 0 };
  });
  return { protocol, spiSize: protocol === IPCOMP ? 2 : 4, mode: want.slots.get('mode')?.[0]?.id ?? mode, transforms };
}

/** Chooses among what could be read. */
export function choosePhase2({ bundles }: RacoonOffer, own: readonly SaBundle[], level: Level): Phase2Choice {
  const logs: LogLine[] = [];
  const against: Skipped[] = [];
  for (const bundle of bundles) {
    const peer = understood(bundle, logs);
    if ('reason' in peer) {
      against.push(peer);
      continue;
    }
    let nearest: readonly Skipped[] | undefined;
    for (const each of own) {
      const match = compare(peer, each, level, logs);
      if (match.objections.length === 0) {
        logs.push(book.write('matched'));
        return { chosen: match.chosen, group: peer.group, against, logs };
      }
      logs.push(book.write('notMatched'));
      if (nearest === undefined || match.objections.length < nearest.length) nearest = match.objections;
    }
    against.push(...(nearest ?? []));
  }
  logs.push(book.write('noPolicy'));
  return { chosen: [], group: 0, against, logs };
}

/** What a bundle says. Each transform begins with the default lifetimes anew, so that the last transform's count. */
function understood(bundle: readonly RacoonProposal[], logs: LogLine[]): SaBundle | Skipped {
  const reading: Reading = { seconds: DEFAULT_SECONDS, kilobytes: 0, group: 0, mode: 0, logs };
  const protocols: SaProtocol[] = [];
  for (const proposal of bundle) {
    reading.mode = 0;
    const transforms: SaTransform[] = [];
    for (const transform of proposal.transforms) {
      const read = understoodTransform(proposal.protocol, transform, reading);
      if ('code' in read) return { path: transform.path, reason: read };
      transforms.push(read);
    }
    const mode = reading.mode === 0 ? TRANSPORT : reading.mode;
    protocols.push({ protocol: proposal.protocol, spiSize: proposal.spi.length, mode, transforms, source: proposal });
  }
  const { seconds, kilobytes, group } = reading;
  return { seconds, kilobytes, group, protocols };
}

/** What is collected over the transforms of a bundle; the mode over those of a protocol. */
interface Reading {
  seconds: number;
  kilobytes: number;
  group: number;
  mode: number;
  readonly logs: LogLine[];
}

function understoodTransform(protocol: number, transform: RacoonTransform, reading: Reading): SaTransform | Reason {
  const { attributes } = transform;
  const said = { auth: NO_AUTH, keyBits: 0 };
  reading.seconds = DEFAULT_SECONDS;
  reading.kilobytes = 0;
  let unit = 1;
  for (const [i, attribute] of attributes.entries()) {
    const { type, value } = attribute;
    let fault: LogLine | undefined;
    if (type === IPSEC.lifeType) unit = value;
    else if (type === IPSEC.lifeDuration) {
      if (attributes[i - 1]?.type === IPSEC.lifeType) fault = lifetime(attribute, unit, reading);
      else reading.logs.push(book.write('durationAlone'));
    } else if (type === IPSEC.group) {
      if (reading.group !== 0 && reading.group !== value) fault = book.write('groupsDiffer');
      reading.group = value;
    } else if (type === IPSEC.mode) {
      if (reading.mode !== 0 && reading.mode !== value) fault = book.write('modesDiffer');
      reading.mode = value;
    } else if (type === IPSEC.integrity) {
      if (said.auth !== NO_AUTH) fault = book.write('authTwice');
      said.auth = value;
    } else if (type === IPSEC.keyLength) {
      if (protocol !== ESP) fault = book.write('keyLengthNotEsp');
      said.keyBits = value;
    }
    if (fault) {
      reading.logs.push(fault);
      return { code: 'value-invalid', attribute: type, value, path: attribute.path };
    }
  }
  return { id: transform.id, ...said, source: transform };
}

/** The line of what is wrong with a duration; nothing when it is fine. */
function lifetime(attribute: RacoonAttribute, unit: number, reading: Reading): LogLine | undefined {
  const amount = durationOf(attribute, reading.logs);
  if (amount === 0) return book.write('duration');
  if (unit === 1) {
    const { seconds } = reading;
    if (seconds !== DEFAULT_SECONDS && seconds !== amount) return book.write('lifetimesDiffer', { before: seconds, now: amount });
    reading.seconds = amount;
    return undefined;
  }
  const { kilobytes } = reading;
  if (kilobytes !== 0 && kilobytes !== amount) return book.write('lifebytesDiffer', { before: kilobytes, now: amount });
  reading.kilobytes = amount;
  return undefined;
}

interface Compared {
  readonly chosen: Phase2Choice['chosen'];
  readonly objections: readonly Skipped[];
}

/** Stops at the first thing that is wrong, as racoon does. */
function compare(peer: SaBundle, own: SaBundle, level: Level, logs: LogLine[]): Compared {
  const path = peer.protocols[0]?.source?.path ?? [];
  const refused = (reason: Reason, at: Path = path, log?: LogLine): Compared => {
    if (log) logs.push(log);
    return { chosen: [], objections: [{ path: at, reason }] };
  };
  const whole = wholeFault(peer, own, level, logs);
  if (whole) return refused({ ...whole.reason, path } as Reason, path, whole.log);
  if (peer.protocols.length !== own.protocols.length) {
    return refused({ code: 'policy-requires', what: `${own.protocols.length} protocols`, path });
  }
  const chosen: { readonly proposal: RacoonProposal; readonly transform: RacoonTransform }[] = [];
  for (const mine of own.protocols) {
    const theirs = peer.protocols.find(({ protocol }) => protocol === mine.protocol);
    if (theirs?.source === undefined) {
      const offered = peer.protocols[0]?.protocol ?? 0;
      return refused({ code: 'protocol-mismatch', offered, allowed: [mine.protocol] });
    }
    const at = theirs.source.path;
    const fault = protocolFault(theirs, mine, at);
    if (fault) return refused(fault.reason, at, fault.log);
    const { transform, reasons } = firstTransform(theirs, mine, level, logs);
    if (transform === undefined) {
      logs.push(book.write('noTransform', { protocol: names.protocol(mine.protocol) }));
      return { chosen: [], objections: reasons };
    }
    // What goes back is looked up by its number; of two with one number that is the first.
    const answered = theirs.source.transforms.find(({ number }) => number === transform.number) ?? transform;
    chosen.push({ proposal: theirs.source, transform: answered });
  }
  return { chosen, objections: [] };
}

interface Fault {
  readonly reason: Reason;
  readonly log: LogLine;
}

/** Lifetimes and PFS. */
function wholeFault(peer: SaBundle, own: SaBundle, level: Level, logs: LogLine[]): Fault | undefined {
  if (level === 'obey') return undefined;
  const seconds = { mine: own.seconds, peer: peer.seconds };
  const kilobytes = { mine: own.kilobytes, peer: peer.kilobytes };
  const invalid = (value: number): Reason => ({ code: 'value-invalid', attribute: IPSEC.lifeDuration, value, path: [] });
  if (level === 'exact') {
    if (peer.seconds !== own.seconds) return { reason: invalid(peer.seconds), log: book.write('lifetime', seconds) };
    if (peer.kilobytes !== own.kilobytes) return { reason: invalid(peer.kilobytes), log: book.write('lifebyte', kilobytes) };
  } else if (level === 'strict') {
    const tooLong: Reason = { code: 'lifetime-too-long', seconds: peer.seconds, limit: own.seconds, path: [] };
    if (peer.seconds > own.seconds) return { reason: tooLong, log: book.write('longLifetime', seconds) };
    if (peer.kilobytes > own.kilobytes) return { reason: invalid(peer.kilobytes), log: book.write('longLifebyte', kilobytes) };
  } else {
    if (peer.seconds > own.seconds) logs.push(book.write('ownLifetime', seconds));
    if (peer.kilobytes > own.kilobytes) logs.push(book.write('ownLifebyte', kilobytes));
  }
  if (peer.group === own.group || (level !== 'exact' && own.group === 0)) return undefined;
  const log = book.write('pfs', { mine: own.group, peer: peer.group });
  if (peer.group === 0) return { reason: { code: 'slot-missing', slot: 'group', allowed: [{ id: own.group }] }, log };
  const allowed = own.group === 0 ? [] : [{ id: own.group }];
  return { reason: { code: 'algorithm-not-configured', offered: { slot: 'group', id: peer.group, path: [] }, allowed }, log };
}

function protocolFault(theirs: SaProtocol, mine: SaProtocol, path: Path): Fault | undefined {
  if (theirs.spiSize !== mine.spiSize && theirs.protocol !== IPCOMP) {
    const log = book.write('spiSizes', { mine: mine.spiSize, peer: theirs.spiSize });
    return { reason: { code: 'structure', detail: `SPI of ${theirs.spiSize} octets`, path }, log };
  }
  if (theirs.mode === mine.mode) return undefined;
  const log = book.write('modes', { mine: names.mode(mine.mode), peer: names.mode(theirs.mode) });
  const offered = { slot: 'mode', id: theirs.mode, path } as const;
  return { reason: { code: 'algorithm-not-configured', offered, allowed: [{ id: mine.mode }] }, log };
}

/** The peer's transforms in order, each against ours in order. */
function firstTransform(
  theirs: SaProtocol,
  mine: SaProtocol,
  level: Level,
  logs: LogLine[],
): { readonly transform?: RacoonTransform; readonly reasons: readonly Skipped[] } {
  const reasons: Skipped[] = [];
  for (const offered of theirs.transforms) {
    const source = offered.source as RacoonTransform;
    let nearest: readonly Reason[] | undefined;
    for (const own of mine.transforms) {
      const against = transformReasons(offered, own, mine, level, source.path);
      if (against.length === 0) return { transform: source, reasons };
      logs.push(transformLine(offered, own, mine, level));
      if (nearest === undefined || against.length < nearest.length) nearest = against;
    }
    reasons.push(...(nearest ?? []).map((reason) => ({ path: source.path, reason })));
  }
  return { reasons };
}

function transformReasons(offered: SaTransform, own: SaTransform, { protocol }: SaProtocol, level: Level, path: Path): readonly Reason[] {
  const reasons: Reason[] = [];
  const slot = protocol === ESP ? 'encryption' : protocol === AH ? 'integrity' : 'compression';
  if (offered.id !== own.id)
    reasons.push({ code: 'algorithm-not-configured', offered: { slot, id: offered.id, path }, allowed: [{ id: own.id }] });
  if (offered.auth !== own.auth && slot === 'encryption') {
    const allowed = own.auth === NO_AUTH ? [] : [{ id: own.auth }];
    if (offered.auth === NO_AUTH) reasons.push({ code: 'slot-missing', slot: 'integrity', allowed });
    else reasons.push({ code: 'algorithm-not-configured', offered: { slot: 'integrity', id: offered.auth, path }, allowed });
  }
  if (badKey(offered, own, level)) {
    const choice = { slot: 'encryption', id: offered.id, keyBits: offered.keyBits, path } as const;
    reasons.push({ code: 'key-length-mismatch', offered: choice, allowed: [own.keyBits] });
  }
  return reasons;
}

function transformLine(offered: SaTransform, own: SaTransform, { protocol }: SaProtocol, level: Level): LogLine {
  if (offered.id !== own.id) {
    return book.write('transforms', { mine: names.transform(protocol, own.id), peer: names.transform(protocol, offered.id) });
  }
  if (offered.auth !== own.auth) return book.write('authTypes', { mine: names.auth(own.auth), peer: names.auth(offered.auth) });
  return book.write(level === 'exact' ? 'keyLengths' : 'lowKeyLength', { mine: own.keyBits, peer: offered.keyBits });
}

function badKey(offered: SaTransform, own: SaTransform, level: Level): boolean {
  if (level === 'obey') return false;
  return level === 'exact' ? offered.keyBits !== own.keyBits : offered.keyBits < own.keyBits;
}

/** The attribute for an AH transform. */
function authOf(transform: number): number {
  const found = Object.entries(AH_OF).find(([, id]) => id === transform);
  return found ? Number(found[0]) : NO_AUTH;
}

const [AH, ESP, IPCOMP] = [2, 3, 4];
const TRANSPORT = 2;
const NO_AUTH = 254;
