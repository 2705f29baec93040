/**
 * What implementations say to a first message of an IKE version that they are not configured for, or do not have.
 *
 * Measured on the wire of strongSwan 5.9.8 and 6.1.0 (built without IKEv1), libreswan 4.10 and 5.2, OpenIKED 7.2.
 *
 * @module
 */
import { notify } from './answers.ts';
import type { Notification } from './profile.ts';
import type { Selector } from './selector.ts';
import { compareReleases } from './selector.ts';

/** What leaves; nothing is silence. */
export interface OtherVersions {
  /** To main and aggressive mode. INVALID_MAJOR_VERSION stands in an IKEv2 message. */
  readonly ikev1?: Notification;
  /** To IKE_SA_INIT. */
  readonly ikev2?: Notification;
  /** Major versions that nobody has get INVALID_MAJOR_VERSION. @see RFC 7296 §2.5 */
  readonly unknown?: true;
}

const INVALID_MAJOR_VERSION = 5;
const NO_PROPOSAL_CHOSEN = 14;
const ISAKMP = 1;

/** Of those that were not measured nothing is known: they are silent. */
export function otherVersionsOf({ profile: { name }, release }: Selector): OtherVersions {
  if (name === 'strongswan')
    return {
      // No connection is to it what no proposal is, with fewer octets in the SPI.
      ikev1:
        compareReleases(release, '6.1') < 0
          ? notify(NO_PROPOSAL_CHOSEN, { protocol: ISAKMP, messageId: 'random' })
          : notify(INVALID_MAJOR_VERSION),
      ikev2: notify(NO_PROPOSAL_CHOSEN),
      unknown: true,
    };
  if (name === 'libreswan') return { ikev2: notify(NO_PROPOSAL_CHOSEN, { responderSpi: 'zero' }), unknown: true };
  return {};
}
