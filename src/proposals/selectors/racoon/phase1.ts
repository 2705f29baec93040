/**
 * racoon's choice in phase 1: proposals by number, transforms as they stand, each against the configured list in order.
 *
 * @see ipsec-tools racoon ipsec_doi.c get_ph1approval, t2isakmpsa; remoteconf.c checkisakmpsa
 * @module
 */
import type { LogLine } from '../../log-lines.ts';
import { OAKLEY, type Path, type Slot, type Suite } from '../../model.ts';
import { boxOf } from '../../policy.ts';
import { expandBox } from '../../suites.ts';
import type { Reason } from '../../verdict.ts';
import { withAuth } from '../ikev1-suites.ts';
import type { Setup } from '../profile.ts';
import { book } from './book.ts';
import { DEFAULT_KEY, DEFAULT_SECONDS, durationOf, type Level } from './level.ts';
import type { RacoonOffer, RacoonProposal, RacoonTransform, Skipped } from './payload.ts';

/** What a transform of phase 1 says, or what is configured; 0 where nothing is said. */
export interface IsakmpSa {
  readonly encryption: number;
  readonly hash: number;
  readonly auth: number;
  readonly group: number;
  readonly keyBits: number;
  readonly seconds: number;
}

/** A choice, and everything against the others. */
export interface Phase1Choice {
  readonly chosen?: { readonly proposal: RacoonProposal; readonly transform: RacoonTransform };
  /** What goes back: with the first transform of a proposal come the first ones of the proposals behind it under its number. */
  readonly answer: readonly { readonly proposal: RacoonProposal; readonly transform: RacoonTransform }[];
  readonly against: readonly Skipped[];
  readonly logs: readonly LogLine[];
}

/** The configured list; the sides of XAUTH and hybrid authentication are one. */
export function configuredSas(setup: Setup): readonly IsakmpSa[] {
  const suites = withAuth(setup.policy, setup.auth).flatMap((bundle) => bundle.flatMap((want) => expandBox(boxOf(want))));
  return suites.map((suite: Suite): IsakmpSa => {
    const encryption = suite.encryption?.id ?? 0;
    return {
      encryption,
      hash: suite.hash?.id ?? 0,
      auth: clientSide(suite.auth?.id ?? 0),
      group: suite.group?.id ?? 0,
      keyBits: suite.encryption?.keyBits ?? DEFAULT_KEY.phase1[encryption] ?? 0,
      seconds: setup.lifetime ?? DEFAULT_SECONDS,
    };
  });
}

/** Chooses among what could be read. */
export function choosePhase1({ bundles }: RacoonOffer, own: readonly IsakmpSa[], level: Level): Phase1Choice {
  const logs: LogLine[] = [];
  const against: Skipped[] = [];
  for (const bundle of bundles) {
    for (const [i, proposal] of bundle.entries()) {
      for (const transform of proposal.transforms) {
        const said = understood(transform, logs);
        const reasons = 'code' in said ? [said] : nearestReasons(transform, said, own, level);
        if (reasons.length > 0) {
          against.push(...reasons.map((reason) => ({ path: transform.path, reason })));
          continue;
        }
        logs.push(book.write('acceptable'));
        const behind = transform === proposal.transforms[0] ? bundle.slice(i + 1) : [];
        const answer = [
          { proposal, transform },
          ...behind.map((each) => ({ proposal: each, transform: each.transforms[0] as RacoonTransform })),
        ];
        return { chosen: { proposal, transform }, answer, against, logs };
      }
    }
  }
  logs.push(book.write('unsuitable'));
  return { answer: [], against, logs };
}

/** What a transform says, the last of each attribute; a reason when racoon stumbles over it. */
function understood({ attributes, path }: RacoonTransform, logs: LogLine[]): IsakmpSa | Reason {
  const said = { encryption: 0, hash: 0, auth: 0, group: 0, keyBits: 0, seconds: DEFAULT_SECONDS };
  let unit = 1;
  let keyed = false;
  for (const [i, attribute] of attributes.entries()) {
    const { type, value, short, whole } = attribute;
    const invalid: Reason = { code: 'value-invalid', attribute: type, value, path: attribute.path };
    if (!whole) {
      logs.push(book.write('attributeLength'));
      return { code: 'structure', detail: 'attribute length', path: attribute.path };
    }
    const field = FIELDS[type];
    if (field !== undefined) said[field] = value;
    else if (type === GENERATOR && short && value > 4) return invalid;
    else if (type === OAKLEY.lifeType) unit = value;
    else if (type === OAKLEY.lifeDuration) {
      if (attributes[i - 1]?.type !== OAKLEY.lifeType) {
        logs.push(book.write('durationAlone'));
        continue;
      }
      const amount = durationOf(attribute, logs);
      if (amount === 0) {
        logs.push(book.write('duration'));
        return invalid;
      }
      if (unit === 1) said.seconds = amount;
    } else if (type === OAKLEY.keyLength) {
      if (value % 8 !== 0) {
        logs.push(book.write('keyLength', { bits: value }));
        return invalid;
      }
      said.keyBits = value;
      keyed = true;
    }
  }
  if (!keyed || !FIXED_KEYS.has(said.encryption)) return said;
  logs.push(book.write('keyLengthForbidden', { id: said.encryption }));
  return { code: 'attribute-unsupported', attribute: OAKLEY.keyLength, path };
}

function nearestReasons(transform: RacoonTransform, said: IsakmpSa, own: readonly IsakmpSa[], level: Level): readonly Reason[] {
  let nearest: readonly Reason[] | undefined;
  for (const each of own) {
    const reasons = reasonsAgainst(transform, said, each, level);
    if (reasons.length === 0) return reasons;
    if (nearest === undefined || reasons.length < nearest.length) nearest = reasons;
  }
  return nearest ?? [{ code: 'policy-requires', what: 'a configured proposal', path: transform.path }];
}

function reasonsAgainst({ attributes, path }: RacoonTransform, said: IsakmpSa, own: IsakmpSa, level: Level): Reason[] {
  const at = (type: number): Path => attributes.findLast((each) => each.type === type)?.path ?? path;
  const reasons: Reason[] = [];
  for (const slot of COMPARED) {
    const offered = slot === 'auth' ? clientSide(said.auth) : said[slot];
    if (offered === own[slot]) continue;
    const allowed = [{ id: own[slot] }];
    if (said[slot] === 0) reasons.push({ code: 'slot-missing', slot, allowed });
    else reasons.push({ code: 'algorithm-not-configured', offered: { slot, id: said[slot], path: at(OAKLEY[slot]) }, allowed });
  }
  if (level === 'obey') return reasons;
  const strict = level !== 'exact';
  if (strict ? said.keyBits < own.keyBits : said.keyBits !== own.keyBits) {
    const offered = { slot: 'encryption', id: said.encryption, keyBits: said.keyBits, path: at(OAKLEY.keyLength) } as const;
    reasons.push({ code: 'key-length-mismatch', offered, allowed: [own.keyBits] });
  }
  if (strict ? said.seconds > own.seconds : said.seconds !== own.seconds) {
    const where = at(OAKLEY.lifeDuration);
    if (said.seconds > own.seconds) reasons.push({ code: 'lifetime-too-long', seconds: said.seconds, limit: own.seconds, path: where });
    else reasons.push({ code: 'value-invalid', attribute: OAKLEY.lifeDuration, value: said.seconds, path: where });
  }
  return reasons;
}

/** XAUTH and hybrid methods come in pairs, one for each side; the asking side's number stands for both. */
export function clientSide(method: number): number {
  return PAIRED.has(method) ? method - 1 : method;
}

const COMPARED = ['auth', 'encryption', 'group', 'hash'] as const satisfies readonly Slot[];
const FIELDS: Readonly<Record<number, 'encryption' | 'hash' | 'auth' | 'group'>> = { 1: 'encryption', 2: 'hash', 3: 'auth', 4: 'group' };
const GENERATOR = 7;
/** DES, 3DES. */
const FIXED_KEYS: ReadonlySet<number> = new Set([1, 5]);
const PAIRED: ReadonlySet<number> = new Set([64222, 64224, 65002, 65004, 65006, 65008, 65010]);
