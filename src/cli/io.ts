/**
 * The terminal, files and signals as the commands see them: the rim that tests replace.
 *
 * Rule: commands touch `process` and the disk only through here. stdout is the report, stderr everything else.
 *
 * @module
 */
import { createReadStream, existsSync, promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { systemReason, UsageError } from './errors.ts';
import { EXIT } from './exit.ts';

/** A text sink; `columns` is undefined when it is no terminal. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/** All that a command may touch. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, `-` for standard input. @throws UsageError when it cannot be read or is larger than `READ_LIMIT` */
  readText(path: string): Promise<string>;
  /** `secret`: nobody but its owner may read it. @throws UsageError when it cannot be written */
  writeFile(path: string, data: string | Uint8Array, secret?: 'secret'): Promise<void>;
  /** A text that the build leaves beside the program, by its path there. @throws UsageError when it was not built */
  readBuilt(path: string): Promise<string>;
  /** A CommonJS module that the build leaves beside the program. @throws UsageError when it was not built */
  loadBuilt(path: string): Promise<unknown>;
  /** The names in a directory, sorted; nothing when there is no such directory. */
  list(path: string): Promise<readonly string[] | undefined>;
  /** Aborted by the first Ctrl-C after the first call; a second Ctrl-C ends the process at once. */
  interrupted(): AbortSignal;
}

/** The process's own. */
export interface ProcessIo extends Io {
  /** Whether all that was written has left. */
  flushed(): boolean;
}

/** Octets; nothing that a command reads whole is larger. */
export const READ_LIMIT = 64 * 1024 * 1024;

/** The real one; `built` is the directory that the build has written. A reader of our output that goes away (`| head`) is no error: the rest is written to nobody. */
export function processIo(built: URL): ProcessIo {
  const stdout = sink(1, () => process.stdout);
  const stderr = sink(2, () => process.stderr);
  let abort: AbortController | undefined;
  return {
    stdout,
    stderr,
    flushed: () => stdout.flushed() && stderr.flushed(),
    env: process.env,
    readText,
    writeFile,
    readBuilt: (path) => readBuilt(new URL(path, built)),
    loadBuilt: (path) => loadBuilt(new URL(path, built)),
    list: (path) =>
      fs.readdir(path).then(
        (names) => names.toSorted(),
        () => undefined,
      ),
    interrupted() {
      if (abort !== undefined) return abort.signal;
      const controller = (abort = new AbortController());
      process.once('SIGINT', () => {
        controller.abort();
        process.once('SIGINT', () => process.exit(EXIT.interrupted));
      });
      return controller.signal;
    },
  };
}

/** What the words `--no-color` and `--ascii`, the environment and the terminal come to. */
export function appearance(io: Io, options: { readonly color?: boolean; readonly ascii?: boolean }): Appearance {
  const { NO_COLOR, FORCE_COLOR, TERM, LC_ALL, LC_CTYPE, LANG } = io.env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return {
    columns: io.stdout.columns ?? 100,
    color: options.color !== false && !NO_COLOR && (forced || (io.stdout.isTTY && TERM !== 'dumb')),
    ascii: options.ascii === true || TERM === 'linux' || (locale !== undefined && !/utf-?8/i.test(locale)),
  };
}

export interface Appearance {
  readonly columns: number;
  readonly color: boolean;
  readonly ascii: boolean;
}

/** The stream is opened when something is written to it: most runs leave stderr alone. */
function sink(descriptor: number, stream: () => NodeJS.WriteStream): Sink & Pick<ProcessIo, 'flushed'> {
  let opened: NodeJS.WriteStream | undefined;
  const open = (): NodeJS.WriteStream => {
    if (opened !== undefined) return opened;
    opened = stream();
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      process.stderr.write(`ike-probe: cannot write the output: ${systemReason(error)}\n`);
      process.exit(EXIT.usage);
    });
    return opened;
  };
  const isTTY = isatty(descriptor);
  return {
    write: (text) => void open().write(text),
    isTTY,
    get columns() {
      return isTTY ? open().columns : undefined;
    },
    flushed: () => opened === undefined || opened.writableLength === 0,
  };
}

async function readText(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > READ_LIMIT) break;
    }
  } catch (error) {
    throw new UsageError('ERR_USAGE_FILE', `${path}: cannot be read: ${systemReason(error)}`);
  }
  if (length > READ_LIMIT) throw new UsageError('ERR_USAGE_FILE', `${path}: larger than ${READ_LIMIT >> 20} MiB`);
  return Buffer.concat(chunks).toString('utf8');
}

async function readBuilt(file: URL): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError('ERR_USAGE_FILE', `${file.pathname}: cannot be read: ${systemReason(error)}`, 'npm run build makes it');
  }
}

async function loadBuilt(file: URL): Promise<unknown> {
  const path = fileURLToPath(file);
  if (!existsSync(path)) throw new UsageError('ERR_USAGE_FILE', `${path}: it is not there`, 'npm run build makes it');
  return createRequire(file)(path);
}

async function writeFile(path: string, data: string | Uint8Array, secret?: 'secret'): Promise<void> {
  try {
    if (secret === undefined) await fs.writeFile(path, data);
    else await writeSecret(path, data);
  } catch (error) {
    throw new UsageError('ERR_USAGE_FILE', `${path}: cannot be written: ${systemReason(error)}`);
  }
}

/** A file that was there before keeps no wider rights than a new one gets. */
async function writeSecret(path: string, data: string | Uint8Array): Promise<void> {
  const file = await fs.open(path, 'w', 0o600);
  try {
    if ((await file.stat()).isFile()) await file.chmod(0o600);
    await file.writeFile(data);
  } finally {
    await file.close();
  }
}
