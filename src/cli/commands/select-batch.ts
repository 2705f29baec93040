/**
 * `ike-probe select --batch`: recorded cases in, one JSON line per case out, and how many agree.
 *
 * Rule 1: a file with a line that cannot be understood is refused as a whole, with the line's number.
 * Rule 2: a kind that has no judge yet is said to be unsupported; it neither agrees nor disagrees.
 *
 * @module
 */
import { decodeMessage, encodeMessage } from '../../ike/index.ts';
import { freeswan, NOTIFY_NAMES, POLICY_WORDS } from '../../proposals/selectors/freeswan/index.ts';
import { decodeSaBody, encodeSaBody } from '../../proposals/wire/sa.ts';
import { safe } from '../../report/terminal.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { bytesToHex, hexToBytes } from './hex.ts';
import { printLine } from './select-report.ts';

/** One printed line; `agrees` is undefined when there is nothing to compare with. */
interface Result {
  readonly line: Readonly<Record<string, unknown>>;
  readonly agrees?: boolean;
  readonly unsupported?: true;
}

type Judge = (row: Row) => Result;

/** By the `kind` of a case. */
const JUDGES: Readonly<Record<string, Judge>> = {
  'pluto-oracle': judgePluto,
  'wire-sa': reencodeSa,
  'wire-notify': reencodeMessage,
};

/** Judges every case of a file. */
export async function runBatch(path: string, io: Io): Promise<ExitCode> {
  const rows = parseRows(await io.readText(path), path);
  const tallies = new Map<string, Tally>();
  for (const row of rows) {
    const kind = row.text('kind');
    const judge = Object.hasOwn(JUDGES, kind) ? JUDGES[kind] : undefined;
    const { line, agrees, unsupported } = judge ? judge(row) : unsupportedKind(row);
    const tally = tallies.get(kind) ?? { cases: 0, agree: 0, compared: 0, unsupported: unsupported === true };
    tally.cases++;
    if (agrees !== undefined) tally.compared++;
    if (agrees === true) tally.agree++;
    tallies.set(kind, tally);
    io.stdout.write(`${JSON.stringify(line)}\n`);
  }
  for (const [kind, tally] of tallies) io.stderr.write(`${safe(kind)}: ${summary(tally)}\n`);
  return [...tallies.values()].every(({ agree, compared }) => agree === compared) ? EXIT.yes : EXIT.no;
}

interface Tally {
  cases: number;
  agree: number;
  compared: number;
  readonly unsupported: boolean;
}

function summary({ cases, agree, compared, unsupported }: Tally): string {
  if (unsupported) return `${cases} not supported yet`;
  const rest = cases - compared;
  return `${agree} of ${compared} agree${rest > 0 ? `, ${rest} with nothing to compare` : ''}`;
}

function unsupportedKind(row: Row): Result {
  return { line: { id: row.text('id'), outcome: 'error', code: 'unsupported-kind' }, unsupported: true };
}

function judgePluto(row: Row): Result {
  const connection = {
    policy: row.words('policy', POLICY_WORDS).join(','),
    pskKnown: row.flag('pskKnown', true),
    initiatorCheck: row.flag('selection', false),
  };
  const { outcome, code, logs, reply } = freeswan().judge(row.hex('saPayload'), connection, row.phase());
  const line = {
    id: row.text('id'),
    outcome,
    code,
    notify: NOTIFY_NAMES.get(code) ?? null,
    accepted: outcome === 'selected',
    logs: logs.map(printLine),
    replySa: reply ? bytesToHex(reply) : null,
  };
  return compare(line, row.expected(['code', 'accepted', 'logs', 'replySa']));
}

/** Decoded and encoded again; the generic header is kept as it is. */
function reencodeSa(row: Row): Result {
  const id = row.text('id');
  const octets = row.hex('saPayload');
  const { value, faults } = decodeSaBody(octets.subarray(4), row.version() === 1 ? 'ikev1' : 'ikev2');
  if (!value) return { line: { id, outcome: 'error', code: faults[0]?.code ?? 'undecodable' }, agrees: false };
  const reencoded = bytesToHex(octets.subarray(0, 4)) + bytesToHex(encodeSaBody(value));
  return { line: { id, outcome: 'decoded', reencoded }, agrees: reencoded === bytesToHex(octets) };
}

function reencodeMessage(row: Row): Result {
  const id = row.text('id');
  const octets = row.hex('message');
  const decoded = decodeMessage(octets);
  if (!decoded.ok) return { line: { id, outcome: 'error', code: decoded.fault.code }, agrees: false };
  const { header, payloads, trailing } = decoded.value;
  const reencoded = bytesToHex(encodeMessage({ ...header, payloads, ...(trailing && { trailing }) }));
  return { line: { id, outcome: 'decoded', reencoded }, agrees: reencoded === bytesToHex(octets) };
}

function compare(line: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>> | undefined): Result {
  if (!expected) return { line };
  const agrees = Object.entries(expected).every(([field, value]) => JSON.stringify(line[field]) === JSON.stringify(value));
  return { line, agrees };
}

function parseRows(text: string, path: string): Row[] {
  return text.split(/\r?\n/).flatMap((line, i) => (line.trim() === '' ? [] : [new Row(line, `${path}:${i + 1}`)]));
}

/** One case. Every reader of a field throws a `UsageError` that names file, line and field when it is not as it should be. */
class Row {
  readonly #place: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(line: string, place: string) {
    this.#place = place;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw this.#broken('not JSON');
    }
    if (!isRecord(value)) throw this.#broken('not a JSON object');
    this.#fields = value;
    this.text('id');
    this.text('kind');
  }

  text(field: string): string {
    const value = this.#fields[field];
    if (typeof value !== 'string') throw this.#broken(`"${field}" must be a text`);
    return value;
  }

  flag(field: string, otherwise: boolean): boolean {
    const value = this.#fields[field] ?? otherwise;
    if (typeof value !== 'boolean') throw this.#broken(`"${field}" must be true or false`);
    return value;
  }

  hex(field: string): Uint8Array {
    const octets = hexToBytes(this.text(field));
    if (!octets) throw this.#broken(`"${field}" must be octets in hexadecimal`);
    return octets;
  }

  words<Word extends string>(field: string, known: readonly Word[]): readonly Word[] {
    const value = this.#fields[field];
    if (!Array.isArray(value)) throw this.#broken(`"${field}" must be a list`);
    return value.map((each: unknown) => {
      const word = known.find((one) => typeof each === 'string' && one === each.toLowerCase());
      if (word === undefined) throw this.#broken(`"${field}" may hold ${known.join(', ')}`);
      return word;
    });
  }

  phase(): 1 | 2 {
    const value = this.#fields['phase'];
    if (value === 1 || value === 2) return value;
    throw this.#broken('"phase" must be 1 or 2');
  }

  version(): 1 | 2 {
    const value = this.#fields['ike'];
    if (value === 1 || value === 2) return value;
    throw this.#broken('"ike" must be 1 or 2');
  }

  /** Those fields of `expected`, or undefined when the case has none. */
  expected(fields: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    const value = this.#fields['expected'];
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw this.#broken('"expected" must be an object');
    return Object.fromEntries(fields.map((field) => [field, value[field]]));
  }

  #broken(why: string): UsageError {
    return new UsageError('ERR_USAGE_FILE', `${this.#place}: ${why}`, 'one case per line, as in vectors/freeswan/selections.jsonl');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
