/** The client's end of the lab: questions in, what came back out. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../daemons/lab.ts';
import { LabError } from '../daemons/process.ts';
import type { Batch, Replies } from './ask.ts';
import { messageOf, type Question } from './question.ts';
import { type Seen, seenOf } from './reply.ts';

/** What a batch of questions brought. */
export interface Asked {
  readonly seen: readonly Seen[];
  /** The daemon still answers. */
  readonly alive: boolean;
}

export interface Client {
  /** Each question comes from an address of its own, beginning with this one. Without questions it only finds out whether somebody answers. */
  ask(address: string, questions: readonly Question[], firstSource?: number): Promise<Asked>;
  close(): void;
}

/** How many addresses there are to ask from. What a daemon remembers of one does not change what it answers to another. */
export const SOURCES = 54;

/** Gives the client its addresses. */
export async function addSources(lab: Lab): Promise<void> {
  const adding = Array.from({ length: SOURCES }, (_, i) => `addr add ${sourceAddress(i)}/24 dev eth0`);
  const ran = await lab.command(['ip', '-batch', '-'], { input: `${adding.join('\n')}\n` });
  if (ran.status !== 0) throw new LabError(`the client gets no addresses: ${ran.stderr}`);
}

/** The hosts of the lab have the numbers below. */
const sourceAddress = (index: number): string => `10.99.0.${200 + index}`;

/** How long a daemon may think about a message after it has answered a later one. */
const GRACE_MS = 150;

/** Starts the child inside a namespace. */
export function openClient(namespace: string): Client {
  const script = fileURLToPath(new URL('./ask.ts', import.meta.url));
  const argv = ['netns', 'exec', namespace, process.execPath, '--import', 'tsx', script];
  const child = spawn('ip', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (replies: Replies) => void>();
  let failed: (error: Error) => void = () => undefined;
  child.once('exit', (status) => failed(new LabError(`the asking child ended with ${status}`)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const replies = JSON.parse(line) as Replies;
    waiting.get(replies.id)?.(replies);
    waiting.delete(replies.id);
  });
  let batches = 0;
  const exchange = (batch: Omit<Batch, 'id'>): Promise<Replies> =>
    new Promise((resolve, reject) => {
      const id = ++batches;
      waiting.set(id, resolve);
      failed = reject;
      child.stdin.write(`${JSON.stringify({ id, ...batch })}\n`);
    });
  return {
    async ask(address, questions, firstSource = 0) {
      const spis = questions.map(() => nextSpi());
      const messages = questions.map((question, i) => {
        return { hex: hex(messageOf(question, spis.at(i) as Uint8Array)), from: sourceAddress((firstSource + i) % SOURCES) };
      });
      const { replies, alive } = await exchange({ address, messages, control: controlMessage(nextSpi()), graceMs: GRACE_MS });
      const octets = (reply: string | null | undefined): Uint8Array | undefined => (reply ? Buffer.from(reply, 'hex') : undefined);
      return { seen: spis.map((spi, i) => seenOf(octets(replies[i]), spi)), alive };
    },
    close: () => child.kill(),
  };
}

/** IKE_SA_INIT that offers DES alone: every daemon here refuses it, at once and without keeping anything. */
function controlMessage(spi: Uint8Array): string {
  const payload = (next: number, body: string): string => `${octetsOf(next, 1)}00${octetsOf(body.length / 2 + 4, 2)}${body}`;
  const sa = payload(34, '00000010010100010000000801000002');
  const rest = payload(40, `00010000${'5a'.repeat(96)}`) + payload(0, 'a5'.repeat(32));
  return `${hex(spi)}${'00'.repeat(8)}21202208${'00'.repeat(4)}${octetsOf((sa.length + rest.length) / 2 + 28, 4)}${sa}${rest}`;
}

let spis = Date.now() % 1_000_000;

/** Different in every exchange, and never zero. */
function nextSpi(): Uint8Array {
  const spi = Buffer.alloc(8);
  spi.writeUInt32BE(process.pid, 0);
  spi.writeUInt32BE(++spis, 4);
  return spi;
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const octetsOf = (value: number, octets: number): string => value.toString(16).padStart(2 * octets, '0');
