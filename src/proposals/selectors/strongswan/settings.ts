/**
 * Those of charon's settings that change what it chooses.
 *
 * @see strongswan.conf(5), swanctl.conf(5)
 * @module
 */

export const SETTINGS = {
  prefer_configured_proposals: { values: ['yes', 'no'], meaning: 'whether our own order leads, or that of the peer' },
  accept_private_algs: { values: ['no', 'yes'], meaning: 'whether numbers of private use mean the same to any peer' },
  aggressive_mode_psk: {
    values: ['no', 'yes'],
    meaning: 'i_dont_care_about_security_and_use_aggressive_mode_psk: whether aggressive mode is answered with a pre-shared key',
  },
  ipcomp: { values: ['no', 'yes'], meaning: 'whether the child is to be compressed; our CPI is 0x1234' },
} as const;
