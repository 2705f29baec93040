/**
 * The command in one file, and the code that V8 made of it after a first probe: start-up time is a feature. See src/cli/bundled.ts.
 * Run after the compiler; does nothing when the bundle is newer than the modules.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const DIST = new URL('../dist/', import.meta.url);
const fileOf = (path) => new URL(path, DIST);

/** Builds the bundle when it is out of date. */
export async function bundle() {
  const cache = fileOf('bundle/ike-probe.cache');
  const made = statSync(cache, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made >= statSync(fileOf('.tsbuildinfo')).mtimeMs) return;
  rmSync(cache, { force: true }); // V8 tells the code of another text by its length only
  await build({
    entryPoints: [fileURLToPath(fileOf('cli/start.js'))],
    outfile: fileURLToPath(fileOf('bundle/ike-probe.cjs')),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'ascii', // the quickest to read
    supported: { 'dynamic-import': false }, // a script that is not a module's can only `require`
    banner: { js: '(function (module, exports, require) {' },
    footer: { js: '})' },
    legalComments: 'eof',
    logLevel: 'warning',
    plugins: [withoutChildProcess],
  });
  const { loadBundle } = await import(fileOf('cli/bundled.js'));
  const { script, program } = loadBundle(DIST);
  await rehearse(program.run).catch(() => undefined); // no loopback: the cache holds less
  writeFileSync(cache, script.createCachedData());
}

/** commander loads it for subcommands that are programs of their own; we have none, and it takes 2 ms. */
const withoutChildProcess = {
  name: 'without child_process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** One probe of a peer that takes the only suite, so that what a probe needs is compiled: its answer is the request's own payloads. */
async function rehearse(run) {
  const peer = createSocket('udp4', (request, { port, address }) => {
    request.set([1, 2, 3, 4, 5, 6, 7, 8], RESPONDER_SPI);
    request[FLAGS] = RESPONSE;
    peer.send(request, port, address);
  });
  peer.bind(0, '127.0.0.1');
  await once(peer, 'listening');
  const offer = ['--ike', 'v2', '--offer', 'aes256-sha256-prfsha256-modp2048'];
  const line = ['probe', `127.0.0.1:${peer.address().port}`, ...offer, '--source-port', 'any'];
  for (const form of [[], ['--json']]) await run([...line, ...form], SILENT);
  peer.close();
}

const RESPONDER_SPI = 8;
const FLAGS = 19;
const RESPONSE = 0x20;
const SINK = { write: () => undefined, isTTY: false, columns: undefined };
const SILENT = { stdout: SINK, stderr: SINK, env: {}, interrupted: () => new AbortController().signal };
