/**
 * The table of profiles: one line each.
 *
 * @module
 */
import { freeswanProfile } from './freeswan/profile.ts';
import type { Profile } from './profile.ts';

/** Every implementation that can be mimicked. */
export const PROFILES: readonly Profile[] = [freeswanProfile];
