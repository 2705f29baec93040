/**
 * Which releases of the daemons can be had, and where their programs are.
 *
 * Each stable Debian carries one release of each daemon. The one of this machine's Debian is installed in the usual way; the others
 * are roots of their own, unpacked from the same package source, in which a daemon runs with `chroot`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareReleases } from '../../src/proposals/index.ts';
import type { PeerKind } from './peer.ts';
import { LAB_HOME, LIBRESWAN_PROGRAMS, OPENIKED_PROGRAMS, PLACES } from './places.ts';
import { LabError } from './process.ts';

/** Release → the Debian release that carries it, the oldest first. */
export const RELEASES: { readonly [K in PeerKind]: Readonly<Record<string, string>> } = {
  strongswan: { '5.9.1': 'bullseye', '5.9.8': 'bookworm', '6.0.1': 'trixie', '6.1.0': 'sid' },
  libreswan: { '4.3': 'bullseye', '4.10': 'bookworm', '5.2': 'trixie' },
  openiked: { '7.2': 'bookworm', '7.4': 'trixie' },
};

/** Why a release has no IKEv1, in its own words where it has some; nothing when it has. */
export function withoutIkev1(kind: PeerKind, release: string): string | undefined {
  if (kind === 'openiked') return 'iked speaks IKEv2 only';
  // Debian builds it without since then.
  return kind === 'strongswan' && compareReleases(release, '6.1') >= 0 ? 'IKE version 1 not supported' : undefined;
}

/** Where a daemon's programs are. */
export interface Place {
  /** `/`, or the root to `chroot` to. */
  readonly root: string;
  /** The directory of the daemon's programs, as it is called inside the root. */
  readonly programs: string;
}

/** What was installed without asking for a release. */
const INSTALLED: { readonly [K in PeerKind]: Place } = {
  strongswan: { root: '/', programs: '/usr/sbin' },
  libreswan: { root: '/', programs: LIBRESWAN_PROGRAMS },
  openiked: { root: '/', programs: OPENIKED_PROGRAMS },
};

/** The programs of a release's root, as they are called inside it. */
const UNPACKED: { readonly [K in PeerKind]: string } = {
  strongswan: '/usr/sbin',
  libreswan: '/usr/libexec/ipsec',
  openiked: '/usr/sbin',
};

/** The daemon itself. */
export const DAEMON: { readonly [K in PeerKind]: string } = { strongswan: 'charon-systemd', libreswan: 'pluto', openiked: 'iked' };

/** How each daemon's package says its version. */
const VERSION: { readonly [K in PeerKind]: readonly [program: string, option: string, pattern: RegExp] } = {
  strongswan: ['swanctl', '--version', /strongSwan (\d[\d.]*)/],
  libreswan: ['pluto', '--version', /Libreswan (\d[\d.]*)/],
  openiked: ['iked', '-V', /OpenIKED (\d[\d.]*)/],
};

/** The root of a release that is not this machine's own. */
export function rootOf(kind: PeerKind, release: string): Place {
  return { root: join(PLACES.releases, `${kind}-${release}`), programs: UNPACKED[kind] };
}

/** Where a release is; without one, what is installed. Nothing when it is not here. */
export function findRelease(kind: PeerKind, release?: string): Place | undefined {
  const installed = INSTALLED[kind];
  if (release === undefined) return isThere(kind, installed) ? installed : undefined;
  const own = rootOf(kind, release);
  if (isThere(kind, own)) return own;
  return installedRelease(kind) === release ? installed : undefined;
}

/** The same for an adapter. @throws LabError when it is not here */
export function placeOf(kind: PeerKind, release?: string): Place {
  const place = findRelease(kind, release);
  if (place === undefined) throw new LabError(`${kind} ${release ?? ''} is not here: npm run lab:install -- --releases`);
  return place;
}

/** Which release is at a place. @throws LabError when it does not say */
export function releaseAt(kind: PeerKind, place: Place): string {
  if (place.root !== '/') return place.root.slice(place.root.lastIndexOf('-') + 1);
  const release = installedRelease(kind);
  if (release === undefined) throw new LabError(`${kind} does not say its version`);
  return release;
}

const installed = new Map<PeerKind, string | undefined>();

/** The release that is installed here. */
function installedRelease(kind: PeerKind): string | undefined {
  if (!installed.has(kind)) installed.set(kind, versionAt(kind, INSTALLED[kind]));
  return installed.get(kind);
}

/** What the programs at a place say that they are. */
export function versionAt(kind: PeerKind, place: Place): string | undefined {
  if (!isThere(kind, place)) return undefined;
  const [program, option, pattern] = VERSION[kind];
  const argv = [...(place.root === '/' ? [] : ['chroot', place.root]), join(place.programs, program), option];
  const [command = '', ...rest] = argv;
  const { stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8', timeout: 10_000 });
  return pattern.exec(`${stdout}${stderr}`)?.[1];
}

function isThere(kind: PeerKind, place: Place): boolean {
  return existsSync(join(place.root, place.programs, DAEMON[kind]));
}

/** What a program inside a root is given. */
interface Inside {
  /** A library that it is to load first. */
  readonly preload?: string;
  /** Mounted before it starts: [what, where in the root]. */
  readonly binds?: readonly (readonly [string, string])[];
}

/** A program inside a root, in a mount namespace that the caller has made. The lab's own directory has the same name inside. */
export function insideRoot({ root }: Place, argv: readonly string[], { preload, binds = [] }: Inside): string[] {
  const at = (path: string): string => (root === '/' ? path : join(root, path));
  const mounts = binds.map(([what, where]) => `mount --bind ${quote(what)} ${quote(at(where))}`);
  const program = ['env', ...(preload === undefined ? [] : [`LD_PRELOAD=${preload}`]), ...(root === '/' ? [] : ['chroot', root]), ...argv];
  if (root === '/') return ['sh', '-c', [...mounts, 'exec "$@"'].join(' && '), '-', ...program];
  const shared = ['/dev', '/sys', LAB_HOME];
  const script = [
    `mkdir -p ${['/proc', '/run/pluto', ...shared].map((path) => quote(at(path))).join(' ')}`,
    `mount -t proc proc ${quote(at('/proc'))}`,
    ...shared.map((path) => `mount --bind ${quote(path)} ${quote(at(path))}`),
    ...mounts,
    'exec "$@"',
  ];
  return ['sh', '-c', script.join(' && '), '-', ...program];
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
