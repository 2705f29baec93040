/**
 * strongSwan's charon.
 *
 * @module
 */
import type { Negotiation } from '../../model.ts';
import { type ConfigFault, defineProfile } from '../profile.ts';
import { judgement, refusal, SILENCE } from '../answers.ts';
import type { Here } from './choose.ts';
import { load } from './configured.ts';
import { defaultSetup } from './defaults.ts';
import { checkPhase1, respondPhase1 } from './ikev1-phase1.ts';
import { checkPhase2, respondPhase2 } from './ikev1-phase2.ts';
import { checkIkev2, respondIkev2 } from './ikev2.ts';
import { charonOffer } from './offer.ts';
import { LOG } from './log.ts';
import { RELEASES } from './releases.ts';
import { SETTINGS } from './settings.ts';

export const strongswanProfile = defineProfile({
  name: 'strongswan',
  title: 'strongSwan',
  basis: 'measured',
  sources: [
    'strongSwan 5.9.1 to 6.0.6, and its branch of May 2026, libstrongswan/crypto/proposal/proposal.c',
    'libcharon/encoding/parser.c, payloads/sa_payload.c, proposal_substructure.c, transform_substructure.c',
    'libcharon/sa/ikev2/tasks/ike_init.c, child_create.c; sa/ikev1/tasks/main_mode.c, aggressive_mode.c, quick_mode.c',
    'answers of charon-systemd 5.9.8 of Debian 12',
  ],
  releases: RELEASES,
  negotiations: ['ikev1-phase1', 'ikev1-phase2', 'ikev2-ike', 'ikev2-child'],
  settings: SETTINGS,
  faults,
  defaults: defaultSetup,
  respond: (request, here) => {
    if (request.sa.length + HEADER > LONGEST_PACKET) return refusal(SILENCE, [tooLong], [LOG.write('packetDiscarded')]);
    if (request.negotiation === 'ikev1-phase1') return respondPhase1(request, here);
    return request.negotiation === 'ikev1-phase2' ? respondPhase2(request, here) : respondIkev2(request, here);
  },
  check: (answer, here) => {
    if (answer.negotiation === 'ikev1-phase1') return checkPhase1(answer, here);
    return answer.negotiation === 'ikev1-phase2' ? checkPhase2(answer, here) : checkIkev2(answer, here);
  },
  offer: charonOffer,
});

/** charon.max_packet: what is longer is thrown away unread. The SA is never alone in its message, but what else is in it is not known here. */
const LONGEST_PACKET = 10_000;
/** Of the message. */
const HEADER = 28;
const tooLong = judgement([], [{ code: 'structure', detail: `the message is longer than ${LONGEST_PACKET} octets`, path: [] }]);

/** What `swanctl --load-conns` fails with. */
function faults(negotiation: Negotiation, { setup, release }: Here): readonly ConfigFault[] {
  const ike = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike';
  return setup.policy.flatMap((bundle, b) => {
    if (bundle.length > 1) return [{ rule: 'AH+ESP bundles are not supported', path: [b], source: 'sa_payload.c: get_proposals' }];
    return bundle.flatMap((want, w): ConfigFault[] => {
      const path = [b, w];
      const protocols = ike ? [1] : [2, 3];
      if (!protocols.includes(want.protocol)) {
        const rule = `${ike ? 'proposals' : 'esp_proposals and ah_proposals'} are not of protocol ${want.protocol}`;
        return [{ rule, path, source: 'swanctl.conf(5)' }];
      }
      const loaded = load(want, negotiation, release);
      return 'refusal' in loaded ? [{ rule: loaded.refusal.rule, path, source: 'proposal.c: check_proposal' }] : [];
    });
  });
}
