/**
 * libreswan's pluto, unpacked beside the system: own NSS database, run directory and secrets, so that several run side by side.
 *
 * pluto insists on its helper program at a fixed place; it is bound there inside the mount namespace of `ip netns exec`, and
 * nowhere else.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareReleases } from '../../src/proposals/index.ts';
import { type Connection, withoutSecrets } from './connection.ts';
import { growingLog } from './growing-log.ts';
import { libreswanConfig, type LibreswanRendering, nicknamesOf } from './libreswan-config.ts';
import { readLibreswanStatus } from './libreswan-status.ts';
import { nssDatabase } from './nss.ts';
import type { Peer, PeerOptions, Site, Told, Unsupported } from './peer.ts';
import { PLACES } from './places.ts';
import { type Daemon, LabError, type Ran, run, until } from './process.ts';
import { insideRoot, placeOf, releaseAt } from './releases.ts';

/** How pluto is to be. */
export interface LibreswanOptions extends PeerOptions {
  /** Per-transform detail in the log (22 kB for each refused IKEv2 request); default false. */
  readonly debug?: boolean;
  /** False: the kernel's own answers are pluto's, also where it cannot do ESP. */
  readonly forgivingKernel?: boolean;
}

/** The place where pluto looks for its helper, whatever it was built from. */
const HELPER_PLACE = '/usr/libexec/ipsec';

/** Starts pluto on a site, listening and with its connections loaded. @throws LabError when it does not take one of them */
export async function startLibreswan(site: Site, options: LibreswanOptions): Promise<Peer> {
  const { host, directory } = site;
  const file = (name: string): string => join(directory, name);
  mkdirSync(file('ipsec.d'));
  mkdirSync(HELPER_PLACE, { recursive: true });
  const database = await nssDatabase(file('nss'));
  writeFileSync(file('ipsec.secrets'), '', { mode: 0o600 });
  writeFileSync(file('ipsec.conf'), 'config setup\n    uniqueids=no\n    ikev1-policy=accept\n');

  const files = {
    config: file('ipsec.conf'),
    rundir: directory,
    nssdir: database.directory,
    dumpdir: directory,
    ipsecdir: file('ipsec.d'),
    secretsfile: file('ipsec.secrets'),
    logfile: file('log'),
  };
  const places = Object.entries(files).flatMap(([option, path]) => [`--${option}`, path]);
  const switches = ['--nofork', '--nhelpers', '1', '--no-dnssec', '--log-no-audit', ...(options.debug ? ['--debug', 'base'] : [])];
  const place = placeOf('libreswan', options.release);
  const release = releaseAt('libreswan', place);
  const pluto = [join(HELPER_PLACE, 'pluto'), ...places, ...switches];
  const binds = place.root === '/' ? [[place.programs, HELPER_PLACE] as const] : [];
  const preload = options.forgivingKernel === false ? {} : { preload: PLACES.noEsp };
  const start = async (): Promise<Daemon> => {
    const started = await site.start(insideRoot(place, pluto, { ...preload, binds }), 'output');
    await until(started, `${host.name} opens its control socket`, () => existsSync(file('pluto.ctl')));
    return started;
  };
  let daemon = await start();
  const log = growingLog(file('log'));

  // Its control programs speak to their own release only; a root is reached through the daemon that runs in it.
  const control = (program: string, args: readonly string[], timeoutMs = 20_000, signal?: AbortSignal): Promise<Ran> => {
    const reach = place.root === '/' ? [] : ['chroot', `/proc/${daemon.pid}/root`];
    const argv = [...reach, join(place.programs, program), '--ctlsocket', file('pluto.ctl'), ...args];
    return run(argv, { timeoutMs, ...(signal && { signal }) });
  };
  const whack = (...args: string[]): Promise<Ran> => control('whack', args);
  const listen = (): Promise<void> => until(daemon, `${host.name} listens`, async () => (await whack('--listen')).status === 0);
  await listen();

  let loaded: { readonly connections: readonly Connection[]; readonly config: LibreswanRendering } | undefined;
  const load: Peer['load'] = async (connections) => {
    for (const { name } of loaded?.connections ?? []) await whack('--name', name, '--delete');
    const config = await libreswanConfig(connections, release, site.authority, options.patience);
    for (const { name, text } of config.files) writeFileSync(file(name), text, { mode: 0o600 });
    const { added, refused: notHeld } = await database.hold(config.roots, config.chains);
    if (added) {
      // What comes into the database later, a running pluto does not see.
      await daemon.stop();
      rmSync(file('pluto.ctl'), { force: true });
      daemon = await start();
      await listen();
    } else await whack('--rereadsecrets');
    const refused: Unsupported[] = [];
    for (const connection of connections) {
      const { name } = connection;
      const unheld = nicknamesOf(connection).flatMap((nickname) => notHeld.get(nickname) ?? []);
      if (unheld.length > 0) {
        refused.push({ connection: name, reason: unheld.join('; ') });
        continue;
      }
      const before = (await log()).length;
      const { status, stderr, stdout } = await control('addconn', ['--config', file('ipsec.conf'), name]);
      const doubt = config.doubts.get(name);
      // Of some faults it speaks only, and ends well.
      const failed = status !== 0 || stderr.includes('did not load properly');
      if (failed)
        refused.push({
          connection: name,
          reason: complaintIn(`${stdout}\n${stderr}\n${(await log()).slice(before)}`),
        });
      else if (doubt !== undefined) refused.push({ connection: name, reason: doubt });
    }
    loaded = { connections, config };
    return refused;
  };
  const told = ({ status, stdout, stderr }: Ran): Told => {
    const words = wordsIn(stdout || stderr);
    if (/unrecognized option|unknown option/.test(stderr)) return { outcome: 'unsupported', words };
    return { outcome: status === 0 ? 'done' : 'failed', words };
  };

  if (options.connections) {
    const [refused] = await load(options.connections);
    if (refused) {
      await daemon.stop();
      throw new LabError(`${host.name} refuses its configuration: ${refused.connection}: ${refused.reason}`);
    }
  }
  return {
    ...host,
    kind: 'libreswan',
    release,
    get pid() {
      return daemon.pid;
    },
    log,
    // libreswan keeps its keys inside NSS and prints pointers to them, whatever `--debug` says.
    keyLog: async () => '',
    configuration: () =>
      loaded?.config.files.map(({ name, text }) => ({ name, text: withoutSecrets(text, loaded?.connections ?? []) })) ?? [],
    load,
    initiate: async (name, patienceMs = 20_000) => told(await control('whack', ['--name', name, '--initiate'], patienceMs)),
    status: async () => readLibreswanStatus((await whack('--status')).stdout, await log()),
    async rekey(name, what) {
      // Told to rekey an IKEv1 connection, pluto 5.2 dies; the others say these words.
      const ikev1 = loaded?.connections.some((each) => each.name === name && each.speaks !== 'ikev2') === true;
      if (ikev1) return { outcome: 'unsupported', words: 'cannot force rekey of IKEv1 connection' };
      const child = compareReleases(release, '5.0') >= 0 ? '--rekey-child' : '--rekey-ipsec';
      const before = (await log()).length;
      const failed = async (): Promise<boolean> => REKEY_FAILED.test((await log()).slice(before));
      const over = new AbortController();
      const ends = control('whack', ['--name', name, what === 'ike' ? '--rekey-ike' : child], 20_000, over.signal);
      const ran = await Promise.race([ends, when(failed, over.signal)]);
      over.abort();
      return ran === undefined ? { outcome: 'failed', words: 'the rekeying failed' } : told(ran);
    },
    async terminate(name) {
      const ended = told(await whack('--name', name, '--terminate'));
      // It would go on holding the networks against every other connection for them.
      await whack('--name', name, '--unroute');
      return ended;
    },
    stop: () => daemon.stop(),
  };
}

/** Why addconn did not add a connection, without the name of the file and of itself: releases say it here or there. */
function complaintIn(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^(?:\d{3} |\w{3} +\d+ [\d:.]+: )/, ''));
  const line =
    lines.findLast((each) => /failed to add connection: |^(?:ipsec )?addconn[,:] /.test(each)) ?? lines.findLast((each) => each !== '');
  return (line ?? '')
    .replace(/^"[^"]+": failed to add connection: /, '')
    .replace(/^(?:ipsec )?addconn[,:] (?:in config '[^']*', )?(?:ignoring: )?/, '');
}

/** When a rekeying has failed, whack of 4.x waits on. */
const REKEY_FAILED = /encountered fatal error in state STATE_V2_REKEY|state transition 'initiate rekey [^']*' failed/;

/** Fulfilled once something is so, or nobody waits for it any more. */
async function when(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<undefined> {
  while (!signal.aborted && !(await isSo())) await sleep(50);
}

/** About the kernel's counters of SAs that it does not really have. */
const NOISE = /netlink response for Get SA|pull traffic counters|traffic information/;

/** The last words of a control program, without its numbers. */
function wordsIn(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^(?:\d{3} |\w{3} +\d+ [\d:.]+: )/, '').trim());
  return lines
    .filter((line) => line !== '' && !NOISE.test(line))
    .slice(-3)
    .join('; ');
}
