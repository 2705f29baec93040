/**
 * Reports: a probe's result as text and JSON, its findings, and every sentence for a human.
 *
 * @module
 */
export type { NameAlgorithm } from './explain.ts';
export { exchangeTitle, explainNote, explainReason, explainRefusal, explainWhy, slotName } from './explain.ts';
export { findFindings } from './findings.ts';
export { toJson } from './json.ts';
export { bytesAsText, looksLikeText, safe } from './terminal.ts';
export type { TextOptions } from './text.ts';
export { renderProbe } from './text.ts';
export { explainName, explainStep, explainWalk } from './explain-connections.ts';
