/**
 * Every datagram of a run, in order, as a file that can be read again: `--save`, `explain` and replay.
 *
 * @module
 */
import { UsageError } from '../usage-error.ts';
import type { Endpoint, Millis, Obstacle } from './transport.ts';

export const TRANSCRIPT_SCHEMA = 'ike-probe/transcript-1';

/** One datagram, or one obstacle in place of an answer (then `bytes` is empty). `index` counts both directions from 0. */
export interface TranscriptEntry {
  readonly index: number;
  readonly direction: 'sent' | 'received';
  /** Milliseconds since the start of the run. */
  readonly at: Millis;
  readonly bytes: Uint8Array;
  readonly from?: Endpoint;
  readonly obstacle?: { readonly kind: Obstacle; readonly code: string };
  /** The running number of the question this belongs to. */
  readonly question?: number;
  readonly note?: string;
  /** To or from port 4500, behind the marker, though the run's own port is another. */
  readonly floated?: true;
}

/** What a run was about. `seed` regenerates its random octets; `settings` are the caller's, kept as they are. */
export interface TranscriptHead {
  readonly target: { readonly input: string; readonly address: string; readonly port: number };
  /** ISO 8601. */
  readonly started: string;
  readonly local?: Endpoint;
  readonly seed?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Grows by `append`; `toJson` writes one entry per line. */
export class Transcript {
  readonly head: TranscriptHead;
  readonly #entries: TranscriptEntry[] = [];

  constructor(head: TranscriptHead) {
    this.head = head;
  }

  get entries(): readonly TranscriptEntry[] {
    return this.#entries;
  }

  /** Copies the bytes and gives the entry its index. */
  append(entry: Omit<TranscriptEntry, 'index'>): TranscriptEntry {
    const kept = { ...entry, index: this.#entries.length, bytes: entry.bytes.slice() };
    this.#entries.push(kept);
    return kept;
  }

  /** Says afterwards what an entry was about. */
  annotate(index: number, about: { readonly question?: number; readonly note?: string }): void {
    const entry = this.#entries[index];
    if (entry) this.#entries[index] = { ...entry, ...about };
  }

  toJson(): string {
    const lines = this.#entries.map((entry) => JSON.stringify({ ...entry, bytes: Buffer.from(entry.bytes).toString('hex') }));
    const head = Object.entries(this.head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
    return `{\n  "schema": "${TRANSCRIPT_SCHEMA}",\n${head.join('')}  "entries": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`;
  }

  /** Reads what `toJson` wrote. Throws UsageError (ERR_TRANSCRIPT) with the place. */
  static fromJson(text: string): Transcript {
    const root = record(parse(text), 'transcript');
    if (root['schema'] !== TRANSCRIPT_SCHEMA) throw wrong('schema', `expected "${TRANSCRIPT_SCHEMA}"`);
    const target = record(root['target'], 'target');
    const transcript = new Transcript({
      target: { input: string(target['input'], 'target.input'), ...endpoint(target, 'target') },
      started: string(root['started'], 'started'),
      ...(root['local'] === undefined ? {} : { local: endpoint(root['local'], 'local') }),
      ...(root['seed'] === undefined ? {} : { seed: string(root['seed'], 'seed') }),
      ...(root['settings'] === undefined ? {} : { settings: record(root['settings'], 'settings') }),
    });
    const entries = root['entries'];
    if (!Array.isArray(entries)) throw wrong('entries', 'expected a list');
    entries.forEach((entry: unknown, i) => transcript.append(entryOf(record(entry, `entries[${i}]`), i)));
    return transcript;
  }
}

function entryOf(entry: Readonly<Record<string, unknown>>, i: number): Omit<TranscriptEntry, 'index'> {
  const place = `entries[${i}]`;
  if (entry['index'] !== undefined && entry['index'] !== i) throw wrong(`${place}.index`, `expected ${i}`);
  const direction = entry['direction'];
  if (direction !== 'sent' && direction !== 'received') throw wrong(`${place}.direction`, 'expected "sent" or "received"');
  const hex = string(entry['bytes'], `${place}.bytes`);
  if (hex.length % 2 || !/^[0-9a-f]*$/i.test(hex)) throw wrong(`${place}.bytes`, 'expected an even number of hex digits');
  return {
    direction,
    at: number(entry['at'], `${place}.at`),
    bytes: new Uint8Array(Buffer.from(hex, 'hex')),
    ...(entry['from'] === undefined ? {} : { from: endpoint(entry['from'], `${place}.from`) }),
    ...(entry['obstacle'] === undefined ? {} : { obstacle: obstacleOf(entry['obstacle'], `${place}.obstacle`) }),
    ...(entry['question'] === undefined ? {} : { question: number(entry['question'], `${place}.question`) }),
    ...(entry['note'] === undefined ? {} : { note: string(entry['note'], `${place}.note`) }),
    ...(entry['floated'] === true ? { floated: true } : {}),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, faultIn(text)).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new UsageError('ERR_TRANSCRIPT', 'not valid JSON', HINT, place);
  }
}

/** Where broken JSON breaks. Node 20 keeps the position of an unexpected token to itself: halve until it is found. */
function faultIn(text: string): number {
  const message = complaint(text);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  if (!message.includes(UNEXPECTED)) return text.length;
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (complaint(text.slice(0, middle)).includes(UNEXPECTED)) bad = middle;
    else good = middle;
  }
  return good;
}

function complaint(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

function record(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, 'expected an object');
  return value as Readonly<Record<string, unknown>>;
}

function string(value: unknown, place: string): string {
  if (typeof value !== 'string') throw wrong(place, 'expected a string');
  return value;
}

function number(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(place, 'expected a number');
  return value;
}

function endpoint(value: unknown, place: string): Endpoint {
  const { address, port } = record(value, place);
  return { address: string(address, `${place}.address`), port: number(port, `${place}.port`) };
}

function obstacleOf(value: unknown, place: string): { kind: Obstacle; code: string } {
  const { kind, code } = record(value, place);
  if (kind !== 'refused' && kind !== 'prohibited' && kind !== 'unreachable') throw wrong(`${place}.kind`, 'not an obstacle');
  return { kind, code: string(code, `${place}.code`) };
}

function wrong(place: string, message: string): UsageError {
  return new UsageError('ERR_TRANSCRIPT', message, HINT, place);
}

const UNEXPECTED = 'Unexpected token';
const HINT = 'a transcript is what `ike-probe probe --save <file>` writes';
