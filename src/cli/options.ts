/**
 * Options that several commands share, and the parsers of option values.
 *
 * Rule: a value out of range is refused by a message with the option, the value and the range.
 *
 * @module
 */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

/** What every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly color: boolean;
  readonly ascii?: boolean;
  readonly quiet?: boolean;
  /** How often `-v` was given. */
  readonly verbose: number;
}

/** Adds `--json --no-color --ascii -q -v`. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON object')
    .option('--no-color', 'no colour (also: NO_COLOR)')
    .option('--ascii', 'plain ASCII instead of lines and marks')
    .addOption(new Option('-q, --quiet', 'only the result, no progress').conflicts('verbose'))
    .option('-v, --verbose', 'the reasons with their packets; twice: every suite', (_: string, before: number) => before + 1, 0);
}

/** A parser for whole numbers from `least` to `most`, both included. */
export function integer(least: number, most: number, unit = ''): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}${unit && ` ${unit}`}.`);
  };
}

/** A local port, or `any` for whatever the system gives. */
export function portOrAny(text: string): number | 'any' {
  if (text === 'any') return text;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 65535) return value;
  throw new InvalidArgumentError("It must be 'any' or a port from 1 to 65535.");
}

/** For options that may be given more than once. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
