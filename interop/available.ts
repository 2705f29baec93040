/**
 * Whether real daemons can run here, and if not, why: the words behind "skipped".
 *
 * With IKE_PEERS=required (as in .ci/run) a missing daemon is a failure, not a skip.
 */
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type PeerKind, type PeerSpec, readSpec } from './daemons/peer.ts';
import { LAB_HOME, PLACES } from './daemons/places.ts';
import { findRelease } from './daemons/releases.ts';

/** `reason` is there when something is missing: "needs root", "needs libreswan (npm run lab:install)". */
export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** Whether daemons are required to be here. */
export const daemonsRequired = (): boolean => process.env['IKE_PEERS'] === 'required';

/** Looks for everything that a lab with these daemons needs. Starts nothing. */
export function daemonsAvailable(specs: readonly PeerSpec[] = ['strongswan', 'libreswan', 'openiked']): Availability {
  if (process.platform !== 'linux') return missing('needs Linux');
  if (process.getuid?.() !== 0) return missing('needs root');
  for (const program of ['ip', 'ss', 'nft']) if (!onPath(program)) return missing(`needs the program ${program}`);
  for (const { kind, release } of specs.map(readSpec)) {
    const option = release === undefined ? '' : ' -- --releases';
    const there = findRelease(kind, release) !== undefined && existsSync(SHIM[kind]);
    if (!there) return missing(`needs ${kind}${release === undefined ? '' : ` ${release}`} (npm run lab:install${option})`);
  }
  if (specs.some((spec) => spec.startsWith('libreswan')) && !onPath('certutil')) return missing('needs the program certutil');
  if (!ownedByRoot()) return missing(`needs ${LAB_HOME} to be root's own`);
  return { available: true };
}

const missing = (reason: string): Availability => ({ available: false, reason });

const SHIM: { readonly [K in PeerKind]: string } = { strongswan: PLACES.noEsp, libreswan: PLACES.noEsp, openiked: PLACES.noPfkey };

/** Whether a program is where programs are looked for. */
export function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));
}

/** What is run as root from a directory that others can write to is not ours. One that is not there yet will be. */
function ownedByRoot(): boolean {
  if (!existsSync(LAB_HOME)) return true;
  const { uid, mode } = statSync(LAB_HOME);
  return uid === 0 && (mode & 0o022) === 0;
}
