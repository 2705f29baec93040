/**
 * A network in a box: a bridge in one network namespace, one more namespace per host, no route out.
 *
 * Host N has 10.99.0.N and fd99:99::N on eth0, and a MAC address made of N, so that a host that comes back is the same
 * neighbour as before. Each network has its own namespaces: two of them do not see each other.
 */
import { execFileSync } from 'node:child_process';
import { must, run } from './process.ts';

/** One host of a network. */
export interface Host {
  readonly name: string;
  /** The network namespace, for `ip netns exec`. */
  readonly namespace: string;
  readonly address4: string;
  readonly address6: string;
}

/** The namespace that holds the bridge. */
export const hubOf = (network: string): string => `${network}-hub`;

/** Makes the bridge. */
export async function makeHub(network: string): Promise<void> {
  const hub = hubOf(network);
  await must(['ip', 'netns', 'add', hub]);
  await batch(hub, ['link set lo up', 'link add br0 type bridge forward_delay 0 mcast_snooping 0', 'link set br0 up']);
}

/** Makes host `number` (1 … 254) and plugs it into the bridge. */
export async function makeHost(network: string, name: string, number: number): Promise<Host> {
  const host = { name, namespace: `${network}-${name}`, address4: `10.99.0.${number}`, address6: `fd99:99::${number}` };
  const mac = `02:00:0a:63:00:${number.toString(16).padStart(2, '0')}`;
  await must(['ip', 'netns', 'add', host.namespace]);
  await batch(hubOf(network), [
    `link add v${number} type veth peer name eth0 address ${mac} netns ${host.namespace}`,
    `link set v${number} master br0 up`,
  ]);
  await batch(host.namespace, [
    'link set lo up',
    `addr add ${host.address4}/24 dev eth0`,
    `addr add ${host.address6}/64 dev eth0 nodad`,
    'link set eth0 up',
  ]);
  return host;
}

/** Ends what still runs in a namespace and removes it. Synchronous, for exit handlers; a namespace that is gone is no error. */
export function removeNamespace(namespace: string): void {
  for (const pid of quietly(['netns', 'pids', namespace]).split(/\s+/).filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  quietly(['netns', 'del', namespace]);
}

/** Names of the namespaces that belong to a network. */
export function namespacesOf(network: string): string[] {
  const names = quietly(['netns', 'list'])
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  return names.filter((name) => name.startsWith(`${network}-`));
}

/** Whether something listens on UDP port 500 in a namespace. */
export async function listensOn500(namespace: string): Promise<boolean> {
  const ran = await run(['ip', 'netns', 'exec', namespace, 'ss', '-Hlun', 'sport = :500']);
  return ran.stdout.trim() !== '';
}

async function batch(namespace: string, commands: readonly string[]): Promise<void> {
  await must(['ip', '-n', namespace, '-batch', '-'], { input: `${commands.join('\n')}\n` });
}

function quietly(args: readonly string[]): string {
  try {
    return execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch {
    return '';
  }
}
