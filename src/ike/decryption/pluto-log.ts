/**
 * The keys in a debug log of Pluto as FreeS/WAN, Openswan and early strongSwan built it: `plutodebug=crypt`, IKEv1 only.
 *
 *     | enc key:  73 5b e0 cb  62 f8 26 75  c4 f7 bf 8f  ba b9 b5 68
 *     |   34 ba 76 d6  ab 4f a2 40
 *     | IV:  11 22 …
 *
 * libreswan keeps its keys inside NSS and prints pointers to them, whatever `--debug` says (4.10, measured): such a log has none.
 *
 * @module
 */
import { hexOctets, KeyCollection, type KeyTable } from './session-keys.ts';

/** Reads each `enc key:` with the `IV:` behind it. Never throws. */
export function readPlutoKeyLog(text: string): KeyTable {
  const found = new KeyCollection();
  const state: State = { octets: [] };
  let line = 0;
  for (const whole of text.split('\n')) {
    line++;
    const bar = whole.slice(0, MOST_PREFIX).indexOf('| ');
    if (bar >= 0) follow(state, whole.slice(bar + 2, bar + 2 + MOST_LINE).trimEnd(), { line, column: bar + 3 }, found);
  }
  endDump(state, found);
  if (state.key) found.fault('incomplete', state.key.line, state.key.column);
  return found;
}

const MOST_PREFIX = 200;
const MOST_LINE = 200;
/** What is longer is no key of a cipher and no IV. */
const MOST_BYTES = 64;

interface Position {
  readonly line: number;
  readonly column: number;
}

interface State {
  dump?: (Position & { readonly name: 'enc key' | 'IV' }) | undefined;
  octets: number[];
  /** A key that waits for its IV. */
  key?: (Position & { readonly encryptionKey: Uint8Array }) | undefined;
}

const TITLES: readonly (readonly [title: string, name: 'enc key' | 'IV'])[] = [
  ['enc key:', 'enc key'],
  ['IV:', 'IV'],
];

function follow(state: State, text: string, position: Position, found: KeyCollection): void {
  const continues = state.dump !== undefined && text.startsWith('  ');
  if (!continues) endDump(state, found);
  const [title = '', name] = TITLES.find(([each]) => text.startsWith(each)) ?? [];
  if (continues) addDigits(state, text, 0, position, found);
  else if (name !== undefined) {
    state.dump = { ...position, name };
    addDigits(state, text, title.length, position, found);
  }
}

/** Digits in fours; behind three blanks newer releases show them as text. */
function addDigits(state: State, text: string, from: number, { line, column }: Position, found: KeyCollection): void {
  const start = from + /^ */.exec(text.slice(from))![0].length;
  const shown = text.indexOf('   ', start);
  const end = shown < 0 ? text.length : shown;
  for (let at = start; at < end; at++) {
    if (text[at] === ' ') continue;
    const octet = hexOctets(text.slice(at, Math.min(end, at + 2)));
    if (typeof octet === 'number') {
      found.fault('not-hex', line, column + at);
      state.dump = undefined;
      return;
    }
    if (state.octets.length <= MOST_BYTES) state.octets.push(...octet);
    at++;
  }
}

function endDump(state: State, found: KeyCollection): void {
  const { dump, octets, key } = state;
  state.dump = undefined;
  state.octets = [];
  if (dump === undefined) return;
  const value = Uint8Array.from(octets);
  if (dump.name === 'enc key') {
    if (key) found.fault('incomplete', key.line, key.column);
    const fits = [16, 24, 32].includes(value.length);
    if (!fits) found.fault('wrong-length', dump.line, dump.column);
    state.key = fits ? { line: dump.line, column: dump.column, encryptionKey: value } : undefined;
  } else if (key) {
    // The IV is printed in the length of the hash.
    found.add({ version: 1, kind: 'keys', initialIv: value, encryptionKey: key.encryptionKey }, key.line);
    state.key = undefined;
  }
}
