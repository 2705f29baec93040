/**
 * `ike-probe probe <peer>`: what a peer speaks and accepts, and why it refuses the rest.
 *
 * @module
 */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ProbeOptions } from '../../probe/probe.ts';
import type { ProbeReport } from '../../probe/result.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { appearance } from '../io.ts';
import type { Io } from '../io.ts';
import { addCommonOptions, collect, integer, portOrAny } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import type { CommandModule } from '../program.ts';
import type { Session } from '../session.ts';
import { type CredentialFlags, hasCredentials } from '../credential-flags.ts';
import { RANGES } from '../ranges.ts';
import type { ProbeSettings } from '../settings.ts';

export const probeCommand: CommandModule = {
  configure: configureProbe,
  run: (args, options, io) => runProbeCommand(args[0], options as unknown as ProbeFlags, io),
};

/** The option table as commander hands it over. */
export interface ProbeFlags extends CommonOptions, CredentialFlags {
  readonly port?: number;
  readonly ike: ProbeOptions['ike'];
  readonly mode: ProbeOptions['mode'];
  readonly offer?: readonly string[];
  readonly universe: string;
  readonly timeout: number;
  readonly retries: number;
  readonly rate: number;
  readonly budget: number;
  readonly sourcePort?: number | 'any';
  readonly fingerprint?: boolean;
  readonly dryRun?: boolean;
  readonly save?: string;
  readonly pcap?: string;
  readonly html?: string;
  readonly replay?: string;
  readonly saveKeys?: string;
}

export function configureProbe(command: Command): void {
  command
    .argument('[peer]', 'address or name, with :port if it is not 500 ([2001:db8::1]:500 for IPv6)')
    .option('--port <n>', 'UDP port of the peer (default: 500)', integer(1, 65535))
    .addOption(new Option('--ike <version>', 'IKE versions to try').choices(['v1', 'v2', 'both']).default('both'))
    .addOption(new Option('--mode <mode>', 'IKEv1 modes to try').choices(['main', 'aggressive', 'both']).default('both'))
    .option('--offer <offer|@file>', 'ask about this offer instead of mapping the peer (repeatable)', collect)
    .option('--universe <name|@file>', 'what to map: common, full, or a file', 'common')
    .option('--fingerprint', 'also ask odd requests that tell implementations apart')
    .option('--psk-file <file|->', 'authenticate with this pre-shared key and map phase 2 (also: IKE_PROBE_PSK)')
    .option('--cert <file>', 'authenticate with this certificate (PEM, intermediates behind it) and map phase 2')
    .option('--key <file>', 'its private key (PEM, not encrypted)')
    .option('--ca <file>', 'the authorities that the peer may be certified by (PEM)')
    .option('--id <identity>', 'who we say to be (default: our address, or the name in the certificate)')
    .option('--peer-id <identity>', 'whom we ask for and expect')
    .option('--local-ts <networks>', 'the networks behind us (default: any, then this host)')
    .option('--remote-ts <networks>', 'the networks behind the peer (default: any, then the peer)')
    .option('--timeout <ms>', 'first wait for an answer, doubled at each retry', integer(...RANGES.timeout, 'ms'), 500)
    .option('--retries <n>', 'repetitions of an unanswered request', integer(...RANGES.retries), 2)
    .option('--rate <n>', 'most packets per second', integer(...RANGES.rate), 50)
    .option('--budget <n>', 'most packets in all', integer(...RANGES.budget), 1000)
    .option('--source-port <n|any>', 'local port (default: 500 when allowed, any other otherwise)', portOrAny)
    .option('--dry-run', 'print the packets, send nothing')
    .option('--save <transcript>', 'keep every datagram in a file that --replay reads')
    .option('--pcap <file>', 'keep every datagram in a capture for Wireshark')
    .addOption(new Option('--html <file>', 'write the report as a page, with every packet; one file, for any browser').conflicts('dryRun'))
    .option('--save-keys <file>', "keep the session's keys for Wireshark: whoever has them reads the capture")
    .addOption(
      new Option('--replay <transcript>', 'work from a saved transcript, offline').conflicts([
        'save',
        'pcap',
        'dryRun',
        'sourcePort',
        'pskFile',
        'cert',
        'saveKeys',
      ]),
    );
  addCommonOptions(command).addHelpText('after', EXAMPLES);
}

export async function runProbeCommand(peer: string | undefined, flags: ProbeFlags, io: Io): Promise<number> {
  if (peer === undefined && flags.replay === undefined) {
    throw new UsageError('ERR_USAGE_ARGUMENT', 'no peer given', 'ike-probe <address or name>, or --replay <transcript>');
  }
  if (flags.replay !== undefined) {
    const session = await import('../session.ts');
    return finish(await session.replay(flags.replay, io), flags, io);
  }
  const settings = await settingsOf(flags, io);
  const session = await import('../session.ts');
  if (flags.dryRun === true) return session.dryRun(peer ?? '', settings, flags, io);
  return finish(await session.live(peer ?? '', settings, flags, io), flags, io);
}

/** Prints the report, and writes the page; its exit code. */
export async function finish(session: Session, flags: CommonOptions & Pick<ProbeFlags, 'html'>, io: Io): Promise<number> {
  const { report, interrupted } = session;
  if (flags.html !== undefined) {
    const { writeProbePage } = await import('../probe-page.ts');
    await writeProbePage(flags.html, session, io);
  }
  if (flags.json === true) {
    const { toJson } = await import('../../report/json.ts');
    io.stdout.write(toJson(report));
  } else {
    const { renderProbe } = await import('../../report/text.ts');
    const verbose = flags.verbose > 1 ? 2 : flags.verbose === 1 ? 1 : 0;
    io.stdout.write(renderProbe(report, { ...appearance(io, flags), verbose, quiet: flags.quiet === true }));
  }
  return interrupted ? EXIT.interrupted : exitCode(report);
}

/** 3 when nobody answered; else 0 when something is accepted (with `--offer`: something of it), 1 when nothing is. */
export function exitCode(report: ProbeReport): ExitCode {
  if (report.reachability.state !== 'answered') return EXIT.noAnswer;
  const yes = report.exchanges.some(({ accepted, offers }) =>
    offers.length > 0 ? offers.some((offer) => offer.accepted) : accepted.length > 0,
  );
  return yes ? EXIT.yes : EXIT.no;
}

/** The job as plain data, with the files read. */
async function settingsOf(flags: ProbeFlags, io: Io): Promise<ProbeSettings> {
  const { ike, mode, timeout, retries, rate, budget, fingerprint } = flags;
  const children = flags.replay === undefined && hasCredentials(flags, io.env);
  const offers: string[] = [];
  for (const offer of flags.offer ?? []) offers.push(...(offer.startsWith('@') ? await offersOf(offer.slice(1), io) : [offer]));
  const file = flags.universe.startsWith('@') ? flags.universe.slice(1) : undefined;
  const universe = file === undefined ? { name: flags.universe } : { name: file, text: await io.readText(file) };
  const more = { ...(fingerprint === true && { fingerprint }), ...(children && { children }) };
  return { ike, mode, offers, universe, timeout, retries, rate, budget, ...more };
}

/** One offer per line; empty lines and what follows a `#` do not count. */
async function offersOf(path: string, io: Io): Promise<string[]> {
  const lines = (await io.readText(path)).split(/\r?\n/).map((line) => line.replace(/#.*/, '').trim());
  const offers = lines.filter((line) => line !== '');
  if (offers.length === 0) throw new UsageError('ERR_USAGE_FILE', `${path}: holds no offer`, 'one offer per line');
  return offers;
}

const EXAMPLES = `
Examples:
  ike-probe 192.0.2.1                                   map the peer
  ike-probe vpn.example.net:500 --ike v2 --json         IKEv2 only, as JSON
  ike-probe 192.0.2.1 --offer 3des-md5-modp1024         why not this one?
  ike-probe 192.0.2.1 --fingerprint                     and which implementation it behaves like
  ike-probe 192.0.2.1 --psk-file psk.txt --id client.example   authenticate, and map what protects traffic
  ike-probe 192.0.2.1 --psk-file psk.txt --offer esp:aes256-sha256   does my ESP line come up, and survive its first rekeying?
  ike-probe 192.0.2.1 --html report.html                the report as a page, with every packet
  ike-probe 192.0.2.1 --dry-run                         every packet, none of them sent
  ike-probe 192.0.2.1 --save t.json && ike-probe probe --replay t.json

With --offer the exit code is 0 when the peer takes something of it; without, when it takes anything at all.
`;
