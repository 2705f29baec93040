/** `npm run build`: compiles what changed, and bundles the command. */
import { say, build } from './setup.mjs';

try {
  await build();
} catch (error) {
  say(error.message);
  process.exitCode = error.exitCode ?? 1;
}
