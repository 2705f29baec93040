/**
 * The keys in a log of OpenIKED's iked at its third level of detail (`-vvv`).
 *
 *     ikev2_sa_keys: SK_ei with 32 bytes
 *     5c25f666 3fb44bbd fa73f6b4 e3bf1b65 083be8a3 5e526a16 6fc5f5ff acfc3d45
 *
 * The lines name no SPIs and no algorithms: the keys are tried on what was captured.
 *
 * @module
 */
import { hexOctets, KeyCollection, type KeyTable } from './session-keys.ts';

/** Reads the keys of every IKE SA. Never throws. */
export function readIkedKeyLog(text: string): KeyTable {
  const found = new KeyCollection();
  const state: State = { keys: new Map() };
  let line = 0;
  for (const whole of text.split('\n')) {
    line++;
    follow(state, whole.slice(0, MOST_LINE).trimEnd(), line, found);
  }
  endDump(state, found);
  endKeys(state, found);
  return found;
}

const MOST_LINE = 200;
/** No key of IKE is longer. */
const MOST_KEY_BYTES = 256;

interface State {
  readonly keys: Map<string, Uint8Array>;
  /** Where the present set of keys began. */
  begun?: number;
  dump?: { readonly name: string; readonly length: number; readonly line: number; readonly octets: number[] } | undefined;
}

const FIRST = 'SKEYSEED';
const NAMES: ReadonlySet<string> = new Set([FIRST, 'SK_ai', 'SK_ar', 'SK_ei', 'SK_er']);

function follow(state: State, text: string, line: number, found: KeyCollection): void {
  const { dump } = state;
  if (dump && /^[0-9a-f]{2}[0-9a-f ]*$/.test(text)) {
    const octets = hexOctets(text.replaceAll(' ', ''));
    if (typeof octets === 'number') found.fault('not-hex', line, 1);
    else dump.octets.push(...octets.subarray(0, dump.length - dump.octets.length));
    if (dump.octets.length === dump.length) endDump(state, found);
    return;
  }
  endDump(state, found);
  const [, name = '', digits = ''] = /\bikev2_sa_keys: (\w{1,16}) with (\d{1,4}) bytes$/.exec(text) ?? [];
  if (!NAMES.has(name)) return;
  if (name === FIRST) endKeys(state, found);
  state.begun ??= line;
  const length = Number(digits);
  if (length > MOST_KEY_BYTES) found.fault('wrong-length', line, 1);
  else state.dump = { name, length, line, octets: [] };
}

function endDump(state: State, found: KeyCollection): void {
  const { dump } = state;
  if (!dump) return;
  state.dump = undefined;
  if (dump.octets.length === dump.length) state.keys.set(dump.name, Uint8Array.from(dump.octets));
  else found.fault('wrong-length', dump.line, 1);
}

/** Makes keys of what was gathered since the last first one. */
function endKeys(state: State, found: KeyCollection): void {
  const { keys, begun } = state;
  if (begun === undefined) return;
  const [ei, er] = [keys.get('SK_ei'), keys.get('SK_er')];
  const of = (name: string): Uint8Array => keys.get(name) ?? new Uint8Array();
  if (ei && er) {
    const initiator = { encryption: ei, integrity: of('SK_ai') };
    const responder = { encryption: er, integrity: of('SK_ar') };
    found.add({ version: 2, kind: 'keys', initiator, responder }, begun);
  } else found.fault('incomplete', begun, 1);
  keys.clear();
  delete state.begun;
}
