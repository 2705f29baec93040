/**
 * strongSwan's charon, without systemd: own vici socket and settings file, so that several run side by side.
 *
 * IKEv1 looks at one connection only (the best match of addresses), so all proposals stand in one list. IKEv2 would
 * try further connections too.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, PSK } from './peer.ts';
import type { Peer, Site } from './peer.ts';
import { PLACES } from './places.ts';
import { LabError, type Ran, run, until } from './process.ts';
import { DAEMON, insideRoot, placeOf } from './releases.ts';

/** How charon is to be. Proposals are in strongSwan's own notation. */
export interface StrongswanOptions {
  /** Which release; what is installed when left out. */
  readonly release?: string;
  readonly ike: readonly string[];
  /** Default aes256-sha256. */
  readonly esp?: readonly string[];
  /** 0 (default) speaks both versions. */
  readonly version?: 0 | 1 | 2;
  /** False switches COOKIE and the half-open limits off; otherwise they are as strongSwan ships them. */
  readonly dosProtection?: boolean;
  /** Also answers aggressive mode, with a pre-shared key. */
  readonly aggressive?: boolean;
  readonly psk?: string;
  /** More connections, in swanctl.conf's syntax. */
  readonly connections?: string;
  /** More lines of the daemon's section in strongswan.conf: `prefer_configured_proposals = no`. */
  readonly settings?: readonly string[];
}

/** Starts charon on a site, with its connections loaded. */
export async function startStrongswan(site: Site, options: StrongswanOptions): Promise<Peer> {
  const { host, directory } = site;
  const socket = `unix://${join(directory, 'vici')}`;
  const settings = join(directory, 'strongswan.conf');
  const connections = join(directory, 'swanctl.conf');
  const log = join(directory, 'log');
  writeFileSync(settings, settingsOf(socket, log, options));
  writeFileSync(connections, connectionsOf(identityOf(host), options), { mode: 0o600 });

  const env = { STRONGSWAN_CONF: settings };
  const place = placeOf('strongswan', options.release);
  const charon = insideRoot(place, [join(place.programs, DAEMON.strongswan)], { preload: PLACES.noEsp });
  const daemon = await site.start(charon, 'output', env);
  await until(daemon, `${host.name} opens its control socket`, () => existsSync(join(directory, 'vici')));
  const loadAll = (): Promise<Ran> => run(['swanctl', '--load-all', '--uri', socket, '--file', connections], { env });
  let load = await loadAll();
  // The socket is there a moment before anybody listens to it.
  for (let tries = 0; tries < 20 && load.stderr.includes('Connection refused'); tries++) {
    await sleep(25);
    load = await loadAll();
  }
  if (load.status !== 0) {
    await daemon.stop();
    const words = load.stderr.split('\n').filter((line) => !line.startsWith('opening directory'));
    throw new LabError(`${host.name} refuses its configuration: ${words.join('\n') || load.stdout}`);
  }
  return { ...host, kind: 'strongswan', pid: daemon.pid, log: () => readFile(log, 'utf8'), stop: () => daemon.stop() };
}

function settingsOf(socket: string, log: string, options: StrongswanOptions): string {
  const { dosProtection = true, aggressive = false, settings = [] } = options;
  return `charon-systemd {
  load_modular = yes
  plugins {
    include /etc/strongswan.d/charon/*.conf
    vici { socket = ${socket} }
    kernel-libipsec { load = no }
    dhcp { load = no }
    farp { load = no }
  }
  install_routes = no
  install_virtual_ip = no
  ${dosProtection ? '' : 'dos_protection = no'}
  ${aggressive ? 'i_dont_care_about_security_and_use_aggressive_mode_psk = yes' : ''}
  ${settings.join('\n  ')}
  syslog { daemon { default = -1 } auth { default = -1 } }
  journal { default = -1 }
  filelog { lab { path = ${log}
    flush_line = yes
    time_format = %H:%M:%S
    time_add_ms = yes
    default = 1
    cfg = 2
    ike = 2
  } }
}
swanctl { load = random openssl pem pkcs1 x509 }
`;
}

function connectionsOf(identity: string, options: StrongswanOptions): string {
  const { ike, esp = ['aes256-sha256'], version = 0, aggressive = false, psk = PSK, connections = '' } = options;
  const connection = (name: string, speaks: number, mode: string): string => `  ${name} {
    version = ${speaks}
    aggressive = ${mode}
    local_addrs = %any
    remote_addrs = %any
    proposals = ${ike.join(', ')}
    local { auth = psk
            id = ${identity} }
    remote { auth = psk }
    children { ${name}-net { local_ts = 0.0.0.0/0
                     remote_ts = 0.0.0.0/0
                     esp_proposals = ${esp.join(', ')} } }
  }
`;
  return `connections {
${connection('psk', version, 'no')}${aggressive ? connection('aggressive', 1, 'yes') : ''}${connections}}
secrets { ike-any { secret = "${psk}" } }
`;
}
