/**
 * Programs: run one to its end, or start a daemon and stop it by its process group.
 *
 * Rule: nothing here is ever found by name. What was started is known by its pid, and ends by it.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a program ended. `status` is its exit code, or 128 when a signal ended it. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What may be said about a run. Time-outs end the program (and what it started) and give status 128. */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Ends it sooner. */
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Something that the lab could not do, in words for the person at the terminal. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code = 'ERR_LAB';
}

/** Runs a program to its end. A program that fails is a value, one that cannot be started throws. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [program, ...args] = argv;
  if (program === undefined) throw new LabError('nothing to run');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...options.env }, cwd: options.cwd, detached: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const kill = (): void => signalGroup(child.pid, 'SIGKILL');
    const timer = setTimeout(kill, options.timeoutMs ?? 120_000);
    options.signal?.addEventListener('abort', kill, { once: true });
    const over = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
    };
    child.once('error', (error) => {
      over();
      reject(new LabError(`cannot run ${program}: ${error.message}`));
    });
    child.once('close', (status) => {
      over();
      resolve({ status: status ?? 128, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Runs a program that has to succeed; its standard output. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(argv, options);
  if (ran.status !== 0) throw new LabError(`${argv.join(' ')} ended with ${ran.status}: ${(ran.stderr || ran.stdout).trim()}`);
  return ran.stdout;
}

/** A program that keeps running. */
export interface Daemon {
  readonly pid: number;
  /** The file that holds its standard output and error. */
  readonly output: string;
  running(): boolean;
  /** TERM, three seconds of grace, KILL: the daemon and its children. */
  stop(): Promise<void>;
  /** KILL at once, for the exit handler. */
  kill(): void;
}

/** Starts a program in its own session, with its output in a file. */
export async function start(argv: readonly string[], output: string, env: Readonly<Record<string, string>> = {}): Promise<Daemon> {
  const [program = '', ...args] = argv;
  const file = openSync(output, 'a');
  const child = spawn(program, args, { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', file, file] });
  closeSync(file);
  let ended = false;
  child.once('exit', () => (ended = true));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new LabError(`cannot start ${program}: ${error.message}`)));
  });
  child.unref();
  const pid = child.pid ?? 0;
  const running = (): boolean => !ended;
  return {
    pid,
    output,
    running,
    kill: () => signalGroup(pid, 'SIGKILL'),
    async stop() {
      if (running()) signalGroup(pid, 'SIGTERM');
      for (let waited = 0; running() && waited < 3000; waited += 20) await sleep(20);
      signalGroup(pid, 'SIGKILL');
    },
  };
}

/** Asks again and again until `ready` says yes. Ends with the daemon's own last words when it died or took too long. */
export async function until(daemon: Daemon, what: string, ready: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  for (const started = Date.now(); ; await sleep(15)) {
    if (!daemon.running()) throw new LabError(`${what}: the daemon ended\n${tail(daemon.output)}`);
    if (await ready()) return;
    if (Date.now() - started > patienceMs) throw new LabError(`${what}: not within ${patienceMs} ms\n${tail(daemon.output)}`);
  }
}

/** The last lines of a log, for a complaint. */
export function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
