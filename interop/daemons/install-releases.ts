/**
 * Gets the releases that other Debians carry: a root of its own for each, unpacked and never configured. About 5 s and 40-125 MB each.
 *
 * They come from the package source that this machine is set up with, or from that in IKE_PROBE_DEBIAN ("http://host/debian"). What cannot be had
 * today is told with its reason, and is no error: an unstable Debian moves on, an old one is archived.
 */
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerKind } from './peer.ts';
import { PLACES } from './places.ts';
import { must, run } from './process.ts';
import { findRelease, RELEASES, rootOf, versionAt } from './releases.ts';

const PACKAGES: { readonly [K in PeerKind]: readonly string[] } = {
  strongswan: [
    'charon-systemd',
    'strongswan-swanctl',
    'libcharon-extra-plugins',
    'libcharon-extauth-plugins',
    'libstrongswan-extra-plugins',
    'libstrongswan-standard-plugins',
  ],
  libreswan: ['libreswan'],
  openiked: ['openiked', 'openssl'],
};

/** A release that cannot be had, and why. */
interface Missing {
  readonly kind: PeerKind;
  readonly release: string;
  readonly reason: string;
}

/** Unpacks every release that is not here. Says each step to `say`. */
export async function installReleases(say: (step: string) => void = () => undefined): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const kind of ['strongswan', 'libreswan', 'openiked'] as const) {
    for (const [release, suite] of Object.entries(RELEASES[kind])) {
      if (findRelease(kind, release) !== undefined) continue;
      say(`unpacking ${kind} ${release} (Debian ${suite})`);
      const reason = await unpackRelease(kind, release, suite);
      if (reason === undefined) continue;
      say(`${kind} ${release} cannot be had: ${reason}`);
      missing.push({ kind, release, reason });
    }
  }
  return missing;
}

/** The reason when it cannot be had. */
async function unpackRelease(kind: PeerKind, release: string, suite: string): Promise<string | undefined> {
  const { root, programs } = rootOf(kind, release);
  const growing = `${root}.part`;
  rmSync(growing, { recursive: true, force: true });
  mkdirSync(PLACES.releases, { recursive: true, mode: 0o755 });
  try {
    const source = await packageSource();
    if (source === undefined) return 'no Debian package source is set up (IKE_PROBE_DEBIAN)';
    const quiet = ['-q', '--variant=extract', '--aptopt=Acquire::Check-Valid-Until "false"', '--aptopt=Acquire::Retries "1"'];
    const argv = ['mmdebstrap', ...quiet, `--include=${PACKAGES[kind].join(',')}`, suite, growing, `deb ${source} ${suite} main`];
    const ran = await run(argv, { timeoutMs: 300_000 });
    if (ran.status !== 0) return lastLine(ran.stderr) || `mmdebstrap ended with ${ran.status}`;
    furnish(growing);
    const version = versionAt(kind, { root: growing, programs });
    if (version !== release) return `Debian ${suite} has ${version ?? 'something else'} now`;
    renameSync(growing, root);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(growing, { recursive: true, force: true });
  }
}

/** What an unpacked root lacks for a daemon to run in it: the links of a merged /usr, and a few files under /etc. */
function furnish(root: string): void {
  if (!existsSync(join(root, 'lib64'))) {
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
      if (!existsSync(join(root, name)) && existsSync(join(root, 'usr', name))) symlinkSync(`usr/${name}`, join(root, name));
    }
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  rmSync(join(root, 'var/cache/apt'), { recursive: true, force: true });
  rmSync(join(root, 'usr/share/doc'), { recursive: true, force: true });
}

async function packageSource(): Promise<string | undefined> {
  const given = process.env['IKE_PROBE_DEBIAN'];
  if (given !== undefined) return given;
  const targets = await must(['apt-get', 'indextargets', '--format', '$(LABEL) $(REPO_URI)']);
  return targets
    .split('\n')
    .find((line) => line.startsWith('Debian '))
    ?.slice('Debian '.length)
    .trim();
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';
