/**
 * The engine's public surface: proposals as data, and what is decided about them.
 *
 * @module
 */
export * from './algorithms.ts';
export * from './clauses.ts';
export * from './dialects/index.ts';
export * from './log-lines.ts';
export * from './model.ts';
export * from './notation.ts';
export { boxesToIkeOffer, suitesToPhase1Offer } from './offers.ts';
export * from './policy.ts';
export * from './policy-difference.ts';
export * from './universes.ts';
export type * from './verdict.ts';
export * from './selectors/index.ts';
export * from './selectors/freeswan/index.ts';
