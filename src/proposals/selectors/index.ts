/**
 * From a profile's name (`freeswan@1.97`) to its selector.
 *
 * @module
 */
import { freeswan, type FreeswanProfile, type FreeswanSelector } from './freeswan/index.ts';
import { nearest } from '../notation/nearest.ts';
import { quoted } from './quoted.ts';

/** The implementations that can be mimicked. */
export const PROFILES = ['freeswan'] as const;

/** A name that no profile has. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly code = 'ERR_SELECTOR_PROFILE';
  readonly hint: string;

  constructor(profile: string) {
    const near = nearest(profile, PROFILES);
    super(`unknown profile ${quoted(profile)}${near === undefined ? '' : `. Did you mean '${near}'?`}`);
    this.hint = `known profiles: ${PROFILES.join(', ')}; a release may follow, as in freeswan@1.97`;
  }
}

/**
 * The selector of `<name>` or `<name>@<release>`; without a release the newest.
 *
 * @throws ProfileError, ReleaseError
 */
export function selectorFor(profile: string, options: Omit<FreeswanProfile, 'release'> = {}): FreeswanSelector {
  const at = profile.indexOf('@');
  const name = at < 0 ? profile : profile.slice(0, at);
  if (name.toLowerCase() !== 'freeswan') throw new ProfileError(name);
  return freeswan({ ...options, ...(at >= 0 && { release: profile.slice(at + 1) }) });
}
