/**
 * What `npm start` and `npm test` share: install and build, each only when needed. No dependencies: it runs before there are any.
 *
 * Progress goes to stderr; stdout belongs to the program that is started.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's directory. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Installs the locked packages if the installed ones are others, and compiles what changed. Ends the process when either fails. */
export async function setUp() {
  if (!installed()) {
    say('installing the locked packages (npm ci)');
    const npm = process.env.npm_execpath;
    const argv = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
    await step([...argv, 'ci', '--no-audit', '--no-fund'], 'npm ci failed');
  }
  await build();
}

/** Compiles what changed, bundles the command and the matrix, and makes the template of the report page. Throws when it cannot. */
export async function build() {
  await step([process.execPath, tool('typescript', 'tsc'), '-b'], 'the build failed');
  // They need packages, which may not have been there before.
  const [{ bundle }, { buildPage }, { bundleInterop }] = await Promise.all([
    import('./bundle.mjs'),
    import('./page.mjs'),
    import('./interop.mjs'),
  ]);
  await Promise.all([bundle(), buildPage(), bundleInterop()]);
}

/** The script of an installed development tool. */
export function tool(packageName, command) {
  const directory = `${ROOT}node_modules/${packageName}/`;
  const { bin } = JSON.parse(readFileSync(`${directory}package.json`, 'utf8'));
  return directory + (typeof bin === 'string' ? bin : bin[command]);
}

const ignore = () => undefined;

/** Runs a program with our terminal; its exit code. Ctrl-C is the program's to answer. */
export function run(argv, options = {}) {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', ...options });
    process.on('SIGINT', ignore);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

export function say(text) {
  process.stderr.write(`ike-probe: ${text}\n`);
}

async function step(argv, complaint) {
  // Its output goes to stderr (fd 2), so that stdout holds the report alone.
  const code = await run(argv, { stdio: ['ignore', 2, 2] });
  if (code === 0) return;
  const error = new Error(complaint);
  error.exitCode = code;
  throw error;
}

/** Whether node_modules holds what package-lock.json asks for, as npm itself wrote down when it installed. */
function installed() {
  const record = `${ROOT}node_modules/.package-lock.json`;
  if (!existsSync(record)) return false;
  const wanted = packagesOf(`${ROOT}package-lock.json`);
  const present = packagesOf(record);
  const complete = Object.entries(wanted).every(([path, { version, optional }]) => {
    return path === '' || (present[path] === undefined ? optional === true : present[path].version === version);
  });
  return complete && Object.keys(present).every((path) => wanted[path] !== undefined);
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
