/**
 * strongSwan's charon, without systemd: own vici socket, settings and credentials, so that several run side by side.
 *
 * Its control program is this machine's own, whatever release runs: what they say to each other has not changed.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, withoutSecrets } from './connection.ts';
import { growingLog } from './growing-log.ts';
import { type IkeStatus, PATIENCE, type Peer, type PeerOptions, type Site, type Told, type Unsupported } from './peer.ts';
import { PLACES } from './places.ts';
import { LabError, type Ran, run, type RunOptions, until } from './process.ts';
import { DAEMON, insideRoot, placeOf, releaseAt } from './releases.ts';
import { lacking, readAlgorithms } from './strongswan-algorithms.ts';
import { strongswanConfig, type StrongswanRendering } from './strongswan-config.ts';
import { idsIn, readStrongswanStatus } from './strongswan-status.ts';

/** How charon is to be. */
export interface StrongswanOptions extends PeerOptions {
  /** False switches COOKIE and the half-open limits off; otherwise they are as strongSwan ships them. */
  readonly dosProtection?: boolean;
  /** Takes pre-shared keys in aggressive mode; default when the first connections are such. */
  readonly aggressiveKeys?: boolean;
  /** False: the kernel's own answers are charon's, also where it cannot do ESP. */
  readonly forgivingKernel?: boolean;
  /** It logs nothing: for measurements. */
  readonly quiet?: boolean;
  /** More lines of the daemon's section in strongswan.conf: `prefer_configured_proposals = no`. */
  readonly settings?: readonly string[];
}

/** Starts charon on a site, with its connections loaded. @throws LabError when it does not take one of them */
export async function startStrongswan(site: Site, options: StrongswanOptions): Promise<Peer> {
  const { host, directory } = site;
  const file = (name: string): string => join(directory, name);
  const socket = `unix://${file('vici')}`;
  writeFileSync(file('strongswan.conf'), strongswanSettings(socket, file, options));
  const env = { STRONGSWAN_CONF: file('strongswan.conf'), SWANCTL_DIR: file('swanctl') };
  const place = placeOf('strongswan', options.release);
  const release = releaseAt('strongswan', place);
  const preload = options.forgivingKernel === false ? {} : { preload: PLACES.noEsp };
  const daemon = await site.start(insideRoot(place, [join(place.programs, DAEMON.strongswan)], preload), 'output', env);
  await until(daemon, `${host.name} opens its control socket`, () => existsSync(file('vici')));

  const swanctl = async (args: readonly string[], more: RunOptions = {}): Promise<Ran> => {
    const asked = (): Promise<Ran> => run(['swanctl', ...args, '--uri', socket], { env, ...more });
    let ran = await asked();
    // The socket is there a moment before anybody listens to it.
    for (let tries = 0; tries < 40 && ran.stderr.includes('Connection refused'); tries++) {
      await sleep(25);
      ran = await asked();
    }
    return ran;
  };
  const log = growingLog(file('log'), (lines) => lines.replaceAll(LOOKS, ''));
  let loaded: { readonly connections: readonly Connection[]; readonly config: StrongswanRendering } | undefined;
  const algorithms = readAlgorithms((await swanctl(['--list-algs'])).stdout);

  const status: Peer['status'] = async () => readStrongswanStatus((await swanctl(['--list-sas', '--pretty'])).stdout);
  const load: Peer['load'] = async (connections) => {
    for (const id of idsIn((await swanctl(['--list-sas', '--pretty'])).stdout))
      await swanctl(['--terminate', '--ike-id', id, '--force', '--timeout', '1']);
    const config = await strongswanConfig(connections, release, site.authority);
    const cannot = connections.flatMap((each): Unsupported[] => {
      const reason = lacking(each, algorithms, release);
      return reason === undefined ? [] : [{ connection: each.name, reason }];
    });
    writeSwanctl(file('swanctl'), config);
    const before = (await log().catch(() => '')).length;
    const ran = await swanctl(['--load-all', '--clear']);
    loaded = { connections, config };
    const words = (await log()).slice(before);
    const refused = complaints(ran, words, config);
    return [...refused, ...cannot.filter((each) => !refused.some(({ connection }) => connection === each.connection))];
  };
  const told = ({ status: ended, stdout, stderr }: Ran): Told => ({
    outcome: ended === 0 ? 'done' : 'failed',
    words: (stderr || stdout).trim().split('\n').at(-1) ?? '',
  });

  if (options.connections) {
    const [refused] = await load(options.connections);
    if (refused) {
      await daemon.stop();
      throw new LabError(`${host.name} refuses its configuration: ${refused.connection}: ${refused.reason}`);
    }
  }
  return {
    ...host,
    kind: 'strongswan',
    release,
    pid: daemon.pid,
    log,
    keyLog: () => readFile(file('keys'), 'utf8').catch(() => ''),
    configuration: () =>
      loaded?.config.files
        .filter(({ name }) => !name.startsWith('private/'))
        .map(({ name, text }) => ({ name, text: withoutSecrets(text, loaded?.connections ?? []) })) ?? [],
    load,
    async initiate(name, patienceMs = 20_000) {
      const childless = loaded?.connections.find((each) => each.name === name)?.childless === true;
      const what = childless ? ['--ike', name] : ['--ike', name, '--child', name];
      return told(await swanctl(['--initiate', ...what, '--timeout', String(Math.ceil(patienceMs / 1000)), '--loglevel', '1']));
    },
    status,
    // swanctl only asks for it: it is over when another SA stands there. That of IKEv1 whose place is taken stays for ten seconds.
    async rekey(name, what) {
      const before = standing(await status(), name, what);
      const from = (await log()).length;
      const asked = told(await swanctl(['--rekey', `--${what}`, name]));
      for (const since = Date.now(); asked.outcome === 'done' && Date.now() - since < REKEYING_MS; await sleep(30)) {
        const said = (await log()).slice(from);
        // Each look at its status leaves lines in its log.
        const isNew = async (): Promise<boolean> => standing(await status(), name, what).some((spis) => !before.includes(spis));
        if (/established|rekeyed/.test(said) && (await isNew())) return asked;
        const failed = REKEYING_FAILED.exec(said)?.[0];
        if (failed !== undefined) return { outcome: 'failed', words: failed };
      }
      return asked.outcome === 'done' ? { outcome: 'failed', words: 'nothing has taken its place' } : asked;
    },
    terminate: async (name) => told(await swanctl(['--terminate', '--ike', name, '--timeout', '10'])),
    stop: () => daemon.stop(),
  };
}

/** What our own looks at its status leave in its log. */
const LOOKS =
  /^.*\[(?:CFG\] vici client \d+ (?:connected|disconnected|registered for: list-sa|requests: list-sas)|KNL\] querying SAD entry .*)\n/gm;

const REKEYING_MS = 10_000;
/** What charon says when a rekeying has come to nothing. */
const REKEYING_FAILED = /\S*_SA rekeying failed.*|no CHILD_SA built|received \w+ notify error.*/;

/** The SPIs of a connection's SAs that are established. */
function standing(all: readonly IkeStatus[], name: string, what: 'ike' | 'child'): readonly string[] {
  const own = all.filter(({ connection }) => connection === name);
  const sas = what === 'ike' ? own : own.flatMap(({ children }) => children);
  return sas.flatMap(({ spis, established }) => (established && spis ? [spis.join(' ')] : []));
}

/** swanctl's directory, anew. */
export function writeSwanctl(directory: string, { files }: StrongswanRendering): void {
  rmSync(directory, { recursive: true, force: true });
  // Not with its parents: when the lab is gone, they are not to come back.
  mkdirSync(directory);
  for (const part of DIRECTORIES) mkdirSync(join(directory, part));
  for (const { name, text } of files) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  }
}

/** swanctl complains about each that is missing. */
const DIRECTORIES = [
  'x509',
  'x509ca',
  'x509ocsp',
  'x509aa',
  'x509ac',
  'x509crl',
  'pubkey',
  'private',
  'rsa',
  'ecdsa',
  'bliss',
  'pkcs8',
  'pkcs12',
];

/** Which connections were not loaded, in charon's words where its log has some. */
function complaints({ stdout, stderr }: Ran, log: string, { doubts }: StrongswanRendering): Unsupported[] {
  const failed = [...`${stdout}\n${stderr}`.matchAll(/loading connection '([^']+)' failed: (.*)/g)];
  const because = log.split('\n').flatMap((line) => /\[CFG\] (.*(?:not recognized|not supported|invalid|skipped).*)/.exec(line)?.[1] ?? []);
  const refused = failed.map(([, connection = '', words = '']) => ({ connection, reason: [...because, words].join('; ') }));
  const doubted = [...doubts].filter(([name]) => !refused.some(({ connection }) => connection === name));
  const other = stderr
    .split('\n')
    .filter((line) => /^(?:loading|building|parsing|no|error)/i.test(line) && !line.startsWith('loading connection'));
  const general = refused.length === 0 && other.length > 0 ? [{ connection: '*', reason: other.join('; ') }] : [];
  return [...refused, ...doubted.map(([connection, reason]) => ({ connection, reason })), ...general];
}

/** strongswan.conf. `file` says where a file of this charon is. */
export function strongswanSettings(socket: string, file: (name: string) => string, options: StrongswanOptions): string {
  const { dosProtection = true, settings = [], keys = false, patience = PATIENCE, connections = [] } = options;
  const { aggressiveKeys = connections.some(({ speaks }) => speaks === 'ikev1-aggressive') } = options;
  const keyLog = `keys { path = ${file('keys')}
    flush_line = yes
    default = -1
    ike = 4
    chd = 4
  }`;
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
  retransmit_timeout = ${patience.seconds}
  retransmit_tries = ${patience.tries}
  retransmit_limit = ${Math.ceil(patience.longest ?? 0)}
  ${dosProtection ? '' : 'dos_protection = no'}
  ${aggressiveKeys ? 'i_dont_care_about_security_and_use_aggressive_mode_psk = yes' : ''}
  ${settings.join('\n  ')}
  syslog { daemon { default = -1 } auth { default = -1 } }
  journal { default = -1 }
  filelog { lab { path = ${file('log')}
    flush_line = yes
    time_format = %H:%M:%S
    time_add_ms = yes
    ${options.quiet === true ? 'default = -1' : 'default = 1\n    cfg = 2\n    ike = 2'}
  } ${keys ? keyLog : ''} }
}
swanctl { load = random openssl pem pkcs1 pkcs8 x509 }
`;
}
