/**
 * Which KE payloads charon can use for the group that it chose. In IKEv1 a KE payload does not name its group; its length must do.
 *
 * @see strongSwan key_exchange.c: key_exchange_verify_pubkey; phase1.c: get_nonce_ke
 * @module
 */
import { lookup } from '../../algorithms.ts';
import type { ReleaseLike } from './releases.ts';

/**
 * Whether a key exchange method can be computed. A proposal may contain one that cannot: it is chosen, and then there is nothing to answer
 * with. No release has GOST or the null group, Debian builds none with NTRU or NewHope, and ML-KEM came with OpenSSL 3.5.
 */
export function canCompute(group: number, release: ReleaseLike): boolean {
  if (group >= ML_KEM_512 && group <= ML_KEM_1024) return release.since('6.1');
  return group < GOST_256 || (group > ML_KEM_1024 && group < FIRST_PRIVATE_GROUP);
}

/** What becomes of a public value of one group that is taken for one of another. */
export type KeFit =
  | 'fits'
  /** Not even its length, or it is no point of the curve. */
  | 'not-applied'
  /** It is taken, and then not in the subgroup. */
  | 'not-derived';

/** A public value of the group `sent` in the place of one of `wanted`. */
export function keFit(sent: number, wanted: number): KeFit {
  if (sent === wanted) return 'fits';
  if (octetsOf(sent) === undefined || octetsOf(sent) !== octetsOf(wanted)) return 'not-applied';
  if (wanted >= MODP_1024_160 && wanted <= MODP_2048_256) return 'not-derived';
  return wanted <= MODP_8192 || wanted === CURVE_448 ? 'fits' : 'not-applied';
}

function octetsOf(group: number): number | undefined {
  return lookup('group', 'ikev2', group)?.publicValueBytes;
}

const MODP_8192 = 18;
const MODP_1024_160 = 22;
const MODP_2048_256 = 24;
const CURVE_448 = 32;
const GOST_256 = 33;
const ML_KEM_512 = 35;
const ML_KEM_1024 = 37;
const FIRST_PRIVATE_GROUP = 1024;
