/** Every benchmark, each in a process of its own. A program to compare with that is not here is named. Run: npm run bench */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

for (const name of ['decode', 'encode', 'startup', 'selectors', 'mapping', 'handshakes', 'matrix']) {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, [...process.execArgv, file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
