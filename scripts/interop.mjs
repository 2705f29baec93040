/**
 * The matrix as programs of the package: `dist/interop`, which the command loads when it is called. Run after the compiler; does nothing
 * when the programs are newer than their sources.
 */
import { cpSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCES = ['../interop/', '../src/'].map((path) => new URL(path, import.meta.url));
const DIST = new URL('../dist/interop/', import.meta.url);
const fileOf = (path, base = DIST) => fileURLToPath(new URL(path, base));

/** Builds both programs when they are out of date: the matrix itself, and our own peer, which it starts. */
export async function bundleInterop() {
  const program = fileOf('matrix/index.cjs');
  const made = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made > Math.max(...SOURCES.map(newest)) && made > statSync(fileURLToPath(import.meta.url)).mtimeMs) return;
  for (const name of ['shims', 'implementations.json']) cpSync(fileOf(name, SOURCES[0]), fileOf(name), { recursive: true });
  const common = { bundle: true, platform: 'node', target: 'node20', legalComments: 'eof', logLevel: 'warning' };
  await build({
    ...common,
    entryPoints: [fileOf('own/program.ts', SOURCES[0])],
    outfile: fileOf('own/program.js'),
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  // The command is a script, which can only `require`; last, since it tells whether all is there.
  await build({
    ...common,
    entryPoints: [fileOf('matrix/index.ts', SOURCES[0])],
    outfile: program,
    format: 'cjs',
    define: { 'import.meta.url': 'own_url' },
    banner: { js: "const own_url = require('node:url').pathToFileURL(__filename).href;" },
  });
}

/** When the newest file below a directory was written. */
function newest(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((entry) => statSync(`${entry.parentPath ?? entry.path}/${entry.name}`).mtimeMs));
}
