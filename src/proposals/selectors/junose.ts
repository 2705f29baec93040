/**
 * Juniper's E-series routers, as their manual has it; nothing here was seen on a wire.
 *
 * The responder scans its own policies from the highest priority; lifetimes never refuse, the lesser of both is used.
 *
 * @module
 */
import { ownPoliciesProfile } from './own-policies.ts';

export const junoseProfile = ownPoliciesProfile({
  name: 'junose',
  title: 'Juniper JUNOSe',
  sources: [
    'JUNOSe 10.0 IP Services Configuration Guide: IKE SA Negotiation',
    'JUNOSe 11.1 IP Services Configuration Guide: IKE Policies, Initiator Proposals and Policy Rules',
  ],
  lifetimeRule: 'any',
});
