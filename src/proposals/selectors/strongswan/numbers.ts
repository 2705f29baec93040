/**
 * IKEv1's numbers and charon's own. What has no counterpart in these tables does not exist for charon's IKEv1.
 *
 * @see strongSwan proposal_substructure.c: map_encr, map_integ, map_prf, map_esp, map_ah, map_auth
 * @module
 */

/** Two number spaces, each number once. */
export interface NumberMap {
  readonly toCharon: ReadonlyMap<number, number>;
  readonly toIkev1: ReadonlyMap<number, number>;
}

/** Stands for a number that is not in the table. */
export const UNDEFINED = 1024;

const SERPENT = 1026;
const TWOFISH = 1027;

/** Phase 1 ciphers. @see RFC 2409 Appendix A */
export const PHASE1_ENCRYPTION = numberMap([
  [1, 2],
  [2, 5],
  [3, 7],
  [5, 3],
  [6, 6],
  [7, 12],
  [8, 23],
  [65004, SERPENT],
  [65005, TWOFISH],
]);

/** Phase 1 hashes as integrity algorithms. */
export const HASH_INTEGRITY = numberMap([
  [1, 1],
  [2, 2],
  [4, 12],
  [5, 13],
  [6, 14],
]);

/** Phase 1 hashes as PRFs. */
export const HASH_PRF = numberMap([
  [1, 1],
  [2, 2],
  [4, 5],
  [5, 6],
  [6, 7],
]);

/** ESP transform identifiers. @see RFC 2407 §4.4.4 */
export const ESP_ENCRYPTION = numberMap([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 5],
  [6, 6],
  [7, 7],
  [8, 8],
  [9, 9],
  [11, 11],
  [12, 12],
  [13, 13],
  [14, 14],
  [15, 15],
  [16, 16],
  [18, 18],
  [19, 19],
  [20, 20],
  [22, 23],
  [23, 21],
  [252, SERPENT],
  [253, TWOFISH],
]);

/** AH transform identifiers. @see RFC 2407 §4.4.3 */
export const AH_INTEGRITY = numberMap([
  [2, 1],
  [3, 2],
  [4, 3],
  [5, 12],
  [6, 13],
  [7, 14],
  [9, 5],
  [11, 9],
  [12, 10],
  [13, 11],
]);

/** The Authentication Algorithm attribute of phase 2. @see RFC 2407 §4.5 */
export const ATTRIBUTE_INTEGRITY = numberMap([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 12],
  [6, 13],
  [7, 14],
  [9, 5],
  [11, 9],
  [12, 10],
  [13, 11],
]);

function numberMap(pairs: readonly (readonly [ikev1: number, charon: number])[]): NumberMap {
  return { toCharon: new Map(pairs), toIkev1: new Map(pairs.map(([ikev1, charon]) => [charon, ikev1])) };
}
