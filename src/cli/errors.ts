/**
 * The user's errors as the command line sees them, whichever layer threw them.
 *
 * @module
 */
export { UsageError } from '../usage-error.ts';

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

/** The text without what a terminal would obey, move or hide by; ends of lines stay. */
export function printable(text: string): string {
  return /^[\n -~]*$/.test(text) ? text : text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
}
