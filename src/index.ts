/**
 * `ike-probe` as a library: the engine, the wire, the probe and its report.
 *
 * @example
 * import { freeswan } from 'ike-probe';
 * const verdict = freeswan({ release: '2.0' }).judge(saPayload, { policy: 'psk' });
 *
 * @module
 */
export * from './proposals/index.ts';
export * from './ike/index.ts';
/** A decoded message or its fault; Pluto's decoded values of the same name are `ike-probe/proposals`' own. */
export type { Decoded } from './ike/index.ts';
export * from './probe/index.ts';
export * from './report/index.ts';
