/**
 * Telling implementations apart by their behaviour: what each profile foretells of odd requests, and what a peer shows.
 *
 * @module
 */
export { type Asking, askingsOf } from './askings.ts';
export { type Hypothesis, hypothesesOf } from './hypotheses.ts';
export { identify, type Identified, type Observation } from './identify.ts';
export { type Known, knownFrom, knownOf } from './known.ts';
export { fingerprintPeer } from './live.ts';
export { type OddRequest, ODD_REQUESTS } from './requests.ts';
export { type Sight, sightOfDatagram, sightOfResponse } from './sight.ts';
