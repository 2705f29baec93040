/** The command under test inside the lab: one run, its exit code and its JSON. */
import { existsSync } from 'node:fs';
import type { Lab } from '../../interop/daemons/lab.ts';
import type { ExchangeName, ExchangeReport, ProbeReport } from '../../src/probe/result.ts';

const PROGRAM = 'dist/cli/main.js';

export interface Mapped {
  readonly status: number;
  readonly report: ProbeReport;
  /** From start to exit, as a user waits. */
  readonly ms: number;
}

/** Runs `ike-probe probe <address> --json …` from the lab's client. */
export function mapPeer(lab: Lab, address: string, ...options: readonly string[]): Promise<Mapped> {
  return probe(lab, {}, address, options);
}

/** The same with a pre-shared key. */
export function mapPeerWith(psk: string, lab: Lab, address: string, ...options: readonly string[]): Promise<Mapped> {
  return probe(lab, { IKE_PROBE_PSK: psk }, address, options);
}

async function probe(lab: Lab, env: Readonly<Record<string, string>>, address: string, options: readonly string[]): Promise<Mapped> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built: npm run build`);
  const begun = performance.now();
  const ran = await lab.command([process.execPath, PROGRAM, 'probe', address, '--json', ...options], { env });
  const ms = Math.round(performance.now() - begun);
  if (!ran.stdout.startsWith('{')) throw new Error(`no report, exit ${ran.status}: ${ran.stderr}`);
  const report = JSON.parse(ran.stdout) as ProbeReport;
  if (process.env['IKE_FIGURES'] !== undefined) process.stderr.write(`${figures(report, ms)}\n`);
  return { status: ran.status, report, ms };
}

/** The report of one exchange. */
export function exchangeOf({ report }: Mapped, name: ExchangeName): ExchangeReport {
  const found = report.exchanges.find(({ exchange }) => exchange === name);
  if (found === undefined) throw new Error(`no ${name} in the report`);
  return found;
}

/** The accepted suites of one exchange, sorted. */
export function acceptedBy(mapped: Mapped, name: ExchangeName): string[] {
  return exchangeOf(mapped, name)
    .accepted.map(({ suite }) => suite)
    .toSorted();
}

/** Every way to take one word of each list, joined as suites are written. */
export function product(...slots: readonly (readonly string[])[]): string[] {
  return slots.reduce<string[]>(
    (heads, words) => heads.flatMap((head) => words.map((word) => (head === '' ? word : `${head}-${word}`))),
    [''],
  );
}

function figures({ traffic, exchanges }: ProbeReport, ms: number): string {
  const counts = exchanges.map(
    ({ exchange, state, accepted, coverage }) => `${exchange} ${state} ${accepted.length}/${coverage.undecided}`,
  );
  return `      ${counts.join(', ')}: ${traffic.requests} requests, ${traffic.sent} sent, ${traffic.halfOpen.left} left, ${ms} ms`;
}
