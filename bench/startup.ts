/**
 * From start to exit: the page of --help, and one peer asked about a suite that it takes, beside a script that does nothing.
 * Run: npm run build && npx tsx bench/startup.ts
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../interop/daemons/process.ts';
import { decodeMessage, encodeMessage, FLAG } from '../src/ike/index.ts';

const RUNS = 21;
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'ike-bench-'));
const empty = join(folder, 'empty.js');
writeFileSync(empty, '');

/** A peer that takes what it is offered: its answer is the payloads of the request. */
const peer = createSocket('udp4', (request, { port, address }) => {
  const decoded = decodeMessage(request);
  if (!decoded.ok) return;
  const { header, payloads } = decoded.value;
  peer.send(encodeMessage({ ...header, responderSpi: new Uint8Array(8).fill(1), flags: FLAG.response, payloads }), port, address);
});
peer.bind(0, '127.0.0.1');
await once(peer, 'listening');
const offer = ['--ike', 'v2', '--offer', 'aes256-sha256-prfsha256-modp2048'];

const lines = [
  { name: 'an empty script', argv: [empty] },
  { name: '--help', argv: [MAIN, '--help'], goal: 1.5 },
  { name: 'one suite asked', argv: [MAIN, 'probe', `127.0.0.1:${peer.address().port}`, ...offer], goal: 1.7 },
].map((line) => ({ ...line, times: [] as number[] }));

try {
  // In turns, so that what else the machine does weighs on all of them alike.
  for (let turn = 0; turn < RUNS; turn++) {
    for (const { argv, times } of lines) {
      const start = performance.now();
      const { status, stderr } = await run([process.execPath, ...argv]);
      times.push(performance.now() - start);
      if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
    }
  }
} finally {
  peer.close();
  rmSync(folder, { recursive: true });
}

const medians = lines.map(({ times }) => times.toSorted((a, b) => a - b)[RUNS >> 1] ?? Number.NaN);
console.log(`start-up, median of ${RUNS} runs`);
for (const [index, { name, goal }] of lines.entries()) {
  const ms = medians[index] ?? Number.NaN;
  const ratio = goal === undefined ? '' : `, ${(ms / (medians[0] ?? Number.NaN)).toFixed(2)} of an empty script (goal ${goal})`;
  console.log(`  ${name}: ${ms.toFixed(0)} ms${ratio}`);
}
