/**
 * The releases of charon that answer differently.
 *
 * | since | what changed |
 * |---|---|
 * | 5.9.2 | `aes128gcm` and `aes128ccm` are words, with a 16-octet tag |
 * | 5.9.7 | a key exchange method is called so, no longer a Diffie-Hellman group; `none` is a word |
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

/**
 * Whether a key exchange method can be computed. A proposal may contain one that cannot: it is chosen, and then there is nothing to answer
 * with. No release has GOST or the null group, Debian builds none with NTRU or NewHope, and ML-KEM came with OpenSSL 3.5.
 */
export function canCompute(group: number, release: ReleaseLike): boolean {
  if (group >= ML_KEM_512 && group <= ML_KEM_1024) return release.since('6.1');
  return group < GOST_256 || (group > ML_KEM_1024 && group < FIRST_PRIVATE_GROUP);
}

const GOST_256 = 33;
const ML_KEM_512 = 35;
const ML_KEM_1024 = 37;
const FIRST_PRIVATE_GROUP = 1024;

/** The newest one, for what is asked without a release. */
export const NEWEST: ReleaseLike = { since: () => true };
