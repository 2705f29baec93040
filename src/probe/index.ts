/**
 * Probing a peer: the job, its result, and the inference that it is made of.
 *
 * @module
 */
export { smallestChanges, type Change } from './blame.ts';
export { CELL, CellMap } from './cell-map.ts';
export { Grid } from './grid.ts';
export { mapIkev1 } from './map-ikev1.ts';
export { mapIkev2 } from './map-ikev2.ts';
export { type Meaning, readMeaning } from './messages.ts';
export { planProbe, runProbe } from './probe.ts';
export type { ProbeEnvironment, ProbeOptions, ProbeTarget, ProgressEvent } from './probe.ts';
export { interview, simulate } from './question.ts';
export type { Answer, AnswerBody, Inference, Oracle, Question } from './question.ts';
export type * from './result.ts';
