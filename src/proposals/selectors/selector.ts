/**
 * From a profile's name (`strongswan@5.9.8`) to one that answers.
 *
 * @example
 * const peer = selectorFor('strongswan@5.9.8').configured('ikev2-ike', { policy });
 * const { outcome, wire, trace } = peer.respond({ negotiation: 'ikev2-ike', step: 'sa-init', sa, keGroup: 14 });
 *
 * @module
 */
import type { Negotiation, Offer } from '../model.ts';
import { PROFILES } from './profiles.ts';
import { ConfigError, ProfileError, ReleaseError } from './errors.ts';
import type { AnswerToCheck, ConfigFault, Profile, Release, Request, Response, Setup, Situation, Step } from './profile.ts';
import { quoted } from '../notation/quoted.ts';

/** A profile at a release. */
export interface Selector {
  readonly profile: Profile;
  readonly release: string;
  /** The profile with a setup, or with its release's default. @throws ConfigError when the daemon would not load it, or has no default */
  configured(negotiation: Negotiation, setup?: Setup): Configured;
}

/** A profile that is set up. */
export interface Configured {
  readonly setup: Setup;
  /** @throws ConfigError when the profile does not play that role */
  respond(request: Request): Response;
  check(answer: AnswerToCheck): Response;
  /** Whether it is known what it makes of an answer. */
  readonly canCheck: boolean;
  /** `group`: the one that INVALID_KE_PAYLOAD asked for; in quick mode that of the IKE SA. */
  offer(step: Step, group?: number): Offer;
}

/**
 * The selector of `<name>` or `<name>@<release>`; without a release the one that the profile means then, mostly the newest.
 *
 * @throws ProfileError, ReleaseError
 */
export function selectorFor(spec: string): Selector {
  const at = spec.indexOf('@');
  const name = at < 0 ? spec : spec.slice(0, at);
  const profile = PROFILES.find((each) => each.name === name.toLowerCase());
  if (profile === undefined) throw new ProfileError(name, PROFILES);
  return selectorOf(profile, at < 0 ? undefined : spec.slice(at + 1));
}

/** The selector of a profile at a release, its usual one when left out. @throws ReleaseError */
export function selectorOf(profile: Profile, asked?: string): Selector {
  const release = releaseOf(profile, asked);
  return { profile, release: release.name, configured: (negotiation, setup) => configure(profile, release, negotiation, setup) };
}

function configure(profile: Profile, release: Release, negotiation: Negotiation, given?: Setup): Configured {
  const who = release.name === '' ? profile.name : `${profile.name}@${release.name}`;
  const refuse = (rule: string): never => {
    throw new ConfigError(who, [{ rule, path: [] }]);
  };
  if (!profile.negotiations.includes(negotiation)) refuse(`${profile.title} does not negotiate ${negotiation}`);
  const setup = given ?? profile.defaults?.(negotiation, release) ?? refuse('it has no default here: say what is configured');
  const situation = situationOf(profile, release, setup);
  const unknown = Object.entries(setup.settings ?? {}).flatMap(([name, value]) => settingFault(profile, name, value ?? ''));
  const faults = [...unknown, ...(profile.faults?.(negotiation, situation) ?? [])];
  if (faults.length > 0) throw new ConfigError(who, faults);
  return {
    setup,
    respond: (request) => profile.respond?.(request, situation) ?? refuse(`${profile.title} does not respond`),
    canCheck: profile.check !== undefined,
    check: (answer) => profile.check?.(answer, situation) ?? refuse(`it is not known what ${profile.title} makes of an answer`),
    offer: (step, group) => profile.offer?.(step, negotiation, situation, group) ?? refuse(`it is not known what ${profile.title} offers`),
  };
}

function situationOf(profile: Profile, release: Release, setup: Setup): Situation {
  return { release, setup, setting: (name) => setup.settings?.[name] ?? profile.settings[name]?.values?.[0] ?? '' };
}

function settingFault(profile: Profile, name: string, value: string): ConfigFault[] {
  const setting = Object.hasOwn(profile.settings, name) ? profile.settings[name] : undefined;
  if (setting === undefined) {
    const names = Object.keys(profile.settings);
    return [{ rule: `unknown setting ${quoted(name)}${names.length > 0 ? `; known: ${names.join(', ')}` : ''}`, path: [] }];
  }
  if (setting.values === undefined || setting.values.includes(value)) return [];
  return [{ rule: `${name} may be ${setting.values.join(', ')}, not ${quoted(value)}`, path: [] }];
}

function releaseOf(profile: Profile, asked: string | undefined): Release {
  const name = asked === undefined ? (profile.usualRelease ?? profile.releases.at(-1)) : canonicalRelease(profile, asked);
  if (name === undefined) throw new ReleaseError(profile, asked ?? '');
  return { name, since: (release) => compareReleases(name, release) >= 0 };
}

/** Known, or between two that are known. */
function canonicalRelease(profile: Profile, asked: string): string | undefined {
  if (profile.canonical) return profile.canonical(asked);
  if (profile.releases.includes(asked)) return asked;
  const [oldest] = profile.releases;
  const newest = profile.releases.at(-1) as string;
  const between = /^\d{1,4}(\.\d{1,4}){0,3}$/.test(asked) && compareReleases(asked, oldest) >= 0 && compareReleases(asked, newest) <= 0;
  return between ? asked : undefined;
}

/** Dotted numbers, part by part; a missing part is 0. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((each) => each.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
