/**
 * `npm start`: install, build, and probe. Without arguments it is the demonstration: a peer of our own on a loopback port, probed.
 * `npm start -- <peer> [options]` probes a real one.
 */
import { ROOT, run, say, setUp } from './setup.mjs';

const args = process.argv.slice(2);
try {
  await setUp();
  process.exitCode = await run([process.execPath, `${ROOT}dist/cli/main.js`, ...(args.length === 0 ? ['demo'] : ['probe', ...args])]);
} catch (error) {
  say(error.message);
  process.exitCode = error.exitCode ?? 1;
}
