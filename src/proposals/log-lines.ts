/**
 * A daemon's log lines as data: one pattern both writes the line and recognises it.
 *
 * Rule 1: a pattern is the daemon's line with `{names}` where values stand; nothing else is special in it.
 * Rule 2: reading is the reverse of writing: what was written is read back, with the same key and values.
 *
 * @module
 */

/** Whether the daemon writes the line as it is installed, or only when told to debug. */
export type LogLevel = 'normal' | 'debug';

/** One line of a daemon's log, without time, process and connection in front. */
export interface LogLine {
  readonly text: string;
  readonly level: LogLevel;
}

/** A kind of line. */
export interface LogPattern {
  /** `peer requested {seconds} seconds`. */
  readonly text: string;
  readonly level: LogLevel;
}

/** A line that was recognised: which kind it is, and what stands in its gaps. */
export interface LogRecord<Key extends string = string> {
  readonly key: Key;
  readonly values: Readonly<Record<string, string>>;
}

/** The names in braces of a pattern's text. */
export type Gaps<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Gaps<Rest> : never;

type Values<Text extends string> = Readonly<Record<Gaps<Text>, string | number>>;

/** A daemon's vocabulary. */
export interface LogBook<Patterns extends Readonly<Record<string, LogPattern>>> {
  readonly patterns: Patterns;
  /** The line with its gaps filled. */
  write<Key extends keyof Patterns & string>(
    key: Key,
    ...values: [Gaps<Patterns[Key]['text']>] extends [never] ? [] : [Values<Patterns[Key]['text']>]
  ): LogLine;
  /** The first pattern, in their order, that a line is an instance of. */
  read(text: string): LogRecord<keyof Patterns & string> | undefined;
}

/** A log line longer than this is not read: it is nobody's. */
const LONGEST = 65536;
const GAP = /\{([a-z][A-Za-z0-9]*)\}/g;

/**
 * A vocabulary of patterns.
 *
 * @example
 * const book = logBook({ tooLong: { text: 'peer requested {seconds} seconds', level: 'normal' } });
 * book.write('tooLong', { seconds: 90000 }).text; // 'peer requested 90000 seconds'
 * book.read('peer requested 90000 seconds'); // { key: 'tooLong', values: { seconds: '90000' } }
 */
export function logBook<const Patterns extends Readonly<Record<string, LogPattern>>>(patterns: Patterns): LogBook<Patterns> {
  let readers: readonly Reader[] | undefined;
  const writers = new Map<string, Writer>();
  return {
    patterns,
    write(key, ...values) {
      let writer = writers.get(key);
      if (writer === undefined) writers.set(key, (writer = writerOf(key, patterns[key] as LogPattern)));
      return lineOf(writer, values[0]);
    },
    read(text) {
      if (text.length > LONGEST) return undefined;
      readers ??= Object.entries(patterns).map(([key, pattern]) => readerOf(key, pattern.text));
      for (const { key, parts, names } of readers) {
        const values = match(text, parts);
        if (values) return { key, values: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])) };
      }
      return undefined;
    },
  };
}

type Filled = Readonly<Record<string, string | number>>;

/** A pattern taken apart once: an offer can be worth thousands of lines. */
interface Writer extends Reader {
  readonly level: LogLevel;
  /** The line itself, where nothing is to be filled. */
  readonly line?: LogLine;
}

function writerOf(key: string, { text, level }: LogPattern): Writer {
  const reader = readerOf(key, text);
  return reader.names.length === 0 ? { ...reader, level, line: Object.freeze({ text, level }) } : { ...reader, level };
}

function lineOf({ parts, names, level, line }: Writer, filled: Filled | undefined): LogLine {
  if (line) return line;
  let text = parts[0] ?? '';
  for (let i = 0; i < names.length; i++) text += `${filled?.[names[i] as string] ?? ''}${parts[i + 1]}`;
  return { text, level };
}

interface Reader {
  readonly key: string;
  /** What stands before, between and after the gaps. */
  readonly parts: readonly string[];
  readonly names: readonly string[];
}

function readerOf(key: string, text: string): Reader {
  const names = [...text.matchAll(GAP)].map(([, name = '']) => name);
  return { key, parts: text.replace(GAP, '\0').split('\0'), names };
}

/** What fills the gaps; each ends at the first place where the next part stands, the last at the end. No regular expression: a line is hostile. */
function match(text: string, parts: readonly string[]): readonly string[] | undefined {
  const [head = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === head ? [] : undefined;
  if (!text.startsWith(head)) return undefined;
  const values: string[] = [];
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return undefined;
    values.push(text.slice(at, found));
    at = found + part.length;
  }
  const end = text.length - last.length;
  if (end < at || !text.endsWith(last)) return undefined;
  values.push(text.slice(at, end));
  return values;
}
