/**
 * What needs node:crypto: the fast backend, certificates and keys out of PEM, and public values for probing.
 *
 * @module
 */
export { certificatesFromPem, type CredentialFault, credentialFromPem, type Credentials } from './credentials.ts';
export { nodeCrypto } from './node-crypto.ts';
export { entropy, publicValue, publicValues } from './public-values.ts';
