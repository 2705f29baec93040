/**
 * Sockets and captures, as far as the benchmarks and the lab use them; not a part of the package's public surface.
 *
 * @module
 */
export { readCapture, writePcap } from './capture.ts';
export { addressOctets, addressText, parseRange } from './addresses.ts';
