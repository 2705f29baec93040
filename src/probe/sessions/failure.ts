/**
 * Why there is no session, as a code and how sure that is.
 *
 * What a peer says of a failed authentication is mostly one and the same word for a wrong key, an unknown identity and a certificate that it
 * does not take; where the wire does not tell, the code does not pretend to.
 *
 * @module
 */
import { anotherKey, type Phase1Failure } from '../../ike/exchanges/ikev1/phase1.ts';
import type { Established } from '../../ike/exchanges/ikev2/establish.ts';
import type { Basis, SessionCode } from '../result.ts';

/** How we prove ourselves: what a refusal may be about. */
export type Proving = 'psk' | 'certificate';

export interface Failure {
  readonly code: SessionCode;
  readonly basis: Basis;
  /** The credential, or what goes with it, was refused: it is not tried again anywhere. */
  readonly credential: boolean;
}

const AUTHENTICATION_FAILED = 24;
const [INVALID_ID_INFORMATION, NO_PROPOSAL_CHOSEN, TS_UNACCEPTABLE] = [18, 14, 38];

const observed = (code: SessionCode, credential = false): Failure => ({ code, basis: 'observed', credential });
const inferred = (code: SessionCode, credential = false): Failure => ({ code, basis: 'inferred', credential });

/** Of IKEv2. */
export function ikev2Failure({ step, failure }: Established & { ok: false }, proving: Proving): Failure {
  switch (failure.kind) {
    case 'silence':
      return observed('silent');
    case 'notify':
      if (step !== 'auth') return observed(failure.notify === NO_PROPOSAL_CHOSEN ? 'suite-refused' : 'broken-answer');
      if (failure.notify === NO_PROPOSAL_CHOSEN || failure.notify === TS_UNACCEPTABLE) return inferred('child-refused');
      if (failure.notify !== AUTHENTICATION_FAILED) return observed('broken-answer');
      return inferred(proving === 'psk' ? 'key-or-identity' : 'certificate-refused', true);
    case 'answer':
      if (failure.fault === 'des') return observed('des');
      return observed(failure.fault === 'unsupported' ? 'not-computable' : 'broken-answer');
    case 'no-proof':
      return observed('no-common-signature', true);
    case 'eap':
      return observed('eap-wanted');
    case 'peer-identity':
      return observed('peer-identity', true);
    case 'peer-proof':
      return observed(PEER_PROOF[failure.fault], true);
    default:
      return failure satisfies never;
  }
}

const PEER_PROOF = {
  method: 'peer-method',
  wrong: 'peer-key',
  untrusted: 'peer-certificate-untrusted',
  expired: 'peer-certificate-expired',
  identity: 'peer-certificate-identity',
} as const;

/** Of IKEv1. There a pre-shared key is a part of the keys: what is said under them is said by somebody who has the same. */
export function ikev1Failure(failure: Phase1Failure, proving: Proving): Failure {
  const other = proving === 'psk' ? anotherKey(failure) : undefined;
  if (other !== undefined) return other === 'certain' ? observed('wrong-key', true) : inferred('wrong-key', true);
  switch (failure.kind) {
    case 'silence':
      return observed('silent', failure.step === 'authentication');
    case 'notify':
      if (failure.step === 'proposal') return observed(failure.notify === NO_PROPOSAL_CHOSEN ? 'suite-refused' : 'broken-answer');
      if (proving === 'certificate') return inferred('certificate-refused', true);
      return inferred(failure.notify === INVALID_ID_INFORMATION || failure.authentic ? 'identity-refused' : 'wrong-key', true);
    case 'undecipherable':
      return observed('broken-answer', true);
    case 'answer':
      if (failure.fault === 'des') return observed('des');
      if (failure.fault === 'method') return observed('no-method');
      return observed(failure.fault === 'unsupported' ? 'not-computable' : 'broken-answer');
    case 'proof':
      return observed(PEER_PROOF_V1[failure.fault], true);
    default:
      return failure satisfies never;
  }
}

const PEER_PROOF_V1 = {
  hash: 'wrong-key',
  signature: 'peer-key',
  untrusted: 'peer-certificate-untrusted',
  expired: 'peer-certificate-expired',
  identity: 'peer-identity',
  missing: 'broken-answer',
} as const;
