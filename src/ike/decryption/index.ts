/**
 * Decryption: keys as text → keys, captured messages and keys → payloads, payloads → the offers inside.
 *
 * @module
 */
export { readCharonKeyLog } from './charon-log.ts';
export type { ClosedReason, Deciphered } from './deciphered.ts';
export { Decryptor, ikeMessageOf } from './decryptor.ts';
export { type InsideOffer, insideOffers } from './inside-offers.ts';
export { readIkedKeyLog } from './iked-log.ts';
export { readPlutoKeyLog } from './pluto-log.ts';
export {
  type Ikev1SessionKey,
  type Ikev1SharedSecret,
  type Ikev2SessionKeys,
  type Ikev2SharedSecret,
  KEY_LIMITS,
  type KeyFault,
  type KeyFaultCode,
  type KeyTable,
  type SessionKeys,
} from './session-keys.ts';
export { tableLines } from './table-lines.ts';
export { readIkev1DecryptionTable, readIkev2DecryptionTable } from './wireshark.ts';
export { ikev1TableLine, ikev2TableLine } from './wireshark-write.ts';
