/**
 * `ike-probe algorithms [word]`: the registry as a table.
 *
 * @module
 */
import { Option } from 'commander';
import type { Command } from 'commander';
import { ALGORITHMS } from '../../proposals/algorithms.ts';
import type { AlgorithmRow, NumberSpace } from '../../proposals/algorithms.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { addCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import type { CommandModule } from '../program.ts';

const SLOTS: readonly AlgorithmRow['slot'][] = [...new Set(ALGORITHMS.map((row) => row.slot))];

/** Columns of numbers, and what stands above them. */
const SPACES: readonly (readonly [NumberSpace, string])[] = [
  ['ikev1-phase1', 'phase1'],
  ['ikev1-esp', 'esp'],
  ['ikev1-ah', 'ah'],
  ['ikev1-auth', 'auth'],
  ['ikev1-ipcomp', 'ipcomp'],
  ['ikev2', 'ikev2'],
];

interface Flags extends CommonOptions {
  readonly slot?: string;
}

export const algorithmsCommand: CommandModule = {
  configure: configureAlgorithms,
  run: async (args, options, io) => runAlgorithms(args[0], options as unknown as Flags, io),
};

export function configureAlgorithms(command: Command): void {
  command
    .argument('[word]', 'only those whose name contains this, in any dialect')
    .addOption(new Option('--slot <slot>', 'only one slot').choices(SLOTS));
  addCommonOptions(command).addHelpText('after', EXAMPLES);
}

/** Exit code 1 when nothing matches. */
export function runAlgorithms(word: string | undefined, flags: Flags, io: Io): number {
  const algorithms = ALGORITHMS.filter(
    (row) => (flags.slot ?? row.slot) === row.slot && (word === undefined || isCalled(row, word.toLowerCase())),
  );
  if (flags.json === true) {
    io.stdout.write(`${JSON.stringify({ schema: 'ike-probe/1', kind: 'algorithms', algorithms }, undefined, 2)}\n`);
  } else {
    const verbose = flags.verbose > 0 || word !== undefined;
    const tables = SLOTS.map((slot) => [slot, algorithms.filter((row) => row.slot === slot)] as const);
    io.stdout.write(
      tables
        .filter(([, rows]) => rows.length > 0)
        .map(([slot, rows]) => table(slot, rows, verbose))
        .join('\n'),
    );
  }
  if (algorithms.length === 0 && flags.json !== true)
    io.stderr.write(`ike-probe: no algorithm is called '${safeWord(word)}' in any dialect\n`);
  return algorithms.length > 0 ? EXIT.yes : EXIT.no;
}

function isCalled(row: AlgorithmRow, word: string): boolean {
  return [row.id, row.name, row.keyword, ...Object.values(row.names).flat()].some((name) => name.toLowerCase().includes(word));
}

/** Numbers and status; with `verbose` a second line for the names in every dialect. */
function table(slot: string, rows: readonly AlgorithmRow[], verbose: boolean): string {
  const spaces = SPACES.filter(([space]) => rows.some((row) => row.numbers[space] !== undefined));
  const head = [slot.toUpperCase(), 'name', ...spaces.map(([, title]) => title), 'key bits', 'status'];
  const body = rows.map((row) => [
    keyword(row),
    row.name,
    ...spaces.map(([space]) => String(row.numbers[space] ?? '-')),
    keyBits(row),
    [row.status && `${row.status.level} (${row.status.reference})`, row.weak && `${row.weak.level}: ${row.weak.code}`]
      .filter(Boolean)
      .join(', '),
  ]);
  const widths = head.map((title, column) => Math.max(...[head, ...body].map((cells) => (cells[column] ?? title).length)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  const dialects = (row: AlgorithmRow): string =>
    Object.entries(row.names)
      .map(([dialect, names]) => `${dialect}: ${names.join(' | ')}`)
      .join(', ');
  return line(head) + rows.map((row, i) => line(body[i] ?? []) + (verbose && dialects(row) ? `    ${dialects(row)}\n` : '')).join('');
}

/** The word of the suite notation; `#` marks the place of the key length. */
function keyword(row: AlgorithmRow): string {
  const number = row.numbers.ikev2 ?? Object.values(row.numbers)[0];
  return row.numeric === true ? `${row.slot}:${number}` : row.keyword.replace('#', '<bits>');
}

function keyBits({ keyBits: bits }: AlgorithmRow): string {
  if (bits === undefined) return '-';
  return bits.allowed?.join(' ') ?? bits.range?.join('-') ?? String(bits.fixed ?? '-');
}

function safeWord(word = ''): string {
  return word.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
}

const EXAMPLES = `
Examples:
  ike-probe algorithms                    every algorithm: numbers, key lengths, status in RFC 8247 and RFC 9395
  ike-probe algorithms grp14              what is that, and what do others call it?
  ike-probe algorithms --slot group -v    the groups with their names in every dialect
`;
