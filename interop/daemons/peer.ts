/** What every daemon of the lab looks like from outside, and what its adapter is given. */
import type { Host } from './network.ts';
import type { Daemon } from './process.ts';

/** A running IKE daemon. */
export interface Peer extends Host {
  readonly kind: PeerKind;
  readonly pid: number;
  /** The daemon's own log so far. */
  log(): Promise<string>;
  /** Ends the daemon; its host stays, and answers with a closed port. */
  stop(): Promise<void>;
}

/** The daemons that the lab can start. */
export type PeerKind = 'strongswan' | 'libreswan' | 'openiked';

/** What an adapter works with: its host, a directory of its own, and where to register what it started. */
export interface Site {
  readonly host: Host;
  readonly directory: string;
  /** Starts a program in the host's namespace; `output` is a file in the directory. */
  start(argv: readonly string[], output: string, env?: Readonly<Record<string, string>>): Promise<Daemon>;
}

/** The shared secret of all peers, unless one is given. */
export const PSK = 'lab-secret';

/** The identity of a peer. */
export const identityOf = (host: Host): string => `${host.name}.lab`;
