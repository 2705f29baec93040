/**
 * The table of profiles: one line each.
 *
 * @module
 */
import { freeswanProfile } from './freeswan/profile.ts';
import { openikedProfile } from './openiked/profile.ts';
import { n3iwfProfile } from './n3iwf.ts';
import { softetherProfile } from './softether/profile.ts';
import { ciscoIosProfile } from './cisco.ts';
import { ciscoAsaProfile } from './cisco.ts';
import { junoseProfile } from './junose.ts';
import { routerosProfile } from './routeros.ts';
import { rfcProfile } from './rfc/profile.ts';
import { strongswanProfile } from './strongswan/profile.ts';
import { isakmpdProfile } from './isakmpd/profile.ts';
import type { Profile } from './profile.ts';

/** Every implementation that can be mimicked. */
export const PROFILES: readonly Profile[] = [
  freeswanProfile,
  openikedProfile,
  n3iwfProfile,
  softetherProfile,
  ciscoIosProfile,
  ciscoAsaProfile,
  junoseProfile,
  routerosProfile,
  rfcProfile,
  strongswanProfile,
  isakmpdProfile,
];
