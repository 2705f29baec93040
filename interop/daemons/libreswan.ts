/**
 * libreswan's pluto, unpacked beside the system: own NSS database, run directory and secrets, so that several run side by side.
 *
 * pluto insists on its helper program at a fixed place; it is bound there inside the mount namespace of `ip netns exec`, and
 * nowhere else. IKEv1 is dropped by default since 4.0; here it is accepted.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, PSK } from './peer.ts';
import type { Peer, Site } from './peer.ts';
import { PLACES } from './places.ts';
import { LabError, must, type Ran, run, tail, until } from './process.ts';
import { insideRoot, placeOf } from './releases.ts';

/** How pluto is to be. Proposals are in libreswan's own notation; left out, they are its defaults. */
export interface LibreswanOptions {
  /** Which release; what is installed when left out. */
  readonly release?: string;
  readonly ike?: readonly string[];
  readonly esp?: readonly string[];
  /** Default both. */
  readonly version?: 1 | 2 | 'both';
  /** Also answers aggressive mode, to `peerIdentity` only. */
  readonly aggressive?: boolean;
  /** The identity (FQDN) that aggressive mode answers; default client.lab. */
  readonly peerIdentity?: string;
  /** `authby=`; default secret. */
  readonly authby?: string;
  readonly psk?: string;
  /** Per-transform detail in the log (22 kB for each refused IKEv2 request); default false. */
  readonly debug?: boolean;
  /** More lines for every connection, each `key=value`. */
  readonly lines?: readonly string[];
}

/** The place where pluto looks for its helper, whatever it was built from. */
const HELPER_PLACE = '/usr/libexec/ipsec';

/** Starts pluto on a site, listening and with its connections loaded. */
export async function startLibreswan(site: Site, options: LibreswanOptions): Promise<Peer> {
  const { host, directory } = site;
  const file = (name: string): string => join(directory, name);
  const connections = connectionsOf(site, options);
  mkdirSync(file('nss'));
  mkdirSync(file('ipsec.d'));
  mkdirSync(HELPER_PLACE, { recursive: true });
  writeFileSync(file('secrets'), `: PSK "${options.psk ?? PSK}"\n`, { mode: 0o600 });
  const setup = 'config setup\n    uniqueids=no\n    ikev1-policy=accept\n';
  writeFileSync(file('ipsec.conf'), setup + connections.map(({ text }) => text).join(''));
  await must(['certutil', '-N', '-d', `sql:${file('nss')}`, '--empty-password']);

  const files = {
    config: file('ipsec.conf'),
    rundir: directory,
    nssdir: file('nss'),
    dumpdir: directory,
    ipsecdir: file('ipsec.d'),
    secretsfile: file('secrets'),
    logfile: file('log'),
  };
  const places = Object.entries(files).flatMap(([option, path]) => [`--${option}`, path]);
  const switches = ['--nofork', '--nhelpers', '1', '--no-dnssec', '--log-no-audit', ...(options.debug ? ['--debug', 'base'] : [])];
  const place = placeOf('libreswan', options.release);
  const pluto = [join(HELPER_PLACE, 'pluto'), ...places, ...switches];
  const binds = place.root === '/' ? [[place.programs, HELPER_PLACE] as const] : [];
  const daemon = await site.start(insideRoot(place, pluto, { preload: PLACES.noEsp, binds }), 'output');
  await until(daemon, `${host.name} opens its control socket`, () => existsSync(file('pluto.ctl')));

  // Its control programs speak to their own release only; a root is reached through the daemon that runs in it.
  const reach = place.root === '/' ? [] : ['chroot', `/proc/${daemon.pid}/root`];
  const control = (program: string, ...args: string[]): Promise<Ran> =>
    run([...reach, join(place.programs, program), '--ctlsocket', file('pluto.ctl'), ...args]);
  await until(daemon, `${host.name} listens`, async () => {
    return (await control('whack', '--listen')).status === 0;
  });
  for (const { name } of connections) {
    const added = await control('addconn', '--config', file('ipsec.conf'), name);
    if (added.status === 0) continue;
    const words = added.stderr || added.stdout || tail(file('log'));
    await daemon.stop();
    throw new LabError(`${host.name} refuses its configuration: ${words}`);
  }
  return { ...host, kind: 'libreswan', pid: daemon.pid, log: () => readFile(file('log'), 'utf8'), stop: () => daemon.stop() };
}

/** One connection for each version, mode and address family. */
function connectionsOf({ host }: Site, options: LibreswanOptions): { readonly name: string; readonly text: string }[] {
  const { version = 'both', aggressive = false, peerIdentity = 'client.lab' } = options;
  const modes = [
    { name: 'main', ikev2: 'no', aggressive: 'no', wanted: version !== 2 },
    { name: 'aggressive', ikev2: 'no', aggressive: 'yes', wanted: version !== 2 && aggressive },
    { name: 'v2', ikev2: 'yes', aggressive: 'no', wanted: version !== 1 },
  ];
  const families = [
    { family: 'ipv4', address: host.address4 },
    { family: 'ipv6', address: host.address6 },
  ];
  return modes.flatMap((mode) => {
    if (!mode.wanted) return [];
    return families.map(({ family, address }) => {
      const lines = [
        `hostaddrfamily=${family}`,
        `left=${address}`,
        `leftid=@${identityOf(host)}`,
        'right=%any',
        ...(mode.aggressive === 'yes' ? [`rightid=@${peerIdentity}`] : []),
        `authby=${options.authby ?? 'secret'}`,
        'leftupdown=%disabled',
        `ikev2=${mode.ikev2}`,
        `aggressive=${mode.aggressive}`,
        ...(options.ike ? [`ike=${options.ike.join(',')}`] : []),
        ...(options.esp ? [`phase2alg=${options.esp.join(',')}`] : []),
        'pfs=no',
        'auto=ignore',
        ...(options.lines ?? []),
      ];
      const name = `${mode.name}-${family}`;
      return { name, text: `\nconn ${name}\n${lines.map((line) => `    ${line}\n`).join('')}` };
    });
  });
}
