/**
 * Mapping a strongSwan with three IKEv1 suites over the universe `common`: our requests and time, beside an ike-scan for each combination.
 * Run as root, after npm run lab:install: npm run build && npx tsx bench/mapping.ts
 */
import { fileURLToPath } from 'node:url';
import { daemonsAvailable } from '../interop/available.ts';
import { createLab, type Lab } from '../interop/daemons/lab.ts';
import type { Ran } from '../interop/daemons/process.ts';
import type { ProbeReport } from '../src/probe/index.ts';
import { expandBox, type Suite, universe } from '../src/proposals/index.ts';

const SUITES = ['3des-sha1-modp1024', 'aes128-sha1-modp2048', 'aes256-sha256-modp2048'];
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
/** One process for each combination, one packet each: the shortest way that its manual knows to a whole map. */
const LOOP = 'peer=$1; shift; for trans; do ike-scan --quiet --retry=1 "--trans=$trans" "$peer"; done';
const PSK = 1;

interface Mapped {
  readonly requests: number;
  readonly accepted: number;
  readonly seconds: number;
}

async function timed(job: () => Promise<Ran>): Promise<Ran & { readonly seconds: number }> {
  const start = performance.now();
  const ran = await job();
  return { ...ran, seconds: (performance.now() - start) / 1000 };
}

async function ours(lab: Lab, address: string): Promise<Mapped> {
  const argv = [process.execPath, MAIN, 'probe', address, '--ike', 'v1', '--mode', 'main', '--json'];
  const { status, stdout, stderr, seconds } = await timed(() => lab.command(argv));
  if (status !== 0) throw new Error(`ike-probe ended with ${status}: ${stderr}`);
  const { traffic, exchanges } = JSON.parse(stdout) as ProbeReport;
  return { requests: traffic.requests, accepted: exchanges[0]?.accepted.length ?? 0, seconds };
}

async function ikeScan(lab: Lab, address: string): Promise<Mapped | undefined> {
  if ((await lab.command(['sh', '-c', 'command -v ike-scan'])).status !== 0) return undefined;
  const transforms = universe('common', 'ikev1-phase1').boxes.flatMap((box) => [...expandBox(box)].map(transform));
  const { stdout, seconds } = await timed(() => lab.command(['sh', '-c', LOOP, 'loop', address, ...transforms]));
  const accepted = stdout.split('\n').filter((line) => line.includes('Handshake returned')).length;
  return { requests: transforms.length, accepted, seconds };
}

/** As ike-scan wants it: attribute=value, by number. */
function transform({ encryption, hash, group }: Suite): string {
  const bits = encryption?.keyBits === undefined ? '' : `14=${encryption.keyBits},`;
  return `(1=${encryption?.id},${bits}2=${hash?.id},3=${PSK},4=${group?.id})`;
}

const line = (name: string, { requests, accepted, seconds }: Mapped): string =>
  `  ${name}: ${requests} requests, ${seconds.toFixed(2)} s, ${accepted} of ${SUITES.length} found`;

const available = daemonsAvailable(['strongswan']);
if (!available.available) console.log(`mapping a strongSwan: not run, ${available.reason}`);
else {
  const lab = await createLab('bench');
  try {
    const { address4 } = await lab.strongswan({ ike: SUITES, version: 1 });
    console.log(`mapping a strongSwan with ${SUITES.join(', ')}, IKEv1 main mode`);
    const own = await ours(lab, address4);
    console.log(line('ike-probe', own));
    const other = await ikeScan(lab, address4);
    if (other === undefined) console.log('  ike-scan: not here');
    else {
      console.log(line('ike-scan, one method', other));
      const [requests, time] = [other.requests / own.requests, other.seconds / own.seconds];
      console.log(`  ike-scan needs ${requests.toFixed(0)} times the requests and ${time.toFixed(1)} times the time`);
    }
  } finally {
    await lab.close();
  }
}
