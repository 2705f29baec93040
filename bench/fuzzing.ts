/**
 * Mutated messages through everything that reads a stranger's octets: the decoder, the reader of answers, a selector.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeMessage } from '../src/ike/index.ts';
import { readCapture } from '../src/net/index.ts';
import { type Question, readMeaning } from '../src/probe/index.ts';
import { type Connection, freeswan, parseConnection, parseOffer } from '../src/proposals/index.ts';
import { mutant } from './mutation.ts';

/** What a run came to. */
export interface Fuzzed {
  readonly messages: number;
  /** How many the decoder could make something of. */
  readonly decoded: number;
  /** How many SAs the selector took something of. */
  readonly selected: number;
  readonly seconds: number;
  /** The message that took longest: its index and milliseconds. */
  readonly slowest: { readonly index: number; readonly ms: number };
  /** MiB, the largest that was seen; `heapEarly` and `heapLate` are the smallest after each tenth of the run, first and last. */
  readonly memory: { readonly heap: number; readonly rss: number; readonly heapEarly: number; readonly heapLate: number };
}

/** A message that something threw at. */
export class FuzzError extends Error {
  override readonly name = 'FuzzError';

  constructor(seed: number, index: number, octets: Uint8Array, cause: unknown) {
    const hex = Buffer.from(octets.subarray(0, 2000)).toString('hex');
    super(`message ${index} of seed ${seed} (${octets.length} octets): ${hex}`, { cause });
  }
}

/** Messages to mutate: those of vectors/, the SAs of its Pluto cases in main mode, and captures of `corpus` when it is there. */
export function knownMessages(root: string, corpus?: string): readonly Uint8Array[] {
  const vectors = JSON.parse(readFileSync(join(root, 'vectors/ike/messages.json'), 'utf8')) as readonly { readonly bytes: string }[];
  const cases = ['selections.jsonl', 'selections-random.jsonl'].flatMap((file) =>
    readFileSync(join(root, 'vectors/freeswan', file), 'utf8')
      .trim()
      .split('\n'),
  );
  const payloads = cases.map((line) => octetsOf((JSON.parse(line) as { readonly saPayload: string }).saPayload));
  const captures = corpus !== undefined && existsSync(corpus) ? capturesUnder(corpus) : [];
  return [...vectors.map(({ bytes }) => octetsOf(bytes)), ...payloads.map(inMainMode), ...captures];
}

/** Runs `count` messages of a seed. @throws FuzzError at the first exception */
export function fuzz(known: readonly Uint8Array[], seed: number, count: number, first = 0): Fuzzed {
  const memory = { heap: 0, rss: 0 };
  const lows: number[] = [];
  let low = Infinity;
  let [decoded, selected] = [0, 0];
  let slowest = { index: first, ms: 0 };
  const start = performance.now();
  for (let index = first; index < first + count; index++) {
    const octets = mutant(known, seed, index);
    const before = performance.now();
    try {
      if (read(octets)) decoded++;
      if (select(octets)) selected++;
    } catch (error) {
      throw new FuzzError(seed, index, octets, error);
    }
    const ms = performance.now() - before;
    if (ms > slowest.ms) slowest = { index, ms };
    if (index % 1000 !== 0) continue;
    const { heapUsed, rss } = process.memoryUsage();
    memory.heap = Math.max(memory.heap, heapUsed / MIB);
    memory.rss = Math.max(memory.rss, rss / MIB);
    low = Math.min(low, heapUsed / MIB);
    if ((index - first) % Math.max(1000, Math.floor(count / 10_000) * 1000) !== 0) continue;
    lows.push(low);
    low = Infinity;
  }
  const heapEarly = lows[1] ?? lows[0] ?? 0;
  const heapLate = lows.at(-1) ?? 0;
  return {
    messages: count,
    decoded,
    selected,
    seconds: (performance.now() - start) / 1000,
    slowest,
    memory: { ...memory, heapEarly, heapLate },
  };
}

const MIB = 1024 * 1024;

const QUESTIONS: Readonly<Record<1 | 2, Question>> = {
  1: { exchange: 'ikev1-main', offer: parseOffer('aes256-sha256-modp2048,3des-sha1-modp1024', 'ikev1-phase1') },
  2: { exchange: 'ikev2-init', offer: parseOffer('aes256-sha256-prfsha256-modp2048', 'ikev2-ike'), keGroup: 14 },
};

function read(octets: Uint8Array): boolean {
  const decoded = decodeMessage(octets);
  if (!decoded.ok) return false;
  for (const question of Object.values(QUESTIONS)) readMeaning(decoded.value, question);
  return true;
}

const SELECTOR = freeswan();
const CONNECTIONS: Readonly<Record<1 | 2, Connection>> = { 1: parseConnection('psk'), 2: parseConnection('psk,encrypt,tunnel') };

function select(octets: Uint8Array): boolean {
  if (octets.length <= HEADER) return false;
  const payload = octets.subarray(HEADER);
  return ([1, 2] as const).map((phase) => SELECTOR.judge(payload, CONNECTIONS[phase], phase).outcome === 'selected').includes(true);
}

const HEADER = 28;
const MAIN_MODE = '0102030405060708000000000000000001100200000000000000';

function inMainMode(payload: Uint8Array): Uint8Array {
  const length = (HEADER + payload.length).toString(16).padStart(8, '0');
  return octetsOf(`${MAIN_MODE.slice(0, 48)}${length}${Buffer.from(payload).toString('hex')}`);
}

function capturesUnder(directory: string): Uint8Array[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(pcap|pcapng|cap)$/.test(file));
  return files.sort().flatMap((file) => messagesOf(readFileSync(join(directory, file))).slice(0, MOST_OF_A_FILE));
}

const MOST_OF_A_FILE = 200;

function messagesOf(capture: Uint8Array): Uint8Array[] {
  const ofIke = readCapture(capture).packets.filter(
    ({ source, destination }) => IKE_PORTS.has(source.port) || IKE_PORTS.has(destination.port),
  );
  const payloads = ofIke.map(({ payload }) => (payload[0] || payload[1] || payload[2] || payload[3] ? payload : payload.subarray(4)));
  return payloads.filter(({ length }) => length >= HEADER);
}

const IKE_PORTS: ReadonlySet<number> = new Set([500, 4500]);

function octetsOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
