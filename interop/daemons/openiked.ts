/**
 * OpenIKED's iked, unpacked beside the system. It speaks IKEv2 only.
 *
 * It wants a user `_iked`, an empty directory for its children and a key under /etc/iked. All three exist inside the mount
 * namespace of `ip netns exec` only; the machine keeps nothing but an empty /etc/iked.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listensOn500 } from './network.ts';
import { identityOf, PSK } from './peer.ts';
import type { Peer, Site } from './peer.ts';
import { PLACES } from './places.ts';
import { type Daemon, must, until } from './process.ts';
import { DAEMON, insideRoot, placeOf } from './releases.ts';

/** How iked is to be. Proposals are in iked.conf's words ("enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048"). */
export interface OpenikedOptions {
  /** Which release; what is installed when left out. */
  readonly release?: string;
  /** One `ikesa` clause each; left out, iked's defaults. */
  readonly ike?: readonly string[];
  /** One `childsa` clause each; left out, iked's defaults. */
  readonly child?: readonly string[];
  readonly psk?: string;
  /** The whole iked.conf, line by line, instead of one passive policy made of the above. */
  readonly policy?: readonly string[];
}

/** A number that Debian gives to no package: the user exists in the daemon's own view of the system only. */
const UID = 65_111;

/** Starts iked on a site, bound and with its policy loaded. */
export async function startOpeniked(site: Site, options: OpenikedOptions): Promise<Peer> {
  const { host, directory } = site;
  const file = (name: string): string => join(directory, name);
  const home = file('empty');
  mkdirSync(home, { mode: 0o755 });
  for (const part of ['ca', 'certs', 'crls', 'private', 'pubkeys/fqdn', 'pubkeys/ipv4', 'pubkeys/ipv6', 'pubkeys/ufqdn']) {
    mkdirSync(file(`etc/${part}`), { recursive: true });
  }
  const place = placeOf('openiked', options.release);
  mkdirSync(join(place.root, 'etc/iked'), { recursive: true });
  const key = file('etc/private/local.key');
  await must(['openssl', 'ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', key]);
  await must(['openssl', 'ec', '-in', key, '-pubout', '-out', file('etc/local.pub')]);
  writeFileSync(file('passwd'), `${readFileSync('/etc/passwd', 'utf8')}_iked:x:${UID}:${UID}::${home}:/usr/sbin/nologin\n`);
  writeFileSync(file('group'), `${readFileSync('/etc/group', 'utf8')}_iked:x:${UID}:\n`);
  writeFileSync(file('iked.conf'), options.policy ? `${options.policy.join('\n')}\n` : policyOf(identityOf(host), options), {
    mode: 0o600,
  });

  const binds = [
    [file('etc'), '/etc/iked'],
    [file('passwd'), '/etc/passwd'],
    [file('group'), '/etc/group'],
  ] as const;
  const program = [join(place.programs, DAEMON.openiked), '-d', '-vv', '-f', file('iked.conf'), '-s', file('sock')];
  const iked = insideRoot(place, program, { preload: PLACES.noPfkey, binds });
  const start = async (): Promise<Daemon> => {
    const started = await site.start(iked, 'log');
    await until(started, `${host.name} listens`, () => listensOn500(host.namespace));
    return started;
  };
  // On a busy machine iked gives up its key socket before the stand-in has had its turn to answer; another start finds it awake.
  const daemon = await start().catch(start).catch(start);
  return { ...host, kind: 'openiked', pid: daemon.pid, log: () => readFile(file('log'), 'utf8'), stop: () => daemon.stop() };
}

function policyOf(identity: string, { ike = [], child = [], psk = PSK }: OpenikedOptions): string {
  const clauses = [
    'ikev2 "psk" passive esp from any to any local any peer any',
    ...ike.map((words) => `ikesa ${words}`),
    ...child.map((words) => `childsa ${words}`),
    `srcid ${identity} psk "${psk}"`,
  ];
  return `${clauses.join(' \\\n  ')}\n`;
}
