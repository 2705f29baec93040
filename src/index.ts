/**
 * `ike-probe` as a library: the engine, the wire, the probe and its report.
 *
 * @example
 * import { freeswan, parseConnection } from 'ike-probe';
 *
 * @module
 */
export * from './proposals/index.ts';
export * from './ike/index.ts';
export * from './probe/index.ts';
export * from './report/index.ts';
