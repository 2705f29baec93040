/**
 * What a responder of IKEv2 is told.
 *
 * @module
 */
import type { CryptoProvider } from '../../crypto/provider.ts';
import type { Entropy } from '../../entropy.ts';
import type { ResponderLimits } from '../half-open.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import type { Select } from '../selecting.ts';
import type { Authenticator, CertificateData, Identity } from './authenticator.ts';
import type { PpkKeys } from './ppk.ts';
import type { IkeSa } from './ike-sa.ts';
import type { Answers } from './session.ts';

/** One side that waits to be asked in IKEv2. */
export interface Ikev2Side {
  /** The authenticator for a peer that says to be this one; nothing for a stranger. */
  readonly authenticate: (peer: Identity) => Authenticator | undefined;
  /** The body of a CERTREQ payload: some peers show certificates only when asked. */
  readonly request?: CertificateData;
  readonly traffic?: Answers['traffic'];
  /** Vendor IDs of its first answer; none when left out. */
  readonly vendors?: readonly Uint8Array[];
  /** Post-quantum preshared keys; without them a peer's are passed over. @see RFC 8784 */
  readonly ppk?: PpkKeys;
  /** The longest datagram; that of IPv6's least MTU when left out. */
  readonly mostOctets?: number;
  /** Shown each IKE SA of a first message, whatever becomes of it: for whoever reads captures. */
  readonly keys?: (sa: IkeSa) => void;
}

export interface Ikev2ResponderSetup extends Ikev2Side {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly identity: Identity;
  /** Chooses for IKE SAs and child SAs; a configured profile's `respond`. */
  readonly select: Select;
  readonly limits?: Partial<ResponderLimits>;
  readonly misbehaviour?: Misbehaviour;
}
