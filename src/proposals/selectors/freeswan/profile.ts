/**
 * FreeS/WAN's Pluto among the other profiles. What only it has, its policy words and its code, stays with `freeswan()`.
 *
 * @module
 */
import { refusal, SILENCE } from '../answers.ts';
import { defineProfile, type Request, type Response, type Situation } from '../profile.ts';
import type { Connection } from './connection.ts';
import { parseConnection } from './connection.ts';
import { wireOf } from './family.ts';
import { freeswan } from './freeswan.ts';
import { freeswanOffer } from './offers.ts';
import { canonicalRelease, RELEASES } from './releases.ts';

const SETTINGS = {
  connection: { meaning: 'the words of the connection: psk,rsasig,encrypt,authenticate,compress,tunnel,pfs' },
  secret: { values: ['known', 'unknown'], meaning: 'whether a preshared key is found for the peer' },
  notifications: { values: ['none', 'sent'], meaning: 'only patched releases answer a refusal' },
} as const;

type Here = Situation<typeof SETTINGS>;

export const freeswanProfile = defineProfile({
  name: 'freeswan',
  title: 'FreeS/WAN',
  basis: 'recorded',
  sources: ['FreeS/WAN 2.0x pluto/spdb.c, packet.c, constants.c', 'FreeS/WAN pluto/CHANGES, 0.7 to 2.02'],
  releases: RELEASES,
  canonical: canonicalRelease,
  negotiations: ['ikev1-phase1', 'ikev1-phase2'],
  settings: SETTINGS,
  policySetting: 'connection',
  defaults: () => ({ policy: [], settings: { connection: 'psk,encrypt,tunnel,pfs' } }),
  respond: (request, here) => judged(request, here, false),
  check: (answer, here) => judged(answer, here, true),
  offer: (step, _, here) => freeswanOffer(here.release.name, connectionOf(here, false), step === 'quick' ? 2 : 1),
});

function judged(request: Request, here: Here, check: boolean): Response {
  // It drops aggressive mode unread.
  if (request.step === 'aggressive') return refusal(SILENCE, []);
  const profile = { release: here.release.name, sendsNotifications: here.setting('notifications') === 'sent' };
  const verdict = freeswan(profile).judge(request.sa, connectionOf(here, check), request.negotiation === 'ikev1-phase1' ? 1 : 2);
  return { ...verdict, wire: wireOf(verdict, request) };
}

function connectionOf({ setup, setting }: Here, initiatorCheck: boolean): Connection {
  const { policy } = parseConnection(setting('connection'));
  const spi = setup.spi?.reduce((value, octet) => value * 256 + octet, 0);
  return { policy, pskKnown: setting('secret') === 'known', initiatorCheck, ...(spi !== undefined && { ourSpi: spi }) };
}
