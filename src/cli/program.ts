/**
 * Command line → one command → exit code.
 *
 * Rule 1: only the command that was called is loaded, and no parser for a bare `--help`: start-up time is a feature.
 * Rule 2: commands throw; the three kinds of error are told apart here and nowhere else.
 *
 * @module
 */
import type { Command } from 'commander';
import type { SelectOptions } from './commands/select.ts';
import { nearest } from '../proposals/notation/nearest.ts';
import { isUserFault, printable, UsageError } from './errors.ts';
import { EXIT } from './exit.ts';
import type { Io, Sink } from './io.ts';
import { VERSION } from './version.ts';

/** A command's module, loaded when called: its option table, and the work. */
export interface CommandModule {
  configure(command: Command): void;
  run(args: readonly string[], options: Readonly<Record<string, unknown>>, io: Io): Promise<number>;
}

interface CommandEntry {
  readonly summary: string;
  load(): Promise<CommandModule>;
}

/** In the order of the help page. */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  probe: {
    summary: 'find out what a peer speaks and accepts, and why it refuses the rest',
    load: async () => (await import('./commands/probe.ts')).probeCommand,
  },
  select: {
    summary: 'what would an implementation answer to this offer, and why',
    load: async () => {
      const { configureSelect, runSelect } = await import('./commands/select.ts');
      return { configure: configureSelect, run: (_args, options, io) => runSelect(options as unknown as SelectOptions, io) };
    },
  },
  matrix: {
    summary: 'start real daemons, let each pair negotiate, and set the outcome beside the prediction',
    load: async () => (await import('./commands/matrix.ts')).matrixCommand,
  },
  algorithms: {
    summary: 'the table of algorithms: numbers, names in every dialect, status',
    load: async () => (await import('./commands/algorithms.ts')).algorithmsCommand,
  },
  demo: {
    summary: 'start an embedded responder on this machine and probe it',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
};

/** Runs a command line (without node and script) and answers the exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return report(error, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, rest] = route(argv);
  if (name === 'version') return print(io.stdout, `${VERSION}\n`, EXIT.yes);
  if (name === 'help') return print(io.stdout, helpPage(), EXIT.yes);
  if (name === undefined) return print(io.stderr, helpPage(), EXIT.usage);
  const entry = COMMANDS[name] as CommandEntry;
  const [commander, module] = await Promise.all([import('commander'), entry.load()]);
  const program = base(new commander.Command('ike-probe'), io).helpCommand(false);
  const command = base(program.command(name), io).description(entry.summary);
  module.configure(command);
  let code: number = EXIT.bug;
  command.action(async () => {
    code = await module.run(command.args, command.opts(), io);
  });
  await program.parseAsync([name, ...rest], { from: 'user' });
  return code;
}

function print(to: Sink, text: string, code: number): number {
  to.write(text);
  return code;
}

/** The page of `ike-probe --help`. */
function helpPage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `${USAGE}\nCommands:\n${commands.join('\n')}\n${EXAMPLES}`;
}

/** What a line calls: the command that its first word names, `probe` for a peer, or one of the pages `help` and `version`. */
function route(argv: readonly string[]): [name: string | undefined, rest: readonly string[]] {
  const [first, ...rest] = argv;
  if (first === undefined) return [undefined, []];
  if (first === '-V' || first === '--version') return ['version', []];
  if (first === '-h' || first === '--help') return ['help', []];
  if (first === 'help') return rest[0] !== undefined && Object.hasOwn(COMMANDS, rest[0]) ? [rest[0], ['--help']] : ['help', []];
  if (Object.hasOwn(COMMANDS, first)) return [first, rest];
  const meant = /^[a-z]+$/i.test(first) && first !== 'localhost' ? nearest(first, Object.keys(COMMANDS)) : undefined;
  if (meant === undefined) return ['probe', argv];
  throw new UsageError(
    'ERR_USAGE_COMMAND',
    `unknown command '${first}'. Did you mean '${meant}'?`,
    `for a peer of that name: ike-probe probe ${first}`,
  );
}

/** What all commands have in common: where text goes, and that a fault is thrown, not an exit. */
function base(command: Command, io: Io): Command {
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'print this page')
    .configureHelp({ helpWidth: Math.min(io.stdout.columns ?? 100, 120) })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(shortened(printable(text.replace(/^error: /, 'ike-probe: ')))),
    })
    .showSuggestionAfterError();
}

/** The three kinds of error: the line (already printed by commander), the user's input, and ours. */
function report(error: unknown, io: Io): number {
  if (isParserExit(error)) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
  if (isUserFault(error)) {
    io.stderr.write(printable(`ike-probe: ${error.message}\n${error.hint ? `  hint: ${error.hint}\n` : ''}`));
    return EXIT.usage;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`${stack}\nike-probe: this is a bug in ike-probe ${VERSION}. Please report it with the lines above.\n`);
  return EXIT.bug;
}

/** The parser repeats the user's word, however long it is. */
function shortened(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 500)} ... ${text.slice(-400)}`;
}

/** Known by shape: commander may not even be loaded. */
function isParserExit(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.');
}

const USAGE = `Usage: ike-probe <peer> [options]
       ike-probe <command> [arguments]

Find out what an IKE peer speaks and accepts, and why it refuses the rest.

Options:
  -V, --version  print the version
  -h, --help     print this page
`;
const EXAMPLES = `
Examples:
  ike-probe 192.0.2.1                                   map what the peer accepts
  ike-probe 192.0.2.1 --offer aes256-sha256-modp2048    why not this one?
  ike-probe select --as freeswan --policy psk --offer 3des-md5-modp1024
  ike-probe <command> --help                            options and examples of a command

Exit codes: 0 yes, 1 no (nothing accepted), 2 wrong usage or unreadable input, 3 no answer, 70 our bug, 130 interrupted.
`;
