/**
 * Certificates as an authenticator of IKEv1: RSA and ECDSA signatures over HASH_I and HASH_R.
 *
 * The key decides the method: 3 for RSA, 9 to 11 for the curves. There is none for EdDSA keys: IKEv1 has no number for them.
 *
 * @see RFC 2409 §5.1, RFC 4754, RFC 4945 §3.3
 * @module
 */
import { type Credential, phase1Method, signPhase1, verifyPhase1 } from '../../crypto/authentication.ts';
import { identityOf, sameIdentity } from '../../crypto/x509/certificate.ts';
import { PAYLOAD_V1 } from '../../numbers.ts';
import type { Payload } from '../../payloads/index.ts';
import { certificatesShown, chainFault, type Trust, X509_SIGNATURE } from '../peer-certificates.ts';
import type { Authenticator } from './authenticator.ts';

/** Our key, and whom we trust. */
export interface CertificateSetup extends Trust {
  readonly credential: Credential;
  /** Whose certificate it has to be; anybody's under our roots when left out. */
  readonly expected?: { readonly idType: number; readonly data: Uint8Array };
}

const RSA = 3;
/** RSA before XAUTH, for the initiator and for the responder. */
const XAUTH_RSA = [65005, 65006] as const;

/** Signs by certificate and expects certificates. It has no method when IKEv1 has none for the key. */
export function certificates({ credential, expected, ...trust }: CertificateSetup): Authenticator {
  const { provider, roots } = trust;
  const { signer, chain } = credential;
  const method = phase1Method(signer.publicKey);
  return {
    methods: method === undefined ? [] : method === RSA ? [RSA, ...XAUTH_RSA] : [method],
    method: { kind: 'signature' },
    requests: roots.map((root): Payload => {
      return { kind: 'certreq', type: PAYLOAD_V1.certreq, encoding: X509_SIGNATURE, data: identityOf(root).data };
    }),
    prove: (hash) => {
      const signature = method === undefined ? undefined : signPhase1(signer, method, hash);
      return [
        ...chain.map((data): Payload => ({ kind: 'cert', type: PAYLOAD_V1.cert, encoding: X509_SIGNATURE, data })),
        ...(signature ? [{ kind: 'sig', type: PAYLOAD_V1.sig, data: signature } as const] : []),
      ];
    },
    verify: (hash, identity, payloads) => {
      const proof = payloads.find((payload) => payload.kind === 'sig');
      if (proof?.kind !== 'sig') return 'missing';
      const theirs = certificatesShown(payloads.filter((payload) => payload.kind === 'cert'));
      const [own] = theirs;
      if (!own || method === undefined) return 'untrusted';
      if (!verifyPhase1(provider, own.spki, method, hash, proof.data).ok) return 'signature';
      const fault = chainFault(trust, theirs, identity);
      if (fault) return fault;
      const known = !expected || sameIdentity(expected, identity);
      return known ? undefined : 'identity';
    },
  };
}
