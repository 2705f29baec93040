/**
 * What an authenticated session is made with: credentials, whom we say to be, and what may be computed.
 *
 * Rule: nothing of it is ever in options, transcripts or reports. Its randomness is its own: the seed of a transcript would give the keys away.
 *
 * @module
 */
import type { CryptoProvider } from '../../ike/crypto/provider.ts';
import type { Entropy } from '../../ike/entropy.ts';
import type { Authenticator as Ikev1Authenticator } from '../../ike/exchanges/ikev1/authenticator.ts';
import type { Authenticator as Ikev2Authenticator } from '../../ike/exchanges/ikev2/authenticator.ts';
import type { AddressRange } from '../../net/addresses.ts';
import type { Proving } from './failure.ts';
import type { Identity } from './identity.ts';
import type { OwnCertificate } from './own-certificate.ts';

/** The means of a session. */
export interface SessionMeans {
  readonly provider: CryptoProvider;
  readonly random: Entropy;
  readonly credentials: Credentials;
  /** Which networks are behind us and behind the peer; the usual guesses when left out. */
  readonly ownNetworks?: readonly AddressRange[];
  readonly peerNetworks?: readonly AddressRange[];
  /** Told the keys of every SA, where they are to be kept: a line of Wireshark's tables. */
  readonly keys?: (line: string) => void;
}

/** Who we are, how we prove it, and whom we expect. */
export interface Credentials {
  readonly proving: Proving;
  /** Nothing when there is no way to prove it in that version. */
  readonly ikev1?: Ikev1Authenticator;
  readonly ikev2?: Ikev2Authenticator;
  /** Our address when left out. */
  readonly identity?: Identity;
  /** What is shown of us beside a signature. */
  readonly certificate?: OwnCertificate;
  /** Asked for, and required of the peer. */
  readonly peerIdentity?: Identity;
}
