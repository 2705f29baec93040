/**
 * libreswan's pluto, IKEv1 and IKEv2, as responder and as initiator.
 *
 * @module
 */
import type { Negotiation } from '../../model.ts';
import { defineProfile, type Release, type Response, type Setup } from '../profile.ts';
import { type Here, SETTINGS } from './bench.ts';
import { defaultSetup } from './defaults.ts';
import { configFaults } from './faults.ts';
import { judgeIkev1 } from './ikev1.ts';
import { judgeIkev2 } from './ikev2-exchange.ts';
import { offerOf } from './offers.ts';
import type { Request } from '../profile.ts';

export const libreswanProfile = defineProfile({
  name: 'libreswan',
  title: 'libreswan',
  basis: 'measured',
  sources: [
    'libreswan 4.3, 4.10, 5.2 of Debian on the wire: IKE_SA_INIT, IKE_AUTH, CREATE_CHILD_SA, Main, Aggressive and Quick Mode, in both roles',
    'libreswan 4.3, 4.10, 5.2 programs/pluto/ikev1_spdb_struct.c, ikev2_proposals.c (4.3: ikev2_spdb_struct.c), packet.c',
    'libreswan 5.4 and main after it (August 2026) programs/pluto/ikev2_proposals.c, lib/libswan/proposals.c: in its source only',
    'libreswan lib/libswan/ike_info.c, esp_info.c, ah_info.c, ike_alg_*.c, constants.c',
  ],
  releases: ['4.3', '4.10', '5.2', '5.4'],
  // 5.4 was only read.
  usualRelease: '5.2',
  negotiations: ['ikev1-phase1', 'ikev1-phase2', 'ikev2-ike', 'ikev2-child'],
  settings: SETTINGS,
  faults: (negotiation: Negotiation, here: Here) => configFaults(negotiation, here),
  defaults: (negotiation: Negotiation, release: Release): Setup<typeof SETTINGS> => defaultSetup(negotiation, release),
  respond: (request, here) => judged(request, false, here),
  check: (answer, here) => judged(answer, true, here),
  offer: (step, negotiation, here) => offerOf(step, negotiation, here),
});

function judged(request: Request, check: boolean, here: Here): Response {
  const { negotiation } = request;
  return negotiation === 'ikev1-phase1' || negotiation === 'ikev1-phase2'
    ? judgeIkev1(request, check, here)
    : judgeIkev2(request, check, here);
}
