/**
 * libreswan's proposal strings: the values of `ike=`, `esp=`, `ah=` and `phase2alg=`.
 *
 * @module
 */
export { parseLibreswan, libreswanFault, type LibreswanOptions } from './parse.ts';
export { printLibreswan } from './print.ts';
export { LIBRESWAN_RELEASES, type IkeVersion, type LibreswanKind } from './releases.ts';
export { PROPOSAL_LOG, type LibreswanProposal, type LibreswanProposals, type LibreswanTransform } from './model.ts';
export type { LibreswanAlgorithm, TransformType } from './algorithms.ts';
export { libreswanKind, libreswanPolicy, type LibreswanUse, printLibreswanPolicy } from './policy.ts';
