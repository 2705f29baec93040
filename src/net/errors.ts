/**
 * The user is wrong, as far as the network is concerned: an address that is none, a transcript that cannot be read.
 *
 * @module
 */

export type UsageCode =
  | 'ERR_PEER_SYNTAX' // no host, brackets that do not match
  | 'ERR_PEER_PORT' // not a number from 1 to 65535
  | 'ERR_PEER_UNKNOWN' // the name does not resolve
  | 'ERR_TRANSCRIPT'; // not JSON, or not a transcript; `place` says where

/** Printed as one message, without a stack; tests assert `code`. `hint` says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: UsageCode;
  readonly hint: string | undefined;
  /** Where in the input: `line 3, column 7`, or a path such as `entries[3].bytes`. */
  readonly place: string | undefined;

  constructor(code: UsageCode, message: string, more: { readonly hint?: string; readonly place?: string } = {}) {
    super(more.place === undefined ? message : `${more.place}: ${message}`);
    this.code = code;
    this.hint = more.hint;
    this.place = more.place;
  }
}
