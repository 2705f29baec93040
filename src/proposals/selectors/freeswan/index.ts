/** FreeS/WAN's Pluto: the selector, its connections, its releases, its own offers. @module */
export { type Connection, ConnectionError, parseConnection, POLICY_WORDS, type PolicyWord } from './connection.ts';
export {
  freeswan,
  type FreeswanProfile,
  type FreeswanSelector,
  type PlutoDetails,
  type PlutoVerdict,
} from './freeswan.ts';
export { type ChosenTransform as PlutoTransform, type Decoded, printLine } from './ledger.ts';
export { freeswanProfile } from './profile.ts';
export { NOTIFY as NOTIFY_NAMES } from './names.ts';
export { canonicalRelease, CHANGES, RELEASES, type Trait, type Traits } from './releases.ts';
export { freeswanOffer, type OfferDetails } from './offers.ts';
export { checkPfs, type PfsCheck } from './pfs.ts';
