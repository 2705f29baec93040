/**
 * Gets the daemons: `npm run lab:install`, as root on Debian. A second run does nothing. With `--releases` also those that other Debians
 * carry.
 *
 * strongSwan comes from apt. libreswan conflicts with it and OpenIKED would start a service, so both are unpacked beside
 * the system; only the libraries that they need are installed.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installReleases } from './install-releases.ts';
import { LAB_HOME, PLACES } from './places.ts';
import { LabError, must, run } from './process.ts';
import { findRelease } from './releases.ts';

const STRONGSWAN = [
  'charon-systemd',
  'strongswan-swanctl',
  'libcharon-extra-plugins',
  'libcharon-extauth-plugins',
  'libstrongswan-extra-plugins',
  'libstrongswan-standard-plugins',
];
const TOOLS = ['iproute2', 'nftables', 'tcpdump', 'libnss3-tools', 'openssl', 'gcc', 'libc6-dev', 'ike-scan', 'tshark'];
const QUIET = { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;

/** Installs whatever is missing, with `releases` also those of other Debians. Says each step to `say`. */
export async function install(say: (step: string) => void = () => undefined, releases = false): Promise<void> {
  mkdirSync(LAB_HOME, { recursive: true, mode: 0o755 });
  if (statSync(LAB_HOME).uid !== 0) throw new LabError(`${LAB_HOME} is not root's own: another user could change what is run from it`);
  await packages([...STRONGSWAN, ...TOOLS, ...(releases ? ['mmdebstrap'] : [])], say);
  if (!findRelease('libreswan')) await unpack('libreswan', PLACES.libreswan, say);
  if (!findRelease('openiked')) await unpack('openiked', PLACES.openiked, say);
  await shim('no-esp.c', PLACES.noEsp, say);
  await shim('no-pfkey.c', PLACES.noPfkey, say);
  if (releases) await installReleases(say);
}

async function packages(wanted: readonly string[], say: (step: string) => void): Promise<void> {
  const missing: string[] = [];
  for (const name of wanted) {
    const state = await run(['dpkg-query', '-W', '-f', '${db:Status-Status}', name]);
    if (state.stdout !== 'installed') missing.push(name);
  }
  if (missing.length === 0) return;
  say(`installing ${missing.join(' ')}`);
  await must(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], QUIET);
}

/** Downloads a package, installs what its programs are linked against, and unpacks it into a directory of ours. */
async function unpack(name: string, into: string, say: (step: string) => void): Promise<void> {
  say(`unpacking ${name} into ${into}`);
  const scratch = mkdtempSync(join(tmpdir(), 'ike-probe-deb-'));
  try {
    await must(['apt-get', 'download', '-qq', '-o', 'APT::Sandbox::User=root', name], { ...QUIET, cwd: scratch });
    const file = readdirSync(scratch).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new LabError(`apt-get download ${name} left no package`);
    const depends = await must(['dpkg-deb', '-f', join(scratch, file), 'Depends']);
    await packages(firstAlternatives(depends), say);
    mkdirSync(into, { recursive: true });
    await must(['dpkg', '-x', join(scratch, file), into]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** "a (>= 1), b | c" → a, b. */
function firstAlternatives(depends: string): string[] {
  return depends.split(',').flatMap((entry) => entry.trim().match(/^[a-z0-9][a-z0-9.+-]*/)?.[0] ?? []);
}

async function shim(source: string, target: string, say: (step: string) => void): Promise<void> {
  const path = fileURLToPath(new URL(`../shims/${source}`, import.meta.url));
  if (existsSync(target) && statSync(target).mtimeMs > statSync(path).mtimeMs) return;
  say(`compiling ${source}`);
  await must(['gcc', '-shared', '-fPIC', '-O2', '-Wall', '-o', target, path, '-ldl', '-lpthread']);
}
