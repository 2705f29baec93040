/**
 * OpenIKED's iked, unpacked beside the system.
 *
 * It wants a user `_iked`, an empty directory for its children and a key under /etc/iked. All three exist inside the mount
 * namespace of `ip netns exec` only; the machine keeps nothing but an empty /etc/iked.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, withoutSecrets } from './connection.ts';
import { growingLog } from './growing-log.ts';
import { listensOn500 } from './network.ts';
import { openikedConfig, type OpenikedRendering } from './openiked-config.ts';
import { readOpenikedStatus } from './openiked-status.ts';
import type { Peer, PeerOptions, Site, Told, Unsupported } from './peer.ts';
import { PLACES } from './places.ts';
import { type Daemon, LabError, type Ran, run, until } from './process.ts';
import { DAEMON, insideRoot, placeOf, releaseAt } from './releases.ts';

/** How iked is to be. */
export type OpenikedOptions = PeerOptions;

/** A number that Debian gives to no package: the user exists in the daemon's own view of the system only. */
const UID = 65_111;
const PARTS = ['ca', 'certs', 'crls', 'private', 'pubkeys/fqdn', 'pubkeys/ipv4', 'pubkeys/ipv6', 'pubkeys/ufqdn'];

/** Starts iked on a site, bound and with its policies loaded. @throws LabError when it does not take one of them */
export async function startOpeniked(site: Site, options: OpenikedOptions): Promise<Peer> {
  const { host, directory } = site;
  const file = (name: string): string => join(directory, name);
  const home = file('empty');
  mkdirSync(home, { mode: 0o755 });
  const place = placeOf('openiked', options.release);
  mkdirSync(join(place.root, 'etc/iked'), { recursive: true });
  writeFileSync(file('passwd'), `${readFileSync('/etc/passwd', 'utf8')}_iked:x:${UID}:${UID}::${home}:/usr/sbin/nologin\n`);
  writeFileSync(file('group'), `${readFileSync('/etc/group', 'utf8')}_iked:x:${UID}:\n`);
  const binds = [
    [file('etc'), '/etc/iked'],
    [file('passwd'), '/etc/passwd'],
    [file('group'), '/etc/group'],
  ] as const;
  const inside = (program: string, ...args: string[]): string[] =>
    insideRoot(place, [join(place.programs, program), ...args], { preload: PLACES.noPfkey, binds });
  const ikectl = (...args: string[]): Promise<Ran> =>
    run(['ip', 'netns', 'exec', host.namespace, ...inside('ikectl', '-s', file('sock'), ...args)], { timeoutMs: 10_000 });

  let daemon: Daemon | undefined;
  let loaded: { readonly connections: readonly Connection[]; readonly config: OpenikedRendering } | undefined;

  const log = growingLog(file('log'), withoutKeys);
  const keyLog = growingLog(file('log'), keysAlone());
  const status: Peer['status'] = async () => readOpenikedStatus((await ikectl('show', 'sa')).stdout, await log());

  const start = async (): Promise<Daemon> => {
    const started = await site.start(
      inside(DAEMON.openiked, '-d', options.keys === true ? '-vvv' : '-vv', '-f', file('iked.conf'), '-s', file('sock')),
      'log',
    );
    await until(started, `${host.name} listens`, () => listensOn500(host.namespace));
    return started;
  };
  /** On a busy machine iked gives up its key socket before the stand-in has had its turn to answer; another start finds it awake. */
  const restart = async (): Promise<void> => {
    await daemon?.stop();
    daemon = await start().catch(start).catch(start);
  };

  /** Writes what it is to have; what it does not take is left out, and told. */
  const prepare = async (connections: readonly Connection[], active: readonly string[]): Promise<readonly Unsupported[]> => {
    let config = await openikedConfig(connections, site.authority, active);
    const refused = [...config.doubts].map(([connection, reason]) => ({ connection, reason }));
    writeOpeniked(directory, config);
    const checked = await run(['ip', 'netns', 'exec', host.namespace, ...inside(DAEMON.openiked, '-n', '-f', file('iked.conf'))]);
    const faults = checked.status === 0 ? [] : faultsIn(`${checked.stdout}\n${checked.stderr}`, config);
    if (faults.length > 0) {
      const good = connections.filter(({ name }) => !faults.some(({ connection }) => connection === name));
      config = await openikedConfig(good, site.authority, active);
      writeOpeniked(directory, config);
    }
    loaded = { connections, config };
    return [...faults, ...refused.filter(({ connection }) => !faults.some((fault) => fault.connection === connection))];
  };
  const load = async (connections: readonly Connection[], active: readonly string[] = []): Promise<readonly Unsupported[]> => {
    const refused = await prepare(connections, active);
    const from = existsSync(file('log')) ? (await log()).length : 0;
    const said = async (): Promise<string> => (await log()).slice(from);
    try {
      if (daemon?.running() === true) {
        await ikectl('reset', 'all');
        await ikectl('load', file('iked.conf'));
      } else await restart();
      // Its control program has done its part long before the process that speaks IKE has.
      if (daemon) await until(daemon, `${host.name} takes its policies`, async () => hasTaken(await said()));
    } catch (error) {
      // A key of a kind that it does not know is no reason for iked to say more than this; then it ends.
      const words = REFUSED_KEY.exec(await said())?.[0];
      if (words === undefined || connections.length === 0) throw error;
      await load([]);
      return connections.map(({ name }) => ({ connection: name, reason: words }));
    }
    return refused;
  };

  const [refused] = await load(options.connections ?? []);
  if (refused) {
    await daemon?.stop();
    throw new LabError(`${host.name} refuses its configuration: ${refused.connection}: ${refused.reason}`);
  }
  const none = (words: string): Told => ({ outcome: 'unsupported', words });
  return {
    ...host,
    kind: 'openiked',
    release: releaseAt('openiked', place),
    get pid() {
      return daemon?.pid ?? 0;
    },
    log,
    keyLog: async () => (options.keys === true ? keyLog() : ''),
    configuration: () =>
      loaded?.config.files
        .filter(({ name }) => !name.startsWith('private/'))
        .map(({ name, text }) => ({ name, text: withoutSecrets(text, loaded?.connections ?? []) })) ?? [],
    load: (connections) => load(connections),
    async initiate(name, patienceMs = 20_000) {
      const before = (await log()).length;
      await load(loaded?.connections ?? [], [name]);
      // It looks for something to begin once a minute, and two seconds after it was made active.
      await ikectl('passive');
      await ikectl('active');
      let said: readonly string[] = [];
      for (const since = Date.now(); Date.now() - since < patienceMs; await sleep(50)) {
        const read = async (): Promise<string | undefined> => {
          said = (await log()).slice(before).trim().split('\n');
          const from = said.findLastIndex((line) => line.includes(`initiating "${name}"`) || line.includes(AGAIN));
          // Before it has begun, all that it says is about the one before.
          return from < 0 ? undefined : said.slice(from + 1).find((line) => ENDED.test(line));
        };
        let end = await read();
        if (end !== undefined && !DONE.test(end)) {
          // That it begins again with another group, it says after it has given up the one before.
          await sleep(100);
          end = await read();
        }
        if (end !== undefined) return { outcome: DONE.test(end) ? 'done' : 'failed', words: end };
      }
      return { outcome: 'failed', words: said.at(-1) ?? '' };
    },
    status,
    rekey: async () => none('ikectl has no command that rekeys'),
    async terminate() {
      const { status: ended, stderr } = await ikectl('reset', 'sa');
      return { outcome: ended === 0 ? 'done' : 'failed', words: stderr.trim() };
    },
    stop: async () => daemon?.stop(),
  };
}

/** The files of a configuration; where there is no certificate, a key all the same, which it wants to have. */
export function writeOpeniked(directory: string, { files }: OpenikedRendering): void {
  // Not with its parents: when the lab is gone, they are not to come back. And not anew: the running daemon sees this one.
  if (!existsSync(join(directory, 'etc'))) mkdirSync(join(directory, 'etc'));
  for (const part of PARTS) {
    rmSync(join(directory, 'etc', part), { recursive: true, force: true });
    mkdirSync(join(directory, 'etc', part), { recursive: true });
  }
  for (const { name, text } of files) {
    const path = name === 'iked.conf' ? name : join('etc', name);
    writeFileSync(join(directory, path), text, { mode: name.startsWith('certs/') || name.startsWith('ca/') ? 0o644 : 0o600 });
  }
  const given = files.find(({ name }) => name === 'private/local.key')?.text;
  const key = given === undefined ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey : createPrivateKey(given);
  if (given === undefined)
    writeFileSync(join(directory, 'etc/private/local.key'), key.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(directory, 'etc/local.pub'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
}

/** `iked.conf: 3: syntax error`: what is wrong with whose policy. */
function faultsIn(text: string, { lines }: OpenikedRendering): Unsupported[] {
  const found = [...text.matchAll(/iked\.conf: (\d+): (.*)/g)].map(([, line, reason = '']) => ({
    connection: lines[Number(line) - 1] ?? '*',
    reason,
  }));
  return found.length > 0 ? found : [{ connection: '*', reason: text.trim() }];
}

/** What iked says of a connection that it began, once it is decided. */
const DONE = /ikev2_childsa_enable: loaded SPIs|ikev2_childsa_enable: loaded flows/;
/** It has been refused a child, cannot install it, or does not believe the peer: nothing more will come of it. */
const FAILED = /sa_state: cannot switch: AUTH_SUCCESS -> VALID|ikev2_childsa_enable: failed to load .*|sa_state: .* -> CLOS(?:ED|ING)/;
const ENDED = new RegExp(`${DONE.source}|${FAILED.source}|sa_free: .*|ikev2_ike_sa_setreason: .*`);

/** Whether all its processes have what was loaded last. @throws RangeError when they cannot */
function hasTaken(said: string): boolean {
  if (REFUSED_KEY.test(said)) throw new RangeError('a key that iked does not know');
  const read = said.search(/iked\.conf: (?:loaded \d+ configuration rules|no valid configuration rules found)/);
  if (read < 0 || !said.includes('config_getcompile: compilation done', read)) return false;
  // What is left of the reset before may be said meanwhile: only what follows the new key counts.
  let at = read;
  for (const line of ['ca_getkey: received public key', 'ca_reload: local cert type', 'ikev2_dispatch_cert: updated local CERTREQ']) {
    at = said.indexOf(line, at);
    if (at < 0) return false;
  }
  return true;
}
const AGAIN = 'reinitiating with new DH group';

const REFUSED_KEY = /^ca_\w+: unsupported key type.*$/m;

/** iked prints the policies that it has read, with the keys in them; at its third level also octets of all kinds, a line each. */
const withoutKeys = (text: string): string =>
  text
    .replaceAll(/\bpsk 0x[0-9a-f]+/g, 'psk (secret)')
    .split('\n')
    .filter((line) => !DUMP.test(line))
    .join('\n');

const DUMP = /^(?:[0-9a-f]{2}){1,4}(?: (?:[0-9a-f]{2}){1,4})*$/;

/** Of the third level the keys alone. */
function keysAlone(): (lines: string) => string {
  let kept = false;
  return (text) => {
    const lines = text.split('\n').filter((line) => {
      if (line !== '' && !DUMP.test(line)) kept = /\bikev2_sa_keys: (?:SKEYSEED|SK_\w+) with /.test(line);
      return kept || line === '';
    });
    return lines.join('\n');
  };
}
