/** What our own peer is told over its control socket, a line of JSON each, and what it answers. */
import type { Connection } from '../daemons/connection.ts';
import type { IkeStatus, Patience, Told, Unsupported } from '../daemons/peer.ts';

/** A connection with the credentials that its proofs stand for. */
export interface Given {
  readonly connection: Connection;
  /** A chain and its key as PEM, where either side proves by certificate. */
  readonly chain?: { readonly certificates: string; readonly key: string };
  /** The root that the peer's chain has to lead to, as PEM. */
  readonly root?: string;
}

/** The lifetime that our side names in IKEv1, which has to have one. Seconds. */
export const IKEV1_LIFETIME = 28_800;

/** What the whole peer is: its addresses, and whose mind it has. */
export interface OwnSetup {
  readonly address4: string;
  readonly address6: string;
  readonly control: string;
  readonly log: string;
  /** Wireshark's tables of keys go here. */
  readonly keys?: string;
  /** The profile that chooses when it is asked: `rfc`, `strongswan@5.9.8`. */
  readonly profile: string;
  /** Of its requests. */
  readonly patience: Patience;
}

export type Order =
  | { readonly order: 'load'; readonly connections: readonly Given[] }
  | { readonly order: 'initiate'; readonly name: string; readonly patienceMs: number }
  | { readonly order: 'status' }
  | { readonly order: 'rekey'; readonly name: string; readonly what: 'ike' | 'child' }
  | { readonly order: 'terminate'; readonly name: string };

/** What each order is answered with. */
export interface Answers {
  readonly load: readonly Unsupported[];
  readonly initiate: Told;
  readonly status: readonly IkeStatus[];
  readonly rekey: Told;
  readonly terminate: Told;
}
