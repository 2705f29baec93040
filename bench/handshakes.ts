/**
 * Full IKEv2 handshakes per second: our responder and charon 5.9.8, driven by the same client in one run.
 * Run: npm run build && sudo node --import tsx bench/handshakes.ts [seconds]; it wants root and npm run lab:install -- --releases.
 *
 * A handshake is IKE_SA_INIT, IKE_AUTH with pre-shared keys, and the Delete, so that nothing piles up. Each has fresh keys and a fresh key
 * exchange on both sides; several are on their way at once. The client is a process of its own in the client's namespace, each responder has
 * a namespace, and rounds go in turns, so that what else the machine does weighs on all alike.
 *
 * What to read it with: ours is one thread, charon has sixteen. With a child SA charon also tells the kernel, which ours never does: the rows
 * without a child leave that out. A client that is busy near 1 is the bottleneck itself, and the processor time of a handshake then says more
 * than the rate; so it does on a machine that others use.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { daemonsAvailable } from '../interop/available.ts';
import { createLab, type Lab } from '../interop/daemons/lab.ts';
import type { HandshakeCounts, HandshakeOptions } from './handshake-loop.ts';
import type { ResponderOptions } from './handshake-responder.ts';

const RELEASE = '5.9.8';
const ROUNDS = 3;
const AT_ONCE = 16;
const PSK = 'handshakes';
const CHILD = 'aes128gcm16-noesn';
const GROUPS = ['x25519', 'modp2048'] as const;
const suiteOf = (group: string): string => `aes128gcm16-prfsha256-${group}`;
const [LOOP, RESPONDER] = ['handshake-loop.ts', 'handshake-responder.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url))) as [
  string,
  string,
];

/** Somebody who answers. */
interface Contestant {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  readonly stop: () => void;
}

/** One round of one contestant. */
interface Round {
  readonly perSecond: number;
  /** Of one processor, on average. */
  readonly clientShare: number;
  readonly responderShare: number;
  /** Milliseconds of processor time for one handshake. */
  readonly cost: number;
  readonly failed: number;
  readonly why?: string;
}

const TICKS = 100;

/** Processor seconds of all processes in a network namespace. Only its pids are looked at. */
function cpuSecondsIn(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      // The name in parentheses may hold anything; user and system time are the 12th and 13th field behind it.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return sum;
    }
  }, 0);
}

async function pidsIn(lab: Lab, namespace: string): Promise<readonly number[]> {
  const { stdout } = await lab.command(['ip', 'netns', 'pids', namespace]);
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}

/** Drives one contestant for a while. */
async function drive(lab: Lab, { address, namespace }: Contestant, group: string, child: boolean, seconds: number): Promise<Round> {
  const options: HandshakeOptions = {
    address,
    port: 500,
    ike: suiteOf(group),
    ...(child && { child: CHILD }),
    psk: PSK,
    identity: 'client.lab',
    atOnce: AT_ONCE,
    seconds,
    warmUp: 1,
  };
  const pids = await pidsIn(lab, namespace);
  const argv = ['netns', 'exec', lab.client, process.execPath, '--import', 'tsx', LOOP, JSON.stringify(options)];
  const client = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let before = 0;
  let after = 0;
  client.stdout.on('data', (chunk: Buffer) => {
    if (said === '') before = cpuSecondsIn(pids);
    said += String(chunk);
    after = cpuSecondsIn(pids);
  });
  await once(client, 'close');
  const counts = JSON.parse(said.split('\n')[1] ?? '{}') as HandshakeCounts;
  return {
    perSecond: counts.done / counts.seconds,
    clientShare: counts.cpuSeconds / counts.seconds,
    responderShare: (after - before) / counts.seconds,
    cost: (1000 * (after - before)) / counts.done,
    failed: counts.failed,
    ...(counts.why !== undefined && { why: counts.why }),
  };
}

/** Our responder on a host of the lab. */
async function ours(lab: Lab, group: string): Promise<Contestant> {
  const { namespace, address4: address } = await lab.host();
  const options: ResponderOptions = { address, port: 500, ike: suiteOf(group), child: CHILD, psk: PSK, identity: 'responder.lab' };
  const argv = ['netns', 'exec', namespace, process.execPath, '--import', 'tsx', RESPONDER, JSON.stringify(options)];
  const child = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { name: 'ours', address, namespace, stop: () => child.kill() };
}

async function charon(lab: Lab, group: string): Promise<Contestant> {
  const party = { address: 'any', proof: { kind: 'psk', secret: PSK }, traffic: ['0.0.0.0/0'] } as const;
  const connection = { name: 'bench', speaks: 'ikev2', ike: suiteOf(group), child: CHILD, local: party, remote: party } as const;
  const peer = await lab.strongswan({ release: RELEASE, dosProtection: false, quiet: true, connections: [connection] });
  return { name: `charon ${peer.release}`, address: peer.address4, namespace: peer.namespace, stop: () => undefined };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The rounds of all contestants, in turns, and what they came to. */
async function compare(lab: Lab, contestants: readonly Contestant[], group: string, child: boolean, seconds: number): Promise<void> {
  const rounds = contestants.map((): Round[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, contestant] of contestants.entries()) rounds[i]?.push(await drive(lab, contestant, group, child, seconds));
  console.log(`  ${group}, ${child ? 'with a child SA' : 'without a child'}`);
  const table = contestants.map(({ name }, i) => {
    const of = (pick: (round: Round) => number): number => median((rounds[i] ?? []).map(pick));
    const [perSecond, cost] = [of((each) => each.perSecond), of((each) => each.cost)];
    const busy = `busy: responder ${of((each) => each.responderShare).toFixed(2)}, client ${of((each) => each.clientShare).toFixed(2)}`;
    const failed = (rounds[i] ?? []).reduce((sum, each) => sum + each.failed, 0);
    const why = failed > 0 ? `; ${failed} failed (${rounds[i]?.find((each) => each.why !== undefined)?.why})` : '';
    console.log(`    ${name.padEnd(12)} ${perSecond.toFixed(0).padStart(5)} /s, ${cost.toFixed(2)} ms of a processor each; ${busy}${why}`);
    return { name, perSecond, cost };
  });
  const [own, ...others] = table;
  for (const { name, perSecond, cost } of others)
    console.log(
      `    ours beside ${name}: ${((own?.perSecond ?? 0) / perSecond).toFixed(2)} of its rate, ${(cost / (own?.cost ?? 0)).toFixed(2)} of its handshakes per processor second`,
    );
}

async function main(seconds: number): Promise<void> {
  const available = daemonsAvailable([`strongswan@${RELEASE}`]);
  if (!available.available) {
    console.log(`handshakes beside charon: not measured here: ${available.reason}`);
    return;
  }
  console.log(
    `full IKEv2 handshakes, ${AT_ONCE} at once, median of ${ROUNDS} rounds of ${seconds} s in turns, ${cpus().length} processors`,
  );
  for (const group of GROUPS) {
    const lab = await createLab('bench');
    try {
      const contestants = [await ours(lab, group), await charon(lab, group)];
      for (const child of [true, false]) await compare(lab, contestants, group, child, seconds);
      for (const { stop } of contestants) stop();
    } finally {
      await lab.close();
    }
  }
}

await main(Number(process.argv[2] ?? 4));
