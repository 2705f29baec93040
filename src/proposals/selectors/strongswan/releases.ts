/**
 * The releases of charon that answer differently.
 *
 * | since | what changed |
 * |---|---|
 * | 5.9.2 | `aes128gcm` and `aes128ccm` are words, with a 16-octet tag |
 * | 5.9.7 | a key exchange method is called so, no longer a Diffie-Hellman group; `none` is a word; keys are derived later |
 * | 6.0 | additional key exchanges (RFC 9370), ML-KEM; NTRU and NewHope are gone; other words in the log |
 * | 6.0.2 | the default CHILD_SA proposals contain key exchanges, and none as the last of them |
 *
 * @module
 */

/** Those that differ and that some Debian carries, the oldest first. */
export const RELEASES = ['5.9.1', '5.9.8', '6.0.1', '6.1.0'] as const;

/** A release as a place in history. */
export interface ReleaseLike {
  since(release: string): boolean;
}

/** The newest one, for what is asked without a release. */
export const NEWEST: ReleaseLike = { since: () => true };
