/**
 * What a probe is asked to do, as plain data that a transcript keeps, and its way to the core's options.
 *
 * Rule: settings from a transcript are no better than a stranger's words: each is checked as the command line's are.
 *
 * @module
 */
import type { ProbeOptions } from '../probe/probe.ts';
import { isChild, isChildOffer } from '../probe/suite-text.ts';
import type { Negotiation } from '../proposals/model.ts';
import { NotationError, parseOffer } from '../proposals/notation.ts';
import { parseUniverse, universe, UniverseError } from '../proposals/universes.ts';
import type { Universe } from '../proposals/universes.ts';
import { UsageError } from './errors.ts';
import { complaint, quoted } from './notation.ts';
import { RANGES } from './ranges.ts';

/** JSON through and through. */
export interface ProbeSettings {
  readonly ike: ProbeOptions['ike'];
  readonly mode: ProbeOptions['mode'];
  readonly offers: readonly string[];
  /** `text` is the content of the file when `name` is no universe of the package. */
  readonly universe: { readonly name: string; readonly text?: string };
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  /** Packets per second. */
  readonly rate: number;
  readonly budget: number;
  readonly fingerprint?: boolean;
  /** Child SAs are asked about too: there are credentials, which are not kept here. */
  readonly children?: boolean;
}

/** Offers and universe read and checked. @throws UsageError naming the place and the nearest word */
export function optionsOf(settings: ProbeSettings): ProbeOptions {
  const { offers, ike, children = false } = settings;
  for (const offer of offers) checkOffer(offer, ike, children);
  return { ...settings, universe: universeOf(settings.universe, ike, children) };
}

/** Settings that a transcript kept. @throws UsageError when they are not what we write */
export function settingsFrom(kept: Readonly<Record<string, unknown>> = {}): ProbeSettings {
  const wrong = (name: string): UsageError => new UsageError('ERR_USAGE_FILE', `settings.${name}: not what ike-probe writes`);
  const { ike, mode, offers, universe: asked, fingerprint, children } = kept;
  if (ike !== 'v1' && ike !== 'v2' && ike !== 'both') throw wrong('ike');
  if (mode !== 'main' && mode !== 'aggressive' && mode !== 'both') throw wrong('mode');
  if (!Array.isArray(offers) || !offers.every((offer): offer is string => typeof offer === 'string')) throw wrong('offers');
  const { name, text } = (asked ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || (text !== undefined && typeof text !== 'string')) throw wrong('universe');
  const number = (of: keyof typeof RANGES): number => {
    const value = kept[of];
    const [least, most] = RANGES[of];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw wrong(of);
    return value;
  };
  const numbers = { timeout: number('timeout'), retries: number('retries'), rate: number('rate'), budget: number('budget') };
  if (fingerprint !== undefined && typeof fingerprint !== 'boolean') throw wrong('fingerprint');
  if (children !== undefined && typeof children !== 'boolean') throw wrong('children');
  return {
    ike,
    mode,
    offers,
    universe: { name, ...(text !== undefined && { text }) },
    ...numbers,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(children !== undefined && { children }),
  };
}

/** An offer has to make sense in one of the versions asked for; the complaint is that of the version that read furthest. */
function checkOffer(offer: string, ike: ProbeOptions['ike'], children: boolean): void {
  const faults: NotationError[] = [];
  const child = isChildOffer(offer);
  if (child && !children) {
    throw new UsageError(
      'ERR_USAGE_CONFLICT',
      `--offer ${quoted(offer)}: child SAs are asked about behind an authentication`,
      '--psk-file <file>, or --cert and --key',
    );
  }
  if (child && offer.includes('+')) {
    throw new UsageError('ERR_USAGE_ARGUMENT', `--offer ${quoted(offer)}: each protocol is asked alone`, 'select judges bundles');
  }
  for (const [version, negotiation] of child ? CHILD_NEGOTIATIONS : IKE_NEGOTIATIONS) {
    if (ike !== 'both' && ike !== version) continue;
    try {
      parseOffer(offer, negotiation);
      return;
    } catch (error) {
      if (!(error instanceof NotationError)) throw error;
      faults.push(error);
    }
  }
  const furthest = faults.reduce((a, b) => (b.offset >= a.offset ? b : a));
  throw new UsageError('ERR_USAGE_ARGUMENT', `--offer ${quoted(offer)}: ${complaint(furthest)}`, OFFER_HINT);
}

const IKE_NEGOTIATIONS = [
  ['v1', 'ikev1-phase1'],
  ['v2', 'ikev2-ike'],
] as const;
const CHILD_NEGOTIATIONS = [
  ['v1', 'ikev1-phase2'],
  ['v2', 'ikev2-child'],
] as const;

function universeOf({ name, text }: ProbeSettings['universe'], ike: ProbeOptions['ike'], children: boolean): ProbeOptions['universe'] {
  const found = text === undefined ? named(name) : fromFile(name, text);
  const of = (negotiation: Negotiation, wanted: boolean): Universe | undefined => (wanted ? found(negotiation) : undefined);
  const [one, two] = [ike !== 'v2', ike !== 'v1'];
  const [v1, v2] = [of('ikev1-phase1', one), of('ikev2-ike', two)];
  const [v1Child, v2Child] = [of('ikev1-phase2', one && children), of('ikev2-child', two && children)];
  return { name, ...(v1 && { v1 }), ...(v2 && { v2 }), ...(v1Child && { v1Child }), ...(v2Child && { v2Child }) };
}

/** The universe of a negotiation, if there is one. */
type Universes = (negotiation: Negotiation) => Universe | undefined;

function named(name: string): Universes {
  if (name !== 'common' && name !== 'full') {
    throw new UsageError('ERR_USAGE_ARGUMENT', `--universe ${quoted(name)}: unknown universe`, 'common, full, or @<file>');
  }
  return (negotiation) => universe(name, negotiation);
}

/** Child SAs that a file does not speak of are those of the common universe. */
function fromFile(name: string, text: string): Universes {
  try {
    const found = parseUniverse(text);
    return (negotiation) => found[negotiation] ?? (isChild(negotiation) ? universe('common', negotiation) : undefined);
  } catch (error) {
    if (!(error instanceof UniverseError)) throw error;
    throw new UsageError('ERR_USAGE_FILE', `${name}: ${error.code.replaceAll('-', ' ')} at ${error.path}`, UNIVERSE_HINT);
  }
}

const OFFER_HINT = 'aes256-sha256-modp2048 (IKEv1), aes256-sha256-prfsha256-modp2048 (IKEv2); all words: ike-probe algorithms';
const UNIVERSE_HINT =
  'JSON: { "ikev2-ike": { "boxes": [ { "encryption": ["aes256"], "integrity": ["sha256"], "prf": ["prfsha256"], "group": ["modp2048"] } ] } }';
