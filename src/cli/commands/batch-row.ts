/**
 * One recorded case of a batch, read field by field.
 *
 * @module
 */
import { UsageError } from '../errors.ts';
import { hexToBytes } from './hex.ts';

/** One case. Every reader of a field throws a `UsageError` that names file, line and field when it is not as it should be. */
export class Row {
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

  word<Word extends string>(field: string, known: readonly Word[]): Word {
    const value = this.#fields[field];
    const word = known.find((one) => one === value);
    if (word === undefined) throw this.#broken(`"${field}" must be one of ${known.join(', ')}`);
    return word;
  }

  /** Names and values of an implementation's settings. */
  settings(field: string): Readonly<Record<string, string>> {
    const value = this.#fields[field];
    if (!isRecord(value) || !Object.values(value).every((each) => typeof each === 'string'))
      throw this.#broken(`"${field}" must be an object of texts`);
    return value as Readonly<Record<string, string>>;
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

  /** A whole number of 32 bits with its sign, or what stands for a missing one. */
  number(field: string, otherwise?: number): number {
    const value = this.#fields[field] ?? otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 0xffffffff) return value;
    throw this.#broken(`"${field}" must be a whole number`);
  }

  texts(field: string): readonly string[] {
    const value = this.#fields[field];
    if (Array.isArray(value) && value.every((each: unknown) => typeof each === 'string')) return value;
    throw this.#broken(`"${field}" must be a list of texts`);
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined;
  }

  /** Whether something stands there, and not null. */
  given(field: string): boolean {
    return (this.#fields[field] ?? null) !== null;
  }

  /** Whatever stands there. */
  value(field: string): unknown {
    return this.#fields[field];
  }

  /** @throws UsageError with file, line and what is wrong */
  broken(why: string): UsageError {
    return this.#broken(why);
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

  /** Of those fields the ones that `expected` has. */
  stated(fields: readonly string[]): Readonly<Record<string, unknown>> {
    const all = this.expected(fields) ?? {};
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  #broken(why: string): UsageError {
    return new UsageError('ERR_USAGE_FILE', `${this.#place}: ${why}`, 'one case per line, as in vectors/freeswan/selections.jsonl');
  }
}

/** An object with names, not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
