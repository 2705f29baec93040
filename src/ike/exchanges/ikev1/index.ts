/**
 * IKEv1: phase 1 in both modes, quick modes, informational exchanges; what a responder is told.
 *
 * @module
 */
export { aggressiveMode } from './aggressive-mode.ts';
export { aside } from './aside.ts';
export { type Authenticator, preSharedKey, type ProofFault } from './authenticator.ts';
export { certificates, type CertificateSetup } from './certificates.ts';
export { admitsWithin, clientTraffic } from './clients.ts';
export type { Ikev1Event } from './conversation.ts';
export { askAlive, deleteAll, type Inbound } from './informational.ts';
export type { IsakmpSa } from './isakmp-sa.ts';
export { mainMode } from './main-mode.ts';
export type { Ends, Nat } from './numbers.ts';
export { anotherKey, type Established, type Phase1Failure, type Phase1Result, type Phase1Setup, type Phase1Step } from './phase1.ts';
export { type ChildKeys, type Chosen, withinUdp } from './phase2.ts';
export { type Child, type Client, quickMode, type QuickFailure, type QuickResult, type QuickSetup } from './quick-mode.ts';
export type { Ikev1Side } from './responder-setup.ts';
export { ikev1Session, type SessionResult, type SessionSetup } from './session.ts';
export type { AnswerFault, Phase1Suite } from './suite.ts';
