/**
 * What can be wrong with the name or the configuration of a profile.
 *
 * @module
 */
import { nearest } from '../notation/nearest.ts';
import type { ConfigFault, Profile } from './profile.ts';
import { quoted } from '../notation/quoted.ts';

/** A name that no profile has. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly code = 'ERR_SELECTOR_PROFILE';
  readonly hint: string;

  constructor(profile: string, profiles: readonly Pick<Profile, 'name'>[]) {
    const names = profiles.map(({ name }) => name);
    const near = nearest(profile, names);
    super(`unknown profile ${quoted(profile)}${near === undefined ? '' : `. Did you mean '${near}'?`}`);
    this.hint = `known profiles: ${names.join(', ')}; a release may follow, as in freeswan@1.97`;
  }
}

/** A release that never was. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly code = 'ERR_SELECTOR_RELEASE';
  readonly hint: string;

  constructor({ title, releases }: Pick<Profile, 'title' | 'releases'>, release: string) {
    const near = nearest(release, releases);
    super(`${title} has no release ${quoted(release)}${near === undefined ? '' : `. Did you mean '${near}'?`}`);
    this.hint = releases.length > 1 ? `known releases: ${releases.join(', ')}, and those between` : 'leave the release out';
  }
}

/** A setup that the daemon would refuse to load, or a role that it does not play. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_SELECTOR_CONFIG';
  readonly faults: readonly ConfigFault[];
  readonly hint: string;

  constructor(profile: string, faults: readonly ConfigFault[]) {
    super(`${profile}: ${faults.map(({ rule }) => rule).join('; ')}`);
    this.faults = faults;
    this.hint = faults.find(({ source }) => source !== undefined)?.source ?? '';
  }
}
