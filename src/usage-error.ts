/**
 * The user is wrong: errors that are printed as one clear message, without a stack, and end in exit code 2.
 *
 * Rule: a message has the place and what was found there; the hint says what to write instead.
 *
 * @module
 */

export type UsageCode =
  | 'ERR_USAGE_ARGUMENT' // an option's or argument's value
  | 'ERR_USAGE_CONFLICT' // two options that exclude each other, or one that another needs
  | 'ERR_USAGE_COMMAND' // no such command
  | 'ERR_USAGE_FILE' // a file that cannot be read, written or understood
  | 'ERR_USAGE_ENVIRONMENT' // what the command needs is not here: rights, programs
  | 'ERR_PEER_SYNTAX' // no host, brackets that do not match
  | 'ERR_PEER_PORT' // not a number from 1 to 65535
  | 'ERR_PEER_UNKNOWN' // the name does not resolve
  | 'ERR_TRANSCRIPT'; // not JSON, or not a transcript; `place` says where

/** Wrong usage or unreadable input. Tests assert `code`, never the sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: UsageCode;
  readonly hint: string | undefined;
  /** Where in the input, if that is more than one word: `line 3, column 7`, or a path such as `entries[3].bytes`. */
  readonly place: string | undefined;

  constructor(code: UsageCode, message: string, hint?: string, place?: string) {
    super(place === undefined ? message : `${place}: ${message}`);
    this.code = code;
    this.hint = hint;
    this.place = place;
  }
}
