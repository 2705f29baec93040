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
  | 'ERR_USAGE_PEER'; // an address that is none, a name that does not resolve

/** Wrong usage or unreadable input. Tests assert `code`, never the sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: UsageCode;
  readonly hint: string | undefined;

  constructor(code: UsageCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** An error that the user can mend, whichever layer threw it: it has a stable `code` and a `hint` (which may be empty). */
export interface UserFault {
  readonly message: string;
  readonly code: string;
  readonly hint: string | undefined;
}

/** Tells the user's errors from ours by shape, so that the core's error classes need not be loaded to be recognised. */
export function isUserFault(error: unknown): error is UserFault {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'hint' in error;
}

/** The sentence that Node gives for a system error, without the call and its arguments: `no such file or directory`. */
export function systemReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^E[A-Z0-9]+: ([^,]+)/.exec(text)?.[1] ?? text;
}
