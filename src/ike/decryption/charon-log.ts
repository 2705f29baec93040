/**
 * The keys in a log of strongSwan's charon: level 4 of the group `ike`.
 *
 *     15[IKE] Sk_ei secret => 16 bytes @ 0x7fe888001e70
 *     15[IKE]    0: 5B 83 …                      [.......
 *
 * The log names no SPIs and no algorithms: an IKEv1 key comes with its first IV, IKEv2 keys are tried on what was captured.
 * Lines of several threads may be mixed; each thread is followed by itself.
 *
 * @module
 */
import { hexOctets, KeyCollection, type KeyTable } from './session-keys.ts';

/** Reads the keys out of a log with whatever stands before the thread number. Never throws. */
export function readCharonKeyLog(text: string): KeyTable {
  const found = new KeyCollection();
  const threads = new Map<string, Thread>();
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    const head = /\b(\d{1,6})\[IKE\] /.exec(line.slice(0, MOST_PREFIX));
    if (!head) continue;
    const thread = threads.get(head[1] ?? '') ?? { keys: new Map() };
    threads.set(head[1] ?? '', thread);
    const column = head.index + head[0].length;
    follow(thread, { text: line.slice(column, column + MOST_LINE).trimEnd(), line: number, column: column + 1 }, found);
    if (threads.size > MOST_THREADS) threads.delete(threads.keys().next().value ?? '');
  }
  for (const thread of threads.values()) {
    endDump(thread, found);
    endKeys(thread, found);
  }
  return found;
}

/** What may stand before a message: time, host, program, thread. */
const MOST_PREFIX = 200;
const MOST_LINE = 200;
const MOST_THREADS = 1024;
/** No key of IKE is longer. */
const MOST_KEY_BYTES = 256;

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A dump under way. */
interface Dump extends Position {
  readonly name: string;
  readonly length: number;
  octets: number[];
}

interface Thread {
  readonly keys: Map<string, Uint8Array>;
  /** Where its present set of keys began. */
  begun?: Position;
  dump?: Dump | undefined;
}

/** Their names in the log; the first of either version begins a set. */
const NAMES = new Set([
  'SKEYID',
  'encryption key Ka',
  'initial IV',
  'SKEYSEED',
  'Sk_ai secret',
  'Sk_ar secret',
  'Sk_ei secret',
  'Sk_er secret',
]);
const FIRSTS = new Set(['SKEYID', 'SKEYSEED']);

function follow(thread: Thread, { text, line, column }: Position & { readonly text: string }, found: KeyCollection): void {
  const { dump } = thread;
  const row = dump && /^ {1,4}(\d{1,4}): /.exec(text);
  if (dump && row && Number(row[1]) === dump.octets.length) {
    const wanted = Math.min(16, dump.length - dump.octets.length);
    const digits = text.slice(row[0].length, row[0].length + 3 * wanted - 1).replaceAll(' ', '');
    const octets = hexOctets(digits);
    if (typeof octets === 'number') found.fault('not-hex', line, column + row[0].length + Math.floor(octets / 2) * 3);
    else dump.octets.push(...octets.subarray(0, wanted));
    if (dump.octets.length === dump.length) endDump(thread, found);
    return;
  }
  endDump(thread, found);
  const title = /^([A-Za-z_ ]{1,30}) => (\d{1,4}) bytes @ /.exec(text);
  const name = title?.[1] ?? '';
  if (!title || !NAMES.has(name)) return;
  if (FIRSTS.has(name)) endKeys(thread, found);
  thread.begun ??= { line, column };
  const length = Number(title[2]);
  if (length > MOST_KEY_BYTES) found.fault('wrong-length', line, column);
  else thread.dump = { name, length, line, column, octets: [] };
}

function endDump(thread: Thread, found: KeyCollection): void {
  const { dump } = thread;
  if (!dump) return;
  thread.dump = undefined;
  if (dump.octets.length === dump.length) thread.keys.set(dump.name, Uint8Array.from(dump.octets));
  else found.fault('wrong-length', dump.line, dump.column);
}

/** Makes keys of what was gathered since the last first one. */
function endKeys(thread: Thread, found: KeyCollection): void {
  const { keys, begun } = thread;
  if (begun === undefined) return;
  const key = (name: string): Uint8Array | undefined => keys.get(name);
  const none = new Uint8Array();
  const [ka, iv, ei, er] = [key('encryption key Ka'), key('initial IV'), key('Sk_ei secret'), key('Sk_er secret')];
  if (ka && iv) found.add({ version: 1, kind: 'keys', initialIv: iv, encryptionKey: ka }, begun.line);
  else if (ei && er) {
    const initiator = { encryption: ei, integrity: key('Sk_ai secret') ?? none };
    const responder = { encryption: er, integrity: key('Sk_ar secret') ?? none };
    found.add({ version: 2, kind: 'keys', initiator, responder }, begun.line);
  } else found.fault('incomplete', begun.line, begun.column);
  keys.clear();
  delete thread.begun;
}
