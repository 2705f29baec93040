/**
 * The notations in which implementations are configured: parsers that name the place of a fault, and printers.
 *
 * @module
 */
export { type IkeScanOptions, parseIkeScan, parseIkeScanOffer, printIkeScan, printIkeScanShort } from './ike-scan.ts';
export * from './libreswan/index.ts';
export { DialectError, type DialectFault } from './scanner.ts';
