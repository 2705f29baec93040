/**
 * IKEv2: from IKE_SA_INIT to an authenticated session, its children and their rekeying; what a responder is told.
 *
 * @module
 */
export type { AuthFailure, AuthSetup } from './auth.ts';
export {
  type Authenticator,
  type CertificateData,
  type Identity,
  type Proof,
  type ProofFault,
  sameIdentity,
  sharedKey,
} from './authenticator.ts';
export { certificates, type CertificateSetup } from './certificates.ts';
export type { ChildFault, ChildOutcome, ChildRef, ChildWish } from './child.ts';
export { createChild, type ChildManner, type Pfs, rekeyIke, type RekeyOutcome } from './create-child.ts';
export { establish, type Established, type EstablishSetup } from './establish.ts';
export type { IkeSa } from './ike-sa.ts';
export { close, deleteChildren, isAlive } from './informational.ts';
export type { IntermediateFailure } from './intermediate.ts';
export { fixedPpk, type Ppk, type PpkIdentity, type PpkKeys } from './ppk.ts';
export type { Ikev2Side } from './responder-setup.ts';
export type { InitFailure, Initiated, InitSetup } from './sa-init.ts';
export { type Answers, attend, type ChildSa, type Ending, type Session } from './session.ts';
export type { AnswerFault, Settled } from './suite.ts';
export { allTraffic, narrowedTraffic, trafficRange } from './traffic.ts';
