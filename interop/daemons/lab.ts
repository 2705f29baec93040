/**
 * The lab: real IKE daemons on a network of their own, for the tests and the matrix.
 *
 *     const lab = await createLab();
 *     const peer = await lab.strongswan({ ike: ['aes256-sha256-modp2048'], version: 2 });
 *     await lab.command(['node', 'dist/cli/main.js', 'probe', peer.address4]);
 *     const other = await lab.peer('libreswan@5.2', { connections: [connection] });
 *     await other.initiate(connection.name);
 *     await lab.close();
 *
 * Needs root on Linux, and install.ts once. The client is host 1; peers are numbered from 2 in the order in which they
 * are asked for. A lab ends with `close()`, and also with the process that made it; what a killed process
 * left behind goes when the next lab is made.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Anybody, answeringAnybody } from './anybody.ts';
import { labAuthority } from './authority.ts';
import { applyFaults } from './firewall.ts';
import type { PathFaults } from './firewall.ts';
import { startLibreswan } from './libreswan.ts';
import type { LibreswanOptions } from './libreswan.ts';
import { hubOf, makeHost, makeHub, namespacesOf, removeNamespace } from './network.ts';
import type { Host } from './network.ts';
import { startOpeniked } from './openiked.ts';
import type { OpenikedOptions } from './openiked.ts';
import { type OwnOptions, startOwn } from './own.ts';
import { type Peer, type PeerKind, type PeerOptions, type PeerSpec, readSpec, type Site } from './peer.ts';
import { PLACES } from './places.ts';
import { run, start } from './process.ts';
import type { Daemon, Ran, RunOptions } from './process.ts';
import { placeOf, releaseAt } from './releases.ts';
import { startStrongswan } from './strongswan.ts';
import type { StrongswanOptions } from './strongswan.ts';

/** A network with a client and any number of peers. */
export interface Lab {
  readonly name: string;
  /** The client's network namespace, 10.99.0.1 and fd99:99::1. */
  readonly client: string;
  /** Starts a daemon, with connections or without. `on`: a host of this lab that runs nothing, such as a peer that was stopped; a new one when left out. */
  peer(spec: PeerSpec, options?: PeerOptions, on?: Host): Promise<Peer>;
  /** A daemon with its own options, answering anybody when it is given no connections. So it is with all three. */
  strongswan(options: StrongswanOptions & Anybody, on?: Host): Promise<Peer>;
  libreswan(options?: LibreswanOptions & Anybody, on?: Host): Promise<Peer>;
  openiked(options?: OpenikedOptions & Anybody, on?: Host): Promise<Peer>;
  /** Something of the caller's own, on a new host or on one of this lab. What it starts ends with the lab. */
  begin<T>(name: string, start: (site: Site) => Promise<T>, on?: Host): Promise<T>;
  /** Our own exchanges, as one more peer. */
  own(options?: OwnOptions, on?: Host): Promise<Peer>;
  /** A host that runs nothing: its ports are closed. */
  host(): Promise<Host>;
  /** Runs a program in the client's namespace, or in that of a host. */
  command(argv: readonly string[], options?: RunOptions & { readonly on?: Host }): Promise<Ran>;
  /** Sets the faults of the path at the client, or at a host. Replaces those set before. */
  firewall(faults: PathFaults, at?: Host): Promise<void>;
  /** Ends every daemon and removes the network. */
  close(): Promise<void>;
}

let labs = 0;

/** Makes a lab. The name only helps to recognise its namespaces; labs never collide. */
export async function createLab(name = 'ike'): Promise<Lab> {
  sweep();
  const lab = `${name}-${process.pid}-${++labs}`;
  const state = join(PLACES.running, lab);
  mkdirSync(state, { recursive: true, mode: 0o755 });

  const daemons = new Set<Daemon>();
  const vanish = (): void => {
    for (const daemon of daemons) daemon.kill();
    for (const namespace of namespacesOf(lab)) removeNamespace(namespace);
    if (process.env['IKE_PROBE_KEEP'] === undefined) rmSync(state, { recursive: true, force: true });
  };
  const forget = onExit(vanish);

  const authority = labAuthority();
  let hosts = 0;
  const nextHost = (kind: string): Promise<Host> => {
    const number = ++hosts;
    return makeHost(lab, number === 1 ? kind : `${kind}${number}`, number);
  };
  let starts = 0;
  const site = async (kind: string, on?: Host): Promise<Site> => {
    const host = on ?? (await nextHost(kind));
    const directory = join(state, on ? `${host.name}-${++starts}` : host.name);
    mkdirSync(directory);
    return {
      host,
      directory,
      authority,
      async start(argv, output, env) {
        const daemon = await start(['ip', 'netns', 'exec', host.namespace, ...argv], join(directory, output), env);
        daemons.add(daemon);
        const stop = async (): Promise<void> => {
          await daemon.stop();
          daemons.delete(daemon);
        };
        return { ...daemon, stop };
      },
    };
  };

  try {
    await makeHub(lab);
    const client = (await nextHost('client')).namespace;
    return {
      name: lab,
      client,
      async peer(spec, options = {}, on) {
        const { kind, release } = readSpec(spec);
        return STARTERS[kind](await site(kind, on), { ...(release !== undefined && { release }), ...options });
      },
      strongswan: async (options, on) => startAnybody('strongswan', await site('strongswan', on), options),
      libreswan: async (options = {}, on) => startAnybody('libreswan', await site('libreswan', on), options),
      openiked: async (options = {}, on) => startAnybody('openiked', await site('openiked', on), options),
      begin: async (kind, begun, on) => begun(await site(kind, on)),
      own: async (options = {}, on) => startOwn(await site('own', on), options),
      host: () => nextHost('host'),
      command: (argv, options = {}) => run(['ip', 'netns', 'exec', options.on?.namespace ?? client, ...argv], options),
      firewall: (faults, at) => applyFaults(at?.namespace ?? client, faults),
      async close() {
        await Promise.all([...daemons].map((daemon) => daemon.stop()));
        vanish();
        forget();
      },
    };
  } catch (error) {
    vanish();
    forget();
    throw error;
  }
}

const STARTERS = { strongswan: startStrongswan, libreswan: startLibreswan, openiked: startOpeniked } as const;

/** Without connections of its own, with those that answer anybody. */
function startAnybody(kind: PeerKind, site: Site, options: PeerOptions & Anybody): Promise<Peer> {
  const release = options.release ?? releaseAt(kind, placeOf(kind));
  return STARTERS[kind](site, { connections: answeringAnybody(kind, site.host, { ...options, release }), ...options });
}

/** Removes the labs whose process has ended without removing them. */
function sweep(): void {
  if (!existsSync(PLACES.running)) return;
  for (const lab of readdirSync(PLACES.running)) {
    const owner = /-(\d+)-\d+$/.exec(lab)?.[1];
    if (owner === undefined || alive(Number(owner))) continue;
    for (const namespace of [...namespacesOf(lab), hubOf(lab)]) removeNamespace(namespace);
    rmSync(join(PLACES.running, lab), { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Calls `action` when the process exits or is told to; the answer takes that back. */
function onExit(action: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    action();
    forget();
    // Whoever else listens to the signal decides what happens next; if nobody does, it ends the process as usual.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const forget = (): void => {
    process.off('exit', action);
    for (const signal of signals) process.off(signal, onSignal);
  };
  process.on('exit', action);
  for (const signal of signals) process.on(signal, onSignal);
  return forget;
}
