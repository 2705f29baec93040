/**
 * The notations in which implementations are configured: parsers that name the place of a fault, and printers.
 *
 * @module
 */
export * from './cisco/index.ts';
export { type IkeScanOptions, parseIkeScan, parseIkeScanOffer, printIkeScan, printIkeScanShort } from './ike-scan.ts';
export * from './libreswan/index.ts';
export { DialectError, type DialectFault } from './scanner.ts';
export {
  parseStrongswanProposal,
  parseStrongswanProposals,
  printStrongswanProposal,
  showStrongswanProposal,
  type StrongswanTextOptions,
} from './strongswan.ts';
export { type IkedLists, type IkedReading, printOpeniked, readOpeniked } from './openiked.ts';
