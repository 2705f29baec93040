/**
 * `ike-probe demo`: an embedded Pluto on a loopback port, probed over real UDP.
 *
 * @module
 */
import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { addCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import type { CommandModule } from '../program.ts';
import type { ProbeSettings } from '../settings.ts';

export const demoCommand: CommandModule = {
  configure: configureDemo,
  run: (_args, options, io) => runDemo(options as unknown as CommonOptions, io),
};

export function configureDemo(command: Command): void {
  addCommonOptions(command).addHelpText('after', DESCRIPTION);
}

/** The report of a probe of the embedded responder, then what the responder itself logged about a few refusals. */
export async function runDemo(flags: CommonOptions, io: Io): Promise<number> {
  const { startPluto } = await import('../pluto.ts');
  const { entropy } = await import('../../node-crypto/public-values.ts');
  const { live } = await import('../session.ts');
  const { finish } = await import('./probe.ts');
  const pluto = await startPluto({ sendsNotifications: true, entropy });
  const plain = flags.json !== true && flags.quiet !== true;
  try {
    const peer = `${pluto.address}:${pluto.port}`;
    if (plain) io.stdout.write(`${INTRODUCTION.replace('PEER', peer)}\n\n`);
    const session = await live(peer, SETTINGS, { ...flags, sourcePort: 'any' }, io);
    await finish(session, flags, io);
    if (plain) io.stdout.write(ownWords(pluto.logs));
    return session.interrupted ? EXIT.interrupted : EXIT.yes;
  } finally {
    await pluto.close();
  }
}

/** The distinct refusals of the log, most frequent first: a few of them. */
function ownWords(logs: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const line of logs.filter((each) => / {2}Attribute /.test(each))) counts.set(line, (counts.get(line) ?? 0) + 1);
  const lines = [...counts].sort(([a, n], [b, m]) => Number(/DES_CBC/.test(b)) - Number(/DES_CBC/.test(a)) || m - n).slice(0, SHOWN);
  if (lines.length === 0) return '';
  return `\nThe responder's own log says\n${lines.map(([line, n]) => `  ${line}  (${n} ${n === 1 ? 'time' : 'times'})\n`).join('')}`;
}

const SHOWN = 6;
const INTRODUCTION =
  "This is a demonstration: the peer PEER is a model of FreeS/WAN's Pluto inside this process (preshared key; 3DES only, as ever),\n" +
  'with the patch that lets it answer refusals, so that it is quick. Your own peer: ike-probe <address>';
const DESCRIPTION = `
Starts a model of FreeS/WAN's Pluto on a free UDP port of 127.0.0.1 and maps it, as 'ike-probe <peer>' maps a real one.
Nothing leaves this machine. Exit code 0.

Examples:
  ike-probe demo
  ike-probe demo --json
`;
/** Pluto speaks Main Mode only, and drops the rest without a word; asking for it would cost the timeouts. */
const SETTINGS: ProbeSettings = {
  ike: 'v1',
  mode: 'main',
  offers: [],
  universe: { name: 'common' },
  timeout: 500,
  retries: 2,
  rate: 1000,
  budget: 1000,
};
