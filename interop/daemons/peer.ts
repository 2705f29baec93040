/** What every daemon of the lab looks like from outside, and what its adapter is given. */
import type { Authority } from './authority.ts';
import type { ConfigFile, Connection } from './connection.ts';
import type { Host } from './network.ts';
import type { Daemon } from './process.ts';

/** A running IKE daemon, and its control program. */
export interface Peer extends Host {
  readonly kind: PeerKind | 'ike-probe';
  /** Of our own peer the profile that chooses for it. */
  readonly release: string;
  readonly pid: number;
  /** The daemon's own log so far. */
  log(): Promise<string>;
  /** Its key log, if it was started with one. */
  keyLog(): Promise<string>;
  /** The configuration of the moment, as the daemon has it, without its secrets. */
  configuration(): readonly ConfigFile[];
  /** Replaces all connections; SAs that there are end before. Those that this release cannot do are named in the answer, and not to be begun. */
  load(connections: readonly Connection[]): Promise<readonly Unsupported[]>;
  /** Begins a connection, and waits for what the control program says of it. */
  initiate(name: string, patienceMs?: number): Promise<Told>;
  status(): Promise<readonly IkeStatus[]>;
  rekey(name: string, what: 'ike' | 'child'): Promise<Told>;
  /** Ends a connection's SAs by deleting them, as a person at the terminal would. */
  terminate(name: string): Promise<Told>;
  /** Ends the daemon; its host stays, and answers with a closed port. */
  stop(): Promise<void>;
}

/** The daemons that the lab can start. */
export type PeerKind = 'strongswan' | 'libreswan' | 'openiked';

/** A daemon, or one of its releases: "strongswan", "strongswan@6.0.1". */
export type PeerSpec = PeerKind | `${PeerKind}@${string}`;

/** The two halves of a spec. */
export function readSpec(spec: PeerSpec): { readonly kind: PeerKind; readonly release?: string } {
  const [kind, release] = spec.split('@') as [PeerKind, string?];
  return { kind, ...(release !== undefined && { release }) };
}

/** A connection that this release does not do, and why: in its own words where it has some. */
export interface Unsupported {
  readonly connection: string;
  readonly reason: string;
}

/** What a control program said. `unsupported`: there is no such command. */
export interface Told {
  readonly outcome: 'done' | 'failed' | 'unsupported';
  readonly words: string;
}

/** An IKE SA as the control program tells of it. What it does not tell is null. */
export interface IkeStatus {
  readonly connection: string;
  readonly version: 1 | 2;
  readonly established: boolean;
  /** In the daemon's word. */
  readonly state: string;
  readonly initiator: boolean | null;
  /** In hex; of the initiator and the responder. */
  readonly spis: readonly [string, string] | null;
  /** In the suite notation. */
  readonly suite: string | null;
  readonly remoteIdentity: string | null;
  readonly children: readonly ChildStatus[];
}

/** A child SA (phase 2 SA) the same way. */
export interface ChildStatus {
  readonly name: string;
  readonly established: boolean;
  readonly state: string;
  readonly protocol: 'esp' | 'ah';
  readonly mode: 'tunnel' | 'transport';
  /** In hex: where we receive, where the peer does. */
  readonly spis: readonly [string, string] | null;
  readonly suite: string | null;
  readonly local: readonly string[];
  readonly remote: readonly string[];
}

/** How a daemon is started, whichever it is. */
export interface PeerOptions {
  /** Which release; what is installed when left out. */
  readonly release?: string;
  readonly connections?: readonly Connection[];
  /** Writes keys, so that what it says can be decrypted; `keyLog` tells them. */
  readonly keys?: boolean;
  /** How long it waits for an answer before it repeats, and how often it does. Default 1 s, 4 times. iked has a patience of its own. */
  readonly patience?: Patience;
}

export interface Patience {
  readonly seconds: number;
  readonly tries: number;
  /** Seconds that no wait is longer than, though each is longer than the one before. pluto has no such limit. */
  readonly longest?: number;
}

export const PATIENCE: Patience = { seconds: 1, tries: 4 };

/** What an adapter works with: its host, a directory of its own, and where to register what it started. */
export interface Site {
  readonly host: Host;
  readonly directory: string;
  readonly authority: Authority;
  /** Starts a program in the host's namespace; `output` is a file in the directory. */
  start(argv: readonly string[], output: string, env?: Readonly<Record<string, string>>): Promise<Daemon>;
}

/** The shared secret of all peers, unless one is given. */
export const PSK = 'lab-secret';

/** The identity of a peer. */
export const identityOf = (host: Host): string => `${host.name}.lab`;
