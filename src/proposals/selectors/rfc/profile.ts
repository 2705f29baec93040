/**
 * Nobody's implementation: what the RFCs demand, and nothing more. Where they leave a choice, the choice made is stated.
 *
 * @module
 */
import type { Box, Negotiation } from '../../model.ts';
import { wantOf } from '../../policy.ts';
import { defineProfile, type Setup } from '../profile.ts';
import { checkIkev1, offerIkev1, respondIkev1 } from './ikev1.ts';
import { checkIkev2, offerIkev2, respondIkev2 } from './ikev2.ts';

const [IKE, ESP] = [1, 3];

/** What has to be implemented. @see RFC 4109 §2, RFC 4305 §3.1.1, RFC 8247 §2, RFC 8221 §5, §6 */
const MANDATORY: { readonly [N in Negotiation]: Box } = {
  'ikev1-phase1': { encryption: [{ id: 5 }], hash: [{ id: 2 }], group: [{ id: 2 }] },
  'ikev1-phase2': { encryption: [{ id: 3 }], integrity: [{ id: 2 }] },
  'ikev2-ike': {
    encryption: [
      { id: 12, keyBits: 256 },
      { id: 12, keyBits: 128 },
    ],
    prf: [{ id: 5 }],
    integrity: [{ id: 12 }],
    group: [{ id: 14 }],
  },
  'ikev2-child': {
    encryption: [
      { id: 12, keyBits: 256 },
      { id: 12, keyBits: 128 },
    ],
    integrity: [{ id: 12 }],
    esn: [{ id: 0 }],
  },
};

export const rfcProfile = defineProfile({
  name: 'rfc',
  title: 'the RFCs',
  basis: 'documents',
  sources: ['RFC 2407', 'RFC 2408', 'RFC 2409', 'RFC 7296', 'RFC 9370', 'RFC 5282', 'RFC 3602'],
  releases: [''],
  negotiations: ['ikev1-phase1', 'ikev1-phase2', 'ikev2-ike', 'ikev2-child'],
  settings: {},
  defaults: (negotiation): Setup => ({
    policy: [[wantOf(negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike' ? IKE : ESP, MANDATORY[negotiation])]],
  }),
  respond: (request, { setup }) => (isIkev1(request.negotiation) ? respondIkev1(request, setup) : respondIkev2(request, setup)),
  check: (answer) => (isIkev1(answer.negotiation) ? checkIkev1(answer) : checkIkev2(answer)),
  offer: (step, negotiation, { setup }) => (isIkev1(negotiation) ? offerIkev1(negotiation, setup) : offerIkev2(step, negotiation, setup)),
});

function isIkev1(negotiation: Negotiation): boolean {
  return negotiation === 'ikev1-phase1' || negotiation === 'ikev1-phase2';
}
