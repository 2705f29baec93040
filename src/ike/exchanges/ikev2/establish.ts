/**
 * From nothing to an authenticated session: IKE_SA_INIT, IKE_INTERMEDIATE as often as settled, IKE_AUTH.
 *
 * @module
 */
import type { Millis } from '../machine.ts';
import type { Script } from '../script.ts';
import { type AuthFailure, type AuthSetup, ikeAuth } from './auth.ts';
import type { ChildOutcome } from './child.ts';
import { type IntermediateFailure, intermediates } from './intermediate.ts';
import { type InitFailure, type Initiated, type InitSetup, saInit } from './sa-init.ts';
import type { Identity } from './authenticator.ts';
import type { Session } from './session.ts';

/** All that a connection needs. */
export interface EstablishSetup extends Omit<AuthSetup, 'carrier'>, InitSetup {
  /** The longest datagram; that of IPv6's least MTU when left out. */
  readonly mostOctets?: number;
  /** To port 4500 after IKE_SA_INIT: when a NAT was found, or always, or never. */
  readonly float?: 'nat' | 'always' | 'never';
}

/** A session, or which step failed and why. */
export type Established =
  | {
      readonly ok: true;
      readonly session: Session;
      readonly begun: Initiated;
      readonly child: ChildOutcome;
      readonly peer: Identity;
      /** The method with which the peer proved itself. */
      readonly method: number;
      /** A post-quantum preshared key is in the keys. */
      readonly ppk: boolean;
    }
  | { readonly ok: false; readonly step: 'sa-init'; readonly failure: InitFailure }
  | { readonly ok: false; readonly step: 'intermediate'; readonly failure: IntermediateFailure; readonly begun: Initiated }
  | { readonly ok: false; readonly step: 'auth'; readonly failure: AuthFailure; readonly begun: Initiated };

/** As the initiator. */
export function* establish(setup: EstablishSetup, from: Millis): Script<Established> {
  const init = yield* saInit(setup, from);
  if (!init.ok) return { ok: false, step: 'sa-init', failure: init.failure };
  const begun = init.value;
  const { float = 'nat', mostOctets, random, patience } = setup;
  const floated = float === 'always' || (float === 'nat' && (begun.nat.own || begun.nat.peer));
  const carrier = { random, patience, floated, ...(mostOctets !== undefined && { mostOctets }) };
  const further = yield* intermediates(setup.provider, begun, carrier);
  if (!further.ok) return { ok: false, step: 'intermediate', failure: further.failure, begun };
  const auth = yield* ikeAuth({ ...setup, carrier }, { ...begun, at: further.now }, further.sa, further.intAuth);
  if (!auth.ok) return { ok: false, step: 'auth', failure: auth.failure, begun };
  return { ok: true, session: auth.session, begun, child: auth.child, peer: auth.peer, method: auth.proof.method, ppk: auth.proof.ppk };
}
