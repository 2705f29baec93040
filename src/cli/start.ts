/**
 * From the process to the program and back: what the entry file runs, and what the bundle holds.
 *
 * @module
 */
import { processIo } from './io.ts';
import { run } from './program.ts';

/** What the bundle exports. */
export interface Program {
  readonly run: typeof run;
  readonly start: typeof start;
}

export { run };

/**
 * Runs this process's command line, and ends the process: Node's own way out takes several milliseconds for nothing.
 *
 * @param built the directory that the build has written
 */
export async function start(built: URL): Promise<void> {
  const io = processIo(built);
  process.exitCode = await run(process.argv.slice(2), io);
  // An error of the last write is told one turn later; output that is still on its way keeps the process alive until it is out.
  setImmediate(() => {
    if (io.flushed()) process.exit();
  });
}
