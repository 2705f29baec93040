/**
 * How a side of IKEv1 proves who it is: what SKEYID begins with, and what stands beside the identity.
 *
 * @module
 */
import type { Method } from '../../crypto/keymat-v1.ts';
import { sameOctets } from '../../crypto/provider.ts';
import { sameIdentity } from '../../crypto/x509/certificate.ts';
import { PAYLOAD_V1 } from '../../numbers.ts';
import type { Identification } from '../../payloads/id.ts';
import type { Payload } from '../../payloads/index.ts';

/** Why a peer's proof does not hold. */
export type ProofFault =
  /** HASH_I or HASH_R is not what it should be: in aggressive mode the first sign of another pre-shared key. */
  | 'hash'
  | 'signature'
  /** Its certificate does not lead to anything that is trusted, or there is none. */
  | 'untrusted'
  /** Its certificate, or one above it, is out of date. */
  | 'expired'
  /** The identity is not the one that was expected, or not that of the certificate. */
  | 'identity'
  /** There is no proof. */
  | 'missing';

/** One side's means of authentication. It keeps its secrets to itself. */
export interface Authenticator {
  /** Oakley numbers of the methods that it is good for. @see RFC 2409 Appendix A */
  readonly methods: readonly number[];
  /** What SKEYID is made of. */
  readonly method: Method;
  /** What is put into the third pair of messages beside keys and nonces: certificate requests. */
  readonly requests?: readonly Payload[];
  /** What follows our identity: HASH, or certificates and SIG. `hash` is our HASH_I or HASH_R. */
  prove(hash: Uint8Array): readonly Payload[];
  /** Whether what the peer put beside its identity holds. `hash` is what its hash has to be. */
  verify(hash: Uint8Array, identity: Identification, payloads: readonly Payload[]): ProofFault | undefined;
}

/** Methods under which a pre-shared key makes SKEYID: alone, and before XAUTH (for the initiator, for the responder). */
const PRE_SHARED = [1, 65001, 65002] as const;

/** A pre-shared key; with `expected` the peer has to have that identity. */
export function preSharedKey(psk: Uint8Array, expected?: Pick<Identification, 'idType' | 'data'>): Authenticator {
  return {
    methods: PRE_SHARED,
    method: { kind: 'psk', psk },
    prove: (hash) => [{ kind: 'hash', type: PAYLOAD_V1.hash, data: hash }],
    verify: (hash, identity, payloads) => {
      const proof = payloads.find((payload) => payload.kind === 'hash');
      if (proof?.kind !== 'hash') return 'missing';
      if (!sameOctets(proof.data, hash)) return 'hash';
      const known = !expected || sameIdentity(expected, identity);
      return known ? undefined : 'identity';
    },
  };
}
