/**
 * The cryptography of IKE: one contract, the portable backend, key derivation for both versions.
 *
 * @module
 */
export { identifierOf, schemeOf } from './algorithm-identifiers.ts';
export * from './authentication.ts';
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
export {
  type AlternativeName,
  certifies,
  type Identity,
  identityOf,
  keyHash,
  keyHashes,
  type Name,
  readCertificate,
  type X509Certificate,
} from './x509/certificate.ts';
export { type ChainCode, type ChainFinding, type ChainResult, checkChain } from './x509/chain.ts';
export { type PublicKey, publicKeyOf, type SignatureCurve } from './x509/keys.ts';
export { dnOf, dnText } from './x509/names.ts';
