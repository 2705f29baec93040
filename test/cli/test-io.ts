import type { Io, Sink } from '../../src/cli/io.ts';
import { UsageError } from '../../src/cli/errors.ts';
import { pageTemplate } from '../../scripts/page.mjs';

/** A terminal, files and a Ctrl-C that exist in memory only. */
export interface TestIo extends Io {
  out(): string;
  err(): string;
  readonly written: Map<string, string | Uint8Array>;
  interrupt(): void;
}

export interface TestIoOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | (() => string)>>;
  /** Modules that a build would have left. */
  readonly built?: Readonly<Record<string, unknown>>;
  readonly stdout?: Pick<Sink, 'isTTY' | 'columns'>;
  readonly stderr?: Pick<Sink, 'isTTY' | 'columns'>;
}

const PIPE = { isTTY: false, columns: undefined };

export function testIo({ env = {}, files = {}, built = {}, stdout = PIPE, stderr = PIPE }: TestIoOptions = {}): TestIo {
  let out = '';
  let err = '';
  const abort = new AbortController();
  const written = new Map<string, string | Uint8Array>();
  return {
    stdout: { ...stdout, write: (text) => void (out += text) },
    stderr: { ...stderr, write: (text) => void (err += text) },
    env,
    async readText(path) {
      const file = files[path] ?? written.get(path)?.toString();
      if (file === undefined) throw new UsageError('ERR_USAGE_FILE', `${path}: cannot be read: no such file or directory`);
      return typeof file === 'function' ? file() : file;
    },
    async writeFile(path, data) {
      written.set(path, data);
    },
    readBuilt: pageTemplate,
    async loadBuilt(path) {
      if (built[path] === undefined) throw new UsageError('ERR_USAGE_FILE', `${path}: it is not there`);
      return built[path];
    },
    async list(path) {
      const names = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
      return names.length === 0 ? undefined : names.map((name) => name.slice(path.length + 1)).toSorted();
    },
    interrupted: () => abort.signal,
    out: () => out,
    err: () => err,
    written,
    interrupt: () => abort.abort(),
  };
}
