/**
 * Who proves to be who, and how: the contract that shared keys and certificates fulfil.
 *
 * Rule: what is secret stays inside an authenticator; what it says of a failure is a word.
 *
 * @see RFC 7296 §2.15, §3.8
 * @module
 */
import { sharedKeyAuth } from '../../crypto/keymat-v2.ts';
import type { Prf } from '../../crypto/prf.ts';
import { sameOctets } from '../../crypto/provider.ts';

export { sameIdentity } from '../../crypto/x509/certificate.ts';

/** An ID payload without its header. Types: 1 IPv4, 2 FQDN, 3 RFC 822, 5 IPv6, 9 DN, 11 KEY_ID. */
export interface Identity {
  readonly idType: number;
  readonly data: Uint8Array;
}

/** The body of a CERT payload. Encoding 4: X.509 signature. */
export interface CertificateData {
  readonly encoding: number;
  readonly data: Uint8Array;
}

/** What a side proves, in the form of an AUTH payload and the CERT payloads beside it. */
export interface Proof {
  /** 1 RSA, 2 shared key, 9-11 ECDSA, 14 digital signature. */
  readonly method: number;
  readonly data: Uint8Array;
  readonly certificates: readonly CertificateData[];
}

/** Why a proof is not one. */
export type ProofFault =
  /** Another method than this authenticator knows. */
  | 'method'
  /** The octets do not fit: a wrong key, or a changed message. */
  | 'wrong'
  /** Certificates: no chain to an authority, a time that has passed, a name that is not in it. */
  | 'untrusted'
  | 'expired'
  | 'identity';

/** Signs for us, checks the peer. */
export interface Authenticator {
  /** `hashes`: the hash algorithms that the peer takes. Nothing when there is nothing that it would take. @see RFC 7427 §4 */
  readonly sign: (octets: Uint8Array, how: { readonly prf: Prf; readonly hashes: readonly number[] }) => Proof | undefined;
  /** Nothing when all is well. */
  readonly verify: (octets: Uint8Array, proof: Proof, how: { readonly prf: Prf; readonly identity: Identity }) => ProofFault | undefined;
  /** The body of a CERTREQ payload, to be asked with. */
  readonly request?: CertificateData;
}

const SHARED_KEY = 2;

/** A pre-shared key, in both directions. @see RFC 7296 §2.15 */
export function sharedKey(key: Uint8Array): Authenticator {
  return {
    sign: (octets, { prf }) => ({ method: SHARED_KEY, data: sharedKeyAuth(prf, key, octets), certificates: [] }),
    verify: (octets, { method, data }, { prf }) => {
      if (method !== SHARED_KEY) return 'method';
      return sameOctets(sharedKeyAuth(prf, key, octets), data) ? undefined : 'wrong';
    },
  };
}

/** What AUTH covers of an identity: the ID payload without its generic header. */
export function identityOctets({ idType, data }: Identity): Uint8Array {
  return Uint8Array.from([idType, 0, 0, 0, ...data]);
}
