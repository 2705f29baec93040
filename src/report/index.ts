/**
 * Reports: a probe's result as text and JSON, its findings, a matrix run in every format, and every sentence for a human.
 *
 * @module
 */
export type { NameAlgorithm } from './explain.ts';
export { exchangeTitle, explainNote, explainReason, explainRefusal, explainWhy, slotName } from './explain.ts';
export { type CellFacts, explainCell, explainRun, explainSteps, explainUnmet } from './explain-matrix.ts';
export { findFindings } from './findings.ts';
export { matrixPage, type MatrixPageOptions, probePage } from './html/document.ts';
export type { PageDatagram } from './html/payload.ts';
export { toJson } from './json.ts';
export { type CellChange, type ChangeKind, changesBetween } from './matrix/diff.ts';
export { toJunit } from './matrix/junit.ts';
export { toMarkdown } from './matrix/markdown.ts';
export * from './matrix/require.ts';
export type * from './matrix/result.ts';
export { OUTCOMES } from './matrix/tally.ts';
export { toSarif } from './matrix/sarif.ts';
export { renderMatrix } from './matrix/text.ts';
export { type TraceHead, traceSection } from './matrix/trace.ts';
export { messageLines, messageSummary } from './messages.ts';
export { bytesAsText, looksLikeText, safe } from './terminal.ts';
export type { TextOptions } from './text.ts';
export { renderProbe } from './text.ts';
export { explainName, explainStep, explainWalk } from './explain-connections.ts';
