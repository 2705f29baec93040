/**
 * The notations in which implementations are configured: parsers that name the place of a fault, and printers.
 *
 * @module
 */
export * from './libreswan/index.ts';
export { DialectError, type DialectFault } from './scanner.ts';
