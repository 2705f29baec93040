/**
 * Sends datagrams from inside the client's namespace: a child of client.ts, which talks to it in JSON lines.
 *
 *     {"id": 1, "address": "10.99.0.2", "messages": [{"hex": …, "from": "10.99.0.200"}, …], "control": "hex", "graceMs": 150}
 *     {"id": 1, "replies": ["hex", null, …], "alive": true}
 *
 * A message without a reply is silence only when the control, sent after it, was answered, and some time has passed since.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is asked of the child. Every message begins with an initiator SPI of its own. */
export interface Batch {
  readonly id: number;
  readonly address: string;
  readonly messages: readonly { readonly hex: string; readonly from: string }[];
  readonly control: string;
  readonly graceMs: number;
}

/** What it says. `alive` is false when not even the control was answered. */
export interface Replies {
  readonly id: number;
  readonly replies: readonly (string | null)[];
  readonly alive: boolean;
}

const WINDOW = 8;
const SPI = 16;
const answers = new Map<string, string | undefined>();
let arrived: () => void = () => undefined;

const sockets = new Map<string, Socket>();

/** One for each source address, kept open. */
async function socketOf(from: string): Promise<Socket> {
  const known = sockets.get(from);
  if (known) return known;
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1_000_000 });
  socket.on('message', (datagram) => {
    const text = datagram.toString('hex');
    const spi = text.slice(0, SPI);
    if (answers.has(spi)) answers.set(spi, answers.get(spi) ?? text);
    arrived();
  });
  socket.bind(0, from);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  sockets.set(from, socket);
  return socket;
}

/** Waits for a datagram, or until the time is over. */
async function anything(ms: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    new Promise<void>((resolve) => (arrived = resolve)),
    sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}

const send = async (message: string, address: string, from = '0.0.0.0'): Promise<void> =>
  (await socketOf(from)).send(Buffer.from(message, 'hex'), 500, address);
const open = (): number => [...answers.values()].filter((answer) => answer === undefined).length;

async function ask({ id, address, messages, control, graceMs }: Batch): Promise<Replies> {
  answers.clear();
  for (const { hex: message, from } of messages) {
    // The silent ones must not hold up those behind them.
    for (const since = performance.now(); open() >= WINDOW && performance.now() - since < 25; ) await anything(5);
    answers.set(message.slice(0, SPI), undefined);
    await send(message, address, from);
  }
  for (const since = performance.now(); open() > 0 && performance.now() - since < 25; ) await anything(5);
  const alive = (messages.length > 0 && open() === 0) || (await proveAlive(control, address));
  // One that was sent with a control behind it and is quick to answer otherwise has been thrown away by now.
  for (const since = performance.now(); open() > 0 && performance.now() - since < graceMs; ) await anything(10);
  return { id, replies: messages.map(({ hex }) => answers.get(hex.slice(0, SPI)) ?? null), alive };
}

async function proveAlive(control: string, address: string): Promise<boolean> {
  const spi = control.slice(0, SPI);
  answers.set(spi, undefined);
  for (let tries = 0; tries < 12 && answers.get(spi) === undefined; tries++) {
    await send(control, address);
    for (const since = performance.now(); answers.get(spi) === undefined && performance.now() - since < 250; ) await anything(20);
  }
  const alive = answers.get(spi) !== undefined;
  answers.delete(spi);
  return alive;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await ask(JSON.parse(line) as Batch))}\n`);
}
for (const socket of sockets.values()) socket.close();
