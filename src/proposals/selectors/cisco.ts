/**
 * Cisco's routers and firewalls, as their manuals have it; nothing here was seen on a wire.
 *
 * Both manuals say that the lifetimes have to be ordered, and word it from opposite ends: IOS compares the peer's lifetime with that of the
 * policy looked at, ASA the lifetime of the responding side with that of the policy sent. The first reading is the default of both; the
 * other is the setting `lifetime_rule=ge`.
 *
 * @module
 */
import { wantOf } from '../policy.ts';
import { ownPoliciesProfile } from './own-policies.ts';
import type { Setup } from './profile.ts';

const DAY = 86_400;
const ISAKMP = 1;
const [DES, SHA, RSA_SIGNATURES, MODP768] = [{ id: 1 }, { id: 2 }, 3, { id: 1 }];

/** The policy of lowest priority that IOS has of itself: the default of every parameter. */
const IOS_DEFAULT: Setup = {
  policy: [[wantOf(ISAKMP, { encryption: [DES], hash: [SHA], group: [MODP768] })]],
  auth: [RSA_SIGNATURES],
  lifetime: DAY,
};

export const ciscoIosProfile = ownPoliciesProfile({
  name: 'cisco-ios',
  title: 'Cisco IOS',
  sources: [
    'Cisco Router and Security Device Manager 2.1 User’s Guide, OL-4015-08: IKE policies',
    'Cisco IOS XR System Security Configuration Guide, OL-20382-01: IKE Peer Agreement for Matching Policies, IKE Policy Parameter Definitions',
  ],
  lifetimeRule: 'le',
  lifetime: DAY,
  defaults: IOS_DEFAULT,
});

/** New configurations have no policy of their own. */
export const ciscoAsaProfile = ownPoliciesProfile({
  name: 'cisco-asa',
  title: 'Cisco ASA',
  sources: [
    'Cisco Security Appliance Command Line Configuration Guide, OL-12172-03: Configuring ISAKMP',
    'Cisco ASA Series CLI Configuration Guide: Configuring IPsec and ISAKMP',
  ],
  lifetimeRule: 'le',
  lifetime: DAY,
});
