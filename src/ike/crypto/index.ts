/**
 * The cryptography of IKE: one contract, the portable backend, key derivation for both versions.
 *
 * @module
 */
export * from './keymat-v1.ts';
export * from './keymat-v2.ts';
export { portable } from './portable.ts';
export { hmacPrf, type Integrity, integrity, oakleyHash, type Prf, prf, prfPlus } from './prf.ts';
export * from './provider.ts';
export * from './sealing-v1.ts';
export {
  type DirectionKeys,
  type Opened,
  type OpenFault,
  sealing,
  type Sealing,
  sealingKeyLengths,
  type SealingSuite,
} from './sealing-v2.ts';
