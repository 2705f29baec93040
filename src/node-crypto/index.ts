/**
 * What needs node:crypto: the fast backend, and public values for probing.
 *
 * @module
 */
export { nodeCrypto } from './node-crypto.ts';
export { entropy, publicValue, publicValues } from './public-values.ts';
