/** Our own exchanges as a peer of the lab: a program in the host's namespace, which is told what to do over a socket. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Answers, Given, Order, OwnSetup } from '../own/orders.ts';
import type { Authority } from './authority.ts';
import { type Connection, withoutSecrets } from './connection.ts';
import { growingLog } from './growing-log.ts';
import { PATIENCE, type Peer, type PeerOptions, type Site } from './peer.ts';
import { LabError, until } from './process.ts';

/** How our peer is to be. */
export interface OwnOptions extends PeerOptions {
  /** Whose mind it has when it is asked; default `rfc`. */
  readonly profile?: string;
}

/** Starts it on a site, with its connections loaded. @throws LabError when one of them cannot be */
export async function startOwn(site: Site, options: OwnOptions): Promise<Peer> {
  const { host, directory } = site;
  const file = (name: string): string => join(directory, name);
  const { profile = 'rfc', patience = PATIENCE } = options;
  const setup: OwnSetup = {
    address4: host.address4,
    address6: host.address6,
    control: file('control'),
    log: file('log'),
    ...(options.keys === true && { keys: file('keys') }),
    profile,
    patience,
  };
  const program = fileURLToPath(new URL(`../own/program${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const daemon = await site.start([process.execPath, ...loader, program, JSON.stringify(setup)], 'output');
  await until(daemon, `${host.name} opens its control socket`, () => existsSync(setup.control));
  const tell = async <O extends Order>(order: O): Promise<Answers[O['order']]> => {
    const socket = connect(setup.control);
    socket.end(`${JSON.stringify(order)}\n`);
    const answer = await text(socket).catch(() => '');
    if (answer === '') throw new LabError(`${host.name} ended: ${await readFile(daemon.output, 'utf8')}`);
    return JSON.parse(answer) as Answers[O['order']];
  };

  const log = growingLog(setup.log);
  let loaded: readonly Connection[] = [];
  const load: Peer['load'] = async (connections) => {
    const given = await Promise.all(connections.map((connection) => givenFor(connection, site.authority)));
    loaded = connections;
    return tell({ order: 'load', connections: given });
  };
  const [refused] = await load(options.connections ?? []);
  if (refused) {
    await daemon.stop();
    throw new LabError(`${host.name} refuses its configuration: ${refused.connection}: ${refused.reason}`);
  }
  return {
    ...host,
    kind: 'ike-probe',
    release: profile,
    pid: daemon.pid,
    log: () => log().catch(() => ''),
    keyLog: () => readFile(file('keys'), 'utf8').catch(() => ''),
    configuration: () => [{ name: 'connections.json', text: withoutSecrets(JSON.stringify(loaded, undefined, 2), loaded) }],
    load,
    initiate: (name, patienceMs = 20_000) => tell({ order: 'initiate', name, patienceMs }),
    status: () => tell({ order: 'status' }),
    rekey: (name, what) => tell({ order: 'rekey', name, what }),
    terminate: (name) => tell({ order: 'terminate', name }),
    stop: () => daemon.stop(),
  };
}

/** The credentials that a connection's proofs stand for. Whoever only checks certificates has one of its own too. */
async function givenFor(connection: Connection, authority: Authority): Promise<Given> {
  const { local, remote } = connection;
  const own = local.proof.kind === 'certificate' ? local.proof : remote.proof.kind === 'certificate' ? remote.proof : undefined;
  if (!own) return { connection };
  const chain = await authority.chain({ ...own, identity: local.identity ?? local.address });
  return {
    connection,
    chain: { certificates: [chain.certificate, ...chain.intermediates].join(''), key: chain.key },
    ...(remote.proof.kind === 'certificate' && { root: await authority.root(remote.proof.key) }),
  };
}
