/**
 * Exit codes of every command, as `grep` and `diff` have them.
 *
 * @module
 */

/** `no` also means: nothing accepted (a map), cases that disagree (a batch). */
export const EXIT = { yes: 0, no: 1, usage: 2, noAnswer: 3, bug: 70, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
