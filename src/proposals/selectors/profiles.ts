/**
 * The table of profiles: one line each.
 *
 * @module
 */
import { freeswanAlgProfile } from './freeswan/alg-profile.ts';
import { freeswanProfile } from './freeswan/profile.ts';
import { isakmpdProfile } from './isakmpd/profile.ts';
import { openswanProfile } from './openswan/profile.ts';
import { openikedProfile } from './openiked/profile.ts';
import { libreswanProfile } from './libreswan/profile.ts';
import { n3iwfProfile } from './n3iwf.ts';
import { softetherProfile } from './softether/profile.ts';
import { ciscoIosProfile } from './cisco.ts';
import { ciscoAsaProfile } from './cisco.ts';
import { junoseProfile } from './junose.ts';
import { routerosProfile } from './routeros.ts';
import { strongswanPlutoProfile } from './strongswan-pluto/profile.ts';
import { strongswanProfile } from './strongswan/profile.ts';
import { rfcProfile } from './rfc/profile.ts';
import { racoonProfile } from './racoon/profile.ts';
import { vpncProfile } from './vpnc/profile.ts';
import type { Profile } from './profile.ts';

/** Every implementation that can be mimicked. */
export const PROFILES: readonly Profile[] = [
  freeswanProfile,
  freeswanAlgProfile,
  openswanProfile,
  openikedProfile,
  isakmpdProfile,
  libreswanProfile,
  n3iwfProfile,
  softetherProfile,
  ciscoIosProfile,
  ciscoAsaProfile,
  junoseProfile,
  routerosProfile,
  strongswanPlutoProfile,
  strongswanProfile,
  rfcProfile,
  racoonProfile,
  vpncProfile,
];
