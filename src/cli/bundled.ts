/**
 * The command in one file, with the code that V8 made of it: `npm run build` leaves both beside the modules of the library.
 *
 * Rule: the bundle saves time and nothing else. Without it, or when it is older than the modules, these are loaded instead; a
 * cache that another release of Node wrote is refused by V8, which then compiles the text.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type { Program } from './start.ts';

/** The text of the bundle is one function expression, in ASCII. */
type Bundle = (module: { exports: object }, exports: object, require: NodeJS.Require) => void;

export interface LoadedBundle {
  readonly script: Script;
  readonly program: Program;
}

/** Loads the bundle of a build (a directory with a final slash), or answers undefined when there is none of that build. */
export function loadBundle(dist: URL): LoadedBundle | undefined {
  const file = new URL('bundle/ike-probe.cjs', dist);
  if (!fresh(file, new URL('.tsbuildinfo', dist))) return undefined;
  const filename = fileURLToPath(file);
  const cachedData = contents(new URL('bundle/ike-probe.cache', dist));
  const script = new Script(readFileSync(file, 'latin1'), { filename, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  (script.runInThisContext() as Bundle)(module, module.exports, createRequire(file));
  return { script, program: module.exports as Program };
}

function fresh(bundle: URL, modules: URL): boolean {
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && made >= (statSync(modules, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

function contents(file: URL): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
